#include "core/dates.h"

#include <chrono>
#include <cstdio>

namespace songsang {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;

std::chrono::year_month_day Civil(int32_t days) {
  return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(days)));
}

// Reads exactly `count` digits at `at`; -1 if there are none.
int Digits(std::string_view text, size_t at, size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

int64_t FloorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// The offset in seconds that `Z`, `+09:00` or `-0330` at the end of an instant states.
std::optional<int> ParseOffset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const size_t minutes_at = text[3] == ':' ? 4 : 3;
  const int hours = Digits(text, 1, 2);
  const int minutes = Digits(text, minutes_at, 2);
  if (text.size() != minutes_at + 2 || hours < 0 || hours > 18 || minutes < 0 || minutes > 59) return std::nullopt;
  const int offset = hours * 3600 + minutes * 60;
  return text[0] == '-' ? -offset : offset;
}

}  // namespace

google::protobuf::Timestamp ToTimestamp(Instant instant) {
  google::protobuf::Timestamp timestamp;
  const int64_t seconds = FloorDiv(instant.micros, kMicrosPerSecond);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>((instant.micros - seconds * kMicrosPerSecond) * 1000));
  return timestamp;
}

Instant FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  return Instant{timestamp.seconds() * kMicrosPerSecond + timestamp.nanos() / 1000};
}

std::string ToIso(Instant instant) {
  const int64_t seconds = FloorDiv(instant.micros, kMicrosPerSecond);
  const int64_t days = FloorDiv(seconds, 86400);
  const int64_t rest = seconds - days * 86400;
  char text[48];
  std::snprintf(text, sizeof text, "%sT%02d:%02d:%02d.%06dZ", Date(static_cast<int32_t>(days)).ToIso().c_str(),
                static_cast<int>(rest / 3600), static_cast<int>(rest / 60 % 60), static_cast<int>(rest % 60),
                static_cast<int>(instant.micros - seconds * kMicrosPerSecond));
  return text;
}

std::optional<Instant> ParseInstant(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != ' ')) return std::nullopt;
  const auto date = Date::Parse(text.substr(0, 10));
  const int hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
  if (!date || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  size_t at = 19;
  int64_t micros = 0;
  if (text[at] == '.') {
    int64_t unit = 100'000;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
      micros += (text[at] - '0') * unit;
  }
  const auto offset = ParseOffset(text.substr(at));
  if (!offset) return std::nullopt;
  const int64_t seconds = date->days_since_epoch() * int64_t{86400} + hour * 3600 + minute * 60 + second - *offset;
  return Instant{seconds * kMicrosPerSecond + micros};
}

Date Date::Of(int year, int month, int day) {
  using namespace std::chrono;
  const sys_days days = std::chrono::year(year) / month / day;
  return Date(static_cast<int32_t>(days.time_since_epoch().count()));
}

std::optional<Date> Date::Parse(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int y = Digits(text, 0, 4), m = Digits(text, 5, 2), d = Digits(text, 8, 2);
  if (y < 1900 || y > 2199 || m < 1 || d < 1) return std::nullopt;
  if (!(std::chrono::year(y) / m / d).ok()) return std::nullopt;
  return Of(y, m, d);
}

int Date::year() const { return static_cast<int>(Civil(days_).year()); }
int Date::month() const { return static_cast<int>(static_cast<unsigned>(Civil(days_).month())); }
int Date::day() const { return static_cast<int>(static_cast<unsigned>(Civil(days_).day())); }

int Date::iso_weekday() const {
  return static_cast<int>(std::chrono::weekday(std::chrono::sys_days(std::chrono::days(days_))).iso_encoding());
}

std::string Date::ToIso() const {
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", year(), month(), day());
  return text;
}

std::string BucketOf(Date date, Bucket bucket) {
  char text[32];
  switch (bucket) {
    case Bucket::kDay:
      return date.ToIso();
    case Bucket::kMonth:
      return date.ToIso().substr(0, 7);
    case Bucket::kQuarter:
      std::snprintf(text, sizeof text, "%04d-Q%d", date.year(), (date.month() + 2) / 3);
      return text;
    case Bucket::kYear:
      return date.ToIso().substr(0, 4);
    case Bucket::kWeek: {
      // An ISO week belongs to the year that holds its Thursday.
      const Date thursday = date.PlusDays(4 - date.iso_weekday());
      std::snprintf(text, sizeof text, "%04d-W%02d", thursday.year(),
                    (thursday - Date::Of(thursday.year(), 1, 1)) / 7 + 1);
      return text;
    }
  }
  return {};
}

}  // namespace songsang
