// L8: leads are assigned by territory, product and load; the same question has one answer, and asking again changes none.
#include <gtest/gtest.h>

#include <map>

#include "acceptance/leads/people.h"
#include "songsang/leads/v1/assignment.pb.h"
#include "songsang/training/v1/curriculum.pb.h"
#include "songsang/training/v1/enrolment.pb.h"
#include "songsang/training/v1/evaluation.pb.h"
#include "songsang/training/v1/programme.pb.h"

namespace songsang {
namespace {

using namespace leads::v1;  // NOLINT: the service under test

const char* const kPhone = "01935c00-0000-7000-8000-00000000000a";

struct Routing : Company {
  Called<AssignmentRuleDefined> Define(const std::string& lines) const {
    return manager.Call<AssignmentRuleDefined>("DefineAssignmentRule", Proto(lines));
  }
  Called<LeadRouted> Route(const std::string& lead) const {
    return rep.Call<LeadRouted>("RouteLead", Proto(Is("lead_id", lead)));
  }

  std::string kim = Person("김하늘"), lee = Person("이서준"), park = Person("박도윤");
};

TEST(L8_Assignment, ByTerritoryProductAndLoad) {
  const Routing company;
  const std::string lead = company.NewLead("region: '서울'");
  EXPECT_THAT(company.Route(lead), RefusedWith(std::string("ASSIGNMENT_RULE_MUST_EXIST")));
  ASSERT_THAT(company.Define("lines { regions: '서울' " + Is("product_ids", kPhone) + Is("person_ids", company.park) +
                             "} lines { regions: '서울' " + Is("person_ids", company.kim) +
                             Is("person_ids", company.lee) + " most_open: 3 }"),
              IsOk());
  // Of two with as few leads the first; then the other, and so on in turn.
  std::map<std::string, int> got;
  const auto first = company.Route(lead);
  ASSERT_THAT(first, Answers(ContainsProto("lead { status: STATUS_WORKING assignment_line: 2 }")));
  EXPECT_EQ(first->lead().owner_id(), company.kim);
  for (int i = 0; i < 5; ++i) {
    const auto routed = company.Route(company.NewLead("region: '서울'"));
    ASSERT_THAT(routed, IsOk());
    ++got[routed->lead().owner_id()];
  }
  EXPECT_EQ(got[company.kim], 2);
  EXPECT_EQ(got[company.lee], 3);
  // Both have three now; who asks for the product goes elsewhere.
  const auto full = company.Route(company.NewLead("region: '서울'"));
  ASSERT_THAT(full, RefusedWith(std::string("SOMEBODY_MUST_BE_FREE")));
  EXPECT_EQ(full.answer().variables.at("full"), company.kim + ", " + company.lee);
  const auto product = company.Route(company.NewLead("region: '서울' " + Is("product_id", kPhone)));
  ASSERT_THAT(product, IsOk());
  EXPECT_EQ(product->lead().owner_id(), company.park);
  EXPECT_THAT(company.Route(company.NewLead("region: '부산'")), RefusedWith(std::string("LEAD_MUST_MATCH_A_LINE")));
  // A lead that ends makes room again.
  ASSERT_THAT(company.rep.Call<LeadDisqualified>("DisqualifyLead", Proto(Is("lead_id", lead) + "reason: 'no_budget'")),
              IsOk());
  const auto room = company.Route(company.NewLead("region: '서울'"));
  ASSERT_THAT(room, IsOk());
  EXPECT_EQ(room->lead().owner_id(), company.kim);
}

TEST(L8_Assignment, AskingAgainChangesNothing) {
  const Routing company;
  ASSERT_THAT(company.Define("lines { " + Is("person_ids", company.kim) + Is("person_ids", company.lee) + "}"), IsOk());
  std::vector<std::string> leads;
  std::map<std::string, std::string> owners;
  for (int i = 0; i < 10; ++i) leads.push_back(company.NewLead());
  for (const std::string& lead : leads) owners[lead] = company.Route(lead)->lead().owner_id();
  // A person decides otherwise about one of them, and the rule changes.
  ASSERT_THAT(
      company.rep.Call<LeadAssigned>("AssignLead", Proto(Is("lead_id", leads[0]) + Is("owner_id", company.park))),
      Answers(ContainsProto("lead { assignment_line: 0 }")));
  owners[leads[0]] = company.park;
  ASSERT_THAT(company.Define("lines { " + Is("person_ids", company.park) + "}"),
              Answers(ContainsProto("assignment_rule { number: 2 }")));
  for (const std::string& lead : leads) {
    const auto again = company.Route(lead);
    ASSERT_THAT(again, IsOk());
    EXPECT_EQ(again->lead().owner_id(), owners[lead]);
    EXPECT_EQ(company.Events("LeadRouted", lead), 1);
  }
}

TEST(L8_Assignment, ManyInOneBatchShareTheLoad) {
  const Routing company;
  ASSERT_THAT(company.Define("lines { " + Is("person_ids", company.kim) + Is("person_ids", company.lee) +
                             Is("person_ids", company.park) + "}"),
              IsOk());
  v1::ExecuteRequest batch;
  batch.set_request_id("route-" + company.rep.tenant());
  for (int i = 0; i < 30; ++i) {
    auto* item = batch.add_items();
    item->set_method("songsang.leads.v1.AssignmentService/RouteLead");
    RouteLeadRequest route;
    route.set_lead_id(company.NewLead());
    item->set_request(route.SerializeAsString());
  }
  const auto results = company.rep.Call<v1::ExecuteResponse>("BatchService/Execute", batch);
  ASSERT_THAT(results, IsOk());
  std::map<std::string, int> got;
  for (const auto& result : results->results()) {
    LeadRouted routed;
    ASSERT_TRUE(routed.ParseFromString(result.event()));
    ++got[routed.lead().owner_id()];
  }
  EXPECT_EQ(got[company.kim], 10);
  EXPECT_EQ(got[company.lee], 10);
  EXPECT_EQ(got[company.park], 10);
}

TEST(L8_Assignment, AProductThatNeedsCertifiedPersonsGoesToNobodyElse) {
  const Routing company;
  ASSERT_THAT(company.Define("lines { " + Is("person_ids", company.kim) + "} " + Is("certified_product_ids", kPhone)),
              IsOk());
  const std::string lead = company.NewLead(Is("product_id", kPhone));
  const auto routed = company.Route(lead);
  ASSERT_THAT(routed, RefusedWith(std::string("SOMEBODY_MUST_BE_FREE")));
  EXPECT_EQ(routed.answer().variables.at("uncertified"), company.kim);
  const Proto assign(Is("lead_id", lead) + Is("owner_id", company.kim));
  EXPECT_THAT(company.manager.Call<LeadAssigned>("AssignLead", assign),
              RefusedWith(std::string("PERSON_MUST_BE_CERTIFIED")));
  EXPECT_EQ(company.GetLead(lead).owner_id(), "");
  // What nobody needs to be certified for goes on as ever.
  EXPECT_THAT(company.Route(company.NewLead()), IsOk());
}

TEST(L8_Assignment, WhoPassesTheProductsCurriculumMayTakeItsLeads) {
  const Routing company;
  ASSERT_THAT(company.Define("lines { " + Is("person_ids", company.kim) + Is("person_ids", company.lee) + "} " +
                             Is("certified_product_ids", kPhone)),
              IsOk());
  const std::string lead = company.NewLead(Is("product_id", kPhone));
  EXPECT_THAT(company.Route(lead), RefusedWith(std::string("SOMEBODY_MUST_BE_FREE")));
  // The second of the two is trained, and passes.
  const Client trainer = System::Shared().As({v1::ROLE_TRAINER, v1::ROLE_SALES_MANAGER}, company.rep.tenant());
  const auto opened = trainer.Call<training::v1::ProgrammeOpened>(
      "OpenProgramme",
      Proto("name: '신제품 교육' kind: KIND_PRODUCT method: METHOD_CLASS offered_from_on: '2026-01-01' " +
            Is("product_id", kPhone)));
  ASSERT_THAT(opened, IsOk());
  const std::string programme = Is("programme_id", opened->programme().id());
  const auto drafted = trainer.Call<training::v1::CurriculumDrafted>(
      "DraftCurriculum",
      Proto(programme + "items { key: 'basics' name: '상품 이해' } pass_score: 70 valid_months: 12"));
  ASSERT_THAT(drafted, IsOk());
  ASSERT_THAT(trainer.Call<training::v1::CurriculumApproved>("ApproveCurriculum",
                                                             Proto(Is("curriculum_id", drafted->curriculum().id()))),
              IsOk());
  const auto enrolled =
      trainer.Call<training::v1::LearnerEnrolled>("EnrolLearner", Proto(programme + Is("person_id", company.lee)));
  ASSERT_THAT(enrolled, IsOk());
  const std::string enrolment = Is("enrolment_id", enrolled->enrolment().id());
  ASSERT_THAT(trainer.Call<training::v1::ItemCompleted>("CompleteItem", Proto(enrolment + "item_key: 'basics'")),
              IsOk());
  EXPECT_THAT(company.Route(lead), RefusedWith(std::string("SOMEBODY_MUST_BE_FREE")));
  ASSERT_THAT(
      trainer.Call<training::v1::EvaluationRecorded>(
          "RecordEvaluation", Proto(enrolment + Is("evaluator_id", company.park) + "phase: PHASE_AFTER score: 70")),
      IsOk());
  const auto routed = company.Route(lead);
  ASSERT_THAT(routed, IsOk());
  EXPECT_EQ(routed->lead().owner_id(), company.lee);
  EXPECT_THAT(
      company.manager.Call<LeadAssigned>("AssignLead", Proto(Is("lead_id", lead) + Is("owner_id", company.kim))),
      RefusedWith(std::string("PERSON_MUST_BE_CERTIFIED")));
}

}  // namespace
}  // namespace songsang
