#include "billing/holidays.h"

#include <set>

#include "billing/reading.h"
#include "core/dates.h"
#include "songsang/workforce/v1/calendar.pb.h"

namespace songsang::billing {
namespace {

using workforce::v1::CalendarDay;

constexpr char kHolidaysSql[] = "SELECT d.body FROM workforce_calendar_day d WHERE d.kind = 'public_holiday'";

}  // namespace

std::vector<engine::Named> HolidaysNamed(const std::vector<std::string>& days) {
  std::set<int> years;
  for (const std::string& day : days)
    if (const auto date = Date::Parse(day); date) years.insert({date->year(), date->year() + 1});
  std::vector<engine::Named> named;
  for (const int year : years) named.push_back({CalendarDay::descriptor(), {"year"}, {std::to_string(year)}});
  return named;
}

kit::DeclaredDays HolidaysFrom(engine::Tx& tx, const std::vector<std::string>& days) {
  std::vector<const CalendarDay*> declared;
  for (const engine::Named& year : HolidaysNamed(days))
    for (const auto* day : tx.ListEntities(year)) declared.push_back(static_cast<const CalendarDay*>(day));
  return kit::PublicIn(declared);
}

Result<kit::DeclaredDays> HolidaysOf(engine::Reader& reader, const google::protobuf::Message& request) {
  const auto rows = reader.Run(kHolidaysSql, request);
  if (!rows.ok()) return rows.refusal();
  const auto days = EntitiesIn<CalendarDay>(*rows);
  return kit::PublicIn(PointersTo(days));
}

}  // namespace songsang::billing
