// Rules of memberships: who belongs to which unit, in which role, from when to when.
#pragma once

#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/workforce/v1/people.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang::workforce {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kMembershipMustEndAfterStart{"MEMBERSHIP_MUST_END_AFTER_START", Code::kFailedPrecondition,
                                                 "The membership begins on {from_on}; it cannot end before.",
                                                 "소속은 {from_on}에 시작합니다. 그 이전에 종료할 수 없습니다."};
inline const Reason kMembershipMustNotOverlap{
    "MEMBERSHIP_MUST_NOT_OVERLAP", Code::kFailedPrecondition,
    "The person is in this unit in this role during that time already (membership {membership_id}).",
    "같은 기간에 같은 조직·역할의 소속({membership_id})이 이미 있습니다."};
inline const Reason kMembershipMustBeOpen{"MEMBERSHIP_MUST_BE_OPEN", Code::kFailedPrecondition,
                                          "The membership ended on {to_on} already.",
                                          "소속이 이미 {to_on}에 종료되었습니다."};

// `memberships` are the person's.
Result<UnitJoined> JoinUnit(const Person& person, const Unit& unit, const std::vector<const Membership*>& memberships,
                            const JoinUnitRequest& request, const Context& context);
Result<UnitLeft> LeaveUnit(const Membership& membership, const LeaveUnitRequest& request, const Context& context);

}  // namespace songsang::workforce
