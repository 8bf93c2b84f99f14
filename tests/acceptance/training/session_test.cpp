// T6: daily classes, each with its day, room, instructor and attendance.
#include <atomic>
#include <thread>

#include "acceptance/training/school.h"

namespace songsang {
namespace {

using namespace training::v1;  // NOLINT: the service under test

class Classes : public School {
 public:
  Classes() {
    Approved(
        programme,
        "items { key: 'day1' name: '상품' } items { key: 'day2' name: '상담' } items { key: 'day3' name: '계약' }");
    for (const char* name : {"301호", "302호"}) {
      const auto saved = trainer.Call<RoomSaved>("SaveRoom", Proto(std::string("name: '") + name + "'"));
      EXPECT_THAT(saved, IsOk());
      rooms.push_back(saved->room().id());
    }
  }
  std::string Asked(const std::string& item, const std::string& day, int room, const std::string& instructor,
                    const std::string& more = "begins: '09:00' ends: '10:30' class_group: '강남 오전반'") const {
    return "programme_id: '" + programme + "' item_key: '" + item + "' held_on: '" + day + "' room_id: '" +
           rooms[static_cast<size_t>(room)] + "' instructor_id: '" + instructor + "' " + more;
  }
  Called<SessionScheduled> Schedule(const std::string& asked) const {
    return trainer.Call<SessionScheduled>("ScheduleSession", Proto(asked));
  }

