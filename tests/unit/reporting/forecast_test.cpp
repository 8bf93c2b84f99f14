// Freezing a forecast, and holding it against what came of it: tables of cases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reporting/rules_forecast.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::reporting {
namespace {

using testing::ElementsAre;

v1::Pipeline PipelineOf(const std::string& rows) {
  return Proto("taken_on: '2026-11-25' left_out: 3 known_on { seconds: 7 } positions { service: 'leads' seq: 4 } " +
               rows);
}

// `2026-12 kim u1: 0 + 150 of 300`
std::vector<std::string> LinesOf(const v1::SnapshotTaken& event) {
  std::vector<std::string> lines;
  for (const auto& line : event.lines())
    lines.push_back(line.month() + " " + line.person_id() + " " + line.unit_id() + ": " +
                    std::to_string(line.booked_minor()) + " + " + std::to_string(line.expected_minor()) + " of " +
                    std::to_string(line.open_minor()));
  return lines;
}

TEST(TakeSnapshot, WeighsByStageAndKeepsUnknownMonths) {
  const auto taken = TakeSnapshot(
      PipelineOf("rows { person_id: 'kim' stage: 'offer' minor: 11 count: 1 } "
                 "rows { month: '2026-11' person_id: 'kim' minor: 70 count: 1 } "
                 "rows { month: '2026-11' person_id: 'kim' stage: 'offer' minor: 101 count: 2 } "
                 "rows { month: '2026-12' unit_id: 'u' stage: 'talk' minor: 300 count: 1 } "
                 "rows { month: '2026-12' unit_id: 'u' stage: 'other' minor: 5 count: 1 }"),
      Proto("currency: 'KRW' weights { stage: 'offer' weight_ppm: 500000 } weights { stage: 'talk' weight_ppm: 0 }"),
      ContextOf());
  ASSERT_THAT(taken, IsOk());
  EXPECT_THAT(LinesOf(*taken),
              ElementsAre(" kim : 0 + 6 of 11", "2026-11 kim : 70 + 51 of 101", "2026-12  u: 0 + 5 of 305"));
  const auto& snapshot = taken->snapshot();
  EXPECT_EQ(snapshot.booked_minor(), 70);
  EXPECT_EQ(snapshot.open_minor(), 417);
  EXPECT_EQ(snapshot.expected_minor(), 62) << "what the lines add up to, each rounded by itself";
  EXPECT_EQ(snapshot.month(), "2026-11");
  EXPECT_EQ(snapshot.left_out(), 3);
  EXPECT_EQ(snapshot.known_on().seconds(), 7);
  EXPECT_EQ(snapshot.positions(0).seq(), 4);
}

TEST(TakeSnapshot, IsRefusedByName) {
  EXPECT_THAT(
      TakeSnapshot(PipelineOf(""), Proto("currency: 'KRW' weights { stage: 'a' } weights { stage: 'a' }"), ContextOf()),
      RefusedWith(kStageMustBeWeighedOnce));
  EXPECT_THAT(TakeSnapshot(PipelineOf("rows { stage: 'a' minor: 9007199254740991 } rows { stage: 'b' minor: 1 }"),
                           Proto("currency: 'KRW'"), ContextOf()),
              RefusedWith(kForecastMustNotBeLarge));
  std::string many;
  for (int i = 0; i <= kMostForecastLines; ++i) many += "rows { stage: 'a' person_id: '" + std::to_string(i) + "' } ";
  EXPECT_THAT(TakeSnapshot(PipelineOf(many), Proto("currency: 'KRW'"), ContextOf()),
              RefusedWith(kForecastMustNotBeLarge));
}

TEST(CompareForecasts, MeansErrorsByAgeAndMarksWhatNobodyKnowsYet) {
  const std::vector<Forecast> forecasts = {
      {"s0", "2026-01-10", "2025-12", 900},  // overdue when it was frozen: no word on a month to come
      {"s1", "2026-01-10", "2026-02", 150}, {"s2", "2026-02-10", "2026-02", 90},  {"s2", "2026-02-10", "2026-03", 200},
      {"s3", "2026-03-10", "2026-04", 50},  {"s3", "2026-03-10", "2026-05", 500},
  };
  const auto answer = CompareForecasts(forecasts, {{"2026-02", 100}, {"2026-03", 300}}, *Date::Parse("2026-05-01"));
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->comparisons_size(), 5);
  EXPECT_EQ(answer->comparisons(3).state(), v1::Comparison::STATE_ZERO);
  EXPECT_EQ(answer->comparisons(4).state(), v1::Comparison::STATE_NOT_OVER);
  ASSERT_EQ(answer->ages_size(), 3);
  const auto& none = answer->ages(0);
  EXPECT_EQ(none.mape().percent() + " " + none.bias().percent(), "10.00 -10.00");
  const auto& one = answer->ages(1);
  EXPECT_EQ(one.compared(), 3);
  EXPECT_EQ(one.with_percentage(), 2);
  // (50/100 + 100/300) / 2; (150 + 200 + 50 - 400) / 400; (50 + 100 + 50) / 400.
  EXPECT_EQ(one.mape().percent() + " " + one.bias().percent() + " " + one.weighted_error().percent(),
            "41.67 0.00 50.00");
  EXPECT_EQ(one.weighted_error().numerator(), 200);
  EXPECT_EQ(one.weighted_error().denominator(), 400);
  const auto& two = answer->ages(2);
  EXPECT_EQ(two.compared(), 0);
  EXPECT_EQ(two.not_over(), 1);
  EXPECT_EQ(two.mape().percent(), "");
  EXPECT_EQ(two.mape().denominator(), 0);
}

TEST(CompareForecasts, NothingToCompareIsNothing) {
  const auto answer = CompareForecasts({}, {{"2026-02", 100}}, *Date::Parse("2026-05-01"));
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->ages_size(), 0);
}

}  // namespace
}  // namespace songsang::reporting
