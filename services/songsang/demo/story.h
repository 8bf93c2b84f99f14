// A year of a sales organisation, as the commands that it would have given. Pure: the same seed and year are the same
// commands, under the same request ids, on every machine; what only the system can tell is told to it (Learnt).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/dates.h"
#include "songsang/training/v1/enrolment.pb.h"
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

// What the chapters before were answered, as far as later ones need it.
struct Learnt {
  // Ids that the system gave, by the request id of the command that made the thing, less `demo-<seed>-`.
  std::map<std::string, std::string> ids;
  // Who was enrolled by being hired.
  std::vector<training::v1::Enrolment> enrolments;

  // Empty where the command was refused.
  std::string IdOf(const std::string& request) const {
    const auto found = ids.find(request);
    return found == ids.end() ? "" : found->second;
  }
};

// What happens before the next chapter can: its commands in the order in which they must be given.
struct Chapter {
  std::function<std::vector<v1::BatchItem>(const Learnt&)> tell;
  // Given by a second person, who approves what the first has asked for.
  bool approval = false;
};

// Who the pages at the end are about.
struct Cast {
  std::string branch_key, branch_name;
  std::string rep_key, rep_name;
  std::string month;  // the representative's best of those that are settled: `2026-03`
};

struct Story {
  std::vector<Chapter> chapters;
  // Known once every chapter is told.
  std::function<Cast()> cast;
};
// Its chapters are told once each, in order.
Story TellStory(const StorySettings& settings);

// A business registration number (사업자등록번호) whose check digit holds, of a tax office that does not exist.
std::string MadeUpBrn(int number);

}  // namespace songsang::demo
