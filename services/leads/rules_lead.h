// Rules of leads.
#pragma once

#include "core/context.h"
#include "core/result.h"
#include "leads/rules_assignment.h"
#include "songsang/leads/v1/lead.pb.h"

namespace songsang::leads {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kLeadMustBeIdentifiable{
    "LEAD_MUST_BE_IDENTIFIABLE", Code::kInvalidArgument,
    "A lead needs a name, a company, a phone number, an e-mail address or an external reference.",
    "리드에는 이름, 회사, 전화번호, 이메일, 외부 참조 중 하나 이상이 필요합니다."};
inline const Reason kLeadMustHaveChannel{"LEAD_MUST_HAVE_CHANNEL", Code::kInvalidArgument,
                                         "A lead always has a channel: it can be changed, not emptied.",
                                         "리드의 유입 채널은 바꿀 수 있지만 비울 수 없습니다."};
inline const Reason kLeadMustBeOpen{"LEAD_MUST_BE_OPEN", Code::kFailedPrecondition,
                                    "The lead is {status}; only a new lead or one being worked on can be changed so.",
                                    "리드 상태가 {status}입니다. 신규이거나 진행 중인 리드만 처리할 수 있습니다."};
inline const Reason kLeadMustNotBeOnOffer{"LEAD_MUST_NOT_BE_ON_OFFER", Code::kFailedPrecondition,
                                          "The hand-off {hand_off_id} of this lead waits for its answer.",
                                          "이 리드의 인계({hand_off_id})가 아직 응답을 기다리고 있습니다."};

// Whether somebody may still work on the lead: neither handed off nor disqualified.
bool IsOpen(const Lead& lead);
Status MustBeOpen(const Lead& lead);
// Somebody works on it; a lead that is qualified stays so.
void BeginWork(Lead* lead);
// Whether the lead can go on: neither handed off nor disqualified, and no hand-off waiting for its answer.
Status MustBeFree(const Lead& lead);

Result<LeadCaptured> CaptureLead(const CaptureLeadRequest& request, const Context& context);
Result<LeadUpdated> UpdateLead(const Lead& lead, const UpdateLeadRequest& request, const Context& context);
Result<LeadAssigned> AssignLead(const Lead& lead, const Rules& rules, const Certifications& held,
                                const AssignLeadRequest& request, const Context& context);
Result<LeadDisqualified> DisqualifyLead(const Lead& lead, const DisqualifyLeadRequest& request, const Context& context);

}  // namespace songsang::leads
