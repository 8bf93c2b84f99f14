// Rules of goals: a year, a month, a week or a day is set, and the days follow. Only the days are kept.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/dates.h"
#include "core/result.h"
#include "songsang/workforce/v1/calendar.pb.h"
#include "songsang/workforce/v1/goal.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang::workforce {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kGoalMustHaveOneHolder{"GOAL_MUST_HAVE_ONE_HOLDER", Code::kInvalidArgument,
                                           "A goal is a person's or a unit's: name one of them.",
                                           "목표의 주체로 담당자와 조직 중 하나만 지정해야 합니다."};
inline const Reason kPeriodMustExist{"PERIOD_MUST_EXIST", Code::kInvalidArgument, "There is no period {period}.",
                                     "{period}은(는) 존재하지 않는 기간입니다."};
inline const Reason kGoalMustCoverPast{
    "GOAL_MUST_COVER_PAST", Code::kFailedPrecondition,
    "The days of {period} that are past hold {past} already; they keep it, so the goal cannot be less.",
    "{period} 중 이미 지난 날의 목표가 {past}입니다. 지난 날의 목표는 바뀌지 않으므로 그보다 낮게 정할 수 없습니다."};
inline const Reason kGoalMustHaveDaysLeft{"GOAL_MUST_HAVE_DAYS_LEFT", Code::kFailedPrecondition,
                                          "No working day is left in {period} to hold {rest}.",
                                          "{period}에 남은 근무일이 없어 {rest}을(를) 배분할 수 없습니다."};
inline const Reason kGoalMustExist{"GOAL_MUST_EXIST", Code::kNotFound, "There is no such goal in {year}.",
                                   "{year}년에 해당 목표가 없습니다."};

// First and last day of `2026`, `2026-03`, `2026-03-W2` or `2026-03-16`; nothing where there is no such period.
struct Days {
  Date first, last;
};
std::optional<Days> DaysOf(const std::string& period);

// `2026-03`, and the slice of the calendar week within the month: `2026-03-W1` is from the 1st to the first Sunday.
std::string MonthOf(Date day);
std::string WeekOf(Date day);

// Gives an amount out over days that are in order: to months by how many of the days they have, then to weeks, then to
// days, each by largest remainder. Nothing where there are no days.
std::map<std::string, int64_t> GiveOut(int64_t amount, const std::vector<Date>& days);

// That of `ext:goal:<metric>/<currency>/<holder id>/<year>`: a holder has one goal a year by one measure.
std::string GoalId(const std::string& metric, const std::string& currency, const std::string& holder_id,
                   const std::string& year, const std::string& tenant);
template <class Request>
const std::string& HolderOf(const Request& request) {
  return request.person_id().empty() ? request.unit_id() : request.person_id();
}

// What a goal is set over.
struct GoalBefore {
  const Goal* goal = nullptr;  // null where this is the first of the year
  std::vector<const GoalDay*> days;
  std::vector<const CalendarDay*> declared;  // of the year
};
Result<GoalSet> SetGoal(const GoalBefore& before, const SetGoalRequest& request, const Context& context);

// Days in order, with their amounts, as they add up.
GoalTree ArrangeGoal(const Goal& goal, const std::map<std::string, int64_t>& days);

}  // namespace songsang::workforce
