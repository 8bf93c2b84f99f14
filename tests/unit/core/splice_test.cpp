#include "core/splice.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "songsang/workforce/v1/unit.pb.h"

namespace songsang {
namespace {

using workforce::v1::Membership;

// `A 01-10 U`: id, first and last day of January (`..` is open), unit.
Membership Period(const std::string& text) {
  std::istringstream words(text);
  std::string id, days, unit;
  words >> id >> days >> unit;
  Membership period;
  period.set_id(id);
  period.set_version(1);
  period.set_unit_id(unit);
  if (days.substr(0, 2) != "..") period.set_from_on("2026-01-" + days.substr(0, 2));
  if (days.substr(3) != "..") period.set_to_on("2026-01-" + days.substr(3));
  return period;
}
std::string Text(const Membership& period) {
  const auto day = [](const std::string& iso) { return iso.empty() ? std::string("..") : iso.substr(8); };
  return period.id() + (period.version() == 0 ? "+ " : " ") + day(period.from_on()) + "-" + day(period.to_on()) + " " +
         period.unit_id();
}

std::string SpliceText(const std::vector<std::string>& there, const std::string& inserted) {
  std::deque<Membership> kept;
  std::vector<const Membership*> periods;
  for (const auto& text : there) periods.push_back(&kept.emplace_back(Period(text)));
  int fresh = 0;
  const auto spliced =
      Splice<Membership>(periods, Period(inserted), [&] { return std::string(1, static_cast<char>('p' + fresh++)); });
  std::string text = Text(spliced.inserted);
  for (const auto& changed : spliced.changed) text += " | " + Text(changed);
  return text;
}

TEST(Splice, Table) {
  struct Row {
    std::vector<std::string> there;
    const char* inserted;
    const char* changed;
  };
  const Row rows[] = {
      {{}, "x 05-.. U", "p+ 05-.. U"},
      {{"A 01-.. U"}, "x 05-.. V", "p+ 05-.. V | A 01-04 U"},
      {{"A ..-.. U"}, "x 05-.. V", "p+ 05-.. V | A ..-04 U"},
      // For a while: what was there resumes, under a new id.
      {{"A 01-.. U"}, "x 05-10 V", "q+ 05-10 V | p+ 11-.. U | A 01-04 U"},
      {{"A 01-20 U"}, "x 05-10 V", "q+ 05-10 V | p+ 11-20 U | A 01-04 U"},
      {{"A 01-10 U"}, "x 05-10 V", "p+ 05-10 V | A 01-04 U"},
      // On the same first day it replaces.
      {{"A 05-.. U"}, "x 05-.. V", "A 05-.. V"},
      {{"A ..-.. U"}, "x ..-.. V", "A ..-.. V"},
      {{"A 05-.. U"}, "x 05-10 V", "A 05-10 V | p+ 11-.. U"},
      // What is covered whole holds no day any more.
      {{"A 07-08 U"}, "x 05-10 V", "p+ 05-10 V | A 07-06 U"},
      {{"A 01-04 U", "B 05-08 V", "C 09-.. W"}, "x 03-.. X", "p+ 03-.. X | A 01-02 U | B 05-04 V | C 09-08 W"},
      // Of two that run side by side, one is taken over and the other holds no day any more.
      {{"A 05-.. U", "B 05-.. V"}, "x 05-.. W", "A 05-.. W | B 05-04 V"},
      {{"A ..-.. U", "B ..-.. V"}, "x ..-.. W", "A ..-.. W | B 02-01 V"},
      // What is past, later, or empty does not change.
      {{"A 01-04 U", "B 11-12 V", "C 07-06 W"}, "x 05-10 X", "p+ 05-10 X"},
  };
  for (const Row& row : rows) EXPECT_EQ(SpliceText(row.there, row.inserted), row.changed) << row.inserted;
}

// Whatever is put in in whatever order, every day has what was last put there, once.
TEST(Splice, EveryDayHoldsWhatWasLastPutThere) {
  std::mt19937 chance(20261122);
  for (int round = 0; round < 300; ++round) {
    std::map<std::string, Membership> rows;
    std::vector<int> wanted(29, 0);
    int next_id = 0;
    for (int step = 1; step <= 12; ++step) {
      const unsigned from = 1 + chance() % 28;
      const unsigned to = chance() % 3 == 0 ? 99 : from + chance() % (29 - from);
      Membership inserted;
      inserted.set_unit_id(std::to_string(step));
      inserted.set_from_on(Date::Of(2026, 1, static_cast<int>(from)).ToIso());
      if (to != 99) inserted.set_to_on(Date::Of(2026, 1, static_cast<int>(to)).ToIso());
      std::vector<const Membership*> periods;
      for (const auto& [id, row] : rows) periods.push_back(&row);
      auto spliced = Splice<Membership>(periods, inserted, [&] { return "n" + std::to_string(next_id++); });
      spliced.changed.push_back(spliced.inserted);
      for (const auto& row : spliced.changed) rows[row.id()] = row;
      for (unsigned day = from; day <= 28 && day <= to; ++day) wanted[day] = step;
    }
    for (int day = 1; day <= 28; ++day) {
      const std::string on = Date::Of(2026, 1, day).ToIso();
      std::vector<std::string> held;
      for (const auto& [id, row] : rows)
        if (row.from_on() <= on && (row.to_on().empty() || on <= row.to_on())) held.push_back(row.unit_id());
      const auto place = static_cast<size_t>(day);
      EXPECT_EQ(held, wanted[place] == 0 ? std::vector<std::string>{}
                                         : std::vector<std::string>{std::to_string(wanted[place])});
    }
  }
}

}  // namespace
}  // namespace songsang
