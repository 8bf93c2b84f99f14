#include <gtest/gtest.h>

#include "support/context.h"
#include "support/proto.h"
#include "training/rules_session.h"

namespace songsang::training {
namespace {

const Room kRoom = Proto("id: 'R'");
const Curriculum kCurriculum = Proto("id: 'C' number: 1 state: STATE_APPROVED items { key: 'a' } items { key: 'b' }");
constexpr char kAsked[] =
    "programme_id: 'P' item_key: 'a' held_on: '2026-11-23' begins: '09:00' ends: '10:30' room_id: 'R' "
    "instructor_id: 'T' class_group: '강남 오전반' ";

TEST(ScheduleSession, TeachesAnItemOfTheApprovedCurriculum) {
  EXPECT_THAT(
      ScheduleSession(kRoom, {&kCurriculum}, {}, Proto(kAsked), ContextOf()),
      Answers(ContainsProto(std::string("session { curriculum_id: 'C' state: STATE_SCHEDULED ") + kAsked + "}")));
  EXPECT_THAT(ScheduleSession(kRoom, {}, {}, Proto(kAsked), ContextOf()), RefusedWith(kCurriculumMustBeApproved));
  Curriculum other = kCurriculum;
  other.mutable_items(0)->set_key("z");
  EXPECT_THAT(ScheduleSession(kRoom, {&other}, {}, Proto(kAsked), ContextOf()), RefusedWith(kItemMustBeKnown));
}

TEST(ScheduleSession, RefusesWhatMeets) {
  struct Row {
    const char* other;
    bool meets;
  };
  const Row rows[] = {
      {"id: 'O' begins: '08:00' ends: '09:00'", false},
      {"id: 'O' begins: '08:00' ends: '09:01'", true},
      {"id: 'O' begins: '09:30' ends: '09:40'", true},
      {"id: 'O' begins: '10:29' ends: '12:00'", true},
      {"id: 'O' begins: '10:30' ends: '12:00'", false},
      {"id: 'O' begins: '08:00' ends: '12:00'", true},
      {"id: 'O' begins: '08:00' ends: '12:00' state: STATE_CANCELLED", false},
      {"id: 'O' begins: '08:00' ends: '12:00' state: STATE_HELD", true},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.other);
    const ClassSession other = Proto(row.other);
    const std::pair<Timetabled, const Reason*> places[] = {{{{&other}, {}, {}, {}}, &kRoomMustBeFree},
                                                           {{{}, {&other}, {}, {}}, &kInstructorMustBeFree},
                                                           {{{}, {}, {&other}, {}}, &kClassMustBeFree}};
    for (const auto& [timetabled, reason] : places) {
      const auto scheduled = ScheduleSession(kRoom, {&kCurriculum}, timetabled, Proto(kAsked), ContextOf());
      if (row.meets)
        EXPECT_THAT(scheduled, RefusedWith(*reason));
      else
        EXPECT_THAT(scheduled, IsOk());
    }
  }
}

TEST(ScheduleSession, AClassGroupHasAnItemOnce) {
  ClassSession had = Proto("id: 'O' held_on: '2026-11-20'");
  EXPECT_THAT(ScheduleSession(kRoom, {&kCurriculum}, {{}, {}, {}, {&had}}, Proto(kAsked), ContextOf()),
              RefusedWith(kClassContentMustDiffer));
  EXPECT_THAT(ScheduleSession(kRoom, {&kCurriculum}, {{}, {}, {}, {&had}}, Proto(std::string(kAsked) + "repeats: true"),
                              ContextOf()),
              IsOk());
  had.set_state(ClassSession::STATE_CANCELLED);
  EXPECT_THAT(ScheduleSession(kRoom, {&kCurriculum}, {{}, {}, {}, {&had}}, Proto(kAsked), ContextOf()), IsOk());
}

TEST(RescheduleSession, ChangesWhatIsGivenAndMeetsNothingButItself) {
  const ClassSession session = Proto(std::string("id: 'S' state: STATE_SCHEDULED ") + kAsked);
  const ClassSession other = Proto("id: 'O' begins: '13:00' ends: '14:00'");
  EXPECT_THAT(RescheduleSession(session, {{&session}, {&session}, {}, {}}, Proto("ends: '11:00'"), ContextOf()),
              Answers(ContainsProto("session { begins: '09:00' ends: '11:00' room_id: 'R' }")));
  EXPECT_THAT(RescheduleSession(session, {{&other}, {}, {}, {}}, Proto("begins: '13:30' ends: '15:00'"), ContextOf()),
              RefusedWith(kRoomMustBeFree));
  EXPECT_THAT(RescheduleSession(session, {}, Proto("ends: '09:00'"), ContextOf()),
              RefusedWith(kSessionMustEndAfterStart));
  EXPECT_THAT(RescheduleSession(Proto("state: STATE_HELD"), {}, Proto(""), ContextOf()),
              RefusedWith(kSessionMustBeScheduled));
}

TEST(CancelSession, Once) {
  EXPECT_THAT(CancelSession(Proto("id: 'S' state: STATE_SCHEDULED"), Proto("reason: '강사 출장'"), ContextOf()),
              Answers(EqualsProto("session { id: 'S' state: STATE_CANCELLED cancelled_reason: '강사 출장' }")));
  EXPECT_THAT(CancelSession(Proto("state: STATE_CANCELLED"), Proto(""), ContextOf()),
              RefusedWith(kSessionMustBeScheduled));
}

TEST(MarkAttendance, WhoWasThereHasDoneTheItem) {
  const ClassSession session =
      Proto("id: 'S' programme_id: 'P' item_key: 'a' held_on: '2026-11-20' state: STATE_SCHEDULED");
  const Enrolment kim = Proto("id: 'E1' person_id: 'K' state: STATE_ENROLLED");
  const Enrolment lee =
      Proto("id: 'E2' person_id: 'L' state: STATE_BEGUN curriculum_id: 'C' items_done: 1 items_total: 2");
  const Enrolment over = Proto("id: 'E3' person_id: 'M' state: STATE_PASSED");
  const ItemProgress did = Proto("item_key: 'a'");
  Attended attended;
  attended.enrolments = {{"K", {&kim}}, {"L", {&lee}}, {"M", {&over}}};
  attended.done = {{"E2", {&did}}};
  const auto marked = MarkAttendance(
      session, Proto("id: 'P'"), {&kCurriculum}, attended,
      Proto("marks { person_id: 'K' state: STATE_PRESENT } marks { person_id: 'L' state: STATE_PRESENT } "
            "marks { person_id: 'M' state: STATE_PRESENT } marks { person_id: 'N' state: STATE_PRESENT } "
            "marks { person_id: 'O' state: STATE_ABSENT } marks { person_id: 'Q' state: STATE_EXCUSED }"),
      ContextOf());
  ASSERT_THAT(marked, Answers(ContainsProto("session { state: STATE_HELD present: 4 absent: 2 }")));
  EXPECT_EQ(marked->attendances_size(), 6);
  // Kim begins with it; Lee has done it, Mo has passed, and Nam does not take the programme.
  ASSERT_EQ(marked->enrolments_size(), 1);
  EXPECT_THAT(marked->enrolments(0), ContainsProto("id: 'E1' state: STATE_BEGUN curriculum_id: 'C' items_done: 1 "
                                                   "begun_on: '2026-11-20'"));
  ASSERT_EQ(marked->item_progresses_size(), 1);
  EXPECT_THAT(marked->item_progresses(0),
              ContainsProto("enrolment_id: 'E1' item_key: 'a' session_id: 'S' done_on: '2026-11-20'"));
}

TEST(MarkAttendance, IsCorrectedNotDoubled) {
  const ClassSession session = Proto("id: 'S' held_on: '2026-11-20' state: STATE_HELD present: 1 absent: 1");
  const auto first =
      MarkAttendance(session, Proto(""), {}, {}, Proto("marks { person_id: 'K' state: STATE_ABSENT }"), ContextOf());
  ASSERT_THAT(first, IsOk());
  const Attendance absent = first->attendances(0), other = Proto("id: 'X' person_id: 'L' state: STATE_PRESENT");
  Attended attended;
  attended.marked = {&absent, &other};
  EXPECT_THAT(MarkAttendance(session, Proto(""), {}, attended, Proto("marks { person_id: 'K' state: STATE_PRESENT }"),
                             ContextOf()),
              Answers(ContainsProto("session { present: 2 absent: 0 } attendances { id: '" + absent.id() +
                                    "' person_id: 'K' state: STATE_PRESENT }")));
}

TEST(MarkAttendance, Refuses) {
  const Proto two("marks { person_id: 'K' state: STATE_PRESENT } marks { person_id: 'K' state: STATE_ABSENT }");
  EXPECT_THAT(MarkAttendance(Proto("state: STATE_CANCELLED"), Proto(""), {}, {}, two, ContextOf()),
              RefusedWith(kSessionMustNotBeCancelled));
  EXPECT_THAT(MarkAttendance(Proto("held_on: '2026-11-23'"), Proto(""), {}, {}, two, ContextOf()),
              RefusedWith(kSessionMustNotBeAhead));
  EXPECT_THAT(MarkAttendance(Proto("held_on: '2026-11-22'"), Proto(""), {}, {}, two, ContextOf()),
              RefusedWith(kAttendeesMustDiffer));
}

TEST(SaveRoom, NeedsAName) {
  EXPECT_THAT(SaveRoom(nullptr, Proto("seats: 20"), ContextOf()), RefusedWith(kRoomMustBeNamed));
  EXPECT_THAT(SaveRoom(nullptr, Proto("name: '연수원 301호' seats: 20"), ContextOf()),
              Answers(ContainsProto("room { name: '연수원 301호' seats: 20 }")));
  EXPECT_THAT(SaveRoom(&kRoom, Proto("name: '302호'"), ContextOf()),
              Answers(EqualsProto("room { id: 'R' name: '302호' }")));
  EXPECT_THAT(SaveRoom(&kRoom, Proto("external_ref { system: 'hr' key: '1' }"), ContextOf()),
              RefusedWith(kRoomRefMustStay));
}

}  // namespace
}  // namespace songsang::training
