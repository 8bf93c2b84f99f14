#include "reporting/rules_forecast.h"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

#include "core/money.h"
#include "reporting/rules_measures.h"

namespace songsang::reporting {
namespace {

constexpr int64_t kWhole = 1'000'000;
// Beyond it a client that counts in floating point would misread the amount.
constexpr int64_t kMostMinor = 9'007'199'254'740'991;
// A percentage error is kept to so many parts.
constexpr int64_t kParts = 1'000'000'000'000;

Refusal TooLarge() { return kForecastMustNotBeLarge.With("most", std::to_string(kMostForecastLines)); }

__int128 RoundedHalfAway(__int128 numerator, __int128 denominator) {
  const __int128 half = denominator / 2;
  return (numerator < 0 ? numerator - half : numerator + half) / denominator;
}

// A line while it is added up: exact, so that it is rounded once.
struct Sum {
  __int128 booked = 0, open = 0, weighted = 0;
  int64_t count = 0;
};

bool Fits(__int128 amount) { return amount <= kMostMinor && amount >= -kMostMinor; }

v1::Share ShareOf(__int128 numerator, __int128 denominator) {
  v1::Share share;
  if (denominator == 0) return share;
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  share.set_percent(
      Rounded(numerator * 100, static_cast<int64_t>(denominator), 2, v1::MetricDefinition::ROUNDING_HALF_AWAY));
  share.set_numerator(static_cast<int64_t>(numerator));
  share.set_denominator(static_cast<int64_t>(denominator));
  return share;
}

struct Totals {
  int compared = 0, with_percentage = 0, not_over = 0;
  __int128 forecast = 0, actual = 0, error = 0, parts = 0;
};

// Adds a comparison to those of its age.
void Count(const v1::Comparison& comparison, Totals* totals) {
  if (comparison.state() == v1::Comparison::STATE_NOT_OVER) {
    ++totals->not_over;
    return;
  }
  const __int128 difference = static_cast<__int128>(comparison.forecast_minor()) - comparison.actual_minor();
  const __int128 error = difference < 0 ? -difference : difference;
  ++totals->compared;
  totals->forecast += comparison.forecast_minor();
  totals->actual += comparison.actual_minor();
  totals->error += error;
  if (comparison.state() != v1::Comparison::STATE_KNOWN) return;
  ++totals->with_percentage;
  const __int128 actual = comparison.actual_minor();
  totals->parts += RoundedHalfAway(error * kParts, actual < 0 ? -actual : actual);
}

}  // namespace

int MonthNumber(const std::string& month) {
  const auto first = Date::Parse(month + "-01");
  return first ? first->year() * 12 + first->month() - 1 : 0;
}

Result<v1::SnapshotTaken> TakeSnapshot(const v1::Pipeline& pipeline, const v1::TakeSnapshotRequest& request,
                                       const Context& context) {
  std::map<std::string, int64_t> weights;
  for (const auto& weight : request.weights())
    if (!weights.emplace(weight.stage(), weight.weight_ppm()).second)
      return kStageMustBeWeighedOnce.With("stage", weight.stage()).At("weights");
  std::map<std::tuple<std::string, std::string, std::string>, Sum> sums;
  Sum total;
  for (const auto& row : pipeline.rows()) {
    Sum& sum = sums[{row.month(), row.person_id(), row.unit_id()}];
    if (row.stage().empty()) {
      sum.booked += row.minor();
      continue;
    }
    const auto weight = weights.find(row.stage());
    sum.open += row.minor();
    sum.weighted += static_cast<__int128>(row.minor()) * (weight == weights.end() ? kWhole : weight->second);
    sum.count += row.count();
  }
  if (pipeline.rows_size() > kMostForecastLines || sums.size() > kMostForecastLines) return TooLarge();
  for (const auto& [key, sum] : sums) {
    total.booked += sum.booked;
    total.open += sum.open;
    total.weighted += RoundedHalfAway(sum.weighted, kWhole);
    if (!Fits(sum.booked) || !Fits(sum.open) || !Fits(total.booked) || !Fits(total.open)) return TooLarge();
  }

  // From here on it must succeed.
  v1::SnapshotTaken event;
  v1::Snapshot& snapshot = *event.mutable_snapshot();
  snapshot.set_id(context.NewId());
  snapshot.set_taken_on(pipeline.taken_on());
  snapshot.set_month(pipeline.taken_on().substr(0, 7));
  snapshot.set_currency(request.currency());
  *snapshot.mutable_weights() = request.weights();
  snapshot.set_booked_minor(static_cast<int64_t>(total.booked));
  snapshot.set_open_minor(static_cast<int64_t>(total.open));
  snapshot.set_expected_minor(static_cast<int64_t>(total.weighted));
  snapshot.set_line_count(static_cast<int32_t>(sums.size()));
  snapshot.set_left_out(pipeline.left_out());
  *snapshot.mutable_known_on() = pipeline.known_on();
  *snapshot.mutable_positions() = pipeline.positions();
  for (const auto& [key, sum] : sums) {
    v1::SnapshotLine& line = *event.add_lines();
    line.set_id(context.NewId());
    line.set_snapshot_id(snapshot.id());
    line.set_month(std::get<0>(key));
    line.set_person_id(std::get<1>(key));
    line.set_unit_id(std::get<2>(key));
    line.set_booked_minor(static_cast<int64_t>(sum.booked));
    line.set_open_minor(static_cast<int64_t>(sum.open));
    line.set_open_count(sum.count);
    line.set_expected_minor(static_cast<int64_t>(RoundedHalfAway(sum.weighted, kWhole)));
  }
  return event;
}

Result<v1::ForecastAccuracy> CompareForecasts(const std::vector<Forecast>& forecasts,
                                              const std::map<std::string, int64_t>& actual, Date today) {
  v1::ForecastAccuracy answer;
  std::map<int, Totals> ages;
  const std::string this_month = today.ToIso().substr(0, 7);
  for (const Forecast& forecast : forecasts) {
    const int age = MonthNumber(forecast.month) - MonthNumber(forecast.taken_on.substr(0, 7));
    // What was overdue when it was frozen is no word on a month to come.
    if (age < 0) continue;
    auto& comparison = *answer.add_comparisons();
    comparison.set_snapshot_id(forecast.snapshot_id);
    comparison.set_taken_on(forecast.taken_on);
    comparison.set_month(forecast.month);
    comparison.set_age_months(age);
    comparison.set_forecast_minor(forecast.minor);
    const auto found = actual.find(forecast.month);
    const int64_t won = found == actual.end() ? 0 : found->second;
    if (forecast.month >= this_month) {
      comparison.set_state(v1::Comparison::STATE_NOT_OVER);
    } else {
      comparison.set_actual_minor(won);
      comparison.set_state(won == 0 ? v1::Comparison::STATE_ZERO : v1::Comparison::STATE_KNOWN);
    }
    Count(comparison, &ages[age]);
  }
  for (const auto& [age, totals] : ages) {
    const __int128 parts = static_cast<__int128>(kParts) * totals.with_percentage;
    if (!Fits(totals.forecast) || !Fits(totals.actual) || !Fits(totals.error) ||
        totals.parts > std::numeric_limits<int64_t>::max())
      return TooLarge();
    auto& one = *answer.add_ages();
    one.set_age_months(age);
    one.set_compared(totals.compared);
    one.set_with_percentage(totals.with_percentage);
    one.set_not_over(totals.not_over);
    one.set_forecast_minor(static_cast<int64_t>(totals.forecast));
    one.set_actual_minor(static_cast<int64_t>(totals.actual));
    *one.mutable_mape() = ShareOf(totals.parts, parts);
    *one.mutable_bias() = ShareOf(totals.forecast - totals.actual, totals.actual);
    *one.mutable_weighted_error() = ShareOf(totals.error, totals.actual);
  }
  return answer;
}

}  // namespace songsang::reporting
