#include "workforce/rules_plan.h"

#include <algorithm>

#include "core/splice.h"

namespace songsang::workforce {
namespace {

bool IsFraction(const common::v1::Decimal& rate) {
  int64_t one = 1;
  for (int32_t i = 0; i < rate.scale(); ++i) one *= 10;
  return rate.units() >= 0 && rate.units() <= one;
}

}  // namespace

Status CheckTerms(const CompensationPlan::Terms& terms) {
  int64_t above = -1;
  for (const auto& tier : terms.tiers()) {
    if (tier.above_minor() <= above || (above < 0 && tier.above_minor() != 0)) return kTiersMustRise.At("terms.tiers");
    if (!IsFraction(tier.rate())) return kRateMustBeAFraction.At("terms.tiers");
    above = tier.above_minor();
  }
  int32_t above_percent = 0;
  for (const auto& accelerator : terms.accelerators()) {
    if (accelerator.above_percent() <= above_percent) return kAcceleratorsMustRise.At("terms.accelerators");
    if (!IsFraction(accelerator.rate())) return kRateMustBeAFraction.At("terms.accelerators");
    above_percent = accelerator.above_percent();
  }
  if (terms.accelerators_size() > 0 && terms.goal_metric().empty()) return kGoalMetricRequired.At("terms.goal_metric");
  return Done{};
}

Result<CompensationPlanDefined> DefineCompensationPlan(const std::vector<const CompensationPlan*>& versions,
                                                       const DefineCompensationPlanRequest& request,
                                                       const Context& context) {
  if (const auto fits = CheckTerms(request.terms()); !fits.ok()) return fits.refusal();
  // From here on the definition must succeed.
  CompensationPlanDefined event;
  CompensationPlan& plan = *event.mutable_compensation_plan();
  plan.set_id(context.NewId());
  plan.set_key(request.key());
  int32_t number = 0;
  for (const CompensationPlan* version : versions) number = std::max(number, version->number());
  plan.set_number(number + 1);
  plan.set_name(request.name());
  *plan.mutable_terms() = request.terms();
  return event;
}

std::string SettledThrough(const std::vector<const Statement*>& statements) {
  std::string month;
  for (const Statement* statement : statements) month = std::max(month, statement->month());
  return month;
}

Result<PlanAssigned> AssignPlan(const Person& person, const CompensationPlan& plan, const PaidBy& before,
                                const AssignPlanRequest& request, const Context& context) {
  const std::string from_on = request.from_on().empty() ? context.today.ToIso() : request.from_on();
  if (!request.to_on().empty() && request.to_on() < from_on)
    return kAssignmentMustEndAfterStart.With("from_on", from_on).At("to_on");
  if (before.other != nullptr && before.other->terms().currency() != plan.terms().currency())
    return kPlanCurrencyMustStay.With("currency", before.other->terms().currency()).At("plan_id");
  const std::string settled = SettledThrough(before.statements);
  if (from_on.substr(0, 7) <= settled) return kMonthMustBeOpen.With("month", settled).At("from_on");
  // From here on the assignment must succeed.
  PlanAssignment inserted;
  inserted.set_person_id(person.id());
  inserted.set_plan_id(plan.id());
  inserted.set_from_on(from_on);
  inserted.set_to_on(request.to_on());
  PlanAssigned event;
  auto spliced = Splice(before.assignments, std::move(inserted), [&] { return context.NewId(); });
  *event.mutable_plan_assignment() = std::move(spliced.inserted);
  for (PlanAssignment& changed : spliced.changed) *event.add_changed() = std::move(changed);
  return event;
}

}  // namespace songsang::workforce
