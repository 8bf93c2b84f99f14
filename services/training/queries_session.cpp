#include "songsang/training/v1/session.pb.h"
#include "training/training.h"

namespace songsang::training {
namespace {

constexpr char kTimetableSql[] = R"sql(
SELECT s.held_on, s.begins, s.ends, s.id AS session_id, s.room_id, r.name AS room_name, s.instructor_id,
       s.programme_id, p.name AS programme_name, s.item_key, s.class_group, s.state, s.present, s.absent
  FROM class_session s
  JOIN room r ON r.id = s.room_id
  JOIN programme p ON p.id = s.programme_id
 WHERE s.held_on >= :from_on AND s.held_on <= :to_on AND s.state <> 'cancelled'
   AND (:room_id = '' OR s.room_id = :room_id)
   AND (:instructor_id = '' OR s.instructor_id = :instructor_id)
   AND (:programme_id = '' OR s.programme_id = :programme_id)
   AND (:class_group = '' OR s.class_group = :class_group)
 ORDER BY s.held_on, s.begins, r.name, s.id
 LIMIT 1000)sql";

}  // namespace

void AddSessionQueries(engine::Service* service) {
  service->Query<v1::GetTimetableRequest, v1::Timetable>(kTimetableSql);
}

}  // namespace songsang::training
