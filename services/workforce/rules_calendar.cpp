#include "workforce/rules_calendar.h"

#include "core/ids.h"

namespace songsang::workforce {

std::string CalendarDayId(const std::string& date, const Context& context) {
  common::v1::ExternalRef ref;
  ref.set_system("date");
  ref.set_key(date);
  return ReferenceId(context.caller.tenant, KindOf(CalendarDay::descriptor()), ref);
}

Result<CalendarDaySet> SetCalendarDay(const CalendarDay* said, const SetCalendarDayRequest& request,
                                      const Context& context) {
  // From here on the setting must succeed.
  CalendarDaySet event;
  CalendarDay& day = *event.mutable_calendar_day();
  if (said != nullptr) day = *said;
  day.set_id(CalendarDayId(request.date(), context));
  day.set_date(request.date());
  day.set_year(request.date().substr(0, 4));
  day.set_kind(request.kind());
  day.set_name(request.name());
  return event;
}

}  // namespace songsang::workforce
