#include "accounts/policies.h"

#include "songsang/accounts/v1/opening.pb.h"

namespace songsang::accounts {

Commands NoteAssessmentOf(const billing::v1::CreditAssessed& event, const Cause&) {
  const auto& assessment = event.assessment();
  // Clients are assessed without an opening too.
  if (assessment.opening_id().empty()) return {};
  v1::NoteAssessmentRequest note;
  note.set_opening_id(assessment.opening_id());
  note.set_assessment_id(assessment.id());
  note.set_score(assessment.score());
  note.set_grade(assessment.grade());
  *note.mutable_proposed_limit() = assessment.proposed_limit();
  return Commands().Add(note);
}

Commands HandOverWorkOf(const workforce::v1::PersonResigned& event, const Cause&) {
  v1::StartWorkHandOverRequest start;
  start.set_hand_over_id(event.hand_over().id());
  start.set_from_person_id(event.hand_over().from_person_id());
  start.set_to_person_id(event.hand_over().to_person_id());
  start.set_last_on(event.hand_over().last_on());
  return Commands().Add(start);
}

v1::StepWorkHandOverRequest StepWorkHandOverOf(const v1::WorkHandOver& hand_over) {
  v1::StepWorkHandOverRequest step;
  step.set_work_hand_over_id(hand_over.id());
  return step;
}

}  // namespace songsang::accounts
