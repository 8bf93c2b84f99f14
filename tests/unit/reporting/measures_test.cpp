// The arithmetic of cells, as tables.
#include <gtest/gtest.h>

#include "reporting/rules_measures.h"
#include "support/proto.h"

namespace songsang::reporting {
namespace {

using v1::MetricDefinition;

TEST(Rounding, HalfAwayFromZeroAndDown) {
  struct {
    int64_t numerator, denominator;
    int decimals;
    const char *half_away, *down;
  } cases[] = {
      {1, 2, 0, "1", "0"},
      {-1, 2, 0, "-1", "0"},
      {5, 2, 0, "3", "2"},
      {-5, 2, 0, "-3", "-2"},
      {2, 3, 4, "0.6667", "0.6666"},
      {-2, 3, 4, "-0.6667", "-0.6666"},
      {4238, 6711, 10, "0.6315005215", "0.6315005215"},
      {423800, 6711, 2, "63.15", "63.15"},
      {1, 1000, 2, "0.00", "0.00"},
      {-1, 1000, 2, "0.00", "0.00"},
      {0, 7, 3, "0.000", "0.000"},
      {1000553400, 423800, 6, "2360.909391", "2360.909391"},
      {9007199254740991, 1, 10, "9007199254740991.0000000000", "9007199254740991.0000000000"},
      {9223372036854775807, 2, 0, "4611686018427387904", "4611686018427387903"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Rounded(c.numerator, c.denominator, c.decimals, MetricDefinition::ROUNDING_HALF_AWAY), c.half_away)
        << c.numerator << "/" << c.denominator;
    EXPECT_EQ(Rounded(c.numerator, c.denominator, c.decimals, MetricDefinition::ROUNDING_DOWN), c.down)
        << c.numerator << "/" << c.denominator;
  }
}

v1::Measure Values() { return Proto("fact: 'win' values: 'days'"); }

Tally Histogram(const std::map<int64_t, int64_t>& counts) {
  Tally tally;
  for (const auto& [value, count] : counts) EXPECT_TRUE(tally.Add(Values(), std::nullopt, value, count, count));
  return tally;
}

TEST(Measures, MeanMedianAndEndsOfHistograms) {
  const MetricDefinition mean =
      Proto("mean { fact: 'win' values: 'days' } unit: UNIT_DAYS decimals: 4 rounding: ROUNDING_HALF_AWAY");
  const MetricDefinition median =
      Proto("median { fact: 'win' values: 'days' } unit: UNIT_DAYS decimals: 1 rounding: ROUNDING_HALF_AWAY");
  const MetricDefinition least =
      Proto("least { fact: 'win' values: 'days' } unit: UNIT_DAYS rounding: ROUNDING_HALF_AWAY");
  const MetricDefinition greatest =
      Proto("greatest { fact: 'win' values: 'days' } unit: UNIT_DAYS rounding: ROUNDING_HALF_AWAY");
  struct {
    std::map<int64_t, int64_t> counts;
    const char *mean, *median, *least, *greatest;
  } cases[] = {
      {{{5, 1}}, "5.0000", "5.0", "5", "5"},
      {{{1, 1}, {2, 1}}, "1.5000", "1.5", "1", "2"},
      {{{1, 2}, {9, 2}}, "5.0000", "5.0", "1", "9"},
      {{{1, 3}, {9, 2}}, "4.2000", "1.0", "1", "9"},
      {{{-2, 1}, {0, 1}, {427, 1}}, "141.6667", "0.0", "-2", "427"},
      {{{-3, 1}, {-2, 1}}, "-2.5000", "-2.5", "-3", "-2"},
  };
  for (const auto& c : cases) {
    const Tally tally = Histogram(c.counts);
    Tally added;
    for (const auto& [value, count] : c.counts)
      EXPECT_TRUE(added.Add(Proto("fact: 'win' sum: 'days'"), std::nullopt, value * count, count, count));
    EXPECT_EQ(Shown(mean, Figure(mean, added, added)), c.mean);
    EXPECT_EQ(Shown(median, Figure(median, tally, tally)), c.median);
    EXPECT_EQ(Shown(least, Figure(least, tally, tally)), c.least);
    EXPECT_EQ(Shown(greatest, Figure(greatest, tally, tally)), c.greatest);
  }
  for (const auto* metric : {&mean, &median, &least, &greatest}) EXPECT_FALSE(Figure(*metric, {}, {}).defined());
}

TEST(Measures, ValuesThatAreUnsetAreLeftOutAndCounted) {
  const MetricDefinition mean =
      Proto("mean { fact: 'win' values: 'days' } unit: UNIT_DAYS rounding: ROUNDING_HALF_AWAY");
  Tally tally;
  EXPECT_TRUE(tally.Add(Proto("fact: 'win' sum: 'days'"), std::nullopt, 8, 2, 5));
  const Exact exact = Figure(mean, tally, tally);
  EXPECT_EQ(Shown(mean, exact), "4");
  EXPECT_EQ(exact.left_out, 3);
}

TEST(Measures, MoneyIsShownInItsCurrencysDigits) {
  const v1::Measure sum = Proto("fact: 'win' sum: 'value' currency: 'currency'");
  const MetricDefinition value =
      Proto("amount { fact: 'win' sum: 'value' currency: 'currency' } unit: UNIT_MONEY rounding: ROUNDING_HALF_AWAY");
  const MetricDefinition average = Proto(
      "ratio { numerator { fact: 'win' sum: 'value' currency: 'currency' } denominator { fact: 'win' } } "
      "unit: UNIT_MONEY decimals: 2 rounding: ROUNDING_HALF_AWAY");
  Tally dollars, won;
  EXPECT_TRUE(dollars.Add(sum, "USD", 105401, 2, 3));
  EXPECT_TRUE(won.Add(sum, "KRW", 1000, 3, 3));
  EXPECT_EQ(Shown(value, Figure(value, dollars, dollars)), "1054.01");
  EXPECT_EQ(Shown(value, Figure(value, won, won)), "1000");
  EXPECT_EQ(Shown(average, Figure(average, dollars, dollars)), "351.34");
  EXPECT_EQ(Shown(average, Figure(average, won, won)), "333.33");
  EXPECT_EQ(Figure(value, dollars, dollars).currency, "USD");
  EXPECT_FALSE(dollars.Add(sum, "USD", INT64_MAX, 1, 1)) << "overflow is noticed";
}

TEST(Measures, WhatLiesAboveTheGreatestOfAnother) {
  const MetricDefinition above = Proto(
      "above { values { fact: 'open' values: 'age' } limit { fact: 'won' values: 'days' whole: true } } "
      "unit: UNIT_COUNT rounding: ROUNDING_HALF_AWAY");
  const Tally ages = Histogram({{10, 4}, {138, 5}, {139, 6}, {500, 1}});
  EXPECT_EQ(Figure(above, ages, Histogram({{1, 1}, {138, 2}})).numerator, 7);
  EXPECT_FALSE(Figure(above, ages, {}).defined()) << "without a limit nothing is above it";
}

}  // namespace
}  // namespace songsang::reporting
