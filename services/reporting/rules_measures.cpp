#include "reporting/rules_measures.h"

#include <algorithm>

#include "core/money.h"

namespace songsang::reporting {
namespace {

using v1::MetricDefinition;

int64_t MinorUnits(const std::string& currency) {
  int64_t units = 1;
  for (int i = 0; i < CurrencyExponent(currency).value_or(0); ++i) units *= 10;
  return units;
}

// A count or a sum as a number, and in which currency.
int64_t AmountOf(const Tally& tally, bool is_sum, std::string* currency) {
  return is_sum ? tally.Sum(currency) : tally.rows;
}

// Its values are added up by the store (see Compile); only medians and ends need each of them.
Exact Mean(const Tally& tally) {
  Exact exact;
  exact.numerator = tally.Sum(&exact.currency);
  exact.denominator = tally.measured;
  return exact;
}

Exact Median(const Tally& tally) {
  if (tally.measured == 0) return {};
  // The middle place of an odd count, or the two middle ones of an even count.
  const int64_t upper = tally.measured / 2, lower = (tally.measured - 1) / 2;
  int64_t passed = 0, low = 0, high = 0;
  for (const auto& [value, count] : tally.histogram) {
    if (passed <= lower && lower < passed + count) low = value;
    if (passed <= upper && upper < passed + count) high = value;
    passed += count;
  }
  return lower == upper ? Exact{low, 1, {}, 0} : Exact{low + high, 2, {}, 0};
}

Exact Ratio(const MetricDefinition& metric, const Tally& first, const Tally& second) {
  Exact exact;
  std::string below;
  exact.numerator = AmountOf(first, metric.ratio().numerator().has_sum(), &exact.currency);
  exact.denominator = AmountOf(second, metric.ratio().denominator().has_sum(), &below);
  // Money over money is a plain number.
  if (!below.empty()) exact.currency.clear();
  return exact;
}

Exact Above(const Tally& values, const Tally& limit) {
  if (limit.histogram.empty()) return {};
  const int64_t greatest = limit.histogram.rbegin()->first;
  Exact exact{0, 1, {}, 0};
  for (auto at = values.histogram.upper_bound(greatest); at != values.histogram.end(); ++at)
    exact.numerator += at->second;
  return exact;
}

Exact Plain(const MetricDefinition& metric, const Tally& first, const Tally& second) {
  Exact exact;
  switch (metric.kind_case()) {
    case MetricDefinition::kAmount:
      exact.numerator = AmountOf(first, metric.amount().has_sum(), &exact.currency);
      exact.denominator = 1;
      return exact;
    case MetricDefinition::kRatio:
      return Ratio(metric, first, second);
    case MetricDefinition::kMean:
      return Mean(first);
    case MetricDefinition::kMedian:
      return Median(first);
    case MetricDefinition::kLeast:
      if (!first.histogram.empty()) exact = {first.histogram.begin()->first, 1, {}, 0};
      return exact;
    case MetricDefinition::kGreatest:
      if (!first.histogram.empty()) exact = {first.histogram.rbegin()->first, 1, {}, 0};
      return exact;
    case MetricDefinition::kShare:
      exact.numerator = AmountOf(first, metric.share().has_sum(), &exact.currency);
      exact.denominator = AmountOf(second, metric.share().has_sum(), &exact.currency);
      exact.currency.clear();
      return exact;
    case MetricDefinition::kAbove:
      return Above(first, second);
    case MetricDefinition::KIND_NOT_SET:
      return exact;
  }
  return exact;
}

}  // namespace

bool Tally::Add(const v1::Measure& measure, const std::optional<std::string>& currency, const std::optional<int64_t>& a,
                int64_t b, int64_t n) {
  rows += n;
  measured += b;
  if (!a || b == 0) return true;
  if (measure.has_values()) {
    histogram[*a] += b;
    return true;
  }
  if (!measure.has_sum()) return true;
  int64_t& sum = sums[currency.value_or("")];
  return !__builtin_add_overflow(sum, *a, &sum);
}

int64_t Tally::Sum(std::string* currency) const {
  if (sums.empty()) return 0;
  *currency = sums.begin()->first;
  return sums.begin()->second;
}

Exact Figure(const MetricDefinition& metric, const Tally& first, const Tally& second) {
  Exact exact = Plain(metric, first, second);
  exact.left_out = first.rows - first.measured;
  if (metric.per() > 1) exact.denominator *= metric.per();
  // Amounts are kept in minor units: 1,054 of USD are 10.54.
  if (metric.unit() == MetricDefinition::UNIT_MONEY) exact.denominator *= MinorUnits(exact.currency);
  return exact;
}

std::string Shown(const MetricDefinition& metric, const Exact& exact) {
  int decimals = metric.decimals();
  if (metric.unit() == MetricDefinition::UNIT_MONEY)
    decimals = std::max(decimals, CurrencyExponent(exact.currency).value_or(0));
  const int hundred = metric.unit() == MetricDefinition::UNIT_PERCENT ? 100 : 1;
  return Rounded(static_cast<__int128>(exact.numerator) * hundred, exact.denominator, decimals, metric.rounding());
}

std::string Rounded(__int128 numerator, __int128 denominator, int decimals, MetricDefinition::Rounding rounding) {
  const bool negative = numerator < 0;
  unsigned __int128 scaled =
      negative ? -static_cast<unsigned __int128>(numerator) : static_cast<unsigned __int128>(numerator);
  const auto divisor = static_cast<unsigned __int128>(denominator);
  for (int i = 0; i < decimals; ++i) scaled *= 10;
  unsigned __int128 quotient = scaled / divisor;
  const unsigned __int128 rest = scaled % divisor;
  if (rounding == MetricDefinition::ROUNDING_HALF_AWAY && rest >= divisor - rest) ++quotient;
  std::string digits;
  for (; quotient > 0 || digits.size() <= static_cast<size_t>(decimals); quotient /= 10)
    digits.push_back(static_cast<char>('0' + static_cast<int>(quotient % 10)));
  const bool zero = digits.find_first_not_of('0') == std::string::npos;
  std::reverse(digits.begin(), digits.end());
  if (decimals > 0) digits.insert(digits.size() - static_cast<size_t>(decimals), ".");
  return negative && !zero ? "-" + digits : digits;
}

}  // namespace songsang::reporting
