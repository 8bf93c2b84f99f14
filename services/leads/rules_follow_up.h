// Rules of follow-ups: a lead or opportunity has one next thing to do at a time.
#pragma once

#include "core/context.h"
#include "core/result.h"
#include "songsang/leads/v1/follow_up.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"

namespace songsang::leads {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kFollowUpMustHaveOneSubject{"FOLLOW_UP_MUST_HAVE_ONE_SUBJECT", Code::kInvalidArgument,
                                                "A follow-up is for a lead or for an opportunity, and for one of them.",
                                                "후속 조치는 리드와 영업 기회 중 하나에만 속합니다."};
inline const Reason kFollowUpMustHaveOwner{
    "FOLLOW_UP_MUST_HAVE_OWNER", Code::kInvalidArgument,
    "Somebody must do the follow-up: name a person, the lead or opportunity has no owner.",
    "후속 조치를 할 사람이 필요합니다. 담당자가 없으므로 사람을 지정해야 합니다."};
inline const Reason kFollowUpMustLieAhead{"FOLLOW_UP_MUST_LIE_AHEAD", Code::kInvalidArgument,
                                          "A follow-up is due later than it is planned.",
                                          "후속 조치 기한은 계획한 시각보다 늦어야 합니다."};
inline const Reason kFollowUpMustBePlanned{"FOLLOW_UP_MUST_BE_PLANNED", Code::kFailedPrecondition,
                                           "The follow-up is {state}; only a planned one can be changed.",
                                           "후속 조치 상태가 {state}입니다. 예정된 후속 조치만 처리할 수 있습니다."};
inline const Reason kOverdueMustBeNarrowed{"OVERDUE_MUST_BE_NARROWED", Code::kInvalidArgument,
                                           "Over {most} follow-ups are overdue; name a person.",
                                           "기한이 지난 후속 조치가 {most}건을 넘습니다. 담당자를 지정하십시오."};

// `planned` is the follow-up that the lead or opportunity has.
Result<FollowUpPlanned> PlanFollowUp(const Lead* lead, const Opportunity* opportunity, const FollowUp* planned,
                                     const PlanFollowUpRequest& request, const Context& context);
Result<FollowUpCompleted> CompleteFollowUp(const FollowUp& follow_up, const Lead* lead, const Opportunity* opportunity,
                                           const CompleteFollowUpRequest& request, const Context& context);
Result<FollowUpCancelled> CancelFollowUp(const FollowUp& follow_up, const Lead* lead, const Opportunity* opportunity,
                                         const CancelFollowUpRequest& request, const Context& context);
Result<FollowUpReminded> RemindFollowUp(const FollowUp& follow_up, const Lead* lead, const Opportunity* opportunity,
                                        const RemindFollowUpRequest& request, const Context& context);

}  // namespace songsang::leads
