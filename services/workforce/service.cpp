#include "workforce/rules_membership.h"
#include "workforce/rules_person.h"
#include "workforce/rules_unit.h"
#include "workforce/workforce.h"

namespace songsang::workforce {
namespace {

using engine::Find;
using engine::Named;
using engine::Tx;

void AppendBelow(Tx& tx, const std::string& unit_id, std::vector<const Unit*>* below) {
  for (const Unit* child : tx.List<Unit>({"parent_id"}, {unit_id})) {
    below->push_back(child);
    AppendBelow(tx, child->id(), below);
  }
}

Result<UnitMoved> Move(Tx& tx, const MoveUnitRequest& request, const Context& context) {
  const auto unit = Find<Unit>(tx, "unit_id", request.unit_id());
  if (!unit.ok()) return unit.refusal();
  const Unit* parent = nullptr;
  if (!request.parent_id().empty()) {
    const auto found = Find<Unit>(tx, "parent_id", request.parent_id());
    if (!found.ok()) return found.refusal();
    parent = *found;
  }
  Surroundings surroundings;
  surroundings.own = tx.List<UnitPlacement>({"unit_id"}, {request.unit_id()});
  for (const Unit* above = parent; above != nullptr;) {
    const auto placements = tx.List<UnitPlacement>({"unit_id"}, {above->id()});
    surroundings.above.insert(surroundings.above.end(), placements.begin(), placements.end());
    above = above->parent_id().empty() ? nullptr : tx.Get<Unit>(above->parent_id());
  }
  AppendBelow(tx, request.unit_id(), &surroundings.below);
  return MoveUnit(**unit, parent, surroundings, request, context);
}

std::vector<Named> ReadForMove(const MoveUnitRequest& request, const Context&) {
  return {{UnitPlacement::descriptor(), {"unit_id"}, {request.unit_id()}},
          {UnitPlacement::descriptor(), {"unit_id"}, {request.parent_id()}},
          {Unit::descriptor(), {"parent_id"}, {request.unit_id()}}};
}

std::vector<Named> ReadForClose(const CloseUnitRequest& request, const Context&) {
  return {{UnitPlacement::descriptor(), {"unit_id"}, {request.unit_id()}},
          {Unit::descriptor(), {"parent_id"}, {request.unit_id()}},
          {Membership::descriptor(), {"unit_id"}, {request.unit_id()}}};
}

std::vector<Named> ReadMemberships(const JoinUnitRequest& request, const Context&) {
  return {{Membership::descriptor(), {"person_id"}, {request.person_id()}}};
}

}  // namespace

engine::Service Workforce() {
  engine::Service service("workforce");
  service.Command(RegisterPerson);
  service.Command(UpdatePerson);
  service.Command(OpenUnit);
  service.Command<MoveUnitRequest>(Move);
  service.Reads<MoveUnitRequest>(ReadForMove);
  service.Command(RenameUnit);
  service.Command(CloseUnit);
  service.Reads<CloseUnitRequest>(ReadForClose);
  service.Command(JoinUnit);
  service.Reads<JoinUnitRequest>(ReadMemberships);
  service.Command(LeaveUnit);
  AddOrganisationQueries(&service);
  return service;
}

}  // namespace songsang::workforce
