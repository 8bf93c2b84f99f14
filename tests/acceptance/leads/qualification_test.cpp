// L6: a lead is worth a representative's time once every required criterion is answered and met.
#include <gtest/gtest.h>

#include "acceptance/leads/people.h"
#include "songsang/leads/v1/qualification.pb.h"

namespace songsang {
namespace {

using namespace leads::v1;  // NOLINT: the service under test

struct Judging : Company {
  Called<QualificationAnswered> Answer(const std::string& lead, const std::string& answers) const {
    return rep.Call<QualificationAnswered>("AnswerQualification", Proto(Is("lead_id", lead) + answers));
  }
  Called<LeadQualified> Qualify(const std::string& lead) const {
    return rep.Call<LeadQualified>("QualifyLead", Proto(Is("lead_id", lead)));
  }
};

std::string Met(const std::string& criterion) {
  return "answers { criterion: '" + criterion + "' verdict: VERDICT_MET answer: '확인' } ";
}
std::string NotMet(const std::string& criterion) {
  return "answers { criterion: '" + criterion + "' verdict: VERDICT_NOT_MET } ";
}

TEST(L6_Qualification, ALeadIsQualifiedOnlyWithEveryRequiredCriterion) {
  const Judging company;
  const std::string lead = company.NewLead();
  const auto early = company.Qualify(lead);
  ASSERT_THAT(early, RefusedWith(std::string("LEAD_MUST_MEET_CRITERIA")));
  EXPECT_EQ(early.answer().variables.at("missing"), "need, authority, timing");
  ASSERT_THAT(company.Answer(lead, Met("need") + Met("authority") + NotMet("timing") + NotMet("budget")), IsOk());
  const auto unmet = company.Qualify(lead);
  ASSERT_THAT(unmet, RefusedWith(std::string("LEAD_MUST_MEET_CRITERIA")));
  EXPECT_EQ(unmet.answer().variables.at("missing"), "-");
  EXPECT_EQ(unmet.answer().variables.at("unmet"), "timing");
  EXPECT_EQ(company.GetLead(lead).status(), Lead::STATUS_NEW);
  // The client decides after all: the answer is replaced, not added, and what was said before is in its history.
  ASSERT_THAT(company.Answer(lead, Met("timing")), IsOk());
  ASSERT_THAT(company.Qualify(lead), Answers(ContainsProto("lead { status: STATUS_QUALIFIED }")));
  const auto answers =
      company.rep.Call<ListQualificationAnswersResponse>("ListQualificationAnswers", Proto(Is("lead_id", lead)));
  ASSERT_THAT(answers, IsOk());
  EXPECT_EQ(answers->qualification_answers_size(), 4);
  // Again, it is qualified once.
  ASSERT_THAT(company.Qualify(lead), IsOk());
  EXPECT_EQ(company.Events("LeadQualified", lead), 1);
  // It stays so when it is assigned, and goes on to its hand-off.
  const std::string kim = company.Person("김하늘");
  EXPECT_THAT(company.rep.Call<LeadAssigned>("AssignLead", Proto(Is("lead_id", lead) + Is("owner_id", kim))),
              Answers(ContainsProto("lead { status: STATUS_QUALIFIED }")));
}

TEST(L6_Qualification, ANewVersionOfTheCriteriaIsForLeadsThatBeginWithIt) {
  const Judging company;
  const std::string begun = company.NewLead(), fresh = company.NewLead();
  ASSERT_THAT(company.Answer(begun, Met("need")), Answers(ContainsProto("lead { criteria_number: 1 }")));
  const auto drafted = company.manager.Call<QualificationCriteriaDefined>(
      "DefineQualificationCriteria",
      Proto("as_draft: true criteria { key: 'fit' name_ko: '적합' name_en: 'Fit' required: true } "
            "criteria { key: 'size' name_ko: '규모' name_en: 'Size' }"));
  ASSERT_THAT(drafted, Answers(ContainsProto("criteria { key: 'standard' number: 2 status: STATUS_DRAFT }")));
  // A draft asks nobody anything.
  EXPECT_THAT(company.Answer(fresh, Met("fit")), RefusedWith(std::string("CRITERION_MUST_BE_KNOWN")));
  const std::string named = Is("criteria_id", drafted->criteria().id());
  ASSERT_THAT(company.manager.Call<QualificationCriteriaApproved>("ApproveQualificationCriteria", Proto(named)),
              IsOk());
  ASSERT_THAT(company.Answer(fresh, Met("fit")), Answers(ContainsProto("lead { criteria_number: 2 }")));
  EXPECT_THAT(company.Qualify(fresh), IsOk());
  // Who began before is asked what they were asked, also once the new version is retired again.
  ASSERT_THAT(company.manager.Call<QualificationCriteriaRetired>("RetireQualificationCriteria", Proto(named)), IsOk());
  EXPECT_THAT(company.Answer(begun, Met("fit")), RefusedWith(std::string("CRITERION_MUST_BE_KNOWN")));
  EXPECT_THAT(company.Answer(begun, Met("authority") + Met("timing")), IsOk());
  EXPECT_THAT(company.Qualify(begun), Answers(ContainsProto("lead { status: STATUS_QUALIFIED criteria_number: 1 }")));
  EXPECT_THAT(company.Answer(company.NewLead(), Met("need")), Answers(ContainsProto("lead { criteria_number: 1 }")));
}

}  // namespace
}  // namespace songsang
