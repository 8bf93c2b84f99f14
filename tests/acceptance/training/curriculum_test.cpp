// T1 and T9: programmes taught in versions, and what the training brought.
#include "acceptance/training/school.h"

namespace songsang {
namespace {

using namespace training::v1;  // NOLINT: the service under test

TEST(T1_Curriculum, ALearnerStaysOnTheVersionBegun) {
  const School school;
  const std::string programme = school.Programme();
  const Curriculum first = school.Approved(programme,
                                           "items { key: 'greeting' name: '인사' } items { key: 'needs' name: "
                                           "'니즈 파악' } ");
  EXPECT_EQ(first.number(), 1);
  const Enrolment kim = school.Enrol(school.Person("김하늘"), programme);
  const Enrolment lee = school.Enrol(school.Person("이서준"), programme);
  ASSERT_THAT(school.Complete(kim.id(), "greeting"),
              Answers(ContainsProto("enrolment { state: STATE_BEGUN curriculum_number: 1 items_done: 1 }")));

  const Curriculum second = school.Approved(
      programme,
      "items { key: 'greeting' name: '인사' } items { key: 'crm' name: '시스템 사용' } changes: '시스템 교육 추가'");
  EXPECT_EQ(second.number(), 2);
  const auto versions =
      school.trainer.Call<ListCurriculaResponse>("ListCurricula", Proto("programme_id: '" + programme + "'"));
  ASSERT_THAT(versions, IsOk());
  ASSERT_EQ(versions->curricula_size(), 2);
  EXPECT_THAT(versions->curricula(0), ContainsProto("number: 1 state: STATE_RETIRED"));
  EXPECT_THAT(versions->curricula(1), ContainsProto("number: 2 state: STATE_APPROVED"));

  // Kim began before: the new lesson is none of hers, and the old one still is. Lee begins with the new version.
  EXPECT_THAT(school.Complete(kim.id(), "crm"), RefusedWith(std::string("ITEM_MUST_BE_KNOWN")));
  ASSERT_THAT(school.Complete(kim.id(), "needs"),
              Answers(ContainsProto("enrolment { state: STATE_PASSED curriculum_number: 1 }")));
  EXPECT_THAT(school.Complete(lee.id(), "needs"), RefusedWith(std::string("ITEM_MUST_BE_KNOWN")));
  ASSERT_THAT(school.Complete(lee.id(), "crm"),
              Answers(ContainsProto("enrolment { state: STATE_BEGUN curriculum_number: 2 }")));
}

TEST(T1_Curriculum, AnApprovedVersionNeverChanges) {
  const School school;
  const std::string programme = school.Programme();
  const Curriculum approved = school.Approved(programme, "items { key: 'greeting' name: '인사' }");
  EXPECT_THAT(school.trainer.Call<CurriculumRevised>("ReviseCurriculum", Proto("curriculum_id: '" + approved.id() +
                                                                               "' items { key: 'golf' name: '골프' }")),
              RefusedWith(std::string("CURRICULUM_MUST_BE_DRAFT")));
  const auto history =
      school.trainer.Call<CurriculumHistory>("GetCurriculumHistory", Proto("id: '" + approved.id() + "'"));
  ASSERT_THAT(history, IsOk());
  EXPECT_EQ(history->revisions_size(), 2);
}

TEST(T1_Curriculum, PassingAProductsCurriculumCertifies) {
  const School school;
  const std::string product = "01935c00-0000-7000-8000-0000000000aa";
  const std::string programme = school.Programme("kind: KIND_PRODUCT product_id: '" + product + "'");
  school.Approved(programme, "items { key: 'basics' name: '상품 이해' } pass_score: 70 valid_months: 12");
  const std::string person = school.Person("김하늘"), trainer = school.Person("박도윤");
  const Enrolment enrolment = school.Enrol(person, programme);
  ASSERT_THAT(school.Complete(enrolment.id(), "basics"), Answers(ContainsProto("enrolment { state: STATE_BEGUN }")));
  const std::string after = "phase: PHASE_AFTER evaluator_id: '" + trainer + "' score: ";
  ASSERT_THAT(school.Evaluate(enrolment.id(), after + "69"),
              Answers(ContainsProto("enrolment { state: STATE_FAILED }")));
  const std::string mine = "person_id: '" + person + "' product_id: '" + product + "'";
  const auto none = school.trainer.Call<ListCertificationsResponse>("ListCertifications", Proto(mine));
  ASSERT_THAT(none, IsOk());
  EXPECT_EQ(none->certifications_size(), 0);
  ASSERT_THAT(school.Evaluate(enrolment.id(), after + "70"),
              Answers(ContainsProto("enrolment { state: STATE_PASSED }")));
  const auto granted = school.trainer.Call<ListCertificationsResponse>("ListCertifications", Proto(mine));
  ASSERT_THAT(granted, IsOk());
  ASSERT_EQ(granted->certifications_size(), 1);
  EXPECT_EQ(granted->certifications(0).enrolment_id(), enrolment.id());
  EXPECT_EQ(granted->certifications(0).valid_to(), school.Get(enrolment.id()).valid_to_on());
  EXPECT_NE(granted->certifications(0).valid_to(), "");
}

TEST(T9_Evaluation, BeforeAndAfterWithStrengthsAndWeaknesses) {
  const School school;
  const std::string programme = school.Programme();
  school.Approved(programme, "items { key: 'closing' name: '클로징' } pass_score: 80");
  const std::string kim = school.Person("김하늘"), lee = school.Person("이서준"), trainer = school.Person("박도윤");
  const std::string by = " evaluator_id: '" + trainer + "' ";
  const Enrolment first = school.Enrol(kim, programme), second = school.Enrol(lee, programme);
  ASSERT_THAT(school.Evaluate(first.id(), "phase: PHASE_BEFORE score: 40 strengths: '경청' weaknesses: '클로징'" + by),
              IsOk());
  ASSERT_THAT(school.Evaluate(second.id(), "phase: PHASE_BEFORE score: 75" + by), IsOk());
  // The evaluation after waits for the training.
  EXPECT_THAT(school.Evaluate(first.id(), "phase: PHASE_AFTER score: 90" + by),
              RefusedWith(std::string("ITEMS_MUST_BE_DONE")));
  ASSERT_THAT(school.Complete(first.id(), "closing"), IsOk());
  ASSERT_THAT(school.Complete(second.id(), "closing"), IsOk());
  EXPECT_THAT(school.Evaluate(first.id(), "phase: PHASE_BEFORE score: 10" + by),
              RefusedWith(std::string("EVALUATION_BEFORE_MUST_COME_FIRST")));
  EXPECT_THAT(school.Evaluate(first.id(), "phase: PHASE_AFTER score: 90 evaluator_id: '" + kim + "'"),
              RefusedWith(std::string("EVALUATOR_MUST_BE_ANOTHER")));
  ASSERT_THAT(
      school.Evaluate(first.id(), "phase: PHASE_AFTER score: 65 strengths: '클로징' weaknesses: '가격 협상'" + by),
      IsOk());
  ASSERT_THAT(school.Evaluate(second.id(), "phase: PHASE_AFTER score: 90" + by), IsOk());

  // Improvement that misses the goal still counts as improvement.
  const auto improvement = school.trainer.Call<Improvement>(
      "GetImprovement", Proto("programme_id: '" + programme + "' person_id: '" + kim + "'"));
  ASSERT_THAT(improvement,
              Answers(ContainsProto("learners { score_before: 40 score_after: 65 points: 25 improved: true "
                                    "goal_met: false } improved: 1 goal_met: 0")));
  EXPECT_THAT(school.trainer.Call<Improvement>("GetImprovement", Proto("programme_id: '" + programme + "'")),
              Answers(ContainsProto("improved: 2 goal_met: 1 mean_before_hundredths: 5750 "
                                    "mean_after_hundredths: 7750")));
  const auto evaluations = school.trainer.Call<ListEvaluationsResponse>(
      "ListEvaluations", Proto("enrolment_id: '" + first.id() + "' phase: PHASE_AFTER"));
  ASSERT_THAT(evaluations, IsOk());
  ASSERT_EQ(evaluations->evaluations_size(), 1);
  EXPECT_THAT(evaluations->evaluations(0), ContainsProto("strengths: '클로징' weaknesses: '가격 협상'"));
}

}  // namespace
}  // namespace songsang
