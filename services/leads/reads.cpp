// The commands that read more than what their request names: whose leads are how many, who is certified for what, which
// days are worked, what a leaver still has.
#include <string>
#include <vector>

#include "core/clock.h"
#include "leads/leads.h"
#include "leads/rules_hand_off.h"
#include "leads/rules_lead.h"
#include "leads/rules_work_hand_over.h"
#include "songsang/workforce/v1/calendar.pb.h"

namespace songsang::leads {
namespace {

using engine::Find;
using engine::Named;
using engine::Tx;
using training::v1::Certification;
using workforce::v1::CalendarDay;

Rules RulesOf(Tx& tx, const std::string& key) { return tx.List<AssignmentRule>({"key"}, {key}); }

Certifications HeldBy(Tx& tx, const std::string& person_id, const std::string& product_id) {
  return tx.List<Certification>({"person_id", "product_id"}, {person_id, product_id});
}

// What the tenant declared of the year in which the instant lies, and of the next: no clock runs longer.
kit::DeclaredDays DeclaredFrom(Tx& tx, Instant instant) {
  const int year = LocalDay(instant).year();
  auto days = tx.List<CalendarDay>({"year"}, {std::to_string(year)});
  const auto next = tx.List<CalendarDay>({"year"}, {std::to_string(year + 1)});
  days.insert(days.end(), next.begin(), next.end());
  return kit::DeclaredIn(days);
}

int OpenLeadsOf(Tx& tx, const std::string& person_id) {
  size_t count = 0;
  for (const char* status : {"new", "working", "qualified"})
    count += tx.List<Lead>({"owner_id", "status"}, {person_id, status}).size();
  return static_cast<int>(count);
}

// The persons of the line that the lead matches, in its order.
std::vector<Candidate> CandidatesFor(Tx& tx, const Lead& lead, const Rules& rules, const std::string& key) {
  std::vector<Candidate> candidates;
  const AssignmentRule* rule = InForce(rules, key, tx.context().today.ToIso());
  const int line = rule == nullptr || !lead.owner_id().empty() ? 0 : LineFor(*rule, lead);
  if (line == 0) return candidates;
  for (const std::string& person_id : rule->lines(line - 1).person_ids())
    candidates.push_back({person_id, OpenLeadsOf(tx, person_id), HeldBy(tx, person_id, lead.product_id())});
  return candidates;
}

Result<LeadAssigned> Assign(Tx& tx, const AssignLeadRequest& request, const Context& context) {
  const auto lead = Find<Lead>(tx, "lead_id", request.lead_id());
  if (!lead.ok()) return lead.refusal();
  return AssignLead(**lead, RulesOf(tx, kStandard), HeldBy(tx, request.owner_id(), (*lead)->product_id()), request,
                    context);
}

Result<LeadRouted> Route(Tx& tx, const RouteLeadRequest& request, const Context& context) {
  const auto lead = Find<Lead>(tx, "lead_id", request.lead_id());
  if (!lead.ok()) return lead.refusal();
  const std::string& key = KeyOr(request.rule_key());
  const Rules rules = RulesOf(tx, key);
  return RouteLead(**lead, rules, RulesOf(tx, kStandard), CandidatesFor(tx, **lead, rules, key), request, context);
}

Result<HandOffOffered> Offer(Tx& tx, const OfferHandOffRequest& request, const Context& context) {
  const auto lead = Find<Lead>(tx, "lead_id", request.lead_id());
  if (!lead.ok()) return lead.refusal();
  Offering offering;
  offering.standards = tx.List<ResponseStandard>({"key"}, {kStandard});
  offering.declared = DeclaredFrom(tx, context.when);
  offering.rules = RulesOf(tx, kStandard);
  offering.held = HeldBy(tx, request.to_id(), (*lead)->product_id());
  return OfferHandOff(**lead, offering, request, context);
}

Result<HandOffExpired> Expire(Tx& tx, const ExpireHandOffRequest& request, const Context& context) {
  const auto hand_off = Find<HandOff>(tx, "hand_off_id", request.hand_off_id());
  if (!hand_off.ok()) return hand_off.refusal();
  const auto lead = Find<Lead>(tx, "lead_id", (*hand_off)->lead_id());
  if (!lead.ok()) return lead.refusal();
  return ExpireHandOff(**hand_off, **lead, DeclaredFrom(tx, FromTimestamp((*hand_off)->offered_at())), request,
                       context);
}

Result<WorkHandedOver> Step(Tx& tx, const StepWorkHandOverRequest& request, const Context& context) {
  const auto hand_over = Find<WorkHandOver>(tx, "work_hand_over_id", request.work_hand_over_id());
  if (!hand_over.ok()) return hand_over.refusal();
  const std::string& leaver = (*hand_over)->from_person_id();
  Work work;
  for (const char* status : {"new", "working", "qualified"}) {
    const auto leads = tx.List<Lead>({"owner_id", "status"}, {leaver, status});
    work.leads.insert(work.leads.end(), leads.begin(), leads.end());
  }
  work.opportunities = tx.List<Opportunity>({"owner_id", "status"}, {leaver, "open"});
  work.follow_ups = tx.List<FollowUp>({"owner_id", "state"}, {leaver, "planned"});
  work.hand_offs = tx.List<HandOff>({"to_id", "state"}, {leaver, "offered"});
  return StepWorkHandOver(**hand_over, work, request, context);
}

Named StandardOf(const google::protobuf::Descriptor* definition) { return {definition, {"key"}, {kStandard}}; }

}  // namespace

void AddAssignments(engine::Service* service) {
  service->Mirror<Certification>();
  service->Command<AssignLeadRequest>(Assign);
  service->Reads<AssignLeadRequest>([](const AssignLeadRequest&, const Context&) {
    return std::vector<Named>{StandardOf(AssignmentRule::descriptor())};
  });
  service->Command<RouteLeadRequest>(Route);
  service->Reads<RouteLeadRequest>([](const RouteLeadRequest&, const Context&) {
    return std::vector<Named>{StandardOf(AssignmentRule::descriptor())};
  });
}

void AddHandOffs(engine::Service* service) {
  service->Mirror<CalendarDay>();
  service->Command<OfferHandOffRequest>(Offer);
  service->Reads<OfferHandOffRequest>([](const OfferHandOffRequest&, const Context& context) {
    const int year = LocalDay(context.when).year();
    return std::vector<Named>{StandardOf(AssignmentRule::descriptor()),
                              StandardOf(ResponseStandard::descriptor()),
                              {CalendarDay::descriptor(), {"year"}, {std::to_string(year)}},
                              {CalendarDay::descriptor(), {"year"}, {std::to_string(year + 1)}}};
  });
  service->Command<ExpireHandOffRequest>(Expire);
}

void AddWorkHandOvers(engine::Service* service) {
  service->Command(StartWorkHandOver);
  service->Command<StepWorkHandOverRequest>(Step);
}

}  // namespace songsang::leads
