// Requests for what no command makes of values that merely break no rule: who resigns must be employed, and their
// successor somebody else.
#pragma once

#include <vector>

namespace songsang::tests {

struct Recipe {
  const char* method;
  // Text format; `$workforce.Unit` stands for the id of the tenant's one.
  const char* request;
};

// In the order in which they are to be tried; what cannot be made yet is tried again after the next round.
const std::vector<Recipe>& Recipes();

}  // namespace songsang::tests
