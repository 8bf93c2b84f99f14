#include "core/decimal.h"

#include <algorithm>

#include "core/money.h"

namespace songsang {
namespace {

using common::v1::Decimal;
using Wide = __int128;

constexpr Wide kLargest = 9'007'199'254'740'991;  // 2^53 - 1
constexpr int32_t kMostDecimals = 9;

Wide Power10(int exponent) {
  Wide power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

Wide AtScale(const Decimal& decimal, int32_t scale) {
  return static_cast<Wide>(decimal.units()) * Power10(scale - decimal.scale());
}

std::optional<int64_t> Fitting(Wide value) {
  if (value > kLargest || value < -kLargest) return std::nullopt;
  return static_cast<int64_t>(value);
}

std::optional<int64_t> Divide(Wide numerator, Wide denominator, Rounding rounding) {
  if (denominator == 0) return std::nullopt;
  const bool negative = (numerator < 0) != (denominator < 0);
  const Wide n = numerator < 0 ? -numerator : numerator;
  const Wide d = denominator < 0 ? -denominator : denominator;
  Wide quotient = n / d;
  const Wide rest = n % d;
  if ((rounding == Rounding::kUp && rest > 0) || (rounding == Rounding::kHalfAway && rest >= d - rest)) ++quotient;
  return Fitting(negative ? -quotient : quotient);
}

std::optional<Decimal> Sum(const Decimal& a, const Decimal& b, int sign) {
  const int32_t scale = std::max(a.scale(), b.scale());
  const auto units = Fitting(AtScale(a, scale) + sign * AtScale(b, scale));
  if (!units) return std::nullopt;
  return DecimalOf(*units, scale);
}

}  // namespace

Decimal DecimalOf(int64_t units, int32_t scale) {
  Decimal decimal;
  decimal.set_units(units);
  decimal.set_scale(scale);
  return decimal;
}

std::optional<Decimal> Add(const Decimal& a, const Decimal& b) { return Sum(a, b, 1); }
std::optional<Decimal> Subtract(const Decimal& a, const Decimal& b) { return Sum(a, b, -1); }

int Compare(const Decimal& a, const Decimal& b) {
  const int32_t scale = std::max(a.scale(), b.scale());
  const Wide left = AtScale(a, scale);
  const Wide right = AtScale(b, scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

std::optional<Decimal> Rescale(const Decimal& decimal, int32_t scale) {
  Wide units = decimal.units();
  for (int32_t at = decimal.scale(); at < scale; ++at) units *= 10;
  for (int32_t at = decimal.scale(); at > scale; --at) {
    if (units % 10 != 0) return std::nullopt;
    units /= 10;
  }
  const auto fitting = Fitting(units);
  if (!fitting) return std::nullopt;
  return DecimalOf(*fitting, scale);
}

std::optional<int64_t> Multiply(const Decimal& quantity, const Decimal& unit_price, std::string_view currency,
                                Rounding rounding) {
  const auto exponent = CurrencyExponent(currency);
  if (!exponent) return std::nullopt;
  // Below 2^106 × 10^3: it fits.
  const Wide product = static_cast<Wide>(quantity.units()) * unit_price.units() * Power10(*exponent);
  return Divide(product, Power10(quantity.scale() + unit_price.scale()), rounding);
}

std::optional<int64_t> PartOf(int64_t amount, const Decimal& part, const Decimal& whole, Rounding rounding) {
  const int32_t scale = std::max(part.scale(), whole.scale());
  Wide product = 0;
  if (__builtin_mul_overflow(static_cast<Wide>(amount), AtScale(part, scale), &product)) return std::nullopt;
  return Divide(product, AtScale(whole, scale), rounding);
}

std::optional<int64_t> PartOf(int64_t amount, int64_t ppm, Rounding rounding) {
  return Divide(static_cast<Wide>(amount) * ppm, 1'000'000, rounding);
}

std::optional<Decimal> ParseDecimal(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  Wide units = 0;
  int32_t decimals = -1;  // digits seen after the point; -1 before it
  bool any = false;
  for (const char c : text) {
    if (c == '.' && decimals < 0 && any) {
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    any = true;
    units = units * 10 + (c - '0');
    if (units > kLargest) return std::nullopt;
    if (decimals >= 0 && ++decimals > kMostDecimals) return std::nullopt;
  }
  if (!any || text.back() == '.') return std::nullopt;
  return DecimalOf(static_cast<int64_t>(negative ? -units : units), std::max(decimals, 0));
}

std::string FormatDecimal(const Decimal& decimal) {
  const bool negative = decimal.units() < 0;
  std::string digits = std::to_string(negative ? -decimal.units() : decimal.units());
  const auto scale = static_cast<size_t>(decimal.scale());
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
  return negative ? "-" + digits : digits;
}

}  // namespace songsang
