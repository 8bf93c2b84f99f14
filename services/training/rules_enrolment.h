// Rules of enrolments: enrol, begin, do item after item, pass.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/training/v1/enrolment.pb.h"
#include "songsang/workforce/v1/unit.pb.h"
#include "training/rules_curriculum.h"
#include "training/rules_programme.h"

namespace songsang::training {

inline const Reason kProgrammeMustBeOffered{"PROGRAMME_MUST_BE_OFFERED", Code::kFailedPrecondition,
                                            "The programme is not offered on {day}, only from {from} to {to}.",
                                            "{day}에는 개설되지 않은 교육 프로그램입니다. 개설 기간: {from} ~ {to}."};
inline const Reason kLearnerMustNotBeEnrolled{"LEARNER_MUST_NOT_BE_ENROLLED", Code::kAlreadyExists,
                                              "The person takes this programme already, in enrolment {enrolment_id}.",
                                              "이미 이 교육 프로그램을 수강하고 있습니다(수강 {enrolment_id})."};
inline const Reason kEnrolmentMustBeOpen{"ENROLMENT_MUST_BE_OPEN", Code::kFailedPrecondition,
                                         "The enrolment is {state}; enrol the learner for another round.",
                                         "수강이 이미 {state} 상태입니다. 다음 회차로 다시 등록하세요."};
inline const Reason kItemMustBeOpen{"ITEM_MUST_BE_OPEN", Code::kFailedPrecondition,
                                    "The learner did the item {item} on {done_on}.",
                                    "{item} 항목은 {done_on}에 이미 이수했습니다."};

using Enrolments = std::vector<const Enrolment*>;
using Progresses = std::vector<const ItemProgress*>;
using Programmes = std::vector<const Programme*>;

// Enrolled or begun.
bool IsOpen(const Enrolment& enrolment);
// `begun` for STATE_BEGUN.
std::string NameOf(Enrolment::State state);
// The version that is the learner's: the one begun, else the one approved now. `curricula` are those of the programme.
Result<const Curriculum*> CurriculumOf(const Enrolment& enrolment, const Curricula& curricula);
// The last day of a period of months that begins on this day; a month without such a day ends with its last (Civil Act
// art. 160).
std::string LastDayOf(const std::string& from, int months);

// What always holds of an enrolment, or what is wrong: the version begun stays, and nobody passes with items left.
std::string EnrolmentFault(const Enrolment* before, const Enrolment& after);

// An enrolment after a step, and what the step left behind.
struct Step {
  Enrolment enrolment;
  std::optional<ItemProgress> progress;
  std::optional<Certification> certification;
};
// Passes on this day; certifies where the programme is about a product.
void Pass(const Programme& programme, const Curriculum& curriculum, const std::string& day, const Context& context,
          Step* step);
// Does an item that the learner's version has and that is not done yet.
Step DoItem(const Enrolment& enrolment, const Programme& programme, const Curriculum& curriculum,
            const Curriculum::Item& item, const std::string& day, const std::string& session_id,
            const Context& context);

// `taken` are the person's enrolments in the programme.
Result<LearnerEnrolled> EnrolLearner(const Programme& programme, const Enrolments& taken,
                                     const EnrolLearnerRequest& request, const Context& context);
// `automatic` are the programmes that enrol by themselves, `taken` all enrolments of the person; the unit is null where
// nobody knows it.
Result<NewcomerEnrolled> EnrolNewcomer(const workforce::v1::Unit* unit, const Programmes& automatic,
                                       const Enrolments& taken, const EnrolNewcomerRequest& request,
                                       const Context& context);
// `done` are the items done so far.
Result<ItemCompleted> CompleteItem(const Enrolment& enrolment, const Programme& programme, const Curricula& curricula,
                                   const Progresses& done, const CompleteItemRequest& request, const Context& context);
Result<LearnerWithdrawn> WithdrawLearner(const Enrolment& enrolment, const WithdrawLearnerRequest& request,
                                         const Context& context);

}  // namespace songsang::training
