#include "kit/days.h"

namespace songsang::kit {
namespace {

constexpr int kDaysBack = 31;
constexpr int64_t kMicrosPerDay = 86'400'000'000;

}  // namespace

Result<std::string> PastDay(const std::string& given, const char* field, const Context& context) {
  const std::string today = context.today.ToIso();
  if (given > today) return kDayMustNotBeInFuture.With("field", field).With("today", today).At(field);
  return given.empty() ? today : given;
}

Result<std::string> RecentDay(const std::string& given, const char* field, const Context& context) {
  if (!given.empty() && context.caller.Has(v1::ROLE_IMPORTER)) return given;
  auto day = PastDay(given, field, context);
  // `occurred_at` may have used up some of the days already.
  const int used = static_cast<int>((context.now.micros - context.when.micros) / kMicrosPerDay);
  if (!given.empty() && given < context.today.PlusDays(used - kDaysBack).ToIso())
    return kDayMustBeRecent.With("field", field).With("days", std::to_string(kDaysBack)).At(field);
  return day;
}

std::string DayBefore(const std::string& day) { return Date::Parse(day).value_or(Date()).PlusDays(-1).ToIso(); }

}  // namespace songsang::kit
