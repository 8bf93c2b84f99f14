// The arithmetic of one cell: tallies of measures, and the exact quotient that a metric makes of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "songsang/reporting/v1/definition.pb.h"

namespace songsang::reporting {

// What is known of a measure in one cell.
struct Tally {
  int64_t rows = 0;                      // facts
  int64_t measured = 0;                  // of these, those with a value
  std::map<std::string, int64_t> sums;   // by currency; the empty one for plain numbers
  std::map<int64_t, int64_t> histogram;  // value -> how many facts

  // Takes a row of the plan's SQL (see Compile) in. False on overflow.
  bool Add(const v1::Measure& measure, const std::optional<std::string>& currency, const std::optional<int64_t>& a,
           int64_t b, int64_t n);

  // The sum, if there is but one currency; its currency in `currency`.
  int64_t Sum(std::string* currency) const;
};

// numerator / denominator; undefined while the denominator is 0.
struct Exact {
  int64_t numerator = 0, denominator = 0;
  std::string currency;
  int64_t left_out = 0;

  bool defined() const { return denominator != 0; }
};

// `second` is the denominator of a ratio, the limit of `above`, the total of a share; else the same as `first`.
Exact Figure(const v1::MetricDefinition& metric, const Tally& first, const Tally& second);

// As the metric's definition rounds it.
std::string Shown(const v1::MetricDefinition& metric, const Exact& exact);

// numerator / denominator (> 0) as decimal text.
std::string Rounded(__int128 numerator, __int128 denominator, int decimals, v1::MetricDefinition::Rounding rounding);

}  // namespace songsang::reporting
