#include "workforce/rules_membership.h"

#include <string>

#include "kit/copy.h"
#include "kit/days.h"
#include "workforce/rules_unit.h"

namespace songsang::workforce {
namespace {

bool IsOpenThroughout(const Unit& unit, const Membership& membership) {
  const bool from_fits = membership.from_on().empty() || membership.from_on() >= unit.opened_on();
  const bool to_fits =
      unit.closed_on().empty() || (!membership.to_on().empty() && membership.to_on() <= unit.closed_on());
  return from_fits && to_fits;
}

}  // namespace

Result<UnitJoined> JoinUnit(const Person&, const Unit& unit, const std::vector<const Membership*>& memberships,
                            const JoinUnitRequest& request, const Context& context) {
  UnitJoined event;
  Membership& membership = *event.mutable_membership();
  kit::CopyWhatIsSet(request, &membership);
  membership.set_id(context.NewId<Membership>(request));
  if (!request.has_from_on()) membership.set_from_on(context.today.ToIso());
  if (!membership.to_on().empty() && membership.to_on() < membership.from_on())
    return kMembershipMustEndAfterStart.With("from_on", membership.from_on()).At("to_on");
  if (!IsOpenThroughout(unit, membership))
    return kUnitMustBeOpen.With("opened_on", unit.opened_on().empty() ? "-" : unit.opened_on())
        .With("closed_on", unit.closed_on().empty() ? "-" : unit.closed_on())
        .At("unit_id");
  for (const Membership* other : memberships)
    // The same external reference once more is for the engine to refuse, by its own name.
    if (other->id() != membership.id() && other->unit_id() == membership.unit_id() &&
        other->role() == membership.role() &&
        kit::Overlap(other->from_on(), other->to_on(), membership.from_on(), membership.to_on()))
      return kMembershipMustNotOverlap.With("membership_id", other->id());
  return event;
}

Result<UnitLeft> LeaveUnit(const Membership& membership, const LeaveUnitRequest& request, const Context& context) {
  const std::string to_on = request.to_on().empty() ? context.today.ToIso() : request.to_on();
  // What ends later than that may still be cut short.
  if (!membership.to_on().empty() && membership.to_on() <= to_on)
    return kMembershipMustBeOpen.With("to_on", membership.to_on());
  if (to_on < membership.from_on())
    return kMembershipMustEndAfterStart.With("from_on", membership.from_on()).At("to_on");
  // From here on the leaving must succeed.
  UnitLeft event;
  Membership& left = *event.mutable_membership() = membership;
  left.set_to_on(to_on);
  return event;
}

}  // namespace songsang::workforce
