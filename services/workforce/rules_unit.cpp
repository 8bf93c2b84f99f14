#include "workforce/rules_unit.h"

#include <algorithm>
#include <string>

#include "kit/copy.h"
#include "kit/days.h"

namespace songsang::workforce {
namespace {

Refusal Closed(const Reason& reason, const Unit& unit) {
  return reason.With("opened_on", unit.opened_on().empty() ? "-" : unit.opened_on())
      .With("closed_on", unit.closed_on().empty() ? "-" : unit.closed_on());
}

std::string PathUnder(const Unit* parent, const std::string& id) {
  return (parent == nullptr ? "" : parent->path()) + id + "/";
}

// The placement that lasts; null for a unit that is closed.
const UnitPlacement* CurrentOf(const Placements& placements) {
  for (const auto* placement : placements)
    if (placement->to_on().empty()) return placement;
  return nullptr;
}

// Every placement that lasts must have begun by this day: then the tree above did not change since, and a unit that is
// outside today was outside all the time.
Status MustFollow(const Placements& placements, const std::string& day, const char* field) {
  for (const auto* placement : placements)
    if (placement->to_on().empty() && placement->from_on() > day)
      return kDayMustFollowPlacement.With("from_on", placement->from_on()).At(field);
  return Done{};
}

}  // namespace

Result<UnitOpened> OpenUnit(const Unit* parent, const OpenUnitRequest& request, const Context& context) {
  auto day = kit::PastDay(request.opened_on(), "opened_on", context);
  if (!day.ok()) return day.refusal();
  if (request.has_opened_on() && request.opened_on().empty()) day->clear();
  if (parent != nullptr && (!parent->closed_on().empty() || parent->opened_on() > *day))
    return Closed(kParentMustBeOpen, *parent).At("parent_id");
  // From here on the opening must succeed.
  UnitOpened event;
  Unit& unit = *event.mutable_unit();
  kit::CopyWhatIsSet(request, &unit);
  unit.set_id(context.NewId<Unit>(request));
  unit.set_path(PathUnder(parent, unit.id()));
  unit.set_opened_on(*day);
  UnitPlacement& placement = *event.mutable_placement();
  placement.set_id(context.NewId());
  placement.set_unit_id(unit.id());
  placement.set_parent_id(unit.parent_id());
  placement.set_from_on(*day);
  return event;
}

Result<UnitMoved> MoveUnit(const Unit& unit, const Unit* parent, const Surroundings& surroundings,
                           const MoveUnitRequest& request, const Context& context) {
  const UnitPlacement* current = CurrentOf(surroundings.own);
  if (!unit.closed_on().empty() || current == nullptr) return Closed(kUnitMustBeOpen, unit);
  if (parent != nullptr && !parent->closed_on().empty()) return Closed(kParentMustBeOpen, *parent).At("parent_id");
  if (parent != nullptr && parent->path().compare(0, unit.path().size(), unit.path()) == 0)
    return kParentMustBeOutside.At("parent_id");
  const auto from_on = kit::PastDay(request.from_on(), "from_on", context);
  if (!from_on.ok()) return from_on.refusal();
  for (const Placements* placements : {&surroundings.own, &surroundings.above})
    if (const auto follows = MustFollow(*placements, *from_on, "from_on"); !follows.ok()) return follows.refusal();
  // From here on the move must succeed.
  UnitMoved event;
  Unit& moved = *event.mutable_unit() = unit;
  UnitPlacement& placement = *event.mutable_placement() = *current;
  if (request.parent_id() == unit.parent_id()) return event;
  if (current->from_on() != *from_on) {
    UnitPlacement& ended = *event.mutable_ended() = *current;
    ended.set_to_on(kit::DayBefore(*from_on));
    placement.set_id(context.NewId());
    placement.clear_version();
    placement.set_from_on(*from_on);
  }
  placement.set_parent_id(request.parent_id());
  moved.set_parent_id(request.parent_id());
  moved.set_path(PathUnder(parent, unit.id()));
  for (const Unit* below : surroundings.below) {
    Unit& carried = *event.add_below() = *below;
    carried.set_path(moved.path() + below->path().substr(unit.path().size()));
  }
  return event;
}

Result<UnitRenamed> RenameUnit(const Unit& unit, const RenameUnitRequest& request, const Context&) {
  if (request.has_name() && request.name().empty()) return kUnitMustBeNamed.At("name");
  // From here on the renaming must succeed.
  UnitRenamed event;
  Unit& renamed = *event.mutable_unit() = unit;
  kit::CopyWhatIsSet(request, &renamed);
  return event;
}

Result<UnitClosed> CloseUnit(const Unit& unit, const Placements& own, const std::vector<const Unit*>& children,
                             const std::vector<const Membership*>& members, const CloseUnitRequest& request,
                             const Context& context) {
  const UnitPlacement* current = CurrentOf(own);
  if (!unit.closed_on().empty() || current == nullptr) return Closed(kUnitMustBeOpen, unit);
  const auto closed_on = kit::PastDay(request.closed_on(), "closed_on", context);
  if (!closed_on.ok()) return closed_on.refusal();
  if (const auto follows = MustFollow(own, *closed_on, "closed_on"); !follows.ok()) return follows.refusal();
  const auto open = std::count_if(children.begin(), children.end(), [&](const Unit* child) {
    return child->closed_on().empty() || child->closed_on() > *closed_on;
  });
  if (open > 0) return kUnitMustHaveNoChildren.With("count", std::to_string(open));
  const auto going_on = std::count_if(members.begin(), members.end(), [&](const Membership* member) {
    return member->to_on().empty() || member->to_on() > *closed_on;
  });
  if (going_on > 0) return kUnitMustHaveNoMembers.With("count", std::to_string(going_on));
  // From here on the closing must succeed.
  UnitClosed event;
  Unit& closed = *event.mutable_unit() = unit;
  closed.set_closed_on(*closed_on);
  UnitPlacement& placement = *event.mutable_placement() = *current;
  placement.set_to_on(*closed_on);
  return event;
}

}  // namespace songsang::workforce
