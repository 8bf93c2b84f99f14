// From counted rows to figures: here is where division, rounding, medians and ranking happen, on whole numbers and
// without loss.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "reporting/rules_compile.h"
#include "songsang/reporting/v1/report.pb.h"

namespace songsang::reporting {

inline const Reason kCurrenciesMixed(
    "CURRENCIES_MIXED", Code::kFailedPrecondition,
    "`{metric}` would add amounts in {currencies}: cut by the dimension `currency`, or filter one.",
    "`{metric}` 지표에 여러 통화({currencies})가 섞여 있습니다. `currency` 기준으로 나누거나 한 통화만 조회하세요.");
inline const Reason kFigureTooLarge("FIGURE_TOO_LARGE", Code::kFailedPrecondition,
                                    "`{metric}` is larger than a figure can be: narrow the question.",
                                    "`{metric}` 값이 너무 큽니다. 조회 범위를 줄이세요.");

// One row of a plan's SQL.
struct Line {
  size_t part = 0;
  std::vector<std::optional<std::string>> values;  // one a dimension
  std::vector<std::optional<std::string>> labels;
  std::optional<std::string> currency;
  std::optional<int64_t> a;
  int64_t b = 0, n = 0;
};

// Rows, total, definitions used. Dates, instant and positions are the caller's to fill in.
Result<v1::Figures> MakeFigures(const Plan& plan, const std::vector<Line>& lines, const v1::GetFiguresRequest& request);

}  // namespace songsang::reporting
