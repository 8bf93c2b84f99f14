// Rules of compensation plans: what a plan may say, and who is paid by which, from when.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/workforce/v1/people.pb.h"
#include "songsang/workforce/v1/plan.pb.h"
#include "songsang/workforce/v1/statement.pb.h"

namespace songsang::workforce {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kTiersMustRise{"TIERS_MUST_RISE", Code::kInvalidArgument,
                                   "The first tier is above 0, and each begins above the one before.",
                                   "첫 구간은 0부터 시작하고, 각 구간은 앞 구간보다 높은 금액에서 시작해야 합니다."};
inline const Reason kAcceleratorsMustRise{"ACCELERATORS_MUST_RISE", Code::kInvalidArgument,
                                          "Each accelerator begins above the one before.",
                                          "가속 구간은 앞 구간보다 높은 달성률에서 시작해야 합니다."};
inline const Reason kRateMustBeAFraction{"RATE_MUST_BE_A_FRACTION", Code::kInvalidArgument,
                                         "A rate is a fraction from 0 to 1: 4 % are 0.04.",
                                         "수당률은 0에서 1 사이의 값입니다. 4%는 0.04로 적습니다."};
inline const Reason kGoalMetricRequired{"GOAL_METRIC_REQUIRED", Code::kInvalidArgument,
                                        "A plan with accelerators names the goal that they look at.",
                                        "가속 수당이 있는 보상 계획에는 기준이 되는 목표 지표가 필요합니다."};
// Kept by the unique index on CompensationPlan.key and number.
inline const Reason kPlanVersionTaken{"PLAN_VERSION_TAKEN", Code::kAlreadyExists,
                                      "This version of the plan is there already.", "이미 있는 보상 계획 버전입니다."};
inline const Reason kPlanCurrencyMustStay{
    "PLAN_CURRENCY_MUST_STAY", Code::kFailedPrecondition,
    "The person is paid in {currency}; another currency needs another person.",
    "이 사람의 수당 통화는 {currency}입니다. 다른 통화의 계획은 적용할 수 없습니다."};
inline const Reason kAssignmentMustEndAfterStart{"ASSIGNMENT_MUST_END_AFTER_START", Code::kFailedPrecondition,
                                                 "The assignment begins on {from_on}; it cannot end before.",
                                                 "적용은 {from_on}에 시작합니다. 그 이전에 종료할 수 없습니다."};
inline const Reason kMonthMustBeOpen{"MONTH_MUST_BE_OPEN", Code::kFailedPrecondition,
                                     "The month {month} is settled; the day must lie after it.",
                                     "{month}월분은 이미 정산되었습니다. 그 이후 날짜를 지정하세요."};

Status CheckTerms(const CompensationPlan::Terms& terms);

// `versions` are those of the same key.
Result<CompensationPlanDefined> DefineCompensationPlan(const std::vector<const CompensationPlan*>& versions,
                                                       const DefineCompensationPlanRequest& request,
                                                       const Context& context);

// The last month that is settled; empty if none is.
std::string SettledThrough(const std::vector<const Statement*>& statements);

// What assigning looks at: the person's assignments, one of the plans that they name, and the person's statements.
struct PaidBy {
  std::vector<const PlanAssignment*> assignments;
  const CompensationPlan* other = nullptr;  // null where there is no assignment yet
  std::vector<const Statement*> statements;
};
Result<PlanAssigned> AssignPlan(const Person& person, const CompensationPlan& plan, const PaidBy& before,
                                const AssignPlanRequest& request, const Context& context);

}  // namespace songsang::workforce
