// W10 and W12: goals from the year to the day, and quotas up the tree.
#include <gtest/gtest.h>

#include "songsang/workforce/v1/calendar.pb.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/goal.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "songsang/workforce/v1/unit.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using namespace workforce::v1;  // NOLINT: the service under test

// A headquarters with Seoul and Busan, 김하늘 in Seoul and 이도윤 in Busan; goals are set as if the year began.
class Company {
 public:
  Company() {
    Open("hq", "");
    Open("seoul", "hq");
    Open("busan", "hq");
    kim = Hire("김하늘", "seoul");
    lee = Hire("이도윤", "busan");
  }
  void Open(const std::string& key, const std::string& parent) {
    EXPECT_THAT(
        importer.Call<UnitOpened>("OpenUnit", Proto("opened_on: '2020-01-01' kind: KIND_BRANCH name: '" + key +
                                                    "' parent_id: '" + (parent.empty() ? "" : "ext:hr:" + parent) +
                                                    "' external_ref { system: 'hr' key: '" + key + "' }")),
        IsOk());
  }
  std::string Hire(const std::string& name, const std::string& unit) {
    const auto hired = importer.Call<PersonHired>("HirePerson", Proto("name: '" + name + "' unit_id: 'ext:hr:" + unit +
                                                                      "' role: 'sales_rep' from_on: '2025-01-01'"));
    EXPECT_THAT(hired, IsOk());
    return hired->person().id();
  }
  Called<GoalSet> Set(const std::string& person, const std::string& period, int64_t amount,
                      const std::string& day = "2025-12-31T15:00:00Z") {
    google::protobuf::Timestamp when = ToTimestamp(*ParseInstant(day));
    return importer.Call<GoalSet>("SetGoal", Proto(kRevenue + "person_id: '" + person + "' period: '" + period +
                                                   "' amount: " + std::to_string(amount) +
                                                   " occurred_at { seconds: " + std::to_string(when.seconds()) + " }"));
  }
  GoalTree Tree(const std::string& person) {
    const auto tree =
        importer.Call<GoalTree>("GetGoalTree", Proto(kRevenue + "person_id: '" + person + "' year: '2026'"));
    EXPECT_THAT(tree, IsOk());
    return *tree;
  }
  // `hq 300, busan 100 [이도윤 100], …`
  std::string Quotas(const std::string& from, const std::string& to, const std::string& unit = "") {
    const auto answer = importer.Call<QuotaRollUp>(
        "GetQuotaRollUp", Proto(kRevenue + "from_on: '" + from + "' to_on: '" + to + "' unit_id: '" + unit + "'"));
    EXPECT_THAT(answer, IsOk());
    std::string text = std::to_string(answer->quota());
    for (const auto& node : answer->units()) {
      text += ", " + (node.name().empty() ? "?" : node.name()) + " " + std::to_string(node.quota());
      for (const auto& share : node.people()) text += " [" + share.name() + " " + std::to_string(share.quota()) + "]";
    }
    return text;
  }

  static inline const std::string kRevenue = "metric: 'revenue' currency: 'KRW' ";
  Client importer = System::Shared().As({v1::ROLE_IMPORTER});
  std::string kim, lee;
};

// What the tree says of a month, a week or a day; -1 where it says nothing.
int64_t AmountOf(const GoalTree& tree, const std::string& period) {
  for (const auto& month : tree.months()) {
    if (month.month() == period) return month.amount();
    for (const auto& week : month.weeks()) {
      if (week.week() == period) return week.amount();
      for (const auto& day : week.days())
        if (day.date() == period) return day.amount();
    }
  }
  return -1;
}

