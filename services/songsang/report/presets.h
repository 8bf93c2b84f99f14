// Ready-made reports: what an executive asks for, by name.
#pragma once

#include <string_view>
#include <vector>

namespace songsang::report {

struct Preset {
  const char* name;
  const char* english;
  const char* korean;
  std::vector<const char*> metrics, dimensions, order_by;
  int limit = 0;
};

const std::vector<Preset>& Presets();
// Null if there is none of this name.
const Preset* FindPreset(std::string_view name);

}  // namespace songsang::report
