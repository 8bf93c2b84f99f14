#include "workforce/policies.h"
#include "workforce/rules_calendar.h"
#include "workforce/rules_employment.h"
#include "workforce/rules_goal.h"
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

Named EmploymentsOf(const std::string& person_id) { return {Employment::descriptor(), {"person_id"}, {person_id}}; }
Named MembershipsOf(const std::string& person_id) { return {Membership::descriptor(), {"person_id"}, {person_id}}; }

template <class Request>
std::vector<Named> ReadEmployments(const Request& request, const Context&) {
  return {EmploymentsOf(request.person_id()), MembershipsOf(request.person_id())};
}

std::vector<Named> ReadForResignation(const ResignPersonRequest& request, const Context&) {
  return {EmploymentsOf(request.person_id()),
          MembershipsOf(request.person_id()),
          {HandOver::descriptor(), {"from_person_id"}, {request.person_id()}},
          EmploymentsOf(request.successor_id())};
}

Result<PersonResigned> Resign(Tx& tx, const ResignPersonRequest& request, const Context& context) {
  const auto person = Find<Person>(tx, "person_id", request.person_id());
  if (!person.ok()) return person.refusal();
  if (const auto successor = Find<Person>(tx, "successor_id", request.successor_id()); !successor.ok())
    return successor.refusal();
  Leaving leaving;
  leaving.employments = tx.List<Employment>({"person_id"}, {request.person_id()});
  leaving.memberships = tx.List<Membership>({"person_id"}, {request.person_id()});
  leaving.before = tx.List<HandOver>({"from_person_id"}, {request.person_id()});
  leaving.of_successor = tx.List<Employment>({"person_id"}, {request.successor_id()});
  return ResignPerson(**person, leaving, request, context);
}

std::vector<Named> ReadParts(const NoteHandedOverRequest& request, const Context&) {
  return {{HandOverPart::descriptor(), {"hand_over_id"}, {request.hand_over_id()}}};
}

std::vector<Named> ReadCalendarDay(const SetCalendarDayRequest& request, const Context& context) {
  return {{CalendarDay::descriptor(), {"id"}, {CalendarDayId(request.date(), context)}}};
}

Result<CalendarDaySet> SetDay(Tx& tx, const SetCalendarDayRequest& request, const Context& context) {
  return SetCalendarDay(tx.Get<CalendarDay>(CalendarDayId(request.date(), context)), request, context);
}

std::string GoalIdOf(const SetGoalRequest& request, const Context& context) {
  return GoalId(request.metric(), request.currency(), HolderOf(request), request.period().substr(0, 4),
                context.caller.tenant);
}

std::vector<Named> ReadGoal(const SetGoalRequest& request, const Context& context) {
  const std::string id = GoalIdOf(request, context);
  return {{Goal::descriptor(), {"id"}, {id}},
          {GoalDay::descriptor(), {"goal_id"}, {id}},
          {CalendarDay::descriptor(), {"year"}, {request.period().substr(0, 4)}}};
}

Result<GoalSet> Set(Tx& tx, const SetGoalRequest& request, const Context& context) {
  if (!request.person_id().empty())
    if (const auto person = Find<Person>(tx, "person_id", request.person_id()); !person.ok()) return person.refusal();
  if (!request.unit_id().empty())
    if (const auto unit = Find<Unit>(tx, "unit_id", request.unit_id()); !unit.ok()) return unit.refusal();
  const std::string id = GoalIdOf(request, context);
  const GoalBefore before{tx.Get<Goal>(id), tx.List<GoalDay>({"goal_id"}, {id}),
                          tx.List<CalendarDay>({"year"}, {request.period().substr(0, 4)})};
  return SetGoal(before, request, context);
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
  service.Command(HirePerson);
  service.Reads<HirePersonRequest>(ReadEmployments<HirePersonRequest>);
  service.Command(PromotePerson);
  service.Reads<PromotePersonRequest>(ReadEmployments<PromotePersonRequest>);
  service.Command(ChangePay);
  service.Reads<ChangePayRequest>(ReadEmployments<ChangePayRequest>);
  service.Command(TransferPerson);
  service.Reads<TransferPersonRequest>(ReadEmployments<TransferPersonRequest>);
  service.Command<ResignPersonRequest>(Resign);
  service.Reads<ResignPersonRequest>(ReadForResignation);
  service.Command(NoteHandedOver);
  service.Reads<NoteHandedOverRequest>(ReadParts);
  service.Policy("note_leads_handed_over", NoteLeadsHandedOver);
  service.Policy("note_accounts_handed_over", NoteAccountsHandedOver);
  service.Command(BeginEmployment);
  service.Timer("begins_at", BeginEmploymentOf);
  service.Command<SetCalendarDayRequest>(SetDay);
  service.Reads<SetCalendarDayRequest>(ReadCalendarDay);
  service.Command<SetGoalRequest>(Set);
  service.Reads<SetGoalRequest>(ReadGoal);
  AddPay(&service);
  AddOrganisationQueries(&service);
  AddGoalQueries(&service);
  return service;
}

}  // namespace songsang::workforce
