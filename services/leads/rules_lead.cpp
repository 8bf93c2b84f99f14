#include "leads/rules_lead.h"

#include "core/text.h"
#include "kit/brn.h"
#include "kit/copy.h"
#include "kit/days.h"
#include "kit/reach.h"
#include "leads/rules_assignment.h"

namespace songsang::leads {
namespace {

// `working` for STATUS_WORKING.
std::string NameOf(Lead::Status status) { return Lower(Lead::Status_Name(status).substr(sizeof("STATUS_") - 1)); }

bool IsIdentifiable(const Lead& lead) {
  return lead.has_external_ref() || !lead.name().empty() || !lead.company().empty() || !lead.phone().empty() ||
         !lead.email().empty();
}

}  // namespace

bool IsOpen(const Lead& lead) {
  return lead.status() == Lead::STATUS_NEW || lead.status() == Lead::STATUS_WORKING ||
         lead.status() == Lead::STATUS_QUALIFIED;
}

Status MustBeOpen(const Lead& lead) {
  if (!IsOpen(lead)) return kLeadMustBeOpen.With("status", NameOf(lead.status()));
  return Done{};
}

void BeginWork(Lead* lead) {
  if (lead->status() != Lead::STATUS_QUALIFIED) lead->set_status(Lead::STATUS_WORKING);
}

Status MustBeFree(const Lead& lead) {
  if (const auto open = MustBeOpen(lead); !open.ok()) return open.refusal();
  if (!lead.hand_off_id().empty()) return kLeadMustNotBeOnOffer.With("hand_off_id", lead.hand_off_id());
  return Done{};
}

Result<LeadCaptured> CaptureLead(const CaptureLeadRequest& request, const Context& context) {
  LeadCaptured event;
  Lead& lead = *event.mutable_lead();
  kit::CopyWhatIsSet(request, &lead);
  kit::NormaliseReach(&lead);
  if (!IsIdentifiable(lead)) return kLeadMustBeIdentifiable;
  const auto occurred_on = kit::RecentDay(request.occurred_on(), "occurred_on", context);
  if (!occurred_on.ok()) return occurred_on.refusal();
  const auto brn = kit::NormalBrn(request.brn(), "brn");
  if (!brn.ok()) return brn.refusal();
  // From here on the capture must succeed.
  lead.set_id(context.NewId<Lead>(request));
  lead.set_status(lead.owner_id().empty() ? Lead::STATUS_NEW : Lead::STATUS_WORKING);
  lead.set_brn(*brn);
  lead.set_occurred_on(*occurred_on);
  *lead.mutable_captured_at() = ToTimestamp(context.now);
  return event;
}

Result<LeadUpdated> UpdateLead(const Lead& lead, const UpdateLeadRequest& request, const Context&) {
  if (request.has_channel() && request.channel() == Lead::CHANNEL_UNSPECIFIED)
    return kLeadMustHaveChannel.At("channel");
  LeadUpdated event;
  Lead& updated = *event.mutable_lead() = lead;
  kit::CopyWhatIsSet(request, &updated);
  kit::NormaliseReach(&updated);
  if (!IsIdentifiable(updated)) return kLeadMustBeIdentifiable;
  const auto brn = kit::NormalBrn(updated.brn(), "brn");
  if (!brn.ok()) return brn.refusal();
  // From here on the update must succeed.
  updated.set_brn(*brn);
  return event;
}

Result<LeadAssigned> AssignLead(const Lead& lead, const Rules& rules, const Certifications& held,
                                const AssignLeadRequest& request, const Context& context) {
  if (const auto free = MustBeFree(lead); !free.ok()) return free.refusal();
  // An importer brings what was, also from before there were certifications.
  if (!context.caller.Has(songsang::v1::ROLE_IMPORTER))
    if (const auto certified = MustBeCertified(rules, held, lead.product_id(), request.owner_id(), context);
        !certified.ok())
      return Refusal(certified.refusal()).At("owner_id");
  // From here on the assignment must succeed.
  LeadAssigned event;
  Lead& assigned = *event.mutable_lead() = lead;
  kit::CopyWhatIsSet(request, &assigned);
  BeginWork(&assigned);
  assigned.clear_assignment_rule_id();
  assigned.clear_assignment_line();
  return event;
}

Result<LeadDisqualified> DisqualifyLead(const Lead& lead, const DisqualifyLeadRequest& request, const Context&) {
  if (const auto free = MustBeFree(lead); !free.ok()) return free.refusal();
  // From here on the disqualification must succeed.
  LeadDisqualified event;
  Lead& disqualified = *event.mutable_lead() = lead;
  disqualified.set_status(Lead::STATUS_DISQUALIFIED);
  disqualified.set_disqualified_reason(request.reason());
  return event;
}

}  // namespace songsang::leads
