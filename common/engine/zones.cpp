#include "engine/zones.h"

#include <date/tz.h>

#include <stdexcept>

namespace songsang::engine {

Zones::Zones(const std::string& zone, const std::map<std::string, std::string>& tenants) : zone_(Locate(zone)) {
  for (const auto& [tenant, name] : tenants) tenants_[tenant] = Locate(name);
}

const void* Zones::Locate(const std::string& zone) const {
  try {
    return date::locate_zone(zone);
  } catch (const std::exception&) {
    throw std::logic_error("no such time zone: " + zone);
  }
}

Date Zones::DayOf(const std::string& tenant, Instant instant) const {
  const auto own = tenants_.find(tenant);
  const auto* zone = static_cast<const date::time_zone*>(own == tenants_.end() ? zone_ : own->second);
  const auto local =
      zone->to_local(date::sys_time<std::chrono::microseconds>(std::chrono::microseconds(instant.micros)));
  return Date(static_cast<int32_t>(date::floor<date::days>(local).time_since_epoch().count()));
}

}  // namespace songsang::engine
