// Business days and business minutes, in Korea.
#include <gtest/gtest.h>

#include "kit/calendar_kr.h"

namespace songsang::kit {
namespace {

Date Day(const char* iso) { return *Date::Parse(iso); }

// Local time of Seoul, `2026-02-13 17:30`.
Instant At(const std::string& local) {
  return *ParseInstant(local.substr(0, 10) + "T" + local.substr(11) + ":00+09:00");
}
std::string Local(Instant instant) {
  instant.micros += int64_t{UtcOffsetMinutes(instant)} * 60'000'000;
  std::string text = ToIso(instant).substr(0, 16);
  text[10] = ' ';
  return text;
}

struct DayRow {
  const char* day;
  bool works;
  const char* next;  // business day
  const char* why;
};

TEST(CalendarKr, KnowsWhichDaysAreWorked) {
  const DayRow rows[] = {
      {"2026-02-13", true, "2026-02-19", "Friday before Seollal 2026: three days off follow the weekend"},
      {"2026-02-16", false, "2026-02-19", "the day before Seollal"},
      {"2026-02-18", false, "2026-02-19", "the day after Seollal"},
      {"2025-10-02", true, "2025-10-10", "before Chuseok 2025: Foundation Day, weekend, Chuseok, substitute, Hangul"},
      {"2025-10-08", false, "2025-10-10", "Chuseok's eve fell on a Sunday: substitute"},
      {"2025-05-01", false, "2025-05-02", "Labour Day, banks and offices only"},
      {"2026-05-01", false, "2026-05-04", "Labour Day, a public holiday since 2026"},
      {"2024-04-10", false, "2024-04-11", "general election"},
      {"2024-10-01", false, "2024-10-02", "declared at short notice"},
      {"2026-11-21", false, "2026-11-23", "Saturday"},
      {"2026-11-25", true, "2026-11-26", "an ordinary Wednesday"},
      {"2015-01-01", false, "2015-01-02", "the first day known"},
      {"2030-12-25", false, "2030-12-26", "the last holiday known"},
      {"2031-01-01", true, "2031-01-02", "beyond what is known only weekends are"},
  };
  for (const DayRow& row : rows) {
    SCOPED_TRACE(row.why);
    EXPECT_EQ(IsBusinessDay(Day(row.day)), row.works);
    EXPECT_EQ(NextBusinessDay(Day(row.day)).ToIso(), row.next);
    EXPECT_EQ(BusinessDayFrom(Day(row.day)).ToIso(), row.works ? row.day : row.next);
  }
  EXPECT_STREQ(HolidayName(Day("2026-02-17")), "설날");
  EXPECT_EQ(HolidayName(Day("2026-02-19")), nullptr);
}

TEST(CalendarKr, CountsTheHolidaysOfEveryYear) {
  // Weekdays off, counted by hand from the calendars of these years, Labour Day among them.
  for (const auto& [year, off] : {std::pair(2024, 17), std::pair(2025, 18)}) {
    int count = 0;
    for (Date day = Date::Of(year, 1, 1); day.year() == year; day = day.PlusDays(1))
      count += day.iso_weekday() <= 5 && !IsBusinessDay(day);
    EXPECT_EQ(count, off) << year;
  }
}

TEST(CalendarKr, WhatATenantDeclaresHolds) {
  const DeclaredDays declared = {{"2026-11-26", false}, {"2026-11-28", true}};
  EXPECT_FALSE(IsBusinessDay(Day("2026-11-26"), declared));
  EXPECT_EQ(NextBusinessDay(Day("2026-11-25"), declared).ToIso(), "2026-11-27");
  EXPECT_EQ(NextBusinessDay(Day("2026-11-27"), declared).ToIso(), "2026-11-28") << "a Saturday that is worked";
}

struct ClockRow {
  const char* from;
  int64_t minutes;
  const char* over;
  DeclaredDays declared;
  const char* why;
};

TEST(WorkClock, SaysWhenBusinessMinutesAreOver) {
  const ClockRow rows[] = {
      {"2026-11-25 10:00", 60, "2026-11-25 11:00", {}, "within a day"},
      {"2026-11-25 09:00", 540, "2026-11-25 18:00", {}, "exactly a day"},
      {"2026-11-25 09:00", 541, "2026-11-26 09:01", {}, "one minute more"},
      {"2026-11-25 20:00", 60, "2026-11-26 10:00", {}, "begun after hours"},
      {"2026-11-25 07:00", 60, "2026-11-25 10:00", {}, "begun before hours"},
      {"2026-11-27 17:30", 60, "2026-11-30 09:30", {}, "over the weekend"},
      {"2026-11-28 12:00", 60, "2026-11-30 10:00", {}, "begun on a Saturday"},
      {"2026-02-13 17:00", 120, "2026-02-19 10:00", {}, "over Seollal 2026"},
      {"2025-10-02 17:00", 120, "2025-10-10 10:00", {}, "over Chuseok 2025"},
      {"2026-11-25 17:30", 60, "2026-11-27 09:30", {{"2026-11-26", false}}, "a holiday declared at short notice"},
      {"2026-11-27 17:30", 60, "2026-11-28 09:30", {{"2026-11-28", true}}, "a Saturday that is worked"},
      {"2026-11-25 20:00", 0, "2026-11-25 20:00", {}, "none"},
      {"2025-12-31 09:00", 2700, "2026-01-07 18:00", {}, "five days over New Year"},
  };
  for (const ClockRow& row : rows) {
    SCOPED_TRACE(row.why);
    const WorkClock clock = WorkClockOf(row.declared);
    const Instant over = clock.After(At(row.from), row.minutes);
    EXPECT_EQ(Local(over), row.over);
    // Both directions agree.
    EXPECT_EQ(clock.MinutesBetween(At(row.from), over), row.minutes);
    if (row.minutes == 0) continue;
    EXPECT_EQ(clock.MinutesBetween(At(row.from), Instant{over.micros - 1}), row.minutes - 1);
  }
}

TEST(WorkClock, CountsNothingBackwardsOrOnDaysOff) {
  const WorkClock clock = WorkClockOf({});
  EXPECT_EQ(clock.MinutesBetween(At("2026-11-25 12:00"), At("2026-11-25 11:00")), 0);
  EXPECT_EQ(clock.MinutesBetween(At("2026-11-28 00:00"), At("2026-11-29 23:59")), 0);
  EXPECT_EQ(clock.MinutesBetween(At("2026-11-25 00:00"), At("2026-11-26 00:00")), 540);
}

TEST(WorkClock, OtherHoursAndACalendarThatNeverWorks) {
  const WorkClock shop = WorkClockOf({}, {.opens = 10 * 60, .closes = 22 * 60});
  EXPECT_EQ(Local(shop.After(At("2026-11-25 21:00"), 120)), "2026-11-26 11:00");
  const WorkClock closed([](Date) { return false; });
  EXPECT_EQ(closed.After(At("2026-11-25 21:00"), 1), At("2026-11-25 21:00"));
}

}  // namespace
}  // namespace songsang::kit
