// Business time: how many minutes of office hours lie between two instants, and when a number of them is over.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "core/dates.h"

namespace songsang {

// Minutes east of UTC at which the office lies. Korea has had no summer time since 1988.
inline constexpr int32_t UtcOffsetMinutes(Instant) { return 540; }

// The day an instant falls on, there; and the instant at which a day begins.
Date LocalDay(Instant instant);
Instant StartOfDay(Date day);

// Office hours, in minutes after midnight: from the first, up to the second.
struct WorkHours {
  int32_t opens = 9 * 60;
  int32_t closes = 18 * 60;
};

class WorkClock {
 public:
  // `works` says which days are business days.
  explicit WorkClock(std::function<bool(Date)> works, WorkHours hours = {}) : works_(std::move(works)), hours_(hours) {}

  // Whole business minutes in [from, to); 0 if `to` is not later.
  int64_t MinutesBetween(Instant from, Instant to) const;

  // The first instant at which this many business minutes from `from` are over; `from` itself for none. 540 minutes
  // from 09:00 are over at 18:00 of the same day, one more at 09:01 of the next business day.
  Instant After(Instant from, int64_t minutes) const;

 private:
  Instant OpensOn(Date day) const;
  Instant ClosesOn(Date day) const;

  std::function<bool(Date)> works_;
  WorkHours hours_;
};

}  // namespace songsang
