#include "leads/rules_hand_off.h"

#include <utility>

#include "core/ids.h"
#include "core/text.h"
#include "kit/copy.h"
#include "kit/days.h"
#include "leads/rules_lead.h"
#include "leads/rules_opportunity.h"

namespace songsang::leads {
namespace {

bool MayNameSender(const Caller& caller) {
  return caller.Has(songsang::v1::ROLE_SALES_MANAGER) || caller.Has(songsang::v1::ROLE_BRANCH_MANAGER) ||
         caller.Has(songsang::v1::ROLE_IMPORTER) || caller.Has(songsang::v1::ROLE_ADMIN);
}

// Whoever answers must answer an offer, and in time: the timer that ends it may be late.
Status MustBeOffered(const HandOff& hand_off, const kit::DeclaredDays& declared, const Context& context) {
  if (hand_off.state() != HandOff::STATE_OFFERED) {
    const std::string name = HandOff::State_Name(hand_off.state());
    return kHandOffMustBeOffered.With("state", Lower(name.substr(sizeof("STATE_") - 1)));
  }
  if (!hand_off.has_due_at()) return Done{};
  const Instant due = DueOf(hand_off, declared);
  return context.now < due ? Status(Done{}) : Status(kHandOffMustBeInTime.With("due_at", ToIso(due)));
}

// The receiver's clock runs from when the offer was made. What is brought from the past has none.
void StartClock(const Offering& offering, const Context& context, HandOff* hand_off) {
  const ResponseStandard& standard =
      *InForceOr(offering.standards, kStandard, context.today.ToIso(), StandardResponse());
  *hand_off->mutable_offered_at() = ToTimestamp(context.when);
  hand_off->set_answer_minutes(standard.hand_off_minutes());
  hand_off->set_opens_minute(standard.opens_minute());
  hand_off->set_closes_minute(standard.closes_minute());
  const Instant due = DueOf(*hand_off, offering.declared);
  if (hand_off->offered_on() == context.today.ToIso() && due > context.now)
    *hand_off->mutable_due_at() = ToTimestamp(due);
}

}  // namespace

Instant DueOf(const HandOff& hand_off, const kit::DeclaredDays& declared) {
  const WorkHours hours{.opens = hand_off.opens_minute(), .closes = hand_off.closes_minute()};
  return kit::WorkClockOf(declared, hours).After(FromTimestamp(hand_off.offered_at()), hand_off.answer_minutes());
}

Result<HandOffOffered> OfferHandOff(const Lead& lead, const Offering& offering, const OfferHandOffRequest& request,
                                    const Context& context) {
  if (const auto free = MustBeFree(lead); !free.ok()) return free.refusal();
  const std::string& sender = request.from_id().empty() ? lead.owner_id() : request.from_id();
  if (sender.empty()) return kLeadMustHaveOwner;
  if (sender != lead.owner_id() && !MayNameSender(context.caller)) return kSenderMustBeOwner.At("from_id");
  const auto offered_on = kit::RecentDay(request.offered_on(), "offered_on", context);
  if (!offered_on.ok()) return offered_on.refusal();
  if (!context.caller.Has(songsang::v1::ROLE_IMPORTER))
    if (const auto certified =
            MustBeCertified(offering.rules, offering.held, lead.product_id(), request.to_id(), context);
        !certified.ok())
      return Refusal(certified.refusal()).At("to_id");
  // From here on the offer must succeed.
  HandOffOffered event;
  HandOff& hand_off = *event.mutable_hand_off();
  kit::CopyWhatIsSet(request, &hand_off);
  hand_off.set_id(context.NewId<HandOff>(request));
  hand_off.set_from_id(sender);
  hand_off.set_state(HandOff::STATE_OFFERED);
  hand_off.set_offered_on(*offered_on);
  StartClock(offering, context, &hand_off);
  Lead& offered = *event.mutable_lead() = lead;
  BeginWork(&offered);
  offered.set_owner_id(sender);
  offered.set_hand_off_id(hand_off.id());
  return event;
}

Result<HandOffAccepted> AcceptHandOff(const HandOff& hand_off, const Lead& lead, const kit::DeclaredDays& declared,
                                      const Defined& defined, const Defined& of_persona,
                                      const AcceptHandOffRequest& request, const Context& context) {
  if (const auto offered = MustBeOffered(hand_off, declared, context); !offered.ok()) return offered.refusal();
  const auto answered_on = kit::RecentDay(request.answered_on(), "answered_on", context);
  if (!answered_on.ok()) return answered_on.refusal();
  Opportunity opportunity;
  kit::CopyWhatIsSet(request, &opportunity);
  if (request.has_opportunity_ref()) *opportunity.mutable_external_ref() = request.opportunity_ref();
  opportunity.set_id(context.NewId<Opportunity>(opportunity));
  opportunity.set_lead_id(lead.id());
  opportunity.set_owner_id(hand_off.to_id());
  if (opportunity.name().empty()) opportunity.set_name(lead.company().empty() ? lead.name() : lead.company());
  if (opportunity.product_id().empty()) opportunity.set_product_id(lead.product_id());
  if (opportunity.unit_id().empty()) opportunity.set_unit_id(lead.unit_id());
  auto beginning = Begin(defined, of_persona, std::move(opportunity),
                         request.has_opened_on() ? &request.opened_on() : &*answered_on, context);
  if (!beginning.ok()) return beginning.refusal();
  // From here on the acceptance must succeed.
  HandOffAccepted event;
  *event.mutable_opportunity() = std::move(beginning->opportunity);
  *event.mutable_stage_move() = std::move(beginning->stage_move);
  HandOff& accepted = *event.mutable_hand_off() = hand_off;
  accepted.set_state(HandOff::STATE_ACCEPTED);
  accepted.set_answered_on(*answered_on);
  accepted.clear_due_at();
  accepted.set_opportunity_id(event.opportunity().id());
  Lead& handed_off = *event.mutable_lead() = lead;
  handed_off.set_status(Lead::STATUS_HANDED_OFF);
  handed_off.set_handed_to_id(hand_off.to_id());
  handed_off.clear_hand_off_id();
  return event;
}

Result<HandOffRefused> RefuseHandOff(const HandOff& hand_off, const Lead& lead, const kit::DeclaredDays& declared,
                                     const RefuseHandOffRequest& request, const Context& context) {
  if (const auto offered = MustBeOffered(hand_off, declared, context); !offered.ok()) return offered.refusal();
  const auto answered_on = kit::RecentDay(request.answered_on(), "answered_on", context);
  if (!answered_on.ok()) return answered_on.refusal();
  // From here on the refusal must succeed.
  HandOffRefused event;
  HandOff& refused = *event.mutable_hand_off() = hand_off;
  refused.set_state(HandOff::STATE_REFUSED);
  refused.set_reason(request.reason());
  refused.set_answered_on(*answered_on);
  refused.clear_due_at();
  Lead& kept = *event.mutable_lead() = lead;
  kept.clear_hand_off_id();
  return event;
}

Result<HandOffExpired> ExpireHandOff(const HandOff& hand_off, const Lead& lead, const kit::DeclaredDays& declared,
                                     const ExpireHandOffRequest&, const Context& context) {
  HandOffExpired event;
  HandOff& expired = *event.mutable_hand_off() = hand_off;
  *event.mutable_lead() = lead;
  if (hand_off.state() != HandOff::STATE_OFFERED || !hand_off.has_due_at()) {
    expired.clear_due_at();
    return event;
  }
  const Instant due = DueOf(hand_off, declared);
  if (context.now < due) {
    *expired.mutable_due_at() = ToTimestamp(due);
    return event;
  }
  expired.set_state(HandOff::STATE_EXPIRED);
  *expired.mutable_expired_at() = ToTimestamp(context.now);
  expired.clear_due_at();
  event.mutable_lead()->clear_hand_off_id();
  return event;
}

}  // namespace songsang::leads
