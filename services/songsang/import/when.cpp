#include "songsang/import/when.h"

#include <date/tz.h>

#include <exception>

namespace songsang::importer {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;

// Takes up to `most` digits from the front of `text`; -1 if there is none or, where `exact`, fewer.
int Take(std::string_view* text, size_t most, bool exact) {
  size_t count = 0;
  int value = 0;
  while (count < most && count < text->size() && (*text)[count] >= '0' && (*text)[count] <= '9')
    value = value * 10 + ((*text)[count++] - '0');
  text->remove_prefix(count);
  return count == 0 || (exact && count < most) ? -1 : value;
}

int64_t TakeFraction(std::string_view* text) {
  int64_t micros = 0, unit = 100'000;
  for (; !text->empty() && text->front() >= '0' && text->front() <= '9'; text->remove_prefix(1), unit /= 10)
    micros += (text->front() - '0') * unit;
  return micros;
}

// 0 for AM, 1 for PM, -1 for neither.
int TakeHalf(std::string_view* text) {
  const std::pair<std::string_view, int> kHalves[] = {{"AM", 0}, {"am", 0}, {"오전", 0},
                                                      {"PM", 1}, {"pm", 1}, {"오후", 1}};
  for (const auto& [word, half] : kHalves) {
    if (text->substr(0, word.size()) != word) continue;
    text->remove_prefix(word.size());
    return half;
  }
  return -1;
}

struct Parts {
  int year = -1, month = 1, day = 1, hour = 0, minute = 0, second = 0, half = -1;
  int64_t micros = 0;

  // Takes what one letter of the format stands for.
  bool TakeLetter(char letter, std::string_view* text) {
    switch (letter) {
      case 'Y':
        return (year = Take(text, 4, true)) >= 0;
      case 'y':
        year = Take(text, 2, true);
        if (year >= 0) year += year < 70 ? 2000 : 1900;
        return year >= 0;
      case 'm':
        return (month = Take(text, 2, false)) > 0;
      case 'd':
        return (day = Take(text, 2, false)) > 0;
      case 'H':
        return (hour = Take(text, 2, false)) >= 0;
      case 'M':
        return (minute = Take(text, 2, false)) >= 0;
      case 'S':
        return (second = Take(text, 2, false)) >= 0;
      case 'f':
        micros = TakeFraction(text);
        return true;
      case 'p':
        return (half = TakeHalf(text)) >= 0;
      default:
        return false;
    }
  }

  std::optional<Moment> Whole() const {
    if (year < 1900 || year > 2199 || month > 12 || day > 31 || minute > 59 || second > 59) return std::nullopt;
    int hours = hour;
    if (half >= 0) {
      if (hours < 1 || hours > 12) return std::nullopt;
      hours = hours % 12 + 12 * half;
    }
    const Date date = Date::Of(year, month, 1).PlusDays(day - 1);
    if (hours > 23 || date.month() != month) return std::nullopt;
    return Moment{date, (hours * int64_t{3600} + minute * 60 + second) * kMicrosPerSecond + micros};
  }
};

const date::time_zone* FindZone(const std::string& zone) {
  try {
    return date::locate_zone(zone);
  } catch (const std::exception&) {
    return nullptr;
  }
}

}  // namespace

std::optional<Moment> ParseMoment(std::string_view text, std::string_view format) {
  Parts parts;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] == '%' && i + 1 < format.size() && format[i + 1] != '%') {
      const char letter = format[++i];
      if (letter == '*') return parts.Whole();
      if (!parts.TakeLetter(letter, &text)) return std::nullopt;
      continue;
    }
    if (format[i] == '%') ++i;
    if (text.empty() || text.front() != format[i]) return std::nullopt;
    text.remove_prefix(1);
  }
  return text.empty() ? parts.Whole() : std::nullopt;
}

std::string CheckFormat(std::string_view format) {
  bool year = false;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    const char letter = ++i < format.size() ? format[i] : '\0';
    if (letter == '\0' || std::string_view("YymdHMSfp%*").find(letter) == std::string_view::npos)
      return "the date format \"" + std::string(format) +
             "\" may hold %Y %y %m %d %H %M %S %f %p %* %% and literal text";
    year = year || letter == 'Y' || letter == 'y';
  }
  return year ? "" : "the date format \"" + std::string(format) + "\" has no year (%Y or %y)";
}

std::optional<Instant> InZone(const Moment& moment, const std::string& zone) {
  const date::time_zone* found = FindZone(zone);
  if (found == nullptr) return std::nullopt;
  const date::local_days day{date::days{moment.date.days_since_epoch()}};
  const auto local = date::local_time<std::chrono::microseconds>(day) + std::chrono::microseconds(moment.micros_of_day);
  const auto instant = found->to_sys(local, date::choose::earliest);
  return Instant{instant.time_since_epoch().count()};
}

bool IsZone(const std::string& zone) { return FindZone(zone) != nullptr; }

}  // namespace songsang::importer
