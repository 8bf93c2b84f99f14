#include "core/decimal.h"

#include <gtest/gtest.h>

namespace songsang {
namespace {

common::v1::Decimal Of(const char* text) {
  const auto decimal = ParseDecimal(text);
  EXPECT_TRUE(decimal.has_value()) << text;
  return decimal.value_or(common::v1::Decimal());
}
std::string Shown(const std::optional<common::v1::Decimal>& decimal) { return decimal ? FormatDecimal(*decimal) : "-"; }

TEST(Decimal, IsReadAndWrittenExactly) {
  for (const char* text : {"0", "12", "-12", "0.5", "-0.125", "100.00", "9007199254740991", "0.000000001"})
    EXPECT_EQ(Shown(ParseDecimal(text)), text);
  for (const char* text : {"", "-", ".5", "5.", "1.2.3", "1e3", "0.0000000001", "9007199254740992", " 1"})
    EXPECT_FALSE(ParseDecimal(text)) << text;
}

TEST(Decimal, AddsSubtractsAndComparesAtTheFinerScale) {
  EXPECT_EQ(Shown(Add(Of("1.5"), Of("0.25"))), "1.75");
  EXPECT_EQ(Shown(Subtract(Of("1"), Of("0.001"))), "0.999");
  EXPECT_EQ(Shown(Subtract(Of("2"), Of("2.00"))), "0.00");
  EXPECT_EQ(Shown(Add(Of("9007199254740991"), Of("1"))), "-");
  EXPECT_EQ(Shown(Add(Of("9007199254740991"), Of("0.1"))), "-");
  EXPECT_EQ(Compare(Of("1.50"), Of("1.5")), 0);
  EXPECT_LT(Compare(Of("-1"), Of("0.000000001")), 0);
  EXPECT_GT(Compare(Of("9007199254740991"), Of("0.999999999")), 0);
  EXPECT_EQ(Shown(Rescale(Of("1.50"), 1)), "1.5");
  EXPECT_EQ(Shown(Rescale(Of("2"), 3)), "2.000");
  EXPECT_EQ(Shown(Rescale(Of("1.55"), 1)), "-");
  EXPECT_EQ(Shown(Rescale(Of("9007199254740991"), 1)), "-");
}

struct Product {
  const char* quantity;
  const char* price;
  const char* currency;
  int64_t down, half, up;
};

TEST(Decimal, MultipliesToTheMinorUnitWithTheNamedRounding) {
  const Product rows[] = {
      {"3", "1000", "KRW", 3000, 3000, 3000},
      {"3", "333.33", "KRW", 999, 1000, 1000},  // 999.99
      {"0.5", "1", "KRW", 0, 1, 1},
      {"-0.5", "1", "KRW", 0, -1, -1},
      {"-3", "333.33", "KRW", -999, -1000, -1000},
      {"1", "0.49", "KRW", 0, 0, 1},
      {"7", "2.555", "GBP", 1788, 1789, 1789},  // 17.885
      {"1", "1.2345", "KWD", 1234, 1235, 1235},
      {"0", "5", "USD", 0, 0, 0},
  };
  for (const Product& row : rows) {
    SCOPED_TRACE(std::string(row.quantity) + " x " + row.price);
    EXPECT_EQ(Multiply(Of(row.quantity), Of(row.price), row.currency, Rounding::kDown), row.down);
    EXPECT_EQ(Multiply(Of(row.quantity), Of(row.price), row.currency, Rounding::kHalfAway), row.half);
    EXPECT_EQ(Multiply(Of(row.quantity), Of(row.price), row.currency, Rounding::kUp), row.up);
  }
  EXPECT_FALSE(Multiply(Of("9007199254740991"), Of("2"), "KRW", Rounding::kDown));
  EXPECT_FALSE(Multiply(Of("1"), Of("1"), "ZZZ", Rounding::kDown));
}

TEST(Decimal, PartsOfAnAmountEndInTheWhole) {
  EXPECT_EQ(PartOf(1000, Of("1"), Of("3")), 333);
  EXPECT_EQ(PartOf(1000, Of("2"), Of("3")), 666);
  EXPECT_EQ(PartOf(1000, Of("3.0"), Of("3")), 1000);
  EXPECT_EQ(PartOf(-1000, Of("2"), Of("3")), -666);
  EXPECT_EQ(PartOf(1000, Of("2"), Of("3"), Rounding::kUp), 667);
  EXPECT_FALSE(PartOf(1000, Of("1"), Of("0")));
  EXPECT_FALSE(PartOf(9007199254740991, Of("9007199254740991"), Of("0.000000001")));
  EXPECT_EQ(PartOf(1005, 100'000, Rounding::kDown), 100);
  EXPECT_EQ(PartOf(1005, 100'000, Rounding::kHalfAway), 101);
  EXPECT_EQ(PartOf(-1005, 100'000, Rounding::kUp), -101);
}

}  // namespace
}  // namespace songsang
