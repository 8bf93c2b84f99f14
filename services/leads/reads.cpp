// The commands that read more than what their request names: whose leads are how many, who is certified for what, which
// days are worked, what a leaver still has.
#include <string>
#include <tuple>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
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

// What each rule takes before its request.
using AssignFacts = std::tuple<const Lead&, Rules, Certifications>;
using RouteFacts = std::tuple<const Lead&, Rules, Rules, std::vector<Candidate>>;
using OfferFacts = std::tuple<const Lead&, Offering>;
using AcceptFacts = std::tuple<const HandOff&, const Lead&, kit::DeclaredDays, Defined, Defined>;
using OfferedFacts = std::tuple<const HandOff&, const Lead&, kit::DeclaredDays>;
using StepFacts = std::tuple<const WorkHandOver&, Work>;

Result<AssignFacts> ReadToAssign(Tx& tx, const AssignLeadRequest& request, const Context&) {
  const auto lead = Find<Lead>(tx, "lead_id", request.lead_id());
  if (!lead.ok()) return lead.refusal();
  return AssignFacts(**lead, RulesOf(tx, kStandard), HeldBy(tx, request.owner_id(), (*lead)->product_id()));
}

Result<RouteFacts> ReadToRoute(Tx& tx, const RouteLeadRequest& request, const Context&) {
  const auto lead = Find<Lead>(tx, "lead_id", request.lead_id());
  if (!lead.ok()) return lead.refusal();
  const std::string& key = KeyOr(request.rule_key());
  const Rules rules = RulesOf(tx, key);
  return RouteFacts(**lead, rules, RulesOf(tx, kStandard), CandidatesFor(tx, **lead, rules, key));
}

Result<OfferFacts> ReadToOffer(Tx& tx, const OfferHandOffRequest& request, const Context& context) {
  const auto lead = Find<Lead>(tx, "lead_id", request.lead_id());
  if (!lead.ok()) return lead.refusal();
  Offering offering;
  offering.standards = tx.List<ResponseStandard>({"key"}, {kStandard});
  offering.declared = DeclaredFrom(tx, context.when);
  offering.rules = RulesOf(tx, kStandard);
  offering.held = HeldBy(tx, request.to_id(), (*lead)->product_id());
  return OfferFacts(**lead, offering);
}

// The offer, its lead, and the days by which its time runs.
template <class Request>
Result<OfferedFacts> ReadOffered(Tx& tx, const Request& request, const Context&) {
  const auto hand_off = Find<HandOff>(tx, "hand_off_id", request.hand_off_id());
  if (!hand_off.ok()) return hand_off.refusal();
  const auto lead = Find<Lead>(tx, "lead_id", (*hand_off)->lead_id());
  if (!lead.ok()) return lead.refusal();
  return OfferedFacts(**hand_off, **lead, DeclaredFrom(tx, FromTimestamp((*hand_off)->offered_at())));
}

Result<AcceptFacts> ReadToAccept(Tx& tx, const AcceptHandOffRequest& request, const Context& context) {
  const auto offered = ReadOffered(tx, request, context);
  if (!offered.ok()) return offered.refusal();
  return std::tuple_cat(*offered, std::tuple(tx.List<SalesProcess>({"key"}, {KeyOr(request.process_key())}),
                                             tx.List<SalesProcess>({"persona"}, {request.persona()})));
}

// The opportunity that bears the reference already, if one does, so that the engine sees it and refuses.
std::vector<Named> NamesToAccept(const AcceptHandOffRequest& request, const Context& context) {
  if (!request.has_opportunity_ref()) return {};
  const auto* opportunity = Opportunity::descriptor();
  return {{opportunity, {"id"}, {ReferenceId(context.caller.tenant, KindOf(opportunity), request.opportunity_ref())}}};
}

Result<StepFacts> ReadToStep(Tx& tx, const StepWorkHandOverRequest& request, const Context&) {
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
  return StepFacts(**hand_over, work);
}

Named StandardOf(const google::protobuf::Descriptor* definition) { return {definition, {"key"}, {kStandard}}; }

}  // namespace

void AddAssignments(engine::Service* service) {
  service->Mirror<Certification>();
  service->Command(ReadToAssign, AssignLead);
  service->Reads<AssignLeadRequest>([](const AssignLeadRequest&, const Context&) {
    return std::vector<Named>{StandardOf(AssignmentRule::descriptor())};
  });
  service->Command(ReadToRoute, RouteLead);
  service->Reads<RouteLeadRequest>([](const RouteLeadRequest&, const Context&) {
    return std::vector<Named>{StandardOf(AssignmentRule::descriptor())};
  });
}

void AddHandOffs(engine::Service* service) {
  service->Mirror<CalendarDay>();
  service->Command(ReadToOffer, OfferHandOff);
  service->Reads<OfferHandOffRequest>([](const OfferHandOffRequest&, const Context& context) {
    const int year = LocalDay(context.when).year();
    return std::vector<Named>{StandardOf(AssignmentRule::descriptor()),
                              StandardOf(ResponseStandard::descriptor()),
                              {CalendarDay::descriptor(), {"year"}, {std::to_string(year)}},
                              {CalendarDay::descriptor(), {"year"}, {std::to_string(year + 1)}}};
  });
  service->Command(ReadToAccept, AcceptHandOff);
  service->Reads<AcceptHandOffRequest>(NamesToAccept);
  service->Command(ReadOffered<RefuseHandOffRequest>, RefuseHandOff);
  service->Command(ReadOffered<ExpireHandOffRequest>, ExpireHandOff);
}

void AddWorkHandOvers(engine::Service* service) {
  service->Command(StartWorkHandOver);
  service->Command(ReadToStep, StepWorkHandOver);
}

}  // namespace songsang::leads
