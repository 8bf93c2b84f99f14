#include "acceptance/bad_input/recipes.h"

namespace songsang::tests {

const std::vector<Recipe>& Recipes() {
  static const auto* recipes = new std::vector<Recipe>{
      {"HirePerson",
       "external_ref { system: 'recipe' key: 'leaver' } name: 'leaver' unit_id: '$workforce.Unit' role: 'r'"},
      {"HirePerson",
       "external_ref { system: 'recipe' key: 'stays' } name: 'stays' unit_id: '$workforce.Unit' role: 'r'"},
      {"ResignPerson", "person_id: 'ext:recipe:leaver' successor_id: 'ext:recipe:stays'"},
      {"SetGoal", "metric: 'revenue' person_id: 'ext:recipe:stays' period: '2030' amount: 1000"},
      {"DefineCompensationPlan",
       "key: 'recipe' name: 'recipe' terms { basis: BASIS_INVOICE currency: 'KRW' tiers { rate { units: 4 scale: 2 } } "
       "}"},
      {"AssignPlan", "person_id: 'ext:recipe:stays' plan_id: '$workforce.CompensationPlan' from_on: '2026-03-01'"},
      {"SettleStatement", "person_id: 'ext:recipe:stays' month: '2026-03'"},
  };
  return *recipes;
}

}  // namespace songsang::tests