// Seed 003: 일년의 목표를 월별로 나누고, 월별 목표에서 주 단위, 주 단위에서 하루의 목표를 설정한다.
TEST(W10_Goals, AYearDividesIntoMonthsWeeksAndDaysExactly) {
  Company company;
  ASSERT_THAT(company.Set(company.kim, "2026", 1'000'000'000), IsOk());
  const GoalTree tree = company.Tree(company.kim);
  EXPECT_EQ(tree.amount(), 1'000'000'000);
  EXPECT_EQ(tree.months_size(), 12);
  int64_t months = 0;
  for (const auto& month : tree.months()) {
    int64_t weeks = 0;
    for (const auto& week : month.weeks()) {
      int64_t days = 0;
      for (const auto& day : week.days()) days += day.amount();
      EXPECT_EQ(days, week.amount()) << week.week();
      weeks += week.amount();
    }
    EXPECT_EQ(weeks, month.amount()) << month.month();
    months += month.amount();
  }
  EXPECT_EQ(months, 1'000'000'000);
  // 설날 is in the third week of February 2026: Monday to Wednesday are off.
  for (const char* off : {"2026-02-16", "2026-02-17", "2026-02-18"}) EXPECT_EQ(AmountOf(tree, off), -1) << off;
  for (const char* worked : {"2026-02-13", "2026-02-19", "2026-02-20"}) EXPECT_GT(AmountOf(tree, worked), 0) << worked;
}

TEST(W10_Goals, AChangeDividesOnlyTheDaysToCome) {
  Company company;
  ASSERT_THAT(company.Set(company.kim, "2026", 1'000'000'000), IsOk());
  const GoalTree before = company.Tree(company.kim);
  ASSERT_THAT(company.Set(company.kim, "2026", 1'300'000'000, "2026-07-01T00:00:00Z"), IsOk());
  const GoalTree after = company.Tree(company.kim);
  EXPECT_EQ(after.amount(), 1'300'000'000);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(after.months(i).amount(), before.months(i).amount());
  EXPECT_GT(after.months(6).amount(), before.months(6).amount());
  EXPECT_THAT(company.Set(company.kim, "2026", 1'000, "2026-07-01T00:00:00Z"),
              RefusedWith(std::string("GOAL_MUST_COVER_PAST")));
  // Any level: a week of a month, a day. What is around it does not change.
  ASSERT_THAT(company.Set(company.kim, "2026-08-W2", 7, "2026-07-01T00:00:00Z"), IsOk());
  ASSERT_THAT(company.Set(company.kim, "2026-09-15", 99, "2026-07-01T00:00:00Z"), IsOk());
  const GoalTree last = company.Tree(company.kim);
  EXPECT_EQ(AmountOf(last, "2026-08-W2"), 7);
  EXPECT_EQ(AmountOf(last, "2026-09-15"), 99);
  EXPECT_EQ(AmountOf(last, "2026-08-W3"), AmountOf(after, "2026-08-W3"));
  EXPECT_EQ(AmountOf(last, "2026-10"), AmountOf(after, "2026-10"));
}

TEST(W10_Goals, FollowTheWorkingCalendar) {
  Company company;
  ASSERT_THAT(company.importer.Call<CalendarDaySet>("SetCalendarDay",
                                                    Proto("date: '2026-04-15' kind: KIND_HOLIDAY name: '창립기념일'")),
              IsOk());
  const auto set = company.Set(company.kim, "2026-04-W3", 400);
  ASSERT_THAT(set, IsOk());
  EXPECT_EQ(set->days_size(), 4);
  for (const auto& day : set->days()) EXPECT_EQ(day.amount(), 100) << day.date();
  // A day is kept once; said again it is another version of it.
  ASSERT_THAT(
      company.importer.Call<CalendarDaySet>("SetCalendarDay", Proto("date: '2026-04-15' kind: KIND_WORKING_DAY")),
      Answers(ContainsProto("calendar_day { version: 2 }")));
  EXPECT_THAT(company.importer.Call<CalendarDay>("GetCalendarDay", Proto("id: 'ext:date:2026-04-15'")),
              Answers(ContainsProto("kind: KIND_WORKING_DAY year: '2026'")));
}

TEST(W10_Goals, AreOfOneHolder) {
  Company company;
  EXPECT_THAT(company.importer.Call<GoalSet>("SetGoal", Proto(Company::kRevenue + "period: '2026'")),
              RefusedWith(std::string("GOAL_MUST_HAVE_ONE_HOLDER")));
  EXPECT_THAT(company.importer.Call<GoalTree>(
                  "GetGoalTree", Proto(Company::kRevenue + "person_id: '" + company.kim + "' year: '2031'")),
              RefusedWith(std::string("GOAL_MUST_EXIST")));
}

TEST(W12_Quotas, RollUpTheTree) {
  Company company;
  ASSERT_THAT(company.Set(company.kim, "2026-03", 2'100), IsOk());
  ASSERT_THAT(company.Set(company.lee, "2026-03", 1'000), IsOk());
  EXPECT_EQ(company.Quotas("2026-03-01", "2026-03-31"),
            "3100, hq 3100, busan 1000 [이도윤 1000], seoul 2100 [김하늘 2100]");
  EXPECT_EQ(company.Quotas("2026-03-01", "2026-03-31", "ext:hr:busan"), "1000, busan 1000 [이도윤 1000]");
  EXPECT_THAT(company.importer.Call<QuotaRollUp>(
                  "GetQuotaRollUp", Proto(Company::kRevenue + "from_on: '2026-03-02' to_on: '2026-03-01'")),
              RefusedWith(std::string("PERIOD_MUST_END_AFTER_START")));
}

// March 2026 has 21 working days (1 March is made up for on the 2nd); the 17th begins the second 11 of them.
TEST(W12_Quotas, AMoveInMidMonthDividesByTheDayAndHistoryStays) {
  Company company;
  ASSERT_THAT(company.Set(company.kim, "2026-03", 2'100), IsOk());
  ASSERT_THAT(company.Set(company.kim, "2026-02", 900), IsOk());
  ASSERT_THAT(company.importer.Call<PersonMoved>("TransferPerson", Proto("person_id: '" + company.kim +
                                                                         "' role: 'sales_rep' unit_id: 'ext:hr:busan' "
                                                                         "from_on: '2026-03-17'")),
              IsOk());
  EXPECT_EQ(company.Quotas("2026-03-01", "2026-03-31"),
            "2100, hq 2100, busan 1100 [김하늘 1100], seoul 1000 [김하늘 1000]");
  EXPECT_EQ(company.Quotas("2026-02-01", "2026-02-28"), "900, hq 900, busan 0, seoul 900 [김하늘 900]");
  // Busan comes under Seoul in April: March stays, and April is Seoul's too.
  ASSERT_THAT(company.Set(company.kim, "2026-04", 500), IsOk());
  ASSERT_THAT(company.importer.Call<UnitMoved>(
                  "MoveUnit", Proto("unit_id: 'ext:hr:busan' parent_id: 'ext:hr:seoul' from_on: '2026-04-01'")),
              IsOk());
  EXPECT_EQ(company.Quotas("2026-04-01", "2026-04-30"), "500, hq 500, seoul 500, busan 500 [김하늘 500]");
  EXPECT_EQ(company.Quotas("2026-03-01", "2026-03-31"),
            "2100, hq 2100, busan 1100 [김하늘 1100], seoul 1000 [김하늘 1000]");
}

TEST(W12_Quotas, WhoLeftIsSeenAsNobodys) {
  Company company;
  ASSERT_THAT(company.Set(company.kim, "2026-03", 2'100), IsOk());
  ASSERT_THAT(company.importer.Call<PersonResigned>(
                  "ResignPerson",
                  Proto("person_id: '" + company.kim + "' last_on: '2026-03-16' successor_id: '" + company.lee + "'")),
              IsOk());
  EXPECT_EQ(company.Quotas("2026-03-01", "2026-03-31"),
            "2100, hq 1000, busan 0, seoul 1000 [김하늘 1000], ? 1100 [김하늘 1100]");
}

}  // namespace
}  // namespace songsang
