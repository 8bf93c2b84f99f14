#include "training/rules_session.h"

#include <set>
#include <utility>

#include "core/text.h"
#include "kit/copy.h"
#include "training/rules_ids.h"

namespace songsang::training {
namespace {

Status MustNotMeet(const ClassSession& session, const Sessions& others, const Reason& reason, const char* field) {
  for (const ClassSession* other : others)
    if (other->id() != session.id() && other->state() != ClassSession::STATE_CANCELLED &&
        other->begins() < session.ends() && session.begins() < other->ends())
      return reason.With("begins", other->begins())
          .With("ends", other->ends())
          .With("session_id", other->id())
          .At(field);
  return Done{};
}

Status MustFit(const ClassSession& session, const Timetabled& timetabled) {
  if (session.ends() <= session.begins())
    return kSessionMustEndAfterStart.With("begins", session.begins()).With("ends", session.ends()).At("ends");
  if (auto free = MustNotMeet(session, timetabled.room, kRoomMustBeFree, "room_id"); !free.ok()) return free;
  if (auto free = MustNotMeet(session, timetabled.instructor, kInstructorMustBeFree, "instructor_id"); !free.ok())
    return free;
  return MustNotMeet(session, timetabled.group, kClassMustBeFree, "class_group");
}

Status MustBeScheduled(const ClassSession& session) {
  if (session.state() == ClassSession::STATE_SCHEDULED) return Done{};
  return kSessionMustBeScheduled.With("state",
                                      Lower(ClassSession::State_Name(session.state()).substr(sizeof("STATE_") - 1)));
}

template <class Key, class Value>
const Value& Found(const std::map<Key, Value>& map, const Key& key) {
  static const Value kNone;
  const auto place = map.find(key);
  return place == map.end() ? kNone : place->second;
}

bool IsDone(const Progresses& done, const std::string& key) {
  for (const ItemProgress* progress : done)
    if (progress->item_key() == key) return true;
  return false;
}

// What being there does for a person: the item of the class is done in their open enrolment, if their version has it
// and they have not done it yet.
void Credit(const ClassSession& session, const Programme& programme, const Curricula& curricula,
            const Attended& attended, const std::string& person_id, const Context& context, AttendanceMarked* event) {
  for (const Enrolment* enrolment : Found(attended.enrolments, person_id)) {
    if (!IsOpen(*enrolment) || IsDone(Found(attended.done, enrolment->id()), session.item_key())) continue;
    const auto curriculum = CurriculumOf(*enrolment, curricula);
    if (!curriculum.ok()) continue;
    const auto item = ItemOf(**curriculum, session.item_key());
    if (!item.ok()) continue;
    Step step = DoItem(*enrolment, programme, **curriculum, **item, session.held_on(), session.id(), context);
    *event->add_enrolments() = std::move(step.enrolment);
    *event->add_item_progresses() = std::move(*step.progress);
    if (step.certification) *event->add_certifications() = std::move(*step.certification);
  }
}

}  // namespace

Result<RoomSaved> SaveRoom(const Room* room, const SaveRoomRequest& request, const Context& context) {
  if (room != nullptr && request.has_external_ref()) return kRoomRefMustStay.At("external_ref");
  RoomSaved event;
  Room& saved = *event.mutable_room();
  if (room != nullptr)
    saved = *room;
  else
    saved.set_id(context.NewId<Room>(request));
  kit::CopyWhatIsSet(request, &saved);
  if (saved.name().empty()) return kRoomMustBeNamed.At("name");
  return event;
}

Result<SessionScheduled> ScheduleSession(const Room&, const Curricula& curricula, const Timetabled& timetabled,
                                         const ScheduleSessionRequest& request, const Context& context) {
  const Curriculum* curriculum = ApprovedOf(curricula);
  if (curriculum == nullptr) return kCurriculumMustBeApproved;
  if (const auto item = ItemOf(*curriculum, request.item_key()); !item.ok()) return item.refusal();
  SessionScheduled event;
  ClassSession& session = *event.mutable_session();
  kit::CopyWhatIsSet(request, &session);
  session.set_id(context.NewId());
  if (const auto fits = MustFit(session, timetabled); !fits.ok()) return fits.refusal();
  for (const ClassSession* other : timetabled.item)
    if (!request.repeats() && other->state() != ClassSession::STATE_CANCELLED)
      return kClassContentMustDiffer.With("item", request.item_key()).With("held_on", other->held_on()).At("item_key");
  // From here on the class must be scheduled.
  session.set_curriculum_id(curriculum->id());
  session.set_state(ClassSession::STATE_SCHEDULED);
  return event;
}

ClassSession Rescheduled(const ClassSession& session, const RescheduleSessionRequest& request) {
  ClassSession changed = session;
  kit::CopyWhatIsSet(request, &changed);
  return changed;
}

Result<SessionRescheduled> RescheduleSession(const ClassSession& session, const Timetabled& timetabled,
                                             const RescheduleSessionRequest& request, const Context&) {
  if (const auto scheduled = MustBeScheduled(session); !scheduled.ok()) return scheduled.refusal();
  SessionRescheduled event;
  *event.mutable_session() = Rescheduled(session, request);
  if (const auto fits = MustFit(event.session(), timetabled); !fits.ok()) return fits.refusal();
  return event;
}

Result<SessionCancelled> CancelSession(const ClassSession& session, const CancelSessionRequest& request,
                                       const Context&) {
  if (const auto scheduled = MustBeScheduled(session); !scheduled.ok()) return scheduled.refusal();
  // From here on the class must be cancelled.
  SessionCancelled event;
  ClassSession& cancelled = *event.mutable_session() = session;
  cancelled.set_state(ClassSession::STATE_CANCELLED);
  cancelled.set_cancelled_reason(request.reason());
  return event;
}

Result<AttendanceMarked> MarkAttendance(const ClassSession& session, const Programme& programme,
                                        const Curricula& curricula, const Attended& attended,
                                        const MarkAttendanceRequest& request, const Context& context) {
  if (session.state() == ClassSession::STATE_CANCELLED) return kSessionMustNotBeCancelled;
  if (session.held_on() > context.today.ToIso()) return kSessionMustNotBeAhead.With("held_on", session.held_on());
  std::set<std::string> persons;
  for (const auto& mark : request.marks())
    if (!persons.insert(mark.person_id()).second)
      return kAttendeesMustDiffer.With("person_id", mark.person_id()).At("marks");
  // From here on the attendance must be marked.
  AttendanceMarked event;
  std::map<std::string, Attendance> roll;
  for (const Attendance* attendance : attended.marked) roll[attendance->person_id()] = *attendance;
  for (const auto& mark : request.marks()) {
    Attendance& attendance = roll[mark.person_id()];
    attendance.set_id(IdOf<Attendance>(context, {session.id(), mark.person_id()}));
    attendance.set_session_id(session.id());
    attendance.set_person_id(mark.person_id());
    attendance.set_state(mark.state());
    *event.add_attendances() = attendance;
    if (mark.state() == Attendance::STATE_PRESENT)
      Credit(session, programme, curricula, attended, mark.person_id(), context, &event);
  }
  ClassSession& held = *event.mutable_session() = session;
  held.set_state(ClassSession::STATE_HELD);
  held.set_present(0);
  held.set_absent(0);
  for (const auto& [person, attendance] : roll) {
    if (attendance.state() == Attendance::STATE_PRESENT)
      held.set_present(held.present() + 1);
    else
      held.set_absent(held.absent() + 1);
  }
  return event;
}

}  // namespace songsang::training
