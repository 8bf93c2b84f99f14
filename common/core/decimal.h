// Exact decimal arithmetic: quantities and unit prices that are finer than a minor unit. Nothing is rounded but where a
// rounding is named, and nothing wraps: what does not fit is no value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "songsang/common/v1/values.pb.h"

namespace songsang {

// What becomes of the part that is finer than the result. All of them go by the magnitude, so that a value and its
// opposite round to opposites.
enum class Rounding {
  kDown,      // cut off, towards zero
  kHalfAway,  // half away from zero
  kUp,        // away from zero
};

common::v1::Decimal DecimalOf(int64_t units, int32_t scale = 0);

// At the finer of the two scales. Nothing where the result leaves |units| < 2^53.
std::optional<common::v1::Decimal> Add(const common::v1::Decimal& a, const common::v1::Decimal& b);
std::optional<common::v1::Decimal> Subtract(const common::v1::Decimal& a, const common::v1::Decimal& b);
// Below, at or above zero, as a is less than, equal to or greater than b: 1.50 equals 1.5.
int Compare(const common::v1::Decimal& a, const common::v1::Decimal& b);

// The same value at this scale. Nothing where it is finer, or does not fit.
std::optional<common::v1::Decimal> Rescale(const common::v1::Decimal& decimal, int32_t scale);

// quantity × unit price in minor units of the currency. Nothing for an unknown currency, or from 2^53 on.
std::optional<int64_t> Multiply(const common::v1::Decimal& quantity, const common::v1::Decimal& unit_price,
                                std::string_view currency, Rounding rounding);
// The part of an amount that belongs to `part` of `whole`, rounded: all of it for part = whole. Nothing where whole is
// zero or the result does not fit.
std::optional<int64_t> PartOf(int64_t amount, const common::v1::Decimal& part, const common::v1::Decimal& whole,
                              Rounding rounding = Rounding::kDown);
// amount × ppm / 1,000,000.
std::optional<int64_t> PartOf(int64_t amount, int64_t ppm, Rounding rounding);

// Takes `12`, `-0.125`, at most nine decimals.
std::optional<common::v1::Decimal> ParseDecimal(std::string_view text);
// With as many decimals as its scale: `-0.125`.
std::string FormatDecimal(const common::v1::Decimal& decimal);

}  // namespace songsang