  const std::string programme = Programme();
  const std::string park = Person("박도윤"), choi = Person("최지우");
  std::vector<std::string> rooms;
};

TEST(T6_DailyClasses, EachDayTeachesSomethingElse) {
  const Classes classes;
  ASSERT_THAT(classes.Schedule(classes.Asked("day1", "2026-12-01", 0, classes.park)), IsOk());
  // The same again the next day is refused, unless it is meant.
  const std::string again = classes.Asked("day1", "2026-12-02", 0, classes.park);
  EXPECT_THAT(classes.Schedule(again), RefusedWith(std::string("CLASS_CONTENT_MUST_DIFFER")));
  ASSERT_THAT(classes.Schedule(classes.Asked("day2", "2026-12-02", 0, classes.park)), IsOk());
  ASSERT_THAT(classes.Schedule(classes.Asked("day3", "2026-12-03", 1, classes.choi)), IsOk());
  ASSERT_THAT(classes.Schedule(classes.Asked("day1", "2026-12-04", 0, classes.park,
                                             "begins: '09:00' ends: '10:30' class_group: '강남 오전반' repeats: true")),
              IsOk());
  const auto timetable =
      classes.trainer.Call<Timetable>("GetTimetable", Proto("from_on: '2026-12-01' to_on: '2026-12-03'"));
  ASSERT_THAT(timetable, IsOk());
  std::string shown;
  for (const auto& entry : timetable->entries())
    shown += entry.held_on() + " " + entry.begins() + " " + entry.room_name() + " " + entry.item_key() + "\n";
  EXPECT_EQ(shown, "2026-12-01 09:00 301호 day1\n2026-12-02 09:00 301호 day2\n2026-12-03 09:00 302호 day3\n");
  const auto of_choi = classes.trainer.Call<Timetable>(
      "GetTimetable", Proto("from_on: '2026-12-01' to_on: '2026-12-31' instructor_id: '" + classes.choi + "'"));
  ASSERT_THAT(of_choi, IsOk());
  EXPECT_EQ(of_choi->entries_size(), 1);
}

TEST(T6_DailyClasses, ARoomAnInstructorAndAClassAreInOnePlaceAtATime) {
  const Classes classes;
  ASSERT_THAT(classes.Schedule(classes.Asked("day1", "2026-12-01", 0, classes.park)), IsOk());
  const std::string later = "begins: '10:00' ends: '11:00' class_group: '오후반'";
  EXPECT_THAT(classes.Schedule(classes.Asked("day1", "2026-12-01", 0, classes.choi, later)),
              RefusedWith(std::string("ROOM_MUST_BE_FREE")));
  EXPECT_THAT(classes.Schedule(classes.Asked("day1", "2026-12-01", 1, classes.park, later)),
              RefusedWith(std::string("INSTRUCTOR_MUST_BE_FREE")));
  EXPECT_THAT(classes.Schedule(classes.Asked("day2", "2026-12-01", 1, classes.choi)),
              RefusedWith(std::string("CLASS_MUST_BE_FREE")));
  const auto other = classes.Schedule(classes.Asked("day1", "2026-12-01", 1, classes.choi, later));
  ASSERT_THAT(other, IsOk());
  // Moving into the taken room is refused, too, and free again once the first class is off.
  const std::string move = "session_id: '" + other->session().id() + "' room_id: '" + classes.rooms[0] + "'";
  EXPECT_THAT(classes.trainer.Call<SessionRescheduled>("RescheduleSession", Proto(move)),
              RefusedWith(std::string("ROOM_MUST_BE_FREE")));
  EXPECT_THAT(classes.trainer.Call<SessionRescheduled>("RescheduleSession", Proto(move + " begins: '10:30'")), IsOk());
  EXPECT_THAT(classes.Schedule(classes.Asked("day1", "2026-12-01", 0, classes.park,
                                             "begins: '11:00' ends: '10:00' class_group: '저녁반'")),
              RefusedWith(std::string("SESSION_MUST_END_AFTER_START")));
  EXPECT_THAT(classes.Schedule(classes.Asked("day1", "2026-12-01", 0, classes.park, "begins: '25:00' ends: '26:00'")),
              RefusedWith(std::string("INVALID_REQUEST")));
}

TEST(T6_DailyClasses, OfManyAtOnceForOneRoomOneHasIt) {
  const Classes classes;
  std::atomic<int> scheduled{0}, refused{0};
  std::vector<std::string> instructors;
  for (int i = 0; i < 8; ++i) instructors.push_back(classes.Person("강사 " + std::to_string(i)));
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      const auto called =
          classes.Schedule(classes.Asked("day1", "2026-12-01", 0, instructors[static_cast<size_t>(i)],
                                         "begins: '09:00' ends: '10:00' class_group: '반 " + std::to_string(i) + "'"));
      if (called.ok()) ++scheduled;
      if (called.answer().reason == "ROOM_MUST_BE_FREE") ++refused;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(scheduled, 1);
  EXPECT_EQ(refused, 7);
}

TEST(T6_DailyClasses, WhoWasThereHasDoneTheLesson) {
  const Classes classes;
  const std::string kim = classes.Person("김하늘"), lee = classes.Person("이서준");
  const Enrolment of_kim = classes.Enrol(kim, classes.programme), of_lee = classes.Enrol(lee, classes.programme);
  const auto day = [&](const char* item, const char* on) {
    const auto scheduled = classes.Schedule(classes.Asked(item, on, 0, classes.park));
    EXPECT_THAT(scheduled, IsOk());
    return scheduled->session().id();
  };
  const auto mark = [&](const std::string& session, const char* of_lee_state) {
    return classes.trainer.Call<AttendanceMarked>(
        "MarkAttendance",
        Proto("session_id: '" + session + "' marks { person_id: '" + kim +
              "' state: STATE_PRESENT } marks { person_id: '" + lee + "' state: " + of_lee_state + " }"));
  };
  const std::string first = day("day1", "2026-11-02"), second = day("day2", "2026-11-03"),
                    third = day("day3", "2026-11-04");
  ASSERT_THAT(mark(first, "STATE_PRESENT"), Answers(ContainsProto("session { state: STATE_HELD present: 2 }")));
  ASSERT_THAT(mark(second, "STATE_ABSENT"), Answers(ContainsProto("session { present: 1 absent: 1 }")));
  ASSERT_THAT(mark(third, "STATE_PRESENT"), IsOk());
  EXPECT_THAT(classes.Get(of_kim.id()), ContainsProto("state: STATE_PASSED items_done: 3 ended_on: '2026-11-04'"));
  EXPECT_THAT(classes.Get(of_lee.id()), ContainsProto("state: STATE_BEGUN items_done: 2"));
  // It was a mistake: Lee had been there. Marked once more, nothing doubles.
  ASSERT_THAT(mark(second, "STATE_PRESENT"), Answers(ContainsProto("session { present: 2 absent: 0 }")));
  EXPECT_THAT(classes.Get(of_lee.id()), ContainsProto("state: STATE_PASSED items_done: 3"));
  const auto roll =
      classes.trainer.Call<ListAttendancesResponse>("ListAttendances", Proto("session_id: '" + second + "'"));
  ASSERT_THAT(roll, IsOk());
  EXPECT_EQ(roll->attendances_size(), 2);
}

}  // namespace
}  // namespace songsang
