#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "kit/calendar_kr.h"
#include "support/context.h"
#include "support/proto.h"
#include "workforce/rules_goal.h"

namespace songsang::workforce {
namespace {

// A context whose day is this one.
Context On(const std::string& day) {
  Context context = ContextOf();
  context.today = *Date::Parse(day);
  return context;
}

// One holder's goal of 2026, as commands leave it.
class Year {
 public:
  Result<GoalSet> Set(const std::string& period, int64_t amount, const std::string& today) {
    SetGoalRequest request = Proto("metric: 'revenue' currency: 'KRW' person_id: 'P'");
    request.set_period(period);
    request.set_amount(amount);
    Context context = On(today);
    context.seed = Sha256(std::to_string(++commands_));
    GoalBefore before{has_goal_ ? &goal_ : nullptr, {}, {}};
    for (const auto& [date, day] : days_) before.days.push_back(&day);
    for (const auto& day : declared) before.declared.push_back(&day);
    auto event = SetGoal(before, request, context);
    if (!event.ok()) return event;
    goal_ = event->goal();
    has_goal_ = true;
    for (const GoalDay& day : event->days()) days_[day.date()] = day;
    return event;
  }
  int64_t Sum(const std::string& period) const {
    const auto days = DaysOf(period);
    int64_t sum = 0;
    for (const auto& [date, day] : days_)
      if (days->first.ToIso() <= date && date <= days->last.ToIso()) sum += day.amount();
    return sum;
  }
  GoalTree Tree() const {
    std::map<std::string, int64_t> days;
    for (const auto& [date, day] : days_) days[date] = day.amount();
    return ArrangeGoal(goal_, days);
  }
  const std::map<std::string, GoalDay>& days() const { return days_; }

  std::vector<CalendarDay> declared;

