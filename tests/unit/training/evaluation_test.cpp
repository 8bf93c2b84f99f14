#include <gtest/gtest.h>

#include "support/context.h"
#include "support/proto.h"
#include "training/rules_evaluation.h"

namespace songsang::training {
namespace {

const Curriculum kCurriculum = Proto("id: 'C' number: 1 state: STATE_APPROVED items { key: 'a' } pass_score: 70");
const Programme kProduct = Proto("id: 'P' product_id: 'X'");
constexpr char kDone[] =
    "id: 'E' person_id: 'N' programme_id: 'P' state: STATE_BEGUN curriculum_id: 'C' items_done: 1 items_total: 1 "
    "score_before: 40 ";

TEST(RecordEvaluation, BeforeTheTraining) {
  EXPECT_THAT(
      RecordEvaluation(Proto("id: 'E' person_id: 'N' programme_id: 'P' state: STATE_ENROLLED"), kProduct, {},
                       Proto("enrolment_id: 'E' phase: PHASE_BEFORE score: 40 evaluator_id: 'T' strengths: '경청' "
                             "weaknesses: '상품 지식' weaknesses: '클로징'"),
                       ContextOf()),
      Answers(
          ContainsProto("evaluation { enrolment_id: 'E' person_id: 'N' programme_id: 'P' phase: PHASE_BEFORE "
                        "score: 40 strengths: '경청' weaknesses: '상품 지식' weaknesses: '클로징' evaluator_id: 'T' "
                        "evaluated_on: '2026-11-22' } enrolment { state: STATE_ENROLLED score_before: 40 }")));
  const Proto before("phase: PHASE_BEFORE evaluator_id: 'T'");
  EXPECT_THAT(RecordEvaluation(Proto("state: STATE_ENROLLED score_before: 0"), kProduct, {}, before, ContextOf()),
              RefusedWith(kEvaluationBeforeMustComeFirst));
  EXPECT_THAT(RecordEvaluation(Proto("state: STATE_BEGUN items_done: 1"), kProduct, {}, before, ContextOf()),
              RefusedWith(kEvaluationBeforeMustComeFirst));
  EXPECT_THAT(RecordEvaluation(Proto("state: STATE_PASSED"), kProduct, {}, before, ContextOf()),
              RefusedWith(kEnrolmentMustBeOpen));
}

TEST(RecordEvaluation, AfterTheTrainingPassesFromTheScoreOn) {
  struct Row {
    const char* enrolment;
    int score;
    const char* state;
    bool certifies;
  };
  const Row rows[] = {
      {kDone, 70, "STATE_PASSED", true},
      {kDone, 69, "STATE_FAILED", false},
      // Who failed may try again; who has passed stays passed.
      {"id: 'E' person_id: 'N' state: STATE_FAILED curriculum_id: 'C' items_done: 1", 80, "STATE_PASSED", true},
      {"id: 'E' person_id: 'N' state: STATE_PASSED curriculum_id: 'C' items_done: 1", 10, "STATE_PASSED", false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.enrolment) + std::to_string(row.score));
    const auto event = RecordEvaluation(
        Proto(row.enrolment), kProduct, {&kCurriculum},
        Proto("phase: PHASE_AFTER evaluator_id: 'T' score: " + std::to_string(row.score)), ContextOf());
    ASSERT_THAT(event, Answers(ContainsProto(std::string("enrolment { state: ") + row.state +
                                             " score_after: " + std::to_string(row.score) + " }")));
    EXPECT_EQ(event->has_certification(), row.certifies);
  }
}

TEST(RecordEvaluation, Refuses) {
  const Proto after("phase: PHASE_AFTER evaluator_id: 'T' score: 90");
  EXPECT_THAT(RecordEvaluation(Proto(kDone), kProduct, {&kCurriculum}, Proto("evaluator_id: 'N'"), ContextOf()),
              RefusedWith(kEvaluatorMustBeAnother));
  EXPECT_THAT(RecordEvaluation(Proto("state: STATE_ENROLLED"), kProduct, {}, after, ContextOf()),
              RefusedWith(kCurriculumMustBeApproved));
  EXPECT_THAT(RecordEvaluation(Proto("state: STATE_ENROLLED"), kProduct, {&kCurriculum}, after, ContextOf()),
              RefusedWith(kItemsMustBeDone));
  EXPECT_THAT(
      RecordEvaluation(Proto("state: STATE_WITHDRAWN items_done: 1"), kProduct, {&kCurriculum}, after, ContextOf()),
      RefusedWith(kEnrolmentMustBeOpen));
}

TEST(GiveFeedback, IsTheLearnersOwn) {
  const Enrolment over = Proto("id: 'E' state: STATE_PASSED rating: 2 feedback: 'old'");
  const workforce::v1::Person kim = Proto("login_subject: 'kim'"), lee = Proto("login_subject: 'lee'");
  const Proto says("rating: 4 feedback: '실습이 더 필요합니다'");
  EXPECT_THAT(
      GiveFeedback(over, &kim, says, ContextOf()),
      Answers(EqualsProto("enrolment { id: 'E' state: STATE_PASSED rating: 4 feedback: '실습이 더 필요합니다' }")));
  EXPECT_THAT(GiveFeedback(over, &lee, says, ContextOf()), RefusedWith(kFeedbackMustBeOwn));
  EXPECT_THAT(GiveFeedback(over, nullptr, says, ContextOf()), RefusedWith(kFeedbackMustBeOwn));
  EXPECT_THAT(GiveFeedback(over, &lee, says, ContextOf({songsang::v1::ROLE_TRAINER})), IsOk());
  EXPECT_THAT(GiveFeedback(Proto("state: STATE_BEGUN"), &kim, says, ContextOf()), RefusedWith(kTrainingMustBeOver));
}

TEST(Improve, ImprovementThatMissesTheGoalIsStillImprovement) {
  const Improvement improvement =
      Improve("P", {Proto("id: 'A' person_id: 'K' state: STATE_FAILED score_before: 40 score_after: 65 rating: 5"),
                    Proto("id: 'B' person_id: 'L' state: STATE_PASSED score_before: 75 score_after: 90"),
                    Proto("id: 'C' person_id: 'M' state: STATE_PASSED score_before: 80 score_after: 79"),
                    Proto("id: 'D' person_id: 'N' state: STATE_PASSED score_after: 90 rating: 4")});
  EXPECT_THAT(improvement,
              EqualsProto("programme_id: 'P' "
                          "learners { enrolment_id: 'A' person_id: 'K' score_before: 40 score_after: 65 points: 25 "
                          "improved: true } "
                          "learners { enrolment_id: 'B' person_id: 'L' score_before: 75 score_after: 90 points: 15 "
                          "improved: true goal_met: true } "
                          "learners { enrolment_id: 'C' person_id: 'M' score_before: 80 score_after: 79 points: -1 "
                          "goal_met: true } "
                          "improved: 2 goal_met: 2 mean_before_hundredths: 6500 mean_after_hundredths: 7800 "
                          "ratings: 2 mean_rating_hundredths: 450"));
  EXPECT_THAT(Improve("P", {}), EqualsProto("programme_id: 'P'"));
}

}  // namespace
}  // namespace songsang::training
