#include "training/rules_session.h"
#include "training/training.h"

namespace songsang::training {
namespace {

using engine::Find;
using engine::Tx;

// What is on the timetable where and when a class is to be.
Timetabled Around(Tx& tx, const ClassSession& session) {
  Timetabled timetabled;
  timetabled.room = tx.List<ClassSession>({"held_on", "room_id"}, {session.held_on(), session.room_id()});
  timetabled.instructor =
      tx.List<ClassSession>({"instructor_id", "held_on"}, {session.instructor_id(), session.held_on()});
  timetabled.group = tx.List<ClassSession>({"class_group", "held_on"}, {session.class_group(), session.held_on()});
  timetabled.item = tx.List<ClassSession>({"programme_id", "item_key", "class_group"},
                                          {session.programme_id(), session.item_key(), session.class_group()});
  return timetabled;
}

Result<SessionScheduled> Schedule(Tx& tx, const ScheduleSessionRequest& request, const Context& context) {
  const auto programme = Find<Programme>(tx, "programme_id", request.programme_id());
  if (!programme.ok()) return programme.refusal();
  const auto room = Find<Room>(tx, "room_id", request.room_id());
  if (!room.ok()) return room.refusal();
  ClassSession asked;
  asked.set_programme_id(request.programme_id());
  asked.set_item_key(request.item_key());
  asked.set_held_on(request.held_on());
  asked.set_room_id(request.room_id());
  asked.set_instructor_id(request.instructor_id());
  asked.set_class_group(request.class_group());
  return ScheduleSession(**room, tx.List<Curriculum>({"programme_id"}, {request.programme_id()}), Around(tx, asked),
                         request, context);
}

Result<SessionRescheduled> Reschedule(Tx& tx, const RescheduleSessionRequest& request, const Context& context) {
  const auto session = Find<ClassSession>(tx, "session_id", request.session_id());
  if (!session.ok()) return session.refusal();
  if (request.has_room_id())
    if (const auto room = Find<Room>(tx, "room_id", request.room_id()); !room.ok()) return room.refusal();
  return RescheduleSession(**session, Around(tx, Rescheduled(**session, request)), request, context);
}

Result<AttendanceMarked> Mark(Tx& tx, const MarkAttendanceRequest& request, const Context& context) {
  const auto session = Find<ClassSession>(tx, "session_id", request.session_id());
  if (!session.ok()) return session.refusal();
  const std::string& programme_id = (*session)->programme_id();
  const auto programme = Find<Programme>(tx, "session_id", programme_id);
  if (!programme.ok()) return programme.refusal();
  Attended attended;
  attended.marked = tx.List<Attendance>({"session_id"}, {(*session)->id()});
  for (const auto& mark : request.marks()) {
    Enrolments& taken = attended.enrolments[mark.person_id()];
    taken = tx.List<Enrolment>({"person_id", "programme_id"}, {mark.person_id(), programme_id});
    for (const Enrolment* enrolment : taken)
      attended.done[enrolment->id()] = tx.List<ItemProgress>({"enrolment_id"}, {enrolment->id()});
  }
  return MarkAttendance(**session, **programme, tx.List<Curriculum>({"programme_id"}, {programme_id}), attended,
                        request, context);
}

}  // namespace

void AddSessions(engine::Service* service) {
  service->Command(SaveRoom);
  service->Command<ScheduleSessionRequest>(Schedule);
  service->Command<RescheduleSessionRequest>(Reschedule);
  service->Command(CancelSession);
  service->Command<MarkAttendanceRequest>(Mark);
}

}  // namespace songsang::training