 private:
  Goal goal_;
  bool has_goal_ = false;
  std::map<std::string, GoalDay> days_;
  int commands_ = 0;
};

TEST(Periods, AreYearsMonthsWeeksOfMonthsAndDays) {
  const struct {
    const char *period, *days;
  } rows[] = {
      {"2026", "2026-01-01 2026-12-31"},
      {"2026-12", "2026-12-01 2026-12-31"},
      {"2028-02", "2028-02-01 2028-02-29"},
      {"2026-02-29", ""},
      {"2026-03-16", "2026-03-16 2026-03-16"},
      // March 2026 begins on a Sunday: its first week is that day alone.
      {"2026-03-W1", "2026-03-01 2026-03-01"},
      {"2026-03-W2", "2026-03-02 2026-03-08"},
      {"2026-03-W6", "2026-03-30 2026-03-31"},
      {"2026-06-W1", "2026-06-01 2026-06-07"},
      {"2026-06-W5", "2026-06-29 2026-06-30"},
      {"2026-06-W6", ""},
      // February 2027 is four whole weeks.
      {"2027-02-W4", "2027-02-22 2027-02-28"},
      {"2027-02-W5", ""},
      {"2026-13", ""},
      {"1800", ""},
  };
  for (const auto& row : rows) {
    const auto days = DaysOf(row.period);
    EXPECT_EQ(days ? days->first.ToIso() + " " + days->last.ToIso() : "", row.days) << row.period;
  }
}

TEST(Periods, EveryDayIsInTheWeekThatItsLabelNames) {
  for (Date day = Date::Of(2024, 1, 1); day.year() < 2031; day = day.PlusDays(1)) {
    const auto week = DaysOf(WeekOf(day));
    ASSERT_TRUE(week) << WeekOf(day);
    EXPECT_TRUE(week->first <= day && day <= week->last) << day.ToIso() << " " << WeekOf(day);
    EXPECT_EQ(MonthOf(week->first), MonthOf(week->last));
  }
}

TEST(SetGoal, Refusals) {
  const struct {
    const char *request, *reason;
  } rows[] = {
      {"period: '2026'", "GOAL_MUST_HAVE_ONE_HOLDER"},
      {"period: '2026' person_id: 'P' unit_id: 'U'", "GOAL_MUST_HAVE_ONE_HOLDER"},
      {"period: '2026-02-30' person_id: 'P'", "PERIOD_MUST_EXIST"},
      // The 20th is past and holds 30.
      {"period: '2026-11' person_id: 'P' amount: 29", "GOAL_MUST_COVER_PAST"},
      {"period: '2026-11-20' person_id: 'P' amount: 31", "GOAL_MUST_HAVE_DAYS_LEFT"},
      // A weekend has no working day, nor has what is past.
      {"period: '2026-11-28' person_id: 'P' amount: 1", "GOAL_MUST_HAVE_DAYS_LEFT"},
      {"period: '2026-10' person_id: 'P' amount: 1", "GOAL_MUST_HAVE_DAYS_LEFT"},
  };
  const GoalDay past = Proto("id: 'D' version: 1 date: '2026-11-20' amount: 30");
  for (const auto& row : rows)
    EXPECT_THAT(SetGoal({nullptr, {&past}, {}}, Proto(row.request), ContextOf()), RefusedWith(std::string(row.reason)))
        << row.request;
  EXPECT_THAT(SetGoal({nullptr, {&past}, {}}, Proto("period: '2026-11-20' person_id: 'P' amount: 30"), ContextOf()),
              IsOk());
  EXPECT_THAT(SetGoal({nullptr, {&past}, {}}, Proto("period: '2026-11' person_id: 'P' amount: 30"), ContextOf()),
              IsOk());
}

// Seed 003: the year's goal is divided into months, the months into weeks, the weeks into days.
TEST(SetGoal, AYearDividesToTheDay) {
  Year year;
  ASSERT_THAT(year.Set("2026", 1'000'000'000, "2026-01-01"), IsOk());
  EXPECT_EQ(year.Sum("2026"), 1'000'000'000);
  const GoalTree tree = year.Tree();
  ASSERT_EQ(tree.months_size(), 12);
  EXPECT_EQ(tree.amount(), 1'000'000'000);
  int64_t months = 0;
  for (const auto& month : tree.months()) {
    months += month.amount();
    int64_t weeks = 0;
    for (const auto& week : month.weeks()) {
      weeks += week.amount();
      int64_t days = 0, least = INT64_MAX, most = 0;
      for (const auto& day : week.days()) {
        days += day.amount();
        least = std::min(least, day.amount()), most = std::max(most, day.amount());
        EXPECT_TRUE(kit::IsBusinessDay(*Date::Parse(day.date()))) << day.date();
      }
      EXPECT_EQ(days, week.amount());
      EXPECT_LE(most - least, 1) << week.week();
    }
    EXPECT_EQ(weeks, month.amount());
  }
  EXPECT_EQ(months, tree.amount());
  // Seollal is in February: fewer working days, a smaller share.
  EXPECT_LT(year.Sum("2026-02"), year.Sum("2026-04"));
}

TEST(SetGoal, OnlyDaysToComeAreDividedAgain) {
  Year year;
  ASSERT_THAT(year.Set("2026", 248'000, "2026-01-01"), IsOk());
  const auto before = year.days();
  const auto event = year.Set("2026", 500'000, "2026-07-15");
  ASSERT_THAT(event, IsOk());
  EXPECT_EQ(year.Sum("2026"), 500'000);
  for (const auto& [date, day] : before)
    EXPECT_TRUE(date >= "2026-07-15" || year.days().at(date).amount() == day.amount()) << date;
  for (const auto& day : event->days()) EXPECT_GE(day.date(), "2026-07-15");
  // A month set by itself changes its year, and nothing beside it.
  const int64_t august = year.Sum("2026-08");
  ASSERT_THAT(year.Set("2026-08", august + 777, "2026-07-15"), IsOk());
  EXPECT_EQ(year.Sum("2026"), 500'777);
  EXPECT_EQ(year.Sum("2026-08"), august + 777);
}

TEST(SetGoal, ADayThatBecomesAHolidayGivesUpItsShare) {
  Year year;
  ASSERT_THAT(year.Set("2026-09", 2'000, "2026-09-01"), IsOk());
  ASSERT_GT(year.Sum("2026-09-16"), 0);
  ASSERT_EQ(year.Sum("2026-09-19"), 0);
  year.declared = {Proto("date: '2026-09-16' kind: KIND_HOLIDAY"), Proto("date: '2026-09-19' kind: KIND_WORKING_DAY")};
  ASSERT_THAT(year.Set("2026-09", 2'000, "2026-09-01"), IsOk());
  EXPECT_EQ(year.Sum("2026-09-16"), 0);
  EXPECT_GT(year.Sum("2026-09-19"), 0);
  EXPECT_EQ(year.Sum("2026-09"), 2'000);
}

TEST(SetGoal, TheSameAgainChangesNothing) {
  Year year;
  ASSERT_THAT(year.Set("2026", 999'999, "2026-01-01"), IsOk());
  const auto again = year.Set("2026", 999'999, "2026-01-01");
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->days_size(), 0);
}

// Whatever is set, in whatever order, the sums nest, what was set holds, and the past stays.
TEST(SetGoal, WhateverIsSetNests) {
  std::mt19937 chance(20261122);
  for (int round = 0; round < 40; ++round) {
    Year year;
    Date today = Date::Of(2026, 1, 1);
    for (int step = 0; step < 25; ++step) {
      today = today.PlusDays(static_cast<int>(chance() % 20));
      if (today.year() > 2026) break;
      const Date day = today.PlusDays(static_cast<int>(chance() % 60));
      if (day.year() > 2026) break;
      const std::string periods[] = {"2026", MonthOf(day), WeekOf(day), day.ToIso()};
      const std::string& period = periods[chance() % 4];
      const auto amount = static_cast<int64_t>(chance() % 5'000'000);
      const auto before = year.days();
      const auto event = year.Set(period, amount, today.ToIso());
      const auto days = *DaysOf(period);
      for (const auto& [date, old] : before) {
        const bool may_change = date >= today.ToIso() && days.first.ToIso() <= date && date <= days.last.ToIso();
        EXPECT_TRUE(may_change || year.days().at(date).amount() == old.amount()) << date;
      }
      if (!event.ok()) continue;
      EXPECT_EQ(year.Sum(period), amount) << period << " on " << today.ToIso();
      const GoalTree tree = year.Tree();
      EXPECT_EQ(tree.amount(), year.Sum("2026"));
      for (const auto& month : tree.months()) {
        EXPECT_EQ(month.amount(), year.Sum(month.month()));
        for (const auto& week : month.weeks()) EXPECT_EQ(week.amount(), year.Sum(week.week()));
      }
    }
  }
}

}  // namespace
}  // namespace songsang::workforce
