// What commission would have been by other terms: the arithmetic of statements, for a whole company at once.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "songsang/workforce/v1/plan.pb.h"
#include "songsang/workforce/v1/statement.pb.h"
#include "workforce/rules_commission.h"

namespace songsang::workforce {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

// A person, what counts in their months, and by which plans.
struct Earner {
  std::string person_id, name;
  std::map<std::string, std::vector<Fact>> months;
  std::vector<Assigned> assigned;  // goals are filled in month by month
  // By plan, and of the proposed terms (an empty plan): the goals of the months.
  std::map<std::string, std::map<std::string, int64_t>, std::less<>> goals;
};

struct WhatIfFacts {
  std::vector<Earner> earners;
  // Facts of earlier months that are taken back from, and the settled lines by which they were paid.
  std::vector<Fact> originals;
  std::vector<StatementLine> settled;
};

// First and last month are in order, and not too far apart.
Status CheckMonths(const WhatIfRequest& request);

WhatIfAnswer TryTerms(const WhatIfFacts& facts, const CompensationPlan::Terms& terms);

}  // namespace songsang::workforce
