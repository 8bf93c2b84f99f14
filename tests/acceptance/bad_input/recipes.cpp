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
      {"OpenProgramme",
       "external_ref { system: 'recipe' key: 'product' } name: 'product' kind: KIND_PRODUCT method: METHOD_CLASS "
       "offered_from_on: '2026-01-01' product_id: '$billing.Product'"},
      {"DraftCurriculum", "programme_id: 'ext:recipe:product' items { key: 'a' name: 'a' }"},
      {"ApproveCurriculum", "curriculum_id: '$training.Curriculum'"},
      {"EnrolLearner", "programme_id: 'ext:recipe:product' person_id: 'ext:recipe:stays'"},
      {"RecordEvaluation", "enrolment_id: '$training.Enrolment' phase: PHASE_BEFORE score: 1 evaluator_id: 'ext:hr:1'"},
      {"ScheduleSession",
       "programme_id: 'ext:recipe:product' item_key: 'a' held_on: '2026-03-02' begins: '09:00' ends: '10:00' "
       "room_id: '$training.Room' instructor_id: 'ext:recipe:leaver' class_group: 'g'"},
      {"MarkAttendance",
       "session_id: '$training.ClassSession' marks { person_id: 'ext:recipe:stays' state: STATE_PRESENT }"},
      {"AssessSkill",
       "person_id: 'ext:recipe:stays' skill_id: '$training.Skill' level: 1 assessor_id: 'ext:recipe:leaver' "
       "evidence: 'e'"},
      {"DefineResponseStandard", "hand_off_minutes: 60 opens_minute: 540 closes_minute: 1080"},
      {"PlanFollowUp",
       "opportunity_id: '$leads.Opportunity' owner_id: 'ext:recipe:stays' subject: 's' due_at { seconds: 4000000000 }"},
      {"SaveProduct", "external_ref { system: 'recipe' key: 'oil' } name: 'oil'"},
      {"SavePriceList", "external_ref { system: 'recipe' key: 'list' } name: 'list' currency: 'KRW'"},
      {"SetPrice",
       "price_list_id: 'ext:recipe:list' product_id: 'ext:recipe:oil' amount { minor: 100 currency: 'KRW' } "
       "valid_from_on: ''"},
      {"OpenOpportunity", "external_ref { system: 'recipe' key: 'deal' } name: 'deal'"},
      {"DraftProposal",
       "opportunity_id: 'ext:recipe:deal' valid_until: '2100-01-01' lines { product_id: 'ext:recipe:oil' quantity { "
       "units: 1 } }"},
      {"RegisterAccount",
       "external_ref { system: 'recipe' key: 'buyer' } kind: KIND_BUSINESS brn: '679-87-00433' name: 'b' state: "
       "STATE_OPEN"},
      {"SaveBusinessPlace", "external_ref { system: 'recipe' key: 'place' } name: 'p' brn: '401-03-94930'"},
      {"OpenCreditLine", "account_id: 'ext:recipe:buyer' limit { minor: 1000000 currency: 'KRW' }"},
      {"PlaceOrder",
       "external_ref { system: 'recipe' key: 'order' } account_id: 'ext:recipe:buyer' owner_id: 'ext:recipe:stays' "
       "currency: 'KRW' lines { description: 'd' quantity { units: 2 } unit_price { units: 100 } }"},
      {"DeliverOrder", "order_id: 'ext:recipe:order'"},
      {"IssueInvoice",
       "external_ref { system: 'recipe' key: 'invoice' } order_id: 'ext:recipe:order' business_place_id: "
       "'ext:recipe:place'"},
      {"RecordReceipt",
       "external_ref { system: 'recipe' key: 'receipt' } account_id: 'ext:recipe:buyer' means: MEANS_CASH amount { "
       "minor: "
       "10 currency: 'KRW' }"},
      {"CommitAllocation", "receipt_id: 'ext:recipe:receipt'"},
      {"AcceptReturn", "invoice_id: 'ext:recipe:invoice' reason: 'r'"},
      {"DefineCreditCriteria",
       "currency: 'KRW' years { points: 30 } capital { points: 30 } overdue_days { points: 40 } "
       "refuse_from_overdue_days: 90 grades { grade: 'D' }"},
  };
  return *recipes;
}

}  // namespace songsang::tests
