#include "songsang/training/v1/certification.pb.h"
#include "training/policies.h"
#include "training/rules_curriculum.h"
#include "training/rules_enrolment.h"
#include "training/rules_evaluation.h"
#include "training/rules_programme.h"
#include "training/rules_skill.h"
#include "training/training.h"

namespace songsang::training {
namespace {

using engine::Find;
using engine::Named;
using engine::Tx;

template <class Entity>
Named Of(const char* column, const std::string& value) {
  return {Entity::descriptor(), {column}, {value}};
}

std::vector<Named> ReadForEnrolment(const EnrolLearnerRequest& request, const Context&) {
  return {{Enrolment::descriptor(), {"person_id", "programme_id"}, {request.person_id(), request.programme_id()}}};
}

std::vector<Named> ReadForNewcomer(const EnrolNewcomerRequest& request, const Context&) {
  return {Of<Programme>("enrolling", "automatic"), Of<Enrolment>("person_id", request.person_id())};
}

Result<CurriculumApproved> Approve(Tx& tx, const ApproveCurriculumRequest& request, const Context& context) {
  const auto curriculum = Find<Curriculum>(tx, "curriculum_id", request.curriculum_id());
  if (!curriculum.ok()) return curriculum.refusal();
  return ApproveCurriculum(**curriculum, tx.List<Curriculum>({"programme_id"}, {(*curriculum)->programme_id()}),
                           request, context);
}

Result<ItemCompleted> Complete(Tx& tx, const CompleteItemRequest& request, const Context& context) {
  const auto enrolment = Find<Enrolment>(tx, "enrolment_id", request.enrolment_id());
  if (!enrolment.ok()) return enrolment.refusal();
  const std::string& programme_id = (*enrolment)->programme_id();
  const auto programme = Find<Programme>(tx, "enrolment_id", programme_id);
  if (!programme.ok()) return programme.refusal();
  return CompleteItem(**enrolment, **programme, tx.List<Curriculum>({"programme_id"}, {programme_id}),
                      tx.List<ItemProgress>({"enrolment_id"}, {(*enrolment)->id()}), request, context);
}

Result<EvaluationRecorded> Evaluate(Tx& tx, const RecordEvaluationRequest& request, const Context& context) {
  const auto enrolment = Find<Enrolment>(tx, "enrolment_id", request.enrolment_id());
  if (!enrolment.ok()) return enrolment.refusal();
  const std::string& programme_id = (*enrolment)->programme_id();
  const auto programme = Find<Programme>(tx, "enrolment_id", programme_id);
  if (!programme.ok()) return programme.refusal();
  return RecordEvaluation(**enrolment, **programme, tx.List<Curriculum>({"programme_id"}, {programme_id}), request,
                          context);
}

std::string EnrolmentsAreSound(const engine::Message&, const std::vector<engine::Change>& changes) {
  for (const engine::Change& change : changes) {
    if (change.after->GetDescriptor() != Enrolment::descriptor()) continue;
    const std::string fault =
        EnrolmentFault(static_cast<const Enrolment*>(change.before), static_cast<const Enrolment&>(*change.after));
    if (!fault.empty()) return fault;
  }
  return "";
}

}  // namespace

engine::Service Training() {
  engine::Service service("training");
  service.Command(OpenProgramme);
  service.Command(DefineAudience);
  service.Command(DraftCurriculum);
  service.Reads<DraftCurriculumRequest>([](const DraftCurriculumRequest& request, const Context&) {
    return std::vector<Named>{Of<Curriculum>("programme_id", request.programme_id())};
  });
  service.Command(ReviseCurriculum);
  service.Command<ApproveCurriculumRequest>(Approve);
  service.Command(RetireCurriculum);
  service.Command(EnrolLearner);
  service.Reads<EnrolLearnerRequest>(ReadForEnrolment);
  service.Command(EnrolNewcomer);
  service.Reads<EnrolNewcomerRequest>(ReadForNewcomer);
  service.Command<CompleteItemRequest>(Complete);
  service.Command(WithdrawLearner);
  service.Command<RecordEvaluationRequest>(Evaluate);
  service.Command(GiveFeedback);
  service.Command(SaveSkill);
  service.Command(SetSkillRequirement);
  service.Reads<SetSkillRequirementRequest>([](const SetSkillRequirementRequest& request, const Context&) {
    return std::vector<Named>{Of<SkillRequirement>("role", request.role())};
  });
  service.Command(AssessSkill);
  service.Owns<Certification>();
  service.Always("enrolments are sound", EnrolmentsAreSound);
  service.Mirror<workforce::v1::Person>();
  service.Mirror<workforce::v1::Unit>();
  service.Mirror<workforce::v1::Membership>();
  service.Policy("enrol_hired", EnrolHired);
  service.Policy("enrol_moved", EnrolMoved);
  AddSessions(&service);
  AddProgrammeQueries(&service);
  AddSessionQueries(&service);
  AddEvaluationQueries(&service);
  AddSkillQueries(&service);
  AddComplianceQueries(&service);
  return service;
}

}  // namespace songsang::training
