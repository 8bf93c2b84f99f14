#include "workforce/rules_what_if.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "workforce/rules_quota.h"
#include "workforce/rules_sale.h"

namespace songsang::workforce {
namespace {

constexpr int kMostMonths = 12;

using Referred = std::unordered_map<std::string_view, bool>;

int64_t GoalOf(const Earner& earner, std::string_view plan_id, const std::string& month) {
  const auto of_plan = earner.goals.find(plan_id);
  if (of_plan == earner.goals.end()) return 0;
  const auto goal = of_plan->second.find(month);
  return goal == of_plan->second.end() ? 0 : goal->second;
}

// Facts of settled months that an earner's facts take back from.
Originals SettledOf(const WhatIfFacts& facts) {
  Originals originals;
  for (const Fact& fact : facts.originals) originals[fact.id].amount = fact.amount;
  for (const StatementLine& settled : facts.settled) {
    const auto original = originals.find(settled.fact_id());
    if (original == originals.end() || settled.kind() == StatementLine::KIND_CLAW_BACK) continue;
    Line& line = original->second.lines.emplace_back();
    line.rate = &settled.rate();
    line.basis = settled.basis_minor();
    line.amount = settled.amount().minor();
    line.taken_from = settled.id();
  }
  return originals;
}

int64_t Earned(const Earner& earner, std::vector<Assigned> assigned, const Referred& referred, Originals originals) {
  int64_t sum = 0;
  std::vector<const Fact*> of_month;
  for (const auto& [month, facts] : earner.months) {
    for (Assigned& by : assigned) by.goal = GoalOf(earner, by.plan_id, month);
    of_month.clear();
    for (const Fact& fact : facts) of_month.push_back(&fact);
    for (const Line& line : Earn(assigned, of_month, &referred, &originals)) sum += line.amount;
  }
  return sum;
}

}  // namespace

Status CheckMonths(const WhatIfRequest& request) {
  if (request.to_month() < request.from_month()) return kPeriodMustEndAfterStart.At("to_month");
  std::string last = request.from_month();
  for (int i = 1; i < kMostMonths; ++i) last = NextMonth(last);
  if (request.to_month() > last) return kPeriodMustNotBeLong.With("days", std::to_string(366)).At("to_month");
  return Done{};
}

WhatIfAnswer TryTerms(const WhatIfFacts& facts, const CompensationPlan::Terms& terms) {
  WhatIfAnswer answer;
  const Originals settled = SettledOf(facts);
  for (const Earner& earner : facts.earners) {
    Referred referred;
    Originals originals;
    int64_t basis = 0;
    for (const auto& [month, of_month] : earner.months) {
      answer.set_facts(answer.facts() + static_cast<int64_t>(of_month.size()));
      for (const Fact& fact : of_month) {
        if (fact.basis == terms.basis()) basis += fact.amount;
        if (fact.original_id.empty()) continue;
        referred[fact.original_id] = true;
        if (const auto place = settled.find(fact.original_id); place != settled.end()) originals.insert(*place);
      }
    }
    const int64_t current = Earned(earner, earner.assigned, referred, originals);
    const int64_t proposed = Earned(earner, {{"", "", "", &terms, 0}}, referred, originals);
    WhatIfAnswer::Row& row = *answer.add_rows();
    row.set_person_id(earner.person_id);
    row.set_name(earner.name);
    row.set_basis_minor(basis);
    row.set_current_minor(current);
    row.set_proposed_minor(proposed);
    answer.set_current_minor(answer.current_minor() + current);
    answer.set_proposed_minor(answer.proposed_minor() + proposed);
    if (proposed > current) answer.set_better(answer.better() + 1);
    if (proposed < current) answer.set_worse(answer.worse() + 1);
  }
  std::sort(answer.mutable_rows()->begin(), answer.mutable_rows()->end(), [](const auto& a, const auto& b) {
    return std::tie(a.name(), a.person_id()) < std::tie(b.name(), b.person_id());
  });
  return answer;
}

}  // namespace songsang::workforce
