#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <string>

#include "support/context.h"
#include "support/proto.h"
#include "workforce/policies.h"
#include "workforce/rules_explain.h"
#include "workforce/rules_plan.h"
#include "workforce/rules_sale.h"
#include "workforce/rules_statement.h"
#include "workforce/rules_what_if.h"

namespace songsang::workforce {
namespace {

const char* const kPlan =
    "id: 'P1' key: 'k' number: 1 terms { basis: BASIS_INVOICE currency: 'KRW' pays_base: true tiers { rate { units: 4 "
    "scale: 2 } } }";

TEST(SettleStatement, Refusals) {
  const CompensationPlan plan = Proto(kPlan);
  const PlanAssignment assigned = Proto("id: 'A' plan_id: 'P1' from_on: '2026-09-10'");
  const PlanAssignment emptied = Proto("id: 'B' plan_id: 'P1' from_on: '2026-02-01' to_on: '2026-01-31'");
  const Employment dollars = Proto("id: 'E' base_pay { minor: 1 currency: 'USD' }");
  const Statement settled = Proto("month: '2026-10'");
  PayRecords records;
  records.plans = {{"P1", &plan}};
  const auto settle = [&](const char* month, const std::vector<const Statement*>& statements) {
    records.month = month;
    return SettleStatement(records, statements, Proto(std::string("month: '") + month + "'"), ContextOf());
  };
  EXPECT_THAT(settle("2026-09", {}), RefusedWith(kPersonMustHavePlan));
  // One that holds no day is none.
  records.assignments = {&emptied};
  EXPECT_THAT(settle("2026-02", {}), RefusedWith(kPersonMustHavePlan));
  records.assignments = {&assigned, &emptied};
  EXPECT_THAT(settle("2026-10", {}), RefusedWith(kStatementMustFollow));
  EXPECT_THAT(settle("2026-09", {}), IsOk());
  EXPECT_THAT(settle("2026-10", {&settled}), RefusedWith(kStatementMustFollow));
  // November is not over on the 22nd.
  EXPECT_THAT(settle("2026-11", {&settled}), RefusedWith(kMonthMustBeOver));
  records.employments = {&dollars};
  EXPECT_THAT(settle("2026-09", {}), RefusedWith(kPayCurrencyMustBePlans));
}

TEST(SettleStatement, BasePayIsByCalendarDaysOfEmploymentAndPlan) {
  const CompensationPlan plan = Proto(kPlan);
  const PlanAssignment assigned = Proto("id: 'A' plan_id: 'P1' from_on: '2026-09-11'");
  const Employment before = Proto(
      "id: 'E1' base_pay { minor: 3000000 currency: 'KRW' } from_on: '2026-01-01' to_on: "
      "'2026-09-15'");
  const Employment after = Proto("id: 'E2' base_pay { minor: 3300000 currency: 'KRW' } from_on: '2026-09-16'");
  const SalesFact dollars =
      Proto("id: 'F' basis: BASIS_INVOICE sold_on: '2026-09-12' amount { minor: 100 currency: 'USD' }");
  PayRecords records;
  records.person_id = "kim";
  records.month = "2026-09";
  records.plans = {{"P1", &plan}};
  records.assignments = {&assigned};
  records.employments = {&after, &before};
  records.facts = {&dollars};
  const auto event = SettleStatement(records, {}, Proto("month: '2026-09'"), ContextOf());
  // 3,000,000 × 5/30 and 3,300,000 × 15/30; what was sold in another currency earns nothing.
  ASSERT_THAT(event,
              Answers(ContainsProto("statement { person_id: 'kim' month: '2026-09' base { minor: 2150000 currency: "
                                    "'KRW' } total { minor: 2150000 } line_count: 2 } lines { employment_id: 'E1' "
                                    "days: 5 amount { minor: 500000 } } lines { employment_id: 'E2' days: 15 amount { "
                                    "minor: 1650000 } }")));
  EXPECT_EQ(IsSumOfLines(nullptr, event->statement(), event->lines()), "");
}

TEST(Always, AStatementIsTheSumOfLinesThatLeadSomewhere) {
  const StatementSettled sound = Proto(
      "statement { base { minor: 5 } commission { minor: 40 } claw_back { minor: -8 } total { minor: 37 } "
      "written_minor: 37 } lines { "
      "kind: KIND_BASE plan_id: 'P' employment_id: 'E' amount { minor: 5 } } lines { number: 2 kind: KIND_TIER "
      "plan_id: "
      "'P' fact_id: 'F' amount { minor: 40 } } lines { kind: KIND_CLAW_BACK plan_id: 'P' fact_id: 'G' amount { minor: "
      "-8 } }");
  const auto wrong = [](const StatementSettled& event, const Statement* before = nullptr) {
    return IsSumOfLines(before, event.statement(), event.lines());
  };
  EXPECT_EQ(wrong(sound), "");
  StatementSettled broken = sound;
  broken.mutable_statement()->mutable_total()->set_minor(38);
  EXPECT_EQ(wrong(broken), "the lines sum to 37, not to the total");
  broken = sound;
  broken.mutable_statement()->set_written_minor(36);
  EXPECT_EQ(wrong(broken), "the lines sum to 37, not to what is written");
  broken = sound;
  broken.mutable_statement()->mutable_base()->set_minor(6);
  EXPECT_EQ(wrong(broken), "base, commission and claw-back are not the total");
  broken = sound;
  broken.mutable_lines(1)->clear_fact_id();
  EXPECT_EQ(wrong(broken), "line 2 leads nowhere");
  // What is written in steps adds up to what was written before.
  const Statement before = Proto("written_minor: 7");
  broken = sound;
  broken.mutable_statement()->set_written_minor(44);
  broken.mutable_statement()->set_unwritten(1);
  EXPECT_EQ(wrong(broken, &before), "");
  broken.mutable_statement()->set_unwritten(0);
  EXPECT_EQ(wrong(broken, &before), "the lines sum to 44, not to the total");
}

TEST(SettleStatement, MoreLinesThanAnEventHoldsAreWrittenInSteps) {
  const CompensationPlan plan = Proto(kPlan);
  const PlanAssignment assigned = Proto("id: 'A' plan_id: 'P1' from_on: '2026-09-01'");
  std::deque<SalesFact> facts;
  PayRecords records;
  records.person_id = "kim";
  records.month = "2026-09";
  records.plans = {{"P1", &plan}};
  records.assignments = {&assigned};
  records.goals = {{"revenue", 7}};
  for (int i = 0; i < 450; ++i)
    records.facts.push_back(&facts.emplace_back(Proto("id: 'F" + std::to_string(1000 + i) +
                                                      "' basis: BASIS_INVOICE sold_on: '2026-09-12' amount { minor: " +
                                                      std::to_string(1000 + i) + " currency: 'KRW' }")));
  const auto settled = SettleStatement(records, {}, Proto("month: '2026-09'"), ContextOf());
  ASSERT_THAT(settled, IsOk());
  EXPECT_THAT(settled->statement(),
              ContainsProto("line_count: 450 unwritten: 250 frozen_goals { key: 'revenue' value: 7 }"));
  ASSERT_EQ(settled->lines_size(), 200);
  Statement statement = settled->statement();
  std::vector<StatementLine> lines(settled->lines().begin(), settled->lines().end());
  for (const int size : {200, 50}) {
    // The month that follows waits for them.
    EXPECT_THAT(SettleStatement(records, {&statement}, Proto("month: '2026-10'"), ContextOf()),
                RefusedWith(kStatementMustBeWritten));
    ASSERT_TRUE(statement.has_write_at());
    const auto written = WriteStatementLines(statement, records, Proto(""), ContextOf());
    ASSERT_THAT(written, IsOk());
    ASSERT_EQ(written->lines_size(), size);
    EXPECT_EQ(IsSumOfLines(&statement, written->statement(), written->lines()), "");
    statement = written->statement();
    lines.insert(lines.end(), written->lines().begin(), written->lines().end());
  }
  EXPECT_FALSE(statement.has_write_at());
  EXPECT_EQ(statement.frozen_goals_size(), 0);
  const StatementSettled whole =
      Compute(records, "acme", [&](int number) { return lines[static_cast<size_t>(number - 1)].id(); });
  ASSERT_EQ(whole.lines_size(), 450);
  for (int i = 0; i < 450; ++i)
    EXPECT_EQ(whole.lines(i).SerializeAsString(), lines[static_cast<size_t>(i)].SerializeAsString());
  EXPECT_EQ(statement.written_minor(), statement.total().minor());
  // Written, it stays as it is; and of other records nothing is written.
  const auto again = WriteStatementLines(statement, records, Proto(""), ContextOf());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->lines_size(), 0);
  EXPECT_EQ(again->statement().SerializeAsString(), statement.SerializeAsString());
  records.facts.pop_back();
  EXPECT_THAT(WriteStatementLines(settled->statement(), records, Proto(""), ContextOf()),
              RefusedWith(kStatementMustStandStill));
  records.facts.resize(1000, records.facts[0]);
  EXPECT_THAT(SettleStatement(records, {}, Proto("month: '2026-09'"), ContextOf()),
              RefusedWith(kStatementFactsMustBeFewer));
}

TEST(Words, OfRatesAndMoney) {
  const struct {
    const char *rate, *text;
  } rates[] = {{"units: 4 scale: 2", "4%"},    {"units: 45 scale: 3", "4.5%"}, {"units: 325 scale: 4", "3.25%"},
               {"units: 1 scale: 0", "100%"},  {"units: 5 scale: 1", "50%"},   {"units: 40 scale: 3", "4%"},
               {"units: 5 scale: 4", "0.05%"}, {"units: 0 scale: 5", "0%"}};
  for (const auto& row : rates) EXPECT_EQ(Percent(Proto(row.rate)), row.text);
  EXPECT_EQ(Won(1'234'567, "KRW"), "1,234,567원");
  EXPECT_EQ(Won(-1'000, "KRW"), "-1,000원");
  EXPECT_EQ(Won(-100, "KRW"), "-100원");
  EXPECT_EQ(Won(123'456'789, "USD"), "USD 1,234,567.89");
}

// What-if is the arithmetic of statements: by the terms that are assigned, a year of chance is what its twelve
// statements settle, returns of one month taken back in the next included.
TEST(TryTerms, IsWhatStatementsSettle) {
  std::mt19937 chance(20261122);
  const CompensationPlan plan = Proto(
      "id: 'P1' number: 1 terms { basis: BASIS_INVOICE currency: 'KRW' tiers { rate { units: 33 scale: 3 } } tiers { "
      "above_minor: 7000 rate { units: 51 scale: 3 } } accelerators { above_percent: 90 rate { units: 17 scale: 3 } } "
      "goal_metric: 'revenue' cap_minor: 600 }");
  const PlanAssignment assigned = Proto("id: 'A' plan_id: 'P1' from_on: '2025-01-01'");
  std::deque<SalesFact> facts;
  for (int month = 1; month <= 12; ++month)
    for (int n = 0; n < 20; ++n) {
      SalesFact& fact = facts.emplace_back();
      const Date on = Date::Of(2025, month, 1 + static_cast<int>(chance() % 28));
      fact.set_basis(CompensationPlan::BASIS_INVOICE);
      fact.set_date(on.ToIso());
      fact.set_sold_on(on.ToIso());
      fact.set_month(on.ToIso().substr(0, 7));
      fact.set_id("f" + std::to_string(facts.size()));
      *fact.mutable_amount() = Proto("minor: " + std::to_string(1 + chance() % 1'000) + " currency: 'KRW'");
      const SalesFact& original = facts[chance() % facts.size()];
      const bool is_fresh = original.reversed_before_minor() == 0 && original.original_id().empty();
      if (chance() % 4 != 0 || &original == &fact || !is_fresh || original.amount().minor() < 2) continue;
      fact.set_original_id(original.id());
      fact.set_sold_on(original.sold_on());
      fact.mutable_amount()->set_minor(-(original.amount().minor() / 2));
      // So that it is taken back from once only.
      const_cast<SalesFact&>(original).set_reversed_before_minor(1);
    }
  std::map<std::string, int64_t> goals;
  std::deque<StatementLine> lines;
  int64_t settled = 0;
  WhatIfFacts what_if;
  Earner& earner = what_if.earners.emplace_back();
  earner.assigned = {{"2025-01-01", "", "P1", &plan.terms(), 0}};
  int ids = 0;
  for (std::string month = "2025-01"; month < "2026"; month = NextMonth(month)) {
    PayRecords records;
    records.person_id = "kim";
    records.month = month;
    records.plans = {{"P1", &plan}};
    records.assignments = {&assigned};
    records.goals = {{"revenue", 5'000 + static_cast<int64_t>(chance() % 5'000)}};
    earner.goals["P1"][month] = earner.goals[""][month] = records.goals["revenue"];
    std::map<std::string, const SalesFact*> known;
    for (const SalesFact& fact : facts) {
      known[fact.id()] = &fact;
      if (fact.month() != month) continue;
      records.facts.push_back(&fact);
      earner.months[month].push_back(FactOf(fact));
      if (fact.original_id().empty() || known[fact.original_id()]->month() == month) continue;
      records.originals.push_back(known[fact.original_id()]);
      for (const StatementLine& line : lines)
        if (line.fact_id() == fact.original_id()) records.settled.push_back(&line);
    }
    const auto event = Compute(records, "acme", [&](int) { return std::to_string(++ids); });
    EXPECT_EQ(IsSumOfLines(nullptr, event.statement(), event.lines()), "");
    EXPECT_LE(event.statement().commission().minor(), 600);
    settled += event.statement().total().minor();
    for (const StatementLine& line : event.lines()) lines.push_back(line);
  }
  const WhatIfAnswer answer = TryTerms(what_if, plan.terms());
  EXPECT_EQ(answer.current_minor(), settled);
  EXPECT_EQ(answer.proposed_minor(), settled);
  EXPECT_EQ(answer.facts(), 240);
  EXPECT_NE(settled, 0);
}

TEST(Policies, AnInvoiceIsOneShareAPerson) {
  const auto commands = RecordSaleOf(
      Proto("invoice { id: 'I' number: 'INV-1' account_id: 'A' issued_on: '2026-03-12' supply { minor: 1000 currency: "
            "'KRW' } total { minor: 1100 currency: 'KRW' } } sales_credits { person_id: 'kim' unit_id: 'U' basis { "
            "minor: 300 "
            "} } sales_credits { person_id: 'lee' basis { minor: 200 } } sales_credits { person_id: 'kim' unit_id: 'U' "
            "basis "
            "{ minor: 400 } } sales_credits { basis { minor: 100 } }"),
      {});
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_THAT(commands[0],
              EqualsProto("invoice_id: 'I' number: 'INV-1' account_id: 'A' issued_on: '2026-03-12' supply { "
                          "minor: 1000 currency: 'KRW' } total_minor: 1100 shares { person_id: 'kim' unit_id: "
                          "'U' amount_minor: 700 } shares { person_id: 'lee' amount_minor: 200 }"));
}

TEST(Policies, AReturnIsWhatIsTakenBackOfEachPerson) {
  const auto commands = RecordReturnOf(Proto("sales_return { id: 'R' number: 'RET-1' invoice_id: 'I' returned_on: "
                                             "'2026-04-02' total { minor: 220 currency: "
                                             "'KRW' } } invoice { issued_on: '2026-03-12' } sales_credits { person_id: "
                                             "'kim' unit_id: 'U' basis { minor: -200 "
                                             "} }"),
                                       {});
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_THAT(commands[0], EqualsProto("return_id: 'R' number: 'RET-1' invoice_id: 'I' returned_on: '2026-04-02' "
                                       "total_minor: 220 shares { person_id: 'kim' unit_id: 'U' "
                                       "amount_minor: 200 }"));
}

}  // namespace
}  // namespace songsang::workforce
