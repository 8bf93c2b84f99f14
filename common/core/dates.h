// Instants and calendar dates. An instant is microseconds UTC; a date is a day of the proleptic Gregorian calendar,
// written `2026-12-31` wherever it is stored or sent.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace songsang {

struct Instant {
  int64_t micros = 0;  // since 1970-01-01T00:00:00Z
  auto operator<=>(const Instant&) const = default;
};

google::protobuf::Timestamp ToTimestamp(Instant instant);
// Cut off below the microsecond.
Instant FromTimestamp(const google::protobuf::Timestamp& timestamp);
// `2026-11-22T10:43:32.440000Z`
std::string ToIso(Instant instant);
// Takes `2026-11-22T10:43:32[.fraction](Z|+09:00)`.
std::optional<Instant> ParseInstant(std::string_view text);

class Date {
 public:
  Date() = default;
  explicit Date(int32_t days_since_epoch) : days_(days_since_epoch) {}
  static Date Of(int year, int month, int day);
  // Nothing unless it is an existing day written `yyyy-mm-dd`, 1900 to 2199.
  static std::optional<Date> Parse(std::string_view text);

  int year() const;
  int month() const;        // 1..12
  int day() const;          // 1..31
  int iso_weekday() const;  // 1 Monday .. 7 Sunday
  int32_t days_since_epoch() const { return days_; }
  std::string ToIso() const;

  Date PlusDays(int days) const { return Date(days_ + days); }
  int operator-(Date other) const { return days_ - other.days_; }
  auto operator<=>(const Date&) const = default;

 private:
  int32_t days_ = 0;
};

// A calendar bucket's label for a date: `2026-11`, `2026-Q4`, `2026`, `2026-W47` (ISO week), `2026-11-22`.
enum class Bucket { kDay, kWeek, kMonth, kQuarter, kYear };
std::string BucketOf(Date date, Bucket bucket);

}  // namespace songsang
