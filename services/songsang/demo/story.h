// A year of a sales organisation, as the commands that it would have given. Pure: the same seed and year are the same
// commands, under the same request ids, on every machine.
#pragma once

#include <string>
#include <vector>

#include "core/dates.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::demo {

struct StorySettings {
  uint64_t seed = 1;
  Date from;  // the first day of a month; the story lasts twelve months
  int leads = 2'000;
  int businesses = 96;
  int persons = 14;  // private clients
};

// The price list begins so many days before the story, whose first deals come of earlier leads.
inline constexpr int kListBegins = 150;

// The day after the story's last.
Date EndOf(const StorySettings& settings);
// In the order in which they must be given.
std::vector<v1::BatchItem> Tell(const StorySettings& settings);

// A business registration number (사업자등록번호) whose check digit holds, of a tax office that does not exist.
std::string MadeUpBrn(int number);

}  // namespace songsang::demo
