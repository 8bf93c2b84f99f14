// Money in whole minor units, checked: nothing wraps, and no two currencies are added.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "songsang/common/v1/values.pb.h"

namespace songsang {

// Digits after the decimal point of a currency (ISO 4217): KRW 0, USD 2. Nothing for a code the system does not know.
std::optional<int> CurrencyExponent(std::string_view currency);

common::v1::Money MoneyOf(int64_t minor, std::string currency);

// Nothing on overflow or differing currencies.
std::optional<common::v1::Money> Add(const common::v1::Money& a, const common::v1::Money& b);

// Takes `1,054`, `-12.50`, `1054.00`: exact to the currency's exponent; digits beyond it must be zero.
std::optional<int64_t> ParseMinor(std::string_view text, std::string_view currency);
// `1054.00`, `-12.50`, `1054` for KRW.
std::string FormatMinor(int64_t minor, std::string_view currency);

// numerator / denominator rounded half away from zero at `decimals` digits: "0.6315" for 4. Exact integer arithmetic.
std::string Quotient(int64_t numerator, int64_t denominator, int decimals);

}  // namespace songsang
