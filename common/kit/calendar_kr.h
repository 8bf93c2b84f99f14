// Korean business days: the public holidays of 2015 to 2030 as dated data, and what a tenant declared against them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/dates.h"

namespace songsang::kit {

// What a tenant declared against the shipped calendar: ISO day -> whether one works on it. A holiday declared at short
// notice is false, a Saturday that is worked is true.
using DeclaredDays = std::map<std::string, bool>;

// Declared days as they are stored: any message with `date` and `kind`, KIND_WORKING_DAY, KIND_HOLIDAY or
// KIND_PUBLIC_HOLIDAY.
template <class Day>
DeclaredDays DeclaredIn(const std::vector<const Day*>& days) {
  DeclaredDays declared;
  for (const Day* day : days) declared[day->date()] = day->kind() == Day::KIND_WORKING_DAY;
  return declared;
}

// Of these only what moves a deadline of law: public holidays, not the company's own, nor that it works on a Saturday.
template <class Day>
DeclaredDays PublicIn(const std::vector<const Day*>& days) {
  DeclaredDays declared;
  for (const Day* day : days)
    if (day->kind() == Day::KIND_PUBLIC_HOLIDAY) declared[day->date()] = false;
  return declared;
}

// The holiday's Korean name, null on other days: public holidays with their substitutes, temporary ones and election
// days, and Labour Day (노동절), on which banks and offices are closed although it became a public holiday only in 2026.
const char* HolidayName(Date day);

// Monday to Friday and no holiday, unless the tenant declared otherwise. Before 2015 and after 2030 only weekends are
// known.
bool IsBusinessDay(Date day, const DeclaredDays& declared = {});

// The first business day after the day.
Date NextBusinessDay(Date day, const DeclaredDays& declared = {});

// The day itself if it is a business day, else the next: where a deadline falls on a holiday.
Date BusinessDayFrom(Date day, const DeclaredDays& declared = {});

// Business minutes by this calendar.
WorkClock WorkClockOf(DeclaredDays declared, WorkHours hours = {});

}  // namespace songsang::kit
