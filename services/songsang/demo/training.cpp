// Chapters about training: the programme for newcomers, who finishes it, and how well.
#include <array>

#include "songsang/demo/teller.h"
#include "songsang/training/v1/curriculum.pb.h"
#include "songsang/training/v1/evaluation.pb.h"
#include "songsang/training/v1/programme.pb.h"

namespace songsang::demo {
namespace {

constexpr const char* kEnrolments = "songsang.training.v1.EnrolmentService/";
constexpr const char* kEvaluations = "songsang.training.v1.EvaluationService/";
constexpr const char* kCurricula = "songsang.training.v1.CurriculumService/";
constexpr std::array kItems = {std::pair{"products", "제품과 요금"}, std::pair{"selling", "상담과 제안"},
                               std::pair{"credit", "여신과 수금"}};
constexpr int kPassScore = 70;

}  // namespace

void Teller::OpenProgramme() {
  training::v1::OpenProgrammeRequest open;
  Name(&open, "orientation");
  open.set_name("신입 영업 오리엔테이션");
  open.set_kind(training::v1::Programme::KIND_ORIENTATION);
  open.set_method(training::v1::Programme::METHOD_CLASS);
  open.set_offered_from_on(settings_.from.PlusDays(-1'000).ToIso());
  open.set_mandatory(true);
  open.set_due_days(45);
  open.set_audience_role("sales_rep");
  open.set_enrolling(training::v1::Programme::ENROLLING_AUTOMATIC);
  Give("songsang.training.v1.ProgrammeService/OpenProgramme", open, "programme");
  training::v1::DraftCurriculumRequest draft;
  draft.set_programme_id(Ext("orientation"));
  for (const auto& [key, name] : kItems) {
    auto& item = *draft.add_items();
    item.set_key(key);
    item.set_name(name);
    item.set_minutes(120);
  }
  draft.set_pass_score(kPassScore);
  Give(std::string(kCurricula) + "DraftCurriculum", draft, "curriculum");
}

void Teller::ApproveCurriculum(const std::string& id) {
  training::v1::ApproveCurriculumRequest approve;
  approve.set_curriculum_id(id);
  Give(std::string(kCurricula) + "ApproveCurriculum", approve, "approve-curriculum");
}

void Teller::Train(const Learnt& learnt) {
  for (const training::v1::Enrolment& enrolment : learnt.enrolments) TrainOne(enrolment);
}

// Most begin within two weeks and finish; some newcomers have not come to it, and a few did not reach the score.
void Teller::TrainOne(const training::v1::Enrolment& enrolment) {
  const std::string& id = enrolment.id();
  // Whoever it is falls the same way, in whatever order they are listed.
  uint64_t seed = settings_.seed;
  for (const char letter : enrolment.person_id()) seed = seed * 131 + static_cast<unsigned char>(letter);
  Chance chance(seed);
  Date day = Date::Parse(enrolment.enrolled_on()).value_or(settings_.from);
  const bool is_new = !(day < settings_.from);
  if (chance.In1000(is_new ? 150 : 60)) return;
  const auto evaluate = [&](training::v1::Evaluation::Phase phase, int score) {
    training::v1::RecordEvaluationRequest request;
    request.set_enrolment_id(id);
    request.set_phase(phase);
    request.set_score(score);
    request.set_evaluator_id(Ext(trainer_));
    request.set_evaluated_on(day.ToIso());
    Give(std::string(kEvaluations) + "RecordEvaluation", request, fmt::format("eval-{}-{}", int{phase}, id));
  };
  const int before = chance.Between(32, 68);
  day = day.PlusDays(chance.Between(1, 12));
  evaluate(training::v1::Evaluation::PHASE_BEFORE, before);
  const bool stops = chance.In1000(is_new ? 120 : 30);
  for (const auto& [key, name] : kItems) {
    if (stops && std::string_view(key) == kItems.back().first) return;
    training::v1::CompleteItemRequest request;
    request.set_enrolment_id(id);
    request.set_item_key(key);
    day = day.PlusDays(chance.Between(1, 6));
    request.set_done_on(day.ToIso());
    Give(std::string(kEnrolments) + "CompleteItem", request, fmt::format("item-{}-{}", key, id));
  }
  const bool fails = chance.In1000(40);
  day = day.PlusDays(2);
  evaluate(training::v1::Evaluation::PHASE_AFTER,
           fails ? kPassScore - chance.Between(3, 12) : std::min(99, kPassScore + chance.Between(1, 28)));
  training::v1::GiveFeedbackRequest feedback;
  feedback.set_enrolment_id(id);
  feedback.set_rating(chance.Between(3, 5));
  Give(std::string(kEvaluations) + "GiveFeedback", feedback, "feedback-" + id);
}

}  // namespace songsang::demo
