// Rules of the working calendar: what a day is for this company, where that is not what is shipped.
#pragma once

#include <string>

#include "core/context.h"
#include "core/result.h"
#include "songsang/workforce/v1/calendar.pb.h"

namespace songsang::workforce {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

// That of `ext:date:<the day>`: a day is kept once.
std::string CalendarDayId(const std::string& date, const Context& context);

// `said` is what was said of the day before; null if nothing.
Result<CalendarDaySet> SetCalendarDay(const CalendarDay* said, const SetCalendarDayRequest& request,
                                      const Context& context);

}  // namespace songsang::workforce
