// A tenant's calendar: what day it is where the tenant works.
#pragma once

#include <map>
#include <string>

#include "core/dates.h"

namespace songsang::engine {

class Zones {
 public:
  // Throws std::logic_error if a zone is not in the time zone database.
  Zones(const std::string& zone, const std::map<std::string, std::string>& tenants);
  Date DayOf(const std::string& tenant, Instant instant) const;

 private:
  const void* Locate(const std::string& zone) const;
  const void* zone_;
  std::map<std::string, const void*> tenants_;
};

}  // namespace songsang::engine
