#include "training/rules_compliance.h"

#include <algorithm>
#include <utility>

namespace songsang::training {

void Rate(Compliance* compliance) {
  compliance->set_missed(compliance->audience() - compliance->completed());
  if (compliance->audience() > 0)
    compliance->set_compliance_bp((20'000 * compliance->completed() + compliance->audience()) /
                                  (2 * compliance->audience()));
}

ListMissedResponse Arrange(std::vector<Missed> missed, int due_days, Date as_of) {
  for (Missed& one : missed) {
    const auto since = Date::Parse(one.since_on());
    if (one.due_on().empty() && due_days > 0 && since) one.set_due_on(since->PlusDays(due_days).ToIso());
    if (const auto due = Date::Parse(one.due_on()); due) one.set_days_overdue(std::max(0, as_of - *due));
  }
  std::sort(missed.begin(), missed.end(), [](const Missed& a, const Missed& b) {
    if (a.days_overdue() != b.days_overdue()) return a.days_overdue() > b.days_overdue();
    return a.name() != b.name() ? a.name() < b.name() : a.person_id() < b.person_id();
  });
  ListMissedResponse response;
  for (Missed& one : missed) *response.add_missed() = std::move(one);
  return response;
}

}  // namespace songsang::training
