// Effective-dated periods: messages with `id`, `version`, `from_on` and `to_on`, ISO days, both included; an empty day
// leaves that end open. One whose last day lies before its first holds no day.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/dates.h"

namespace songsang {

// The neighbour of an ISO day.
inline std::string DayBeside(const std::string& day, int days) {
  return Date::Parse(day).value_or(Date()).PlusDays(days).ToIso();
}

// Leaves a period no day.
template <class Period>
void Void(Period* period) {
  if (period->from_on().empty()) period->set_from_on("1900-01-02");
  period->set_to_on(DayBeside(period->from_on(), -1));
}

// What a splice changes: the period that was put in, and those that made room for it.
template <class Period>
struct Spliced {
  Period inserted;
  // Of the periods that were there: cut at an end, or, where covered whole, ended before they begin; and what resumes
  // after the inserted one, under a new id.
  std::vector<Period> changed;
};

// Puts a period among others, as what counts in its time. What lies before and after it stays as it
// was. Where a period begins on the very same day, the inserted one takes over its id, so that its history tells what
// was replaced. `new_id` answers a fresh id.
template <class Period, class NewId>
Spliced<Period> Splice(const std::vector<const Period*>& periods, Period inserted, NewId new_id) {
  Spliced<Period> spliced;
  const std::string from = inserted.from_on(), to = inserted.to_on();
  inserted.clear_id();
  inserted.clear_version();
  for (const Period* old : periods) {
    const bool empty = !old->to_on().empty() && old->to_on() < old->from_on();
    const bool ends_before = !from.empty() && !old->to_on().empty() && old->to_on() < from;
    const bool begins_after = !to.empty() && old->from_on() > to;
    if (empty || ends_before || begins_after) continue;
    const bool begins_before = !from.empty() && old->from_on() < from;
    const bool goes_on = !to.empty() && (old->to_on().empty() || old->to_on() > to);
    if (goes_on) {
      Period& rest = spliced.changed.emplace_back(*old);
      rest.set_id(new_id());
      rest.clear_version();
      rest.set_from_on(DayBeside(to, 1));
    }
    if (begins_before) {
      spliced.changed.emplace_back(*old).set_to_on(DayBeside(from, -1));
    } else if (old->from_on() == from && inserted.id().empty()) {
      inserted.set_id(old->id());
      inserted.set_version(old->version());
    } else {
      Void(&spliced.changed.emplace_back(*old));
    }
  }
  if (inserted.id().empty()) inserted.set_id(new_id());
  spliced.inserted = std::move(inserted);
  return spliced;
}

}  // namespace songsang
