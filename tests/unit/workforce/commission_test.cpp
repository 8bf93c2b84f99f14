#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "support/proto.h"
#include "workforce/rules_commission.h"

namespace songsang::workforce {
namespace {

const char* const kFlat = "basis: BASIS_INVOICE currency: 'KRW' tiers { rate { units: 4 scale: 2 } }";
const char* const kTiered =
    "basis: BASIS_INVOICE currency: 'KRW' tiers { rate { units: 3 scale: 2 } } tiers { above_minor: 1000 rate { units: "
    "5 "
    "scale: 2 } } accelerators { above_percent: 100 rate { units: 2 scale: 2 } } accelerators { above_percent: 150 "
    "rate { "
    "units: 4 scale: 2 } } goal_metric: 'revenue'";

// `a 2026-03-01 1000`, or `r 2026-04-01 -200 a 0`: id, day, amount, what it takes back from, how much was before.
Fact FactOf(const std::string& text) {
  std::istringstream words(text);
  Fact fact;
  words >> fact.id >> fact.date >> fact.amount >> fact.original_id >> fact.reversed_before;
  fact.sold_on = fact.date;
  fact.basis = CompensationPlan::BASIS_INVOICE;
  return fact;
}

// `a T1 1000 40, a A1 500 10, r C -200 -8 <a`
std::string Text(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) {
    const char* const kind = line.kind == StatementLine::KIND_TIER          ? "T"
                             : line.kind == StatementLine::KIND_ACCELERATOR ? "A"
                                                                            : "C";
    text += (text.empty() ? "" : ", ") + line.fact->id + " " + kind + std::to_string(line.rule) + " " +
            std::to_string(line.basis) + " " + std::to_string(line.amount);
    if (line.cut != 0) text += " cut " + std::to_string(line.cut);
  }
  return text;
}

std::string Earned(const std::string& terms_text, int64_t goal, const std::vector<std::string>& facts) {
  const CompensationPlan::Terms terms = Proto(terms_text);
  std::deque<Fact> kept;
  std::vector<const Fact*> list;
  for (const auto& fact : facts) list.push_back(&kept.emplace_back(FactOf(fact)));
  Originals originals;
  return Text(Earn({{"", "", "P1", &terms, goal}}, list, nullptr, &originals));
}

TEST(Earn, Table) {
  const struct {
    const char* terms;
    int64_t goal;
    std::vector<std::string> facts;
    const char* lines;
  } rows[] = {
      // (1000 - 200) * 4 % = 32.
      {kFlat, 0, {"a 2026-03-01 1000", "r 2026-03-20 -200 a 0"}, "a T1 1000 40, r C1 -200 -8"},
      // The running total of the month decides; a sale may lie in two tiers.
      {kTiered, 0, {"a 2026-03-01 800", "b 2026-03-02 500"}, "a T1 800 24, b T1 200 6, b T2 300 15"},
      // In order of their days, whatever order they come in.
      {kTiered, 0, {"b 2026-03-02 500", "a 2026-03-01 800"}, "a T1 800 24, b T1 200 6, b T2 300 15"},
      // What is taken back is taken back as it was paid, tier by tier.
      {kTiered,
       0,
       {"a 2026-03-01 800", "b 2026-03-02 500", "r 2026-03-03 -250 b 0"},
       "a T1 800 24, b T1 200 6, b T2 300 15, r C1 -100 -3, r C2 -150 -8"},
      // Beyond the goal, on top; beyond half as much again, more.
      {kTiered, 400, {"a 2026-03-01 700"}, "a T1 700 21, a A1 200 4, a A2 100 4"},
      {kTiered, 0, {"a 2026-03-01 700"}, "a T1 700 21"},
      // The cap leaves what is left.
      {"basis: BASIS_INVOICE tiers { rate { units: 10 scale: 2 } } cap_minor: 100",
       0,
       {"a 2026-03-01 800", "b 2026-03-02 500", "c 2026-03-03 10"},
       "a T1 800 80, b T1 500 20 cut 30, c T1 10 0 cut 1"},
      // What was cut is not taken back.
      {"basis: BASIS_INVOICE tiers { rate { units: 10 scale: 2 } } cap_minor: 100",
       0,
       {"a 2026-03-01 2000", "r 2026-03-02 -2000 a 0"},
       "a T1 2000 100 cut 100, r C1 -2000 -100"},
      // Half a won is a whole one.
      {"basis: BASIS_INVOICE tiers { rate { units: 5 scale: 1 } }", 0, {"a 2026-03-01 1"}, "a T1 1 1"},
      // A plan that pays by receipt does not pay for invoices.
      {"basis: BASIS_RECEIPT tiers { rate { units: 4 scale: 2 } }",
       0,
       {"a 2026-03-01 1000", "r 2026-03-20 -200 a 0"},
       ""},
      // What takes back from nothing that was paid takes nothing back.
      {kFlat, 0, {"r 2026-03-20 -200 elsewhere 0"}, ""},
  };
  for (const auto& row : rows) EXPECT_EQ(Earned(row.terms, row.goal, row.facts), row.lines);
}

TEST(Earn, ASaleIsPaidByThePlanOfItsDay) {
  const CompensationPlan::Terms before = Proto(kFlat);
  const CompensationPlan::Terms after = Proto(kTiered);
  Fact a = FactOf("a 2026-03-10 1000"), b = FactOf("b 2026-03-16 1000"), c = FactOf("c 2026-03-20 100");
  c.sold_on = "2026-03-09";
  Originals originals;
  EXPECT_EQ(Text(Earn({{"", "2026-03-15", "P1", &before, 0}, {"2026-03-16", "", "P2", &after, 0}}, {&a, &b, &c},
                      nullptr, &originals)),
            "a T1 1000 40, b T2 1000 50, c T1 100 4");
  // Nobody's plan, nobody's commission.
  Originals none;
  EXPECT_EQ(Text(Earn({{"2026-03-16", "", "P2", &after, 0}}, {&a}, nullptr, &none)), "");
}

TEST(Earn, WhatWasSettledIsMirroredWhateverThePlanIsNow) {
  const CompensationPlan::Terms now = Proto(kFlat);
  const common::v1::Decimal ten = Proto("units: 10 scale: 2");
  Originals originals;
  Original& original = originals["a"];
  original.amount = 1000;
  Line paid;
  paid.plan_id = "P0";
  paid.rule = 3;
  paid.rate = &ten;
  paid.basis = 1000;
  paid.amount = 100;
  paid.taken_from = "L7";
  original.lines.push_back(paid);
  Fact r = FactOf("r 2026-04-01 -250 a 500");
  const auto lines = Earn({{"", "", "P1", &now, 0}}, {&r}, nullptr, &originals);
  EXPECT_EQ(Text(lines), "r C3 -250 -25");
  EXPECT_EQ(lines[0].taken_from, "L7");
  EXPECT_EQ(lines[0].plan_id, "P0");
}

// In whatever parts all of it comes back, all that was paid for it is taken back, to the last won.
TEST(Earn, AllTakenBackIsAllTakenBack) {
  std::mt19937 chance(20261122);
  const CompensationPlan::Terms terms = Proto(
      "basis: BASIS_INVOICE tiers { rate { units: 333 scale: 4 } } tiers { above_minor: 5000 rate { units: 517 "
      "scale: 4 } } accelerators { above_percent: 80 rate { units: 111 scale: 4 } } goal_metric: 'revenue' "
      "cap_minor: 900");
  for (int round = 0; round < 300; ++round) {
    std::deque<Fact> facts;
    const int sales = 1 + static_cast<int>(chance() % 8);
    for (int i = 0; i < sales; ++i) {
      const std::string id = "s" + std::to_string(i);
      const auto amount = static_cast<int64_t>(chance() % 4000 + 1);
      facts.push_back(FactOf(id + " 2026-03-0" + std::to_string(1 + i) + " " + std::to_string(amount)));
      for (int64_t back = 0, part = 0; back < amount; back += part) {
        part = std::min<int64_t>(amount - back, static_cast<int64_t>(chance() % 1500 + 1));
        facts.push_back(FactOf("r" + std::to_string(facts.size()) + " 2026-03-2" + std::to_string(chance() % 9) + " -" +
                               std::to_string(part) + " " + id + " " + std::to_string(back)));
      }
    }
    std::vector<const Fact*> list;
    for (const Fact& fact : facts) list.push_back(&fact);
    std::shuffle(list.begin(), list.end(), chance);
    Originals originals;
    const auto lines = Earn({{"", "", "P1", &terms, 6000}}, list, nullptr, &originals);
    int64_t amount = 0, earned = 0;
    for (const Line& line : lines) {
      amount += line.amount;
      earned += std::max<int64_t>(0, line.amount);
    }
    EXPECT_EQ(amount, 0);
    EXPECT_LE(earned, 900);
  }
}

}  // namespace
}  // namespace songsang::workforce
