#include "core/money.h"

#include <algorithm>
#include <cstdlib>

namespace songsang {
namespace {

struct Currency {
  std::string_view code;
  int exponent;
};

// Those in use in Korean trade and in the shipped examples; ordered by code.
constexpr Currency kCurrencies[] = {
    {"AED", 2}, {"AUD", 2}, {"BRL", 2}, {"CAD", 2}, {"CHF", 2}, {"CNY", 2}, {"CZK", 2}, {"DKK", 2}, {"EUR", 2},
    {"GBP", 2}, {"HKD", 2}, {"HUF", 2}, {"IDR", 2}, {"ILS", 2}, {"INR", 2}, {"JPY", 0}, {"KRW", 0}, {"KWD", 3},
    {"MXN", 2}, {"MYR", 2}, {"NOK", 2}, {"NZD", 2}, {"PHP", 2}, {"PLN", 2}, {"SAR", 2}, {"SEK", 2}, {"SGD", 2},
    {"THB", 2}, {"TRY", 2}, {"TWD", 2}, {"USD", 2}, {"VND", 0}, {"ZAR", 2},
};

constexpr int64_t kLargestMinor = 9'007'199'254'740'991;  // 2^53 - 1

__int128 Power10(int exponent) {
  __int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// A whole number of 10^-decimals as text.
std::string Scaled(__int128 units, int decimals) {
  const bool negative = units < 0;
  if (negative) units = -units;
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(units % 10)));
    units /= 10;
  } while (units > 0);
  while (static_cast<int>(digits.size()) <= decimals) digits.insert(digits.begin(), '0');
  if (decimals > 0) digits.insert(digits.end() - decimals, '.');
  return negative ? "-" + digits : digits;
}

}  // namespace

std::optional<int> CurrencyExponent(std::string_view currency) {
  const auto* found = std::lower_bound(std::begin(kCurrencies), std::end(kCurrencies), currency,
                                       [](const Currency& c, std::string_view code) { return c.code < code; });
  if (found == std::end(kCurrencies) || found->code != currency) return std::nullopt;
  return found->exponent;
}

common::v1::Money MoneyOf(int64_t minor, std::string currency) {
  common::v1::Money money;
  money.set_minor(minor);
  money.set_currency(std::move(currency));
  return money;
}

std::optional<common::v1::Money> Add(const common::v1::Money& a, const common::v1::Money& b) {
  int64_t sum = 0;
  if (a.currency() != b.currency() || __builtin_add_overflow(a.minor(), b.minor(), &sum)) return std::nullopt;
  if (std::llabs(sum) > kLargestMinor) return std::nullopt;
  return MoneyOf(sum, a.currency());
}

std::optional<int64_t> ParseMinor(std::string_view text, std::string_view currency) {
  const auto exponent = CurrencyExponent(currency);
  if (!exponent) return std::nullopt;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  int64_t minor = 0;
  int decimals = -1;  // digits seen after the point; -1 before it
  bool any = false;
  for (const char c : text) {
    if (c == ',' && decimals < 0) continue;
    if (c == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    any = true;
    if (decimals >= *exponent) {
      if (c != '0') return std::nullopt;
      continue;
    }
    minor = minor * 10 + (c - '0');
    if (minor > kLargestMinor) return std::nullopt;
    if (decimals >= 0) ++decimals;
  }
  if (!any) return std::nullopt;
  for (int i = std::max(decimals, 0); i < *exponent; ++i) minor *= 10;
  if (minor > kLargestMinor) return std::nullopt;
  return negative ? -minor : minor;
}

std::string FormatMinor(int64_t minor, std::string_view currency) {
  return Scaled(minor, CurrencyExponent(currency).value_or(0));
}

std::string Quotient(int64_t numerator, int64_t denominator, int decimals) {
  __int128 n = static_cast<__int128>(numerator) * Power10(decimals);
  __int128 d = denominator;
  if (d < 0) n = -n, d = -d;
  const __int128 rounded = n >= 0 ? (2 * n + d) / (2 * d) : -((-2 * n + d) / (2 * d));
  return Scaled(rounded, decimals);
}

}  // namespace songsang
