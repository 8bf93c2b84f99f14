// Rules of units and of their places in the tree. The tree is kept as placements with days; what every unit's path
// says is the tree of today.
#pragma once

#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang::workforce {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kUnitMustBeNamed{"UNIT_MUST_BE_NAMED", Code::kInvalidArgument, "A unit needs a name.",
                                     "조직에는 이름이 필요합니다."};
inline const Reason kUnitMustBeOpen{
    "UNIT_MUST_BE_OPEN", Code::kFailedPrecondition,
    "The unit is not open throughout that time (opened {opened_on}, closed {closed_on}).",
    "해당 기간에 운영 중인 조직이 아닙니다(개설 {opened_on}, 폐쇄 {closed_on})."};
inline const Reason kParentMustBeOpen{
    "PARENT_MUST_BE_OPEN", Code::kFailedPrecondition,
    "The unit above is not open on that day (opened {opened_on}, closed {closed_on}).",
    "상위 조직이 그 날짜에 운영 중이 아닙니다(개설 {opened_on}, 폐쇄 {closed_on})."};
inline const Reason kParentMustBeOutside{"PARENT_MUST_BE_OUTSIDE", Code::kFailedPrecondition,
                                         "A unit cannot come under itself or under a unit below it.",
                                         "조직을 자기 자신이나 하위 조직 아래로 옮길 수 없습니다."};
inline const Reason kDayMustFollowPlacement{
    "DAY_MUST_FOLLOW_PLACEMENT", Code::kFailedPrecondition,
    "A place in the tree that this builds on began on {from_on}; the day cannot lie before.",
    "이 변경의 바탕이 되는 조직 배치가 {from_on}에 시작되었습니다. 그보다 이른 날짜는 쓸 수 없습니다."};
inline const Reason kUnitMustHaveNoChildren{"UNIT_MUST_HAVE_NO_CHILDREN", Code::kFailedPrecondition,
                                            "{count} units below it are open; close or move them first.",
                                            "운영 중인 하위 조직이 {count}개 있습니다. 먼저 닫거나 옮기세요."};
inline const Reason kUnitMustHaveNoMembers{"UNIT_MUST_HAVE_NO_MEMBERS", Code::kFailedPrecondition,
                                           "{count} memberships go on after that day; end them first.",
                                           "그 날짜 이후에도 이어지는 소속이 {count}건 있습니다. 먼저 종료하세요."};

using Placements = std::vector<const UnitPlacement*>;

// What a move builds on: the unit's own placements, those of the new parent and of all above it, and the units below.
struct Surroundings {
  Placements own;
  Placements above;
  std::vector<const Unit*> below;
};

Result<UnitOpened> OpenUnit(const Unit* parent, const OpenUnitRequest& request, const Context& context);
Result<UnitMoved> MoveUnit(const Unit& unit, const Unit* parent, const Surroundings& surroundings,
                           const MoveUnitRequest& request, const Context& context);
Result<UnitRenamed> RenameUnit(const Unit& unit, const RenameUnitRequest& request, const Context& context);
Result<UnitClosed> CloseUnit(const Unit& unit, const Placements& own, const std::vector<const Unit*>& children,
                             const std::vector<const Membership*>& members, const CloseUnitRequest& request,
                             const Context& context);

}  // namespace songsang::workforce
