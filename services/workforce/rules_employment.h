// Rules of employment: hired, promoted, paid, moved and gone, each from a day on; and what a leaver hands over.
#pragma once

#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/workforce/v1/employment.pb.h"

namespace songsang::workforce {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kPayMustNotBeNegative{"PAY_MUST_NOT_BE_NEGATIVE", Code::kInvalidArgument,
                                          "A pay cannot be below zero.", "급여는 0보다 작을 수 없습니다."};
inline const Reason kEmploymentMustNotOverlap{
    "EMPLOYMENT_MUST_NOT_OVERLAP", Code::kFailedPrecondition,
    "The person is employed on or after {from_on} already (employment {employment_id}).",
    "{from_on} 이후에 이미 재직 중인 기간이 있습니다(고용 {employment_id})."};
inline const Reason kPersonMustBeEmployed{"PERSON_MUST_BE_EMPLOYED", Code::kFailedPrecondition,
                                          "The person is not employed on {day}.", "{day}에 재직 중인 사람이 아닙니다."};
inline const Reason kPersonMustHoldRole{"PERSON_MUST_HOLD_ROLE", Code::kFailedPrecondition,
                                        "The person is nowhere in the role {role} on {day}.",
                                        "{day}에 {role} 역할로 소속된 조직이 없습니다."};
inline const Reason kResignationMustBeNew{"RESIGNATION_MUST_BE_NEW", Code::kFailedPrecondition,
                                          "The person's last day is {last_on} already (hand-over {hand_over_id}).",
                                          "이미 {last_on}자로 퇴사 처리된 사람입니다(인수인계 {hand_over_id})."};
inline const Reason kSuccessorMustDiffer{"SUCCESSOR_MUST_DIFFER", Code::kInvalidArgument,
                                         "A leaver cannot succeed themselves.",
                                         "퇴사자 본인을 후임자로 지정할 수 없습니다."};
inline const Reason kSuccessorMustStay{"SUCCESSOR_MUST_STAY", Code::kFailedPrecondition,
                                       "The successor is not employed on {day}.",
                                       "후임자가 {day}에 재직 중이 아닙니다."};

using Employments = std::vector<const Employment*>;
using Memberships = std::vector<const Membership*>;

// The period that holds the day; null if none does.
const Employment* EmploymentOn(const Employments& employments, const std::string& day);

// `employments` and `memberships` are the person's, here and below.
Result<PersonHired> HirePerson(const Person* person, const Unit& unit, const Employments& employments,
                               const Memberships& memberships, const HirePersonRequest& request,
                               const Context& context);
Result<PersonPromoted> PromotePerson(const Person& person, const Employments& employments,
                                     const PromotePersonRequest& request, const Context& context);
Result<PayChanged> ChangePay(const Person& person, const Employments& employments, const ChangePayRequest& request,
                             const Context& context);
Result<PersonMoved> TransferPerson(const Person& person, const Unit& unit, const Employments& employments,
                                   const Memberships& memberships, const TransferPersonRequest& request,
                                   const Context& context);

// What a resignation looks at beside the leaver.
struct Leaving {
  Employments employments;
  Memberships memberships;
  std::vector<const HandOver*> before;  // hand-overs of the same person
  Employments of_successor;
};
Result<PersonResigned> ResignPerson(const Person& person, const Leaving& leaving, const ResignPersonRequest& request,
                                    const Context& context);

// `parts` are the hand-over's.
Result<HandedOver> NoteHandedOver(const HandOver& hand_over, const std::vector<const HandOverPart*>& parts,
                                  const NoteHandedOverRequest& request, const Context& context);
Result<EmploymentBegan> BeginEmployment(const Employment& employment, const Person& person,
                                        const BeginEmploymentRequest& request, const Context& context);

}  // namespace songsang::workforce
