// Rules of classes: what is taught where, when and by whom, and who was there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/training/v1/session.pb.h"
#include "training/rules_enrolment.h"

namespace songsang::training {

inline const Reason kRoomMustBeNamed{"ROOM_MUST_BE_NAMED", Code::kInvalidArgument, "A room needs a name.",
                                     "강의실에는 이름이 필요합니다."};
inline const Reason kRoomRefMustStay{"ROOM_REF_MUST_STAY", Code::kInvalidArgument,
                                     "The external reference of a room is given when it is recorded, and stays.",
                                     "강의실의 외부 참조는 등록할 때만 지정할 수 있습니다."};
inline const Reason kSessionMustEndAfterStart{"SESSION_MUST_END_AFTER_START", Code::kInvalidArgument,
                                              "The class would end at {ends}, not after it begins at {begins}.",
                                              "수업 종료 시각 {ends}은(는) 시작 시각 {begins}보다 늦어야 합니다."};
inline const Reason kRoomMustBeFree{"ROOM_MUST_BE_FREE", Code::kFailedPrecondition,
                                    "The room is taken from {begins} to {ends} by class {session_id}.",
                                    "{begins}부터 {ends}까지 다른 수업({session_id})이 강의실을 사용합니다."};
inline const Reason kInstructorMustBeFree{"INSTRUCTOR_MUST_BE_FREE", Code::kFailedPrecondition,
                                          "The instructor teaches from {begins} to {ends} in class {session_id}.",
                                          "강사가 {begins}부터 {ends}까지 다른 수업({session_id})을 진행합니다."};
inline const Reason kClassMustBeFree{"CLASS_MUST_BE_FREE", Code::kFailedPrecondition,
                                     "The class group is taught from {begins} to {ends} in class {session_id}.",
                                     "이 반은 {begins}부터 {ends}까지 다른 수업({session_id})을 듣습니다."};
inline const Reason kClassContentMustDiffer{
    "CLASS_CONTENT_MUST_DIFFER", Code::kFailedPrecondition,
    "The class group has the item {item} on {held_on}; say so if it is to be repeated.",
    "이 반은 {held_on}에 {item} 수업이 있습니다. 다시 하려면 보강으로 지정하세요."};
inline const Reason kSessionMustBeScheduled{"SESSION_MUST_BE_SCHEDULED", Code::kFailedPrecondition,
                                            "The class is {state}; it can be changed no more.",
                                            "수업이 이미 {state} 상태이므로 변경할 수 없습니다."};
inline const Reason kSessionMustNotBeCancelled{"SESSION_MUST_NOT_BE_CANCELLED", Code::kFailedPrecondition,
                                               "The class was cancelled; nobody was there.",
                                               "취소된 수업에는 출석을 기록할 수 없습니다."};
inline const Reason kSessionMustNotBeAhead{"SESSION_MUST_NOT_BE_AHEAD", Code::kFailedPrecondition,
                                           "The class is on {held_on}; attendance is taken from that day on.",
                                           "수업일은 {held_on}입니다. 출석은 수업일부터 기록할 수 있습니다."};
inline const Reason kAttendeesMustDiffer{"ATTENDEES_MUST_DIFFER", Code::kInvalidArgument,
                                         "The person {person_id} is marked twice.",
                                         "{person_id}의 출석이 두 번 기록되었습니다."};

using Sessions = std::vector<const ClassSession*>;

// What is on the timetable already, cancelled classes too: in the room, of the instructor and of the class group on
// that day, and of the same item for the class group on any day.
struct Timetabled {
  Sessions room;
  Sessions instructor;
  Sessions group;
  Sessions item;
};

// What attendance touches: those marked before, and of each person their enrolments in the programme and what they did.
struct Attended {
  std::vector<const Attendance*> marked;
  std::map<std::string, Enrolments> enrolments;  // by person
  std::map<std::string, Progresses> done;        // by enrolment
};

Result<RoomSaved> SaveRoom(const Room* room, const SaveRoomRequest& request, const Context& context);
Result<SessionScheduled> ScheduleSession(const Room& room, const Curricula& curricula, const Timetabled& timetabled,
                                         const ScheduleSessionRequest& request, const Context& context);
// What the session is to be, for the look-up of what is on the timetable then.
ClassSession Rescheduled(const ClassSession& session, const RescheduleSessionRequest& request);
Result<SessionRescheduled> RescheduleSession(const ClassSession& session, const Timetabled& timetabled,
                                             const RescheduleSessionRequest& request, const Context& context);
Result<SessionCancelled> CancelSession(const ClassSession& session, const CancelSessionRequest& request,
                                       const Context& context);
Result<AttendanceMarked> MarkAttendance(const ClassSession& session, const Programme& programme,
                                        const Curricula& curricula, const Attended& attended,
                                        const MarkAttendanceRequest& request, const Context& context);

}  // namespace songsang::training
