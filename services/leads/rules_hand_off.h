// Rules of hand-offs: a lead goes from who found it to who sells to it.
#pragma once

#include "core/context.h"
#include "core/result.h"
#include "kit/calendar_kr.h"
#include "leads/rules_assignment.h"
#include "leads/rules_process.h"
#include "leads/rules_response.h"
#include "songsang/leads/v1/lead.pb.h"

namespace songsang::leads {

inline const Reason kLeadMustHaveOwner{"LEAD_MUST_HAVE_OWNER", Code::kFailedPrecondition,
                                       "The lead has no owner who could hand it on.",
                                       "리드에 담당자가 없어 인계할 수 없습니다."};
inline const Reason kSenderMustBeOwner{"SENDER_MUST_BE_OWNER", Code::kPermissionDenied,
                                       "Only the lead's owner hands it on; a manager may name somebody else.",
                                       "리드는 담당자만 인계할 수 있습니다. 다른 사람 지정은 관리자만 가능합니다."};
inline const Reason kHandOffMustBeOffered{"HAND_OFF_MUST_BE_OFFERED", Code::kFailedPrecondition,
                                          "The hand-off was {state} before; it is answered once.",
                                          "이미 응답({state})한 인계입니다. 응답은 한 번만 할 수 있습니다."};

inline const Reason kHandOffMustBeInTime{"HAND_OFF_MUST_BE_IN_TIME", Code::kFailedPrecondition,
                                         "The time to answer the hand-off was over at {due_at}.",
                                         "인계에 응답할 수 있는 시간이 {due_at}에 끝났습니다."};

// What an offer is judged by: how long the receiver has, which days are worked, and who may be given the lead.
struct Offering {
  Standards standards;
  kit::DeclaredDays declared;
  Rules rules;
  Certifications held;
};
Result<HandOffOffered> OfferHandOff(const Lead& lead, const Offering& offering, const OfferHandOffRequest& request,
                                    const Context& context);
// When the hand-off's business minutes are over, by the calendar as it is known now.
Instant DueOf(const HandOff& hand_off, const kit::DeclaredDays& declared);
Result<HandOffAccepted> AcceptHandOff(const HandOff& hand_off, const Lead& lead, const kit::DeclaredDays& declared,
                                      const Defined& defined, const Defined& of_persona,
                                      const AcceptHandOffRequest& request, const Context& context);
Result<HandOffRefused> RefuseHandOff(const HandOff& hand_off, const Lead& lead, const kit::DeclaredDays& declared,
                                     const RefuseHandOffRequest& request, const Context& context);
Result<HandOffExpired> ExpireHandOff(const HandOff& hand_off, const Lead& lead, const kit::DeclaredDays& declared,
                                     const ExpireHandOffRequest& request, const Context& context);

}  // namespace songsang::leads
