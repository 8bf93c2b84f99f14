// R3: a forecast is frozen, and later held against what came of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/dates.h"
#include "reporting/rules_forecast.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/reporting/v1/report.pb.h"
#include "songsang/reporting/v1/snapshot.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using namespace reporting::v1;  // NOLINT: the service under test
using leads::v1::Opportunity;
using leads::v1::OpportunityClosed;
using leads::v1::OpportunityOpened;

class Planning {
 public:
  std::string Person(const std::string& name) const {
    const auto registered =
        client.Call<workforce::v1::PersonRegistered>("RegisterPerson", Proto("name: '" + name + "'"));
    EXPECT_THAT(registered, IsOk());
    return registered->person().id();
  }
  Opportunity Open(int64_t minor, const std::string& fields) const {
    const auto opened = client.Call<OpportunityOpened>(
        "OpenOpportunity",
        Proto("name: '거래' value { minor: " + std::to_string(minor) + " currency: 'KRW' } " + fields));
    EXPECT_THAT(opened, IsOk());
    return opened->opportunity();
  }
  void Win(const Opportunity& opportunity) const {
    EXPECT_THAT(client.Call<OpportunityClosed>("CloseOpportunity", Proto("opportunity_id: '" + opportunity.id() +
                                                                         "' reason: 'price' outcome: OUTCOME_WON")),
                IsOk());
  }
  SnapshotTaken Take(const std::string& rest = "") const {
    const auto taken = client.Call<SnapshotTaken>("TakeSnapshot", Proto("currency: 'KRW' " + rest));
    EXPECT_THAT(taken, IsOk());
    return *taken;
  }
  ForecastAccuracy Accuracy(const std::string& rest) const {
    const auto answer = client.Call<ForecastAccuracy>("GetForecastAccuracy", Proto("currency: 'KRW' " + rest));
    EXPECT_THAT(answer, IsOk());
    return *answer;
  }

  Client client = System::Shared().As({v1::ROLE_IMPORTER, v1::ROLE_SALES_REP, v1::ROLE_SALES_MANAGER});
};

Date FirstOf(Date date) { return Date::Of(date.year(), date.month(), 1); }
Date NextMonth(Date date) { return FirstOf(FirstOf(date).PlusDays(31)); }
std::string MonthOf(Date date) { return date.ToIso().substr(0, 7); }

TEST(R3_ForecastAgainstActual, ASnapshotIsFrozenWithWhereItWasMadeFrom) {
  const Planning planning;
  const std::string kim = planning.Person("김하늘");
  planning.Win(planning.Open(700, "owner_id: '" + kim + "'"));
  const auto open = planning.Open(1001, "owner_id: '" + kim + "' expected_on: '2099-01-15'");
  planning.Open(400, "");
  ASSERT_THAT(planning.client.Call<OpportunityOpened>("OpenOpportunity", Proto("name: '금액 미정'")), IsOk());
  const auto taken = planning.Take("weights { stage: '" + open.stage() + "' weight_ppm: 500000 }");
  const Snapshot& snapshot = taken.snapshot();
  EXPECT_EQ(snapshot.booked_minor(), 700);
  EXPECT_EQ(snapshot.open_minor(), 1401);
  EXPECT_EQ(snapshot.expected_minor(), 701) << "500.5 is 501, and 200";
  EXPECT_EQ(snapshot.left_out(), 1);
  ASSERT_EQ(taken.lines_size(), 3) << "nobody's month, this month, and the expected one";
  EXPECT_EQ(taken.lines(0).month(), "");
  EXPECT_EQ(taken.lines(2).month(), "2099-01");
  EXPECT_EQ(taken.lines(2).person_id(), kim);
  EXPECT_GT(snapshot.positions_size(), 0);

  // What is sold afterwards does not change it; asked of the same instant, the dictionary still says the same.
  planning.Win(open);
  const auto kept = planning.client.Call<Snapshot>("GetSnapshot", Proto("id: '" + snapshot.id() + "'"));
  ASSERT_THAT(kept, IsOk());
  EXPECT_EQ(kept->SerializeAsString(), snapshot.SerializeAsString());
  GetFiguresRequest then = Proto("metrics: 'open_value'");
  *then.mutable_known_on() = snapshot.known_on();
  const auto figures = planning.client.Call<Figures>("GetFigures", then);
  ASSERT_THAT(figures, IsOk());
  EXPECT_EQ(figures->total().values(0).numerator(), 1401);
  const auto lines = planning.client.Call<ListSnapshotLinesResponse>("ListSnapshotLines",
                                                                     Proto("snapshot_id: '" + snapshot.id() + "'"));
  ASSERT_THAT(lines, IsOk());
  EXPECT_EQ(lines->snapshot_lines_size(), 3);
}

