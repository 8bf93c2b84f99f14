// Rules of statements: what a person is paid for a month, and how each line of it comes about.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/goal.pb.h"
#include "songsang/workforce/v1/plan.pb.h"
#include "songsang/workforce/v1/sale.pb.h"
#include "songsang/workforce/v1/statement.pb.h"

namespace songsang::workforce {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kPersonMustHavePlan{"PERSON_MUST_HAVE_PLAN", Code::kFailedPrecondition,
                                        "The person has no compensation plan in {month}.",
                                        "{month}월에 적용되는 보상 계획이 없는 사람입니다."};
inline const Reason kStatementMustFollow{"STATEMENT_MUST_FOLLOW", Code::kFailedPrecondition,
                                         "The next month to be settled is {next}.",
                                         "다음으로 정산할 월은 {next}입니다."};
inline const Reason kMonthMustBeOver{"MONTH_MUST_BE_OVER", Code::kFailedPrecondition, "{month} is not over yet.",
                                     "{month}월이 아직 끝나지 않았습니다."};
inline const Reason kPayCurrencyMustBePlans{"PAY_CURRENCY_MUST_BE_PLANS", Code::kFailedPrecondition,
                                            "Base pay must be in the currency of the plan, {currency}.",
                                            "기본급의 통화는 보상 계획의 통화({currency})와 같아야 합니다."};
inline const Reason kStatementFactsMustBeFewer{
    "STATEMENT_FACTS_MUST_BE_FEWER", Code::kFailedPrecondition,
    "{most} documents or more count in the month; one statement does not hold them.",
    "한 달에 반영할 실적 문서가 {most}건 이상이어서 한 명세로 정산할 수 없습니다."};
inline const Reason kStatementMustBeWritten{"STATEMENT_MUST_BE_WRITTEN", Code::kUnavailable,
                                            "The lines of the statement of {month} are still being written.",
                                            "{month}월 명세의 항목을 기록하고 있습니다. 잠시 후 다시 시도하세요."};
inline const Reason kStatementMustStandStill{
    "STATEMENT_MUST_STAND_STILL", Code::kFailedPrecondition,
    "The statement of {month} was settled of other records than there are now.",
    "{month}월 명세를 정산한 뒤 근거 자료가 바뀌었습니다."};
inline const Reason kStatementMustBeOwn{"STATEMENT_MUST_BE_OWN", Code::kPermissionDenied,
                                        "A rep may see their own statements only.",
                                        "영업 담당자는 본인의 명세만 조회할 수 있습니다."};

// All that a person's month is computed from.
struct PayRecords {
  std::string person_id, month;
  std::vector<const PlanAssignment*> assignments;
  std::map<std::string, const CompensationPlan*> plans;  // those assigned, by id
  std::vector<const Employment*> employments;
  std::map<std::string, int64_t> goals;       // the month's, by metric; of the plans' currency
  std::vector<const SalesFact*> facts;        // that count in the month
  std::vector<const SalesFact*> originals;    // of other months, that they take back from
  std::vector<const StatementLine*> settled;  // lines by which the originals were paid
};

// The month to be settled next: that after the last settled, else that of the first plan. Empty without a plan.
std::string NextToSettle(const std::vector<const Statement*>& statements,
                         const std::vector<const PlanAssignment*>& assignments);

// What the month comes to, with all of its lines. `id_of` answers the id of a line by its number.
StatementSettled Compute(const PayRecords& records, const std::string& tenant,
                         const std::function<std::string(int number)>& id_of);

// Base pay is in the plans' currency: that, or the refusal.
Result<std::string> CurrencyOf(const PayRecords& records);

Result<StatementSettled> SettleStatement(const PayRecords& records, const std::vector<const Statement*>& statements,
                                         const SettleStatementRequest& request, const Context& context);

// `records` are those of the statement's month, its goals the frozen ones.
Result<StatementLinesWritten> WriteStatementLines(const Statement& statement, const PayRecords& records,
                                                  const WriteStatementLinesRequest& request, const Context& context);
WriteStatementLinesRequest WriteStatementLinesOf(const Statement& statement);

// A statement is the sum of its lines, those written before included: the empty string, or what is wrong. `before` is
// null where the event settles it.
std::string IsSumOfLines(const Statement* before, const Statement& after,
                         const google::protobuf::RepeatedPtrField<StatementLine>& lines);

// That of `ext:statement:<person id>/<month>`.
std::string StatementId(const std::string& person_id, const std::string& month, const std::string& tenant);

}  // namespace songsang::workforce
