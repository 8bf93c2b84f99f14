// Dates as files write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/dates.h"

namespace songsang::importer {

// A date, perhaps with a time of day, without a zone.
struct Moment {
  Date date;
  int64_t micros_of_day = 0;
};

// Reads `text` by a format of %Y %y %m %d %H %M %S %f (fraction of a second), %p (AM, PM, 오전, 오후), %% and literal
// text; `%*` lets anything follow. Months and days may lack their leading zero. Nothing unless all of it fits.
std::optional<Moment> ParseMoment(std::string_view text, std::string_view format);
// What is wrong with a format, or the empty string.
std::string CheckFormat(std::string_view format);

// The instant at which clocks of a zone (IANA name) show this. Nothing for a zone that is not known.
std::optional<Instant> InZone(const Moment& moment, const std::string& zone);
bool IsZone(const std::string& zone);

}  // namespace songsang::importer