TEST(R3_ForecastAgainstActual, RefusesWhatItCannotCompare) {
  const Planning planning;
  EXPECT_THAT(planning.client.Call<SnapshotTaken>(
                  "TakeSnapshot", Proto("currency: 'KRW' weights { stage: 'a' } weights { stage: 'a' }")),
              RefusedWith(reporting::kStageMustBeWeighedOnce));
  EXPECT_THAT(planning.client.Call<ForecastAccuracy>(
                  "GetForecastAccuracy", Proto("currency: 'KRW' from_on: '2020-01-01' to_on: '2023-01-01'")),
              RefusedWith(reporting::kPeriodMustNotBeLong));
}

// The clock of the whole process moves two months on, so it is the last test of its file.
TEST(R3_ForecastAgainstActual, ErrorsByAgeAndMonthsThatAreNotOverAreMarked) {
  const Planning planning;
  const std::string kim = planning.Person("김하늘"), lee = planning.Person("이도윤");
  const auto first = planning.Take();
  const Date today = *Date::Parse(first.snapshot().taken_on());
  const Date next = NextMonth(today), after = NextMonth(next);
  const std::string on_next = "expected_on: '" + next.PlusDays(9).ToIso() + "' ";
  const auto kims = planning.Open(1000, "owner_id: '" + kim + "' " + on_next);
  planning.Open(500, "owner_id: '" + lee + "' " + on_next);
  planning.Take();
  const std::string period = "from_on: '" + today.ToIso() + "' to_on: '" + after.ToIso() + "' ";
  auto accuracy = planning.Accuracy(period);
  ASSERT_EQ(accuracy.comparisons_size(), 1);
  EXPECT_EQ(accuracy.comparisons(0).state(), Comparison::STATE_NOT_OVER);
  EXPECT_EQ(accuracy.ages(0).mape().percent(), "");

  System::Ahead(std::chrono::hours(24 * (next.days_since_epoch() - today.days_since_epoch())));
  planning.Win(kims);
  planning.Take();
  System::Ahead(std::chrono::hours(24 * (after.days_since_epoch() - next.days_since_epoch())));
  accuracy = planning.Accuracy(period);
  ASSERT_EQ(accuracy.comparisons_size(), 2);
  EXPECT_EQ(accuracy.comparisons(0).month(), MonthOf(next));
  // In its own month 1,000 was won and 500 still open; a month before, both were open. 1,000 came.
  ASSERT_EQ(accuracy.ages_size(), 2);
  for (const auto& age : accuracy.ages()) {
    EXPECT_EQ(age.forecast_minor(), 1500);
    EXPECT_EQ(age.actual_minor(), 1000);
    EXPECT_EQ(age.mape().percent(), "50.00");
    EXPECT_EQ(age.bias().percent(), "50.00");
  }
  const auto kim_alone = planning.Accuracy(period + "person_id: '" + kim + "'");
  EXPECT_EQ(kim_alone.ages(0).bias().percent(), "0.00");
  const auto lee_alone = planning.Accuracy(period + "person_id: '" + lee + "'");
  EXPECT_EQ(lee_alone.comparisons(0).state(), Comparison::STATE_ZERO);
  EXPECT_EQ(lee_alone.ages(0).mape().percent(), "");
}

}  // namespace
}  // namespace songsang
