#include "training/rules_enrolment.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "kit/days.h"
#include "training/rules_ids.h"

namespace songsang::training {
namespace {

std::string Shown(const std::string& day) { return day.empty() ? "-" : day; }

std::string IdOfRound(const Context& context, const std::string& person_id, const Programme& programme,
                      const std::string& employment_id, int round) {
  return IdOf<Enrolment>(context, {person_id, programme.id(), employment_id, std::to_string(round)});
}

Enrolment Begin(const Programme& programme, const std::string& person_id, const std::string& employment_id, int round,
                const std::string& day, const Context& context) {
  Enrolment enrolment;
  enrolment.set_id(IdOfRound(context, person_id, programme, employment_id, round));
  enrolment.set_person_id(person_id);
  enrolment.set_programme_id(programme.id());
  enrolment.set_employment_id(employment_id);
  enrolment.set_round(round);
  enrolment.set_state(Enrolment::STATE_ENROLLED);
  enrolment.set_source(Enrolment::SOURCE_HAND);
  enrolment.set_enrolled_on(day);
  if (programme.due_days() > 0)
    enrolment.set_due_on(Date::Parse(day).value_or(context.today).PlusDays(programme.due_days()).ToIso());
  return enrolment;
}

// Whether a newcomer who takes this already is spared: a hire, what is open or of this very employment; a move, all
// but what they withdrew from.
bool Spares(const Enrolment& taken, const Programme& programme, const EnrolNewcomerRequest& request) {
  if (taken.programme_id() != programme.id()) return false;
  if (IsOpen(taken) || taken.employment_id() == request.employment_id()) return true;
  return request.source() == Enrolment::SOURCE_MOVE && taken.state() != Enrolment::STATE_WITHDRAWN;
}

}  // namespace

bool IsOpen(const Enrolment& enrolment) {
  return enrolment.state() == Enrolment::STATE_ENROLLED || enrolment.state() == Enrolment::STATE_BEGUN;
}

std::string NameOf(Enrolment::State state) { return Lower(Enrolment::State_Name(state).substr(sizeof("STATE_") - 1)); }

Result<const Curriculum*> CurriculumOf(const Enrolment& enrolment, const Curricula& curricula) {
  for (const Curriculum* curriculum : curricula)
    if (curriculum->id() == enrolment.curriculum_id()) return curriculum;
  const Curriculum* approved = ApprovedOf(curricula);
  if (approved == nullptr) return kCurriculumMustBeApproved;
  return approved;
}

std::string EnrolmentFault(const Enrolment* before, const Enrolment& after) {
  if (before != nullptr && !before->curriculum_id().empty() && before->curriculum_id() != after.curriculum_id())
    return "enrolment " + after.id() + " left the version of the curriculum that it began on";
  if (after.state() == Enrolment::STATE_PASSED && after.items_done() != after.items_total())
    return "enrolment " + after.id() + " is passed with " + std::to_string(after.items_done()) + " of " +
           std::to_string(after.items_total()) + " items done";
  return "";
}

std::string LastDayOf(const std::string& from, int months) {
  const Date first = Date::Parse(from).value_or(Date());
  const int month = first.month() - 1 + months;
  const int year = first.year() + month / 12;
  const Date next = Date::Of(year + (month % 12 == 11 ? 1 : 0), (month % 12 + 1) % 12 + 1, 1);
  const Date begin = Date::Of(year, month % 12 + 1, 1);
  return std::min(begin.PlusDays(first.day() - 2), next.PlusDays(-1)).ToIso();
}

void Pass(const Programme& programme, const Curriculum& curriculum, const std::string& day, const Context& context,
          Step* step) {
  Enrolment& enrolment = step->enrolment;
  enrolment.set_state(Enrolment::STATE_PASSED);
  enrolment.set_ended_on(day);
  if (curriculum.valid_months() > 0) enrolment.set_valid_to_on(LastDayOf(day, curriculum.valid_months()));
  if (programme.product_id().empty()) return;
  Certification& certification = step->certification.emplace();
  certification.set_id(context.NewId());
  certification.set_person_id(enrolment.person_id());
  certification.set_product_id(programme.product_id());
  certification.set_programme_id(programme.id());
  certification.set_enrolment_id(enrolment.id());
  certification.set_valid_from(day);
  certification.set_valid_to(enrolment.valid_to_on());
}

Step DoItem(const Enrolment& enrolment, const Programme& programme, const Curriculum& curriculum,
            const Curriculum::Item& item, const std::string& day, const std::string& session_id,
            const Context& context) {
  Step step{enrolment, ItemProgress(), std::nullopt};
  Enrolment& after = step.enrolment;
  if (after.state() == Enrolment::STATE_ENROLLED) {
    after.set_state(Enrolment::STATE_BEGUN);
    after.set_begun_on(day);
    after.set_curriculum_id(curriculum.id());
    after.set_curriculum_number(curriculum.number());
    after.set_items_total(RequiredItems(curriculum));
  }
  step.progress->set_id(IdOf<ItemProgress>(context, {enrolment.id(), item.key()}));
  step.progress->set_enrolment_id(enrolment.id());
  step.progress->set_item_key(item.key());
  step.progress->set_done_on(day);
  step.progress->set_session_id(session_id);
  if (item.elective()) return step;
  after.set_items_done(after.items_done() + 1);
  if (after.items_done() == after.items_total() && curriculum.pass_score() == 0)
    Pass(programme, curriculum, day, context, &step);
  return step;
}

Result<LearnerEnrolled> EnrolLearner(const Programme& programme, const Enrolments& taken,
                                     const EnrolLearnerRequest& request, const Context& context) {
  const auto day = kit::RecentDay(request.enrolled_on(), "enrolled_on", context);
  if (!day.ok()) return day.refusal();
  if (!IsOffered(programme, *day))
    return kProgrammeMustBeOffered.With("day", *day)
        .With("from", Shown(programme.offered_from_on()))
        .With("to", Shown(programme.offered_to_on()));
  int round = 0;
  for (const Enrolment* enrolment : taken) {
    if (IsOpen(*enrolment)) return kLearnerMustNotBeEnrolled.With("enrolment_id", enrolment->id());
    if (enrolment->employment_id() == request.employment_id()) round = std::max(round, enrolment->round());
  }
  // From here on the enrolment must succeed.
  LearnerEnrolled event;
  *event.mutable_enrolment() = Begin(programme, request.person_id(), request.employment_id(), round + 1, *day, context);
  return event;
}

Result<NewcomerEnrolled> EnrolNewcomer(const workforce::v1::Unit* unit, const Programmes& automatic,
                                       const Enrolments& taken, const EnrolNewcomerRequest& request,
                                       const Context& context) {
  const Learner learner{request.role(), request.grade(), unit == nullptr ? "" : unit->path()};
  NewcomerEnrolled event;
  event.set_person_id(request.person_id());
  for (const Programme* programme : automatic) {
    if (!IsOffered(*programme, request.arrived_on()) || !IsInAudience(*programme, learner)) continue;
    if (std::any_of(taken.begin(), taken.end(), [&](const auto* one) { return Spares(*one, *programme, request); }))
      continue;
    Enrolment& enrolment = *event.add_enrolments() =
        Begin(*programme, request.person_id(), request.employment_id(), 1, request.arrived_on(), context);
    enrolment.set_source(request.source());
  }
  return event;
}

Result<ItemCompleted> CompleteItem(const Enrolment& enrolment, const Programme& programme, const Curricula& curricula,
                                   const Progresses& done, const CompleteItemRequest& request, const Context& context) {
  if (!IsOpen(enrolment)) return kEnrolmentMustBeOpen.With("state", NameOf(enrolment.state()));
  const auto curriculum = CurriculumOf(enrolment, curricula);
  if (!curriculum.ok()) return curriculum.refusal();
  const auto item = ItemOf(**curriculum, request.item_key());
  if (!item.ok()) return item.refusal();
  for (const ItemProgress* progress : done)
    if (progress->item_key() == request.item_key())
      return kItemMustBeOpen.With("item", request.item_key()).With("done_on", progress->done_on());
  const auto day = kit::RecentDay(request.done_on(), "done_on", context);
  if (!day.ok()) return day.refusal();
  // From here on the completion must succeed.
  Step step = DoItem(enrolment, programme, **curriculum, **item, *day, "", context);
  ItemCompleted event;
  *event.mutable_enrolment() = std::move(step.enrolment);
  *event.mutable_item_progress() = std::move(*step.progress);
  if (step.certification) *event.mutable_certification() = std::move(*step.certification);
  return event;
}

Result<LearnerWithdrawn> WithdrawLearner(const Enrolment& enrolment, const WithdrawLearnerRequest& request,
                                         const Context& context) {
  if (!IsOpen(enrolment)) return kEnrolmentMustBeOpen.With("state", NameOf(enrolment.state()));
  // From here on the withdrawal must succeed.
  LearnerWithdrawn event;
  Enrolment& withdrawn = *event.mutable_enrolment() = enrolment;
  withdrawn.set_state(Enrolment::STATE_WITHDRAWN);
  withdrawn.set_ended_on(context.today.ToIso());
  withdrawn.set_withdrawn_reason(request.reason());
  return event;
}

}  // namespace songsang::training
