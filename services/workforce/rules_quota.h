// How goals of people, by the day, become quotas of units: by who was where on which day, and which unit lay below
// which.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/result.h"
#include "songsang/workforce/v1/goal.pb.h"

namespace songsang::workforce {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kPeriodMustNotBeLong{"PERIOD_MUST_NOT_BE_LONG", Code::kInvalidArgument,
                                         "The period may have {days} days at most.",
                                         "조회 기간은 최대 {days}일입니다."};
inline const Reason kPeriodMustEndAfterStart{"PERIOD_MUST_END_AFTER_START", Code::kInvalidArgument,
                                             "The period ends before it begins.",
                                             "기간의 종료일이 시작일보다 빠릅니다."};

// A period in which a person was in a unit, or a unit lay below another (`parent`, empty at the root). Days are ISO
// text, both included; an empty one leaves that end open.
struct Stay {
  std::string id, what, where, from, to;
};

// A unit, or a person, as it is shown.
using Names = std::map<std::string, std::string>;

struct GoalShare {
  std::string holder_id, date;
  int64_t amount = 0;
};

struct QuotaFacts {
  std::vector<GoalShare> of_people;
  std::map<std::string, int64_t> of_units;  // what was set for units themselves
  std::vector<Stay> memberships;            // what = person, where = unit
  std::vector<Stay> placements;             // what = unit, where = the one above
  Names units, people;
};

// The unit that carries a person's goal on a day; empty if they were in none. `memberships` are the person's.
const std::string& HomeOn(const std::vector<const Stay*>& memberships, const std::string& day);

Status CheckPeriod(const GetQuotaRollUpRequest& request);
QuotaRollUp RollUp(const QuotaFacts& facts, const GetQuotaRollUpRequest& request);

}  // namespace songsang::workforce
