#include "leads/rules_assignment.h"

#include <algorithm>
#include <utility>

#include "kit/days.h"
#include "leads/rules_lead.h"

namespace songsang::leads {
namespace {

// An empty list is for every lead.
template <class Values, class Value>
bool IsFor(const Values& values, const Value& value) {
  return values.empty() || std::find(values.begin(), values.end(), value) != values.end();
}

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

void Append(std::string* list, const std::string& item) { *list += (list->empty() ? "" : ", ") + item; }

}  // namespace

Status MustBeCertified(const Rules& rules, const Certifications& held, const std::string& product_id,
                       const std::string& person_id, const Context& context) {
  const std::string today = context.today.ToIso();
  const AssignmentRule* rule = InForce(rules, kStandard, today);
  if (rule == nullptr || product_id.empty() || rule->certified_product_ids().empty()) return Done{};
  if (!IsFor(rule->certified_product_ids(), product_id)) return Done{};
  for (const auto* certification : held)
    if (certification->person_id() == person_id && certification->product_id() == product_id &&
        kit::Holds(certification->valid_from(), certification->valid_to(), today))
      return Done{};
  return kPersonMustBeCertified.With("product", product_id).With("person", person_id).With("day", today);
}

int LineFor(const AssignmentRule& rule, const Lead& lead) {
  for (int i = 0; i < rule.lines_size(); ++i) {
    const auto& line = rule.lines(i);
    if (IsFor(line.regions(), lead.region()) && IsFor(line.product_ids(), lead.product_id()) &&
        IsFor(line.channels(), static_cast<int>(lead.channel())))
      return i + 1;
  }
  return 0;
}

Result<LeadRouted> RouteLead(const Lead& lead, const Rules& rules, const Rules& standard,
                             const std::vector<Candidate>& candidates, const RouteLeadRequest& request,
                             const Context& context) {
  LeadRouted event;
  Lead& routed = *event.mutable_lead() = lead;
  if (!lead.owner_id().empty()) return event;
  if (const auto free = MustBeFree(lead); !free.ok()) return free.refusal();
  const std::string& key = KeyOr(request.rule_key());
  const AssignmentRule* rule = InForce(rules, key, context.today.ToIso());
  if (rule == nullptr) return kAssignmentRuleMustExist.With("rule", key).At("rule_key");
  const int number = LineFor(*rule, lead);
  if (number == 0)
    return kLeadMustMatchALine.With("rule", key)
        .With("region", OrDash(lead.region()))
        .With("product", OrDash(lead.product_id()));
  const auto& line = rule->lines(number - 1);
  const Candidate* chosen = nullptr;
  std::string uncertified;
  std::string full;
  for (const Candidate& candidate : candidates) {
    const bool may = MustBeCertified(standard, candidate.held, lead.product_id(), candidate.person_id, context).ok();
    const bool can = line.most_open() == 0 || candidate.open_leads < line.most_open();
    if (!may) Append(&uncertified, candidate.person_id);
    if (may && !can) Append(&full, candidate.person_id);
    if (may && can && (chosen == nullptr || candidate.open_leads < chosen->open_leads)) chosen = &candidate;
  }
  if (chosen == nullptr)
    return kSomebodyMustBeFree.With("line", std::to_string(number))
        .With("uncertified", OrDash(uncertified))
        .With("full", OrDash(full));
  // From here on the routing must succeed.
  BeginWork(&routed);
  routed.set_owner_id(chosen->person_id);
  if (!line.unit_id().empty()) routed.set_unit_id(line.unit_id());
  routed.set_assignment_rule_id(rule->id());
  routed.set_assignment_line(number);
  event.set_open_leads(chosen->open_leads);
  return event;
}

Result<AssignmentRuleDefined> DefineAssignmentRule(const Rules& defined, const DefineAssignmentRuleRequest& request,
                                                   const Context& context) {
  AssignmentRuleDefined event;
  AssignmentRule& rule = *event.mutable_assignment_rule() = NextVersion(defined, 0, request, context);
  *rule.mutable_lines() = request.lines();
  *rule.mutable_certified_product_ids() = request.certified_product_ids();
  return event;
}

Result<AssignmentRuleApproved> ApproveAssignmentRule(const AssignmentRule& rule, const ApproveAssignmentRuleRequest&,
                                                     const Context&) {
  auto approved = Approved(rule);
  if (!approved.ok()) return approved.refusal();
  AssignmentRuleApproved event;
  *event.mutable_assignment_rule() = std::move(*approved);
  return event;
}

Result<AssignmentRuleRetired> RetireAssignmentRule(const AssignmentRule& rule, const RetireAssignmentRuleRequest&,
                                                   const Context&) {
  auto retired = Retired(rule);
  if (!retired.ok()) return retired.refusal();
  AssignmentRuleRetired event;
  *event.mutable_assignment_rule() = std::move(*retired);
  return event;
}

}  // namespace songsang::leads
