#include "core/clock.h"

#include <algorithm>

namespace songsang {
namespace {

constexpr int64_t kMicrosPerMinute = 60'000'000;
constexpr int64_t kMicrosPerDay = 1440 * kMicrosPerMinute;
// A calendar that never works must not run for ever: after ten years the clock gives up where it stands.
constexpr int kMostDays = 3660;

Instant At(Date day, int32_t minute) {
  const Instant midnight{day.days_since_epoch() * kMicrosPerDay};
  return {midnight.micros + (minute - UtcOffsetMinutes(midnight)) * kMicrosPerMinute};
}

}  // namespace

Date LocalDay(Instant instant) {
  const int64_t local = instant.micros + UtcOffsetMinutes(instant) * kMicrosPerMinute;
  return Date(static_cast<int32_t>(local / kMicrosPerDay - (local % kMicrosPerDay < 0 ? 1 : 0)));
}

Instant StartOfDay(Date day) { return At(day, 0); }

Instant WorkClock::OpensOn(Date day) const { return At(day, hours_.opens); }
Instant WorkClock::ClosesOn(Date day) const { return At(day, hours_.closes); }

int64_t WorkClock::MinutesBetween(Instant from, Instant to) const {
  int64_t micros = 0;
  for (Date day = LocalDay(from); from < to && day <= LocalDay(to); day = day.PlusDays(1)) {
    if (!works_(day)) continue;
    const int64_t begin = std::max(from.micros, OpensOn(day).micros);
    const int64_t end = std::min(to.micros, ClosesOn(day).micros);
    micros += std::max<int64_t>(0, end - begin);
  }
  return micros / kMicrosPerMinute;
}

Instant WorkClock::After(Instant from, int64_t minutes) const {
  int64_t left = minutes * kMicrosPerMinute;
  Date day = LocalDay(from);
  for (int tried = 0; left > 0 && tried < kMostDays; ++tried, day = day.PlusDays(1)) {
    if (!works_(day)) continue;
    const int64_t begin = std::max(from.micros, OpensOn(day).micros);
    const int64_t available = std::max<int64_t>(0, ClosesOn(day).micros - begin);
    from.micros = std::max(from.micros, begin + std::min(left, available));
    left -= std::min(left, available);
  }
  return from;
}

}  // namespace songsang
