// Forecasts: freezing one, and how far it was from what came of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/reporting/v1/snapshot.pb.h"

namespace songsang::reporting {

inline const Reason kStageMustBeWeighedOnce("STAGE_MUST_BE_WEIGHED_ONCE", Code::kInvalidArgument,
                                            "The stage `{stage}` is weighed twice.",
                                            "단계 `{stage}`의 가중치가 두 번 지정되었습니다.");
inline const Reason kForecastMustNotBeLarge(
    "FORECAST_MUST_NOT_BE_LARGE", Code::kFailedPrecondition,
    "The forecast is larger than can be kept: at most {most} lines, of amounts below 9,007,199,254,740,991.",
    "예측이 너무 큽니다. 최대 {most}줄, 금액은 9,007,199,254,740,991 미만이어야 합니다.");
inline const Reason kPeriodMustNotBeLong("FORECAST_PERIOD_MUST_NOT_BE_LONG", Code::kInvalidArgument,
                                         "At most {months} months are compared at once.",
                                         "한 번에 최대 {months}개월까지 비교할 수 있습니다.");

inline constexpr int kMostForecastLines = 2000;
inline constexpr int kMostForecastMonths = 36;

Result<v1::SnapshotTaken> TakeSnapshot(const v1::Pipeline& pipeline, const v1::TakeSnapshotRequest& request,
                                       const Context& context);

// `2026-03` as a number of months since year 0; months that follow each other differ by one.
int MonthNumber(const std::string& month);

// What a snapshot said of a month.
struct Forecast {
  std::string snapshot_id, taken_on, month;
  int64_t minor = 0;
};

// Compares, for a report on the day `today`; `actual` holds what was won, by month.
Result<v1::ForecastAccuracy> CompareForecasts(const std::vector<Forecast>& forecasts,
                                              const std::map<std::string, int64_t>& actual, Date today);

}  // namespace songsang::reporting
