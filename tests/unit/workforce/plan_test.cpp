#include <gtest/gtest.h>

#include <string>

#include "support/context.h"
#include "support/proto.h"
#include "workforce/rules_plan.h"

namespace songsang::workforce {
namespace {

TEST(CheckTerms, Table) {
  const struct {
    const char *terms, *reason;
  } rows[] = {
      {"tiers { rate { units: 4 scale: 2 } }", ""},
      {"tiers { above_minor: 1 rate { units: 4 scale: 2 } }", "TIERS_MUST_RISE"},
      {"tiers { rate {} } tiers { above_minor: 5 rate {} } tiers { above_minor: 5 rate {} }", "TIERS_MUST_RISE"},
      {"tiers { rate { units: 101 scale: 2 } }", "RATE_MUST_BE_A_FRACTION"},
      {"tiers { rate { units: 100 scale: 2 } }", ""},
      {"tiers { rate { units: -1 scale: 2 } }", "RATE_MUST_BE_A_FRACTION"},
      {"tiers { rate {} } accelerators { above_percent: 100 rate { units: 2 scale: 2 } }", "GOAL_METRIC_REQUIRED"},
      {"tiers { rate {} } accelerators { above_percent: 100 rate { units: 2 } } goal_metric: 'revenue'",
       "RATE_MUST_BE_A_FRACTION"},
      {"tiers { rate {} } accelerators { above_percent: 100 rate {} } accelerators { above_percent: 100 rate {} } "
       "goal_metric: 'revenue'",
       "ACCELERATORS_MUST_RISE"},
      {"tiers { rate {} } accelerators { above_percent: 100 rate {} } accelerators { above_percent: 150 rate {} } "
       "goal_metric: 'revenue'",
       ""},
  };
  for (const auto& row : rows) {
    const auto checked = CheckTerms(Proto(row.terms));
    EXPECT_EQ(checked.ok() ? "" : checked.refusal().reason->name, std::string(row.reason)) << row.terms;
  }
}

TEST(DefineCompensationPlan, GivesTheNextVersion) {
  const CompensationPlan one = Proto("key: 'k' number: 1"), two = Proto("key: 'k' number: 2");
  EXPECT_THAT(
      DefineCompensationPlan({&two, &one}, Proto("key: 'k' name: 'n' terms { tiers { rate {} } }"), ContextOf()),
      Answers(ContainsProto("compensation_plan { key: 'k' number: 3 name: 'n' }")));
  EXPECT_THAT(DefineCompensationPlan({}, Proto("key: 'k' terms { tiers { above_minor: 7 rate {} } }"), ContextOf()),
              RefusedWith(kTiersMustRise));
}

TEST(AssignPlan, Table) {
  const CompensationPlan won = Proto("id: 'W' terms { currency: 'KRW' }"),
                         dollars = Proto("id: 'D' terms { currency: 'USD' }");
  const PlanAssignment before = Proto("id: 'A' version: 1 plan_id: 'D' from_on: '2026-01-01'");
  const Statement settled = Proto("month: '2026-03'");
  EXPECT_THAT(AssignPlan({}, won, {{&before}, &dollars, {}}, Proto("from_on: '2026-05-01'"), ContextOf()),
              RefusedWith(kPlanCurrencyMustStay));
  EXPECT_THAT(AssignPlan({}, won, {}, Proto("from_on: '2026-05-01' to_on: '2026-04-30'"), ContextOf()),
              RefusedWith(kAssignmentMustEndAfterStart));
  EXPECT_THAT(AssignPlan({}, won, {{}, nullptr, {&settled}}, Proto("from_on: '2026-03-31'"), ContextOf()),
              RefusedWith(kMonthMustBeOpen));
  EXPECT_THAT(
      AssignPlan(Proto("id: 'P'"), dollars, {{&before}, &dollars, {&settled}}, Proto("from_on: '2026-04-01'"),
                 ContextOf()),
      Answers(ContainsProto("plan_assignment { person_id: 'P' plan_id: 'D' from_on: '2026-04-01' } changed { id: "
                            "'A' to_on: '2026-03-31' }")));
}

}  // namespace
}  // namespace songsang::workforce
