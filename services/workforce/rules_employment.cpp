#include "workforce/rules_employment.h"

#include <algorithm>
#include <string>

#include "core/clock.h"
#include "core/splice.h"
#include "kit/copy.h"
#include "kit/days.h"
#include "workforce/rules_membership.h"
#include "workforce/rules_person.h"
#include "workforce/rules_unit.h"

namespace songsang::workforce {
namespace {

// The services that hold work of people.
constexpr const char* kHandingOver[] = {"accounts", "leads"};

std::string DayOr(const std::string& given, const Context& context) {
  return given.empty() ? context.today.ToIso() : given;
}

// The person's grade is that of the day on which this is recorded; that of a day to come is theirs when it comes.
void ShowGrade(const Context& context, Employment* employment, Person* person) {
  const std::string today = LocalDay(context.now).ToIso();
  employment->clear_begins_at();
  if (kit::Holds(employment->from_on(), employment->to_on(), today)) person->set_grade(employment->grade());
  if (employment->from_on() <= today || kit::IsEmpty(employment->from_on(), employment->to_on())) return;
  const Date day = Date::Parse(employment->from_on()).value_or(Date());
  const int64_t midnight = day.days_since_epoch() * int64_t{86'400'000'000};
  *employment->mutable_begins_at() =
      ToTimestamp(Instant{midnight - UtcOffsetMinutes(context.now) * int64_t{60'000'000}});
}

// What counts from the day on, until the next change that was planned before.
template <class Event>
void Change(const Person& person, const Employments& employments, Employment inserted, const Context& context,
            Event* event) {
  auto spliced = Splice(employments, std::move(inserted), [&] { return context.NewId(); });
  *event->mutable_person() = person;
  ShowGrade(context, &spliced.inserted, event->mutable_person());
  *event->mutable_employment() = std::move(spliced.inserted);
  for (Employment& changed : spliced.changed) *event->add_changed() = std::move(changed);
}

// The request as a membership, refused as joining is.
Result<Membership> JoinedBy(const Person& person, const Unit& unit, const Memberships& others, const std::string& role,
                            const std::string& from_on, const std::string& to_on, const Context& context) {
  JoinUnitRequest request;
  request.set_person_id(person.id());
  request.set_unit_id(unit.id());
  request.set_role(role);
  request.set_from_on(from_on);
  request.set_to_on(to_on);
  auto joined = JoinUnit(person, unit, others, request, context);
  if (!joined.ok()) return joined.refusal();
  return joined->membership();
}

}  // namespace

const Employment* EmploymentOn(const Employments& employments, const std::string& day) {
  for (const Employment* employment : employments)
    if (kit::Holds(employment->from_on(), employment->to_on(), day)) return employment;
  return nullptr;
}

Result<PersonHired> HirePerson(const Person* person, const Unit& unit, const Employments& employments,
                               const Memberships& memberships, const HirePersonRequest& request,
                               const Context& context) {
  if (person == nullptr && request.name().empty()) return kPersonMustBeNamed.At("name");
  if (request.base_pay().minor() < 0) return kPayMustNotBeNegative.At("base_pay");
  const std::string from_on = DayOr(request.from_on(), context);
  for (const Employment* other : employments)
    if (kit::Overlap(other->from_on(), other->to_on(), from_on, ""))
      return kEmploymentMustNotOverlap.With("from_on", from_on).With("employment_id", other->id());
  PersonHired event;
  Person& hired = *event.mutable_person();
  if (person != nullptr) {
    hired = *person;
  } else {
    RegisterPersonRequest registered;
    kit::CopyWhatIsSet(request, &registered);
    registered.clear_grade();
    const auto recorded = RegisterPerson(registered, context);
    if (!recorded.ok()) return recorded.refusal();
    hired = recorded->person();
  }
  const auto joined = JoinedBy(hired, unit, memberships, request.role(), from_on, "", context);
  if (!joined.ok()) return joined.refusal();
  // From here on the hiring must succeed.
  *event.mutable_membership() = *joined;
  Employment& employment = *event.mutable_employment();
  employment.set_id(context.NewId());
  employment.set_person_id(hired.id());
  employment.set_grade(request.grade());
  if (request.has_base_pay()) *employment.mutable_base_pay() = request.base_pay();
  employment.set_hired_on(from_on);
  employment.set_from_on(from_on);
  ShowGrade(context, &employment, &hired);
  return event;
}

Result<PersonPromoted> PromotePerson(const Person& person, const Employments& employments,
                                     const PromotePersonRequest& request, const Context& context) {
  if (request.base_pay().minor() < 0) return kPayMustNotBeNegative.At("base_pay");
  const std::string from_on = DayOr(request.from_on(), context);
  const Employment* held = EmploymentOn(employments, from_on);
  if (held == nullptr) return kPersonMustBeEmployed.With("day", from_on).At("from_on");
  // From here on the promotion must succeed.
  Employment promoted = *held;
  promoted.set_from_on(from_on);
  promoted.set_grade(request.grade());
  if (request.has_base_pay()) *promoted.mutable_base_pay() = request.base_pay();
  PersonPromoted event;
  Change(person, employments, std::move(promoted), context, &event);
  return event;
}

Result<PayChanged> ChangePay(const Person& person, const Employments& employments, const ChangePayRequest& request,
                             const Context& context) {
  if (request.base_pay().minor() < 0) return kPayMustNotBeNegative.At("base_pay");
  const std::string from_on = DayOr(request.from_on(), context);
  const Employment* held = EmploymentOn(employments, from_on);
  if (held == nullptr) return kPersonMustBeEmployed.With("day", from_on).At("from_on");
  // From here on the change must succeed.
  Employment paid = *held;
  paid.set_from_on(from_on);
  *paid.mutable_base_pay() = request.base_pay();
  PayChanged event;
  Change(person, employments, std::move(paid), context, &event);
  return event;
}

Result<PersonMoved> TransferPerson(const Person& person, const Unit& unit, const Employments& employments,
                                   const Memberships& memberships, const TransferPersonRequest& request,
                                   const Context& context) {
  const std::string from_on = DayOr(request.from_on(), context);
  const std::string& left = request.from_role().empty() ? request.role() : request.from_role();
  const Employment* employment = EmploymentOn(employments, from_on);
  // Of people whose employment is not kept here, the memberships tell.
  if (!employments.empty() && employment == nullptr) return kPersonMustBeEmployed.With("day", from_on).At("from_on");
  Memberships of_role, others;
  const Membership* held = nullptr;
  for (const Membership* membership : memberships) {
    (membership->role() == left ? of_role : others).push_back(membership);
    if (membership->role() == left && kit::Holds(membership->from_on(), membership->to_on(), from_on))
      held = membership;
  }
  if (held == nullptr) return kPersonMustHoldRole.With("role", left).With("day", from_on).At("from_role");
  const auto joined = JoinedBy(person, unit, others, request.role(), from_on, request.to_on(), context);
  if (!joined.ok()) return joined.refusal();
  // From here on the move must succeed.
  PersonMoved event;
  *event.mutable_person() = person;
  if (employment != nullptr) *event.mutable_employment() = *employment;
  if (held->unit_id() == unit.id() && left == request.role() && held->to_on() == request.to_on()) {
    *event.mutable_membership() = *held;
    return event;
  }
  auto spliced = Splice(of_role, *joined, [&] { return context.NewId(); });
  for (const Membership* old : of_role)
    if (old->id() == spliced.inserted.id() && old->has_external_ref())
      *spliced.inserted.mutable_external_ref() = old->external_ref();
  *event.mutable_membership() = std::move(spliced.inserted);
  for (Membership& changed : spliced.changed) {
    if (changed.version() == 0) changed.clear_external_ref();
    *event.add_changed() = std::move(changed);
  }
  return event;
}

Result<PersonResigned> ResignPerson(const Person& person, const Leaving& leaving, const ResignPersonRequest& request,
                                    const Context& context) {
  if (request.successor_id() == person.id()) return kSuccessorMustDiffer.At("successor_id");
  const std::string last_on = DayOr(request.last_on(), context);
  const Employment* held = EmploymentOn(leaving.employments, last_on);
  if (held == nullptr) return kPersonMustBeEmployed.With("day", last_on).At("last_on");
  for (const HandOver* before : leaving.before)
    if (before->last_on() >= held->hired_on())
      return kResignationMustBeNew.With("last_on", before->last_on()).With("hand_over_id", before->id());
  const std::string day_after = DayBeside(last_on, 1);
  if (!leaving.of_successor.empty() && EmploymentOn(leaving.of_successor, day_after) == nullptr)
    return kSuccessorMustStay.With("day", day_after).At("successor_id");
  // From here on the resignation must succeed.
  PersonResigned event;
  *event.mutable_person() = person;
  *event.mutable_employment() = *held;
  event.mutable_employment()->set_to_on(last_on);
  for (const Employment* later : leaving.employments)
    if (later->from_on() > last_on && !kit::IsEmpty(later->from_on(), later->to_on()))
      Void(&(*event.add_cancelled() = *later));
  for (const Membership* membership : leaving.memberships) {
    const bool over = !membership->to_on().empty() && membership->to_on() <= last_on;
    if (over || kit::IsEmpty(membership->from_on(), membership->to_on())) continue;
    Membership& ended = *event.add_ended() = *membership;
    membership->from_on() > last_on ? Void(&ended) : ended.set_to_on(last_on);
  }
  HandOver& hand_over = *event.mutable_hand_over();
  hand_over.set_id(context.NewId());
  hand_over.set_from_person_id(person.id());
  hand_over.set_to_person_id(request.successor_id());
  hand_over.set_last_on(last_on);
  hand_over.set_state(HandOver::STATE_OPEN);
  for (const char* service : kHandingOver) {
    HandOverPart& part = *event.add_parts();
    part.set_id(context.NewId());
    part.set_hand_over_id(hand_over.id());
    part.set_service(service);
    part.set_state(HandOver::STATE_OPEN);
  }
  hand_over.set_open_parts(event.parts_size());
  return event;
}

Result<HandedOver> NoteHandedOver(const HandOver& hand_over, const std::vector<const HandOverPart*>& parts,
                                  const NoteHandedOverRequest& request, const Context& context) {
  // From here on the note must succeed.
  HandedOver event;
  HandOver& noted = *event.mutable_hand_over() = hand_over;
  HandOverPart& part = *event.mutable_part();
  part.set_hand_over_id(hand_over.id());
  part.set_service(request.service());
  int open = 0;
  for (const HandOverPart* there : parts) {
    if (there->service() == request.service())
      part = *there;
    else if (there->state() == HandOver::STATE_OPEN)
      ++open;
  }
  if (part.state() == HandOver::STATE_DONE) return event;
  if (part.id().empty()) part.set_id(context.NewId());
  part.set_state(HandOver::STATE_DONE);
  part.set_moved(request.moved());
  *part.mutable_done_at() = ToTimestamp(context.now);
  noted.set_open_parts(open);
  if (open > 0 || hand_over.state() == HandOver::STATE_DONE) return event;
  noted.set_state(HandOver::STATE_DONE);
  *noted.mutable_done_at() = ToTimestamp(context.now);
  return event;
}

Result<EmploymentBegan> BeginEmployment(const Employment& employment, const Person& person,
                                        const BeginEmploymentRequest&, const Context& context) {
  // From here on the beginning must succeed.
  EmploymentBegan event;
  *event.mutable_employment() = employment;
  *event.mutable_person() = person;
  ShowGrade(context, event.mutable_employment(), event.mutable_person());
  return event;
}

}  // namespace songsang::workforce
