// The days that requests name, and who may name which. Days are ISO text, as they are stored.
#pragma once

#include <string>

#include "core/context.h"
#include "core/result.h"

namespace songsang::kit {

inline const Reason kDayMustNotBeInFuture{"DAY_MUST_NOT_BE_IN_FUTURE", Code::kInvalidArgument,
                                          "{field} must not lie after {today}.",
                                          "{field}은(는) {today} 이후일 수 없습니다."};
inline const Reason kDayMustBeRecent{"DAY_MUST_BE_RECENT", Code::kPermissionDenied,
                                     "Only an importer may give a day more than {days} days back in {field}.",
                                     "{field}에 {days}일보다 이전 날짜는 IMPORTER 역할만 지정할 수 있습니다."};

// The day given, else the day of `context.when`: not later than that, and for all but importers of the last 31 days.
// Importers may give any day, also one that lies ahead of what they date the command.
Result<std::string> RecentDay(const std::string& given, const char* field, const Context& context);

// The day given, else the day of `context.when`: not later than that, whoever calls.
Result<std::string> PastDay(const std::string& given, const char* field, const Context& context);

// The day before an ISO day.
std::string DayBefore(const std::string& day);

// Periods run from their first to their last day, both included; an empty day leaves that end open.
inline bool Holds(const std::string& from, const std::string& to, const std::string& day) {
  return (from.empty() || from <= day) && (to.empty() || day <= to);
}
// One whose last day lies before its first holds no day (core/splice.h).
inline bool IsEmpty(const std::string& from, const std::string& to) { return !to.empty() && to < from; }
inline bool Overlap(const std::string& from_a, const std::string& to_a, const std::string& from_b,
                    const std::string& to_b) {
  return !IsEmpty(from_a, to_a) && !IsEmpty(from_b, to_b) && (to_a.empty() || from_b.empty() || from_b <= to_a) &&
         (to_b.empty() || from_a.empty() || from_a <= to_b);
}

}  // namespace songsang::kit
