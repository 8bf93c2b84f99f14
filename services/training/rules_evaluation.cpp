#include "training/rules_evaluation.h"

#include <algorithm>
#include <utility>

#include "kit/copy.h"
#include "kit/days.h"

namespace songsang::training {
namespace {

Status MayBeBefore(const Enrolment& enrolment) {
  if (!IsOpen(enrolment)) return kEnrolmentMustBeOpen.With("state", NameOf(enrolment.state()));
  if (enrolment.has_score_before() || enrolment.items_done() > 0) return kEvaluationBeforeMustComeFirst.At("phase");
  return Done{};
}

Status MayBeAfter(const Enrolment& enrolment, const Curriculum& curriculum) {
  if (enrolment.state() == Enrolment::STATE_WITHDRAWN)
    return kEnrolmentMustBeOpen.With("state", NameOf(enrolment.state()));
  const int total = RequiredItems(curriculum);
  if (enrolment.items_done() < total)
    return kItemsMustBeDone.With("done", std::to_string(enrolment.items_done())).With("total", std::to_string(total));
  return Done{};
}

// What the score after the training does to the enrolment; who has passed stays passed.
void Judge(const Programme& programme, const Curriculum& curriculum, int score, const std::string& day,
           const Context& context, Step* step) {
  step->enrolment.set_score_after(score);
  if (step->enrolment.state() == Enrolment::STATE_PASSED) return;
  if (score >= curriculum.pass_score()) return Pass(programme, curriculum, day, context, step);
  step->enrolment.set_state(Enrolment::STATE_FAILED);
  step->enrolment.set_ended_on(day);
}

bool MaySpeakForLearners(const Caller& caller) {
  return caller.Has(songsang::v1::ROLE_TRAINER) || caller.Has(songsang::v1::ROLE_BRANCH_MANAGER) ||
         caller.Has(songsang::v1::ROLE_IMPORTER) || caller.Has(songsang::v1::ROLE_ADMIN);
}

// In hundredths, half up; nothing is negative here.
int64_t Mean(int64_t sum, int64_t count) { return (200 * sum + count) / (2 * count); }

}  // namespace

Result<EvaluationRecorded> RecordEvaluation(const Enrolment& enrolment, const Programme& programme,
                                            const Curricula& curricula, const RecordEvaluationRequest& request,
                                            const Context& context) {
  if (request.evaluator_id() == enrolment.person_id()) return kEvaluatorMustBeAnother.At("evaluator_id");
  const bool after = request.phase() == Evaluation::PHASE_AFTER;
  const auto curriculum = CurriculumOf(enrolment, curricula);
  if (after && !curriculum.ok()) return curriculum.refusal();
  if (const auto may = after ? MayBeAfter(enrolment, **curriculum) : MayBeBefore(enrolment); !may.ok())
    return may.refusal();
  const auto day = kit::RecentDay(request.evaluated_on(), "evaluated_on", context);
  if (!day.ok()) return day.refusal();
  // From here on the evaluation must succeed.
  EvaluationRecorded event;
  Evaluation& evaluation = *event.mutable_evaluation();
  kit::CopyWhatIsSet(request, &evaluation);
  *evaluation.mutable_strengths() = request.strengths();
  *evaluation.mutable_weaknesses() = request.weaknesses();
  evaluation.set_id(context.NewId());
  evaluation.set_person_id(enrolment.person_id());
  evaluation.set_programme_id(enrolment.programme_id());
  evaluation.set_evaluated_on(*day);
  Step step{enrolment, std::nullopt, std::nullopt};
  if (!after) {
    step.enrolment.set_score_before(request.score());
  } else {
    Judge(programme, **curriculum, request.score(), *day, context, &step);
  }
  *event.mutable_enrolment() = std::move(step.enrolment);
  if (step.certification) *event.mutable_certification() = std::move(*step.certification);
  return event;
}

Result<FeedbackGiven> GiveFeedback(const Enrolment& enrolment, const workforce::v1::Person* learner,
                                   const GiveFeedbackRequest& request, const Context& context) {
  if (IsOpen(enrolment)) return kTrainingMustBeOver.With("state", NameOf(enrolment.state()));
  const bool own = learner != nullptr && learner->login_subject() == context.caller.actor;
  if (!own && !MaySpeakForLearners(context.caller)) return kFeedbackMustBeOwn;
  // From here on the feedback must succeed.
  FeedbackGiven event;
  Enrolment& rated = *event.mutable_enrolment() = enrolment;
  rated.set_rating(request.rating());
  rated.set_feedback(request.feedback());
  return event;
}

Improvement Improve(const std::string& programme_id, const std::vector<Enrolment>& enrolments) {
  Improvement improvement;
  improvement.set_programme_id(programme_id);
  int64_t before = 0, after = 0, rating = 0;
  for (const Enrolment& enrolment : enrolments) {
    if (enrolment.rating() > 0) {
      rating += enrolment.rating();
      improvement.set_ratings(improvement.ratings() + 1);
    }
    if (!enrolment.has_score_before() || !enrolment.has_score_after()) continue;
    auto& learner = *improvement.add_learners();
    learner.set_enrolment_id(enrolment.id());
    learner.set_person_id(enrolment.person_id());
    learner.set_score_before(enrolment.score_before());
    learner.set_score_after(enrolment.score_after());
    learner.set_points(enrolment.score_after() - enrolment.score_before());
    learner.set_improved(learner.points() > 0);
    learner.set_goal_met(enrolment.state() == Enrolment::STATE_PASSED);
    improvement.set_improved(improvement.improved() + (learner.improved() ? 1 : 0));
    improvement.set_goal_met(improvement.goal_met() + (learner.goal_met() ? 1 : 0));
    before += learner.score_before();
    after += learner.score_after();
  }
  if (const int count = improvement.learners_size(); count > 0) {
    improvement.set_mean_before_hundredths(Mean(before, count));
    improvement.set_mean_after_hundredths(Mean(after, count));
  }
  if (improvement.ratings() > 0) improvement.set_mean_rating_hundredths(Mean(rating, improvement.ratings()));
  return improvement;
}

}  // namespace songsang::training
