// Rules of opportunities: open, move from stage to stage, close, reopen.
#pragma once

#include <string>

#include "core/context.h"
#include "core/result.h"
#include "leads/rules_process.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"

namespace songsang::leads {

inline const Reason kOpportunityMustBeNamed{"OPPORTUNITY_MUST_BE_NAMED", Code::kInvalidArgument,
                                            "An opportunity needs a name, a lead or an external reference.",
                                            "영업 기회에는 이름, 리드, 외부 참조 중 하나가 필요합니다."};
inline const Reason kOpportunityMustBeOpen{"OPPORTUNITY_MUST_BE_OPEN", Code::kFailedPrecondition,
                                           "The opportunity is {status}; it must be reopened first.",
                                           "영업 기회가 이미 {status}(으)로 종결되었습니다. 먼저 재개해야 합니다."};
inline const Reason kOpportunityMustBeClosed{"OPPORTUNITY_MUST_BE_CLOSED", Code::kFailedPrecondition,
                                             "The opportunity is open; only a closed one can be reopened.",
                                             "진행 중인 영업 기회입니다. 종결된 기회만 재개할 수 있습니다."};
inline const Reason kLeadMustNotBeDisqualified{"LEAD_MUST_NOT_BE_DISQUALIFIED", Code::kFailedPrecondition,
                                               "The lead is disqualified.", "부적격 처리된 리드입니다."};
inline const Reason kStageMustBeKnown{"STAGE_MUST_BE_KNOWN", Code::kInvalidArgument,
                                      "The sales process {process} has no stage {stage}; it has {stages}.",
                                      "영업 프로세스 {process}에는 {stage} 단계가 없습니다. 단계: {stages}."};
inline const Reason kStageMoveMustBeAllowed{
    "STAGE_MOVE_MUST_BE_ALLOWED", Code::kFailedPrecondition,
    "The sales process has no move from {from} to {to}; from there it goes to {allowed}.",
    "영업 프로세스에서 {from} 단계는 {to} 단계로 옮길 수 없습니다. 가능한 단계: {allowed}."};
inline const Reason kStageFactsMustBeKnown{
    "STAGE_FACTS_MUST_BE_KNOWN", Code::kFailedPrecondition,
    "Before the stage {stage}, this must be known of the opportunity: {missing}.",
    "{stage} 단계로 옮기려면 다음 항목이 먼저 필요합니다: {missing}."};
inline const Reason kValueMustNotBeNegative{"VALUE_MUST_NOT_BE_NEGATIVE", Code::kInvalidArgument,
                                            "The value of an opportunity must not be negative.",
                                            "영업 기회의 금액은 음수일 수 없습니다."};
inline const Reason kOpportunityCurrencyMustStay{"OPPORTUNITY_CURRENCY_MUST_STAY", Code::kFailedPrecondition,
                                                 "The opportunity is in {currency}; its value cannot be in {given}.",
                                                 "영업 기회의 통화는 {currency}입니다. {given} 금액은 쓸 수 없습니다."};
inline const Reason kCloseMustFollowOpening{"CLOSE_MUST_FOLLOW_OPENING", Code::kFailedPrecondition,
                                            "The opportunity was opened on {opened_on}; it cannot be closed before.",
                                            "영업 기회의 시작일은 {opened_on}입니다. 그 이전에 종결할 수 없습니다."};
inline const Reason kReopeningMustFollowClose{"REOPENING_MUST_FOLLOW_CLOSE", Code::kFailedPrecondition,
                                              "The opportunity was closed on {closed_on}; it cannot reopen before.",
                                              "영업 기회의 종결일은 {closed_on}입니다. 그 이전에 재개할 수 없습니다."};

Status MustBeOpen(const Opportunity& opportunity);
// A new value: not negative, and in the currency that the opportunity has, if it has one.
Status MustFit(const common::v1::Money& value, const Opportunity& opportunity);

// An opportunity as it begins, and its move into its first stage. `opportunity` bears what was asked for; what is
// missing is filled in here, for OpenOpportunity and for the hand-off alike.
struct Beginning {
  Opportunity opportunity;
  StageMove stage_move;
};
// `defined` are the versions of the process that is asked for, `of_persona` the processes for the kind of buyer.
// `opened_on` null: today; empty: unknown.
Result<Beginning> Begin(const Defined& defined, const Defined& of_persona, Opportunity opportunity,
                        const std::string* opened_on, const Context& context);

Result<OpportunityOpened> OpenOpportunity(const Lead* lead, const Defined& defined, const Defined& of_persona,
                                          const OpenOpportunityRequest& request, const Context& context);
// `defined` is the process that the opportunity follows; null for the one that is shipped.
Result<StageMoved> MoveStage(const Opportunity& opportunity, const SalesProcess* defined,
                             const MoveStageRequest& request, const Context& context);
Result<OpportunityClosed> CloseOpportunity(const Opportunity& opportunity, const CloseOpportunityRequest& request,
                                           const Context& context);
Result<OpportunityReopened> ReopenOpportunity(const Opportunity& opportunity, const ReopenOpportunityRequest& request,
                                              const Context& context);
Result<OpportunityReassigned> ReassignOpportunity(const Opportunity& opportunity,
                                                  const ReassignOpportunityRequest& request, const Context& context);
// The lead is the one that the request links, if it links one.
Result<OpportunityUpdated> UpdateOpportunity(const Opportunity& opportunity, const Lead* lead,
                                             const UpdateOpportunityRequest& request, const Context& context);

}  // namespace songsang::leads
