#include <deque>

#include "billing/billing.h"
#include "billing/policies.h"
#include "billing/rules_assessment.h"
#include "core/money.h"

namespace songsang::billing {
namespace {

constexpr char kHistorySql[] = R"sql(
SELECT COUNT(*) AS receivables,
       COUNT(CASE WHEN settled = 0 AND due_on < :day THEN 1 END) AS overdue,
       MIN(CASE WHEN settled = 0 AND due_on < :day THEN due_on END) AS oldest
  FROM receivable
 WHERE account_id = :account_id AND kind <> 'credit' AND booked_on <= :day)sql";

constexpr char kOverdueSql[] = R"sql(
SELECT open_currency, CAST(SUM(open_minor) AS BIGINT)
  FROM receivable
 WHERE account_id = :account_id AND kind <> 'credit' AND booked_on <= :day AND settled = 0 AND due_on < :day
 GROUP BY open_currency
 ORDER BY open_currency)sql";

constexpr char kCriteriaSql[] = R"sql(
SELECT body FROM credit_criteria WHERE currency = :currency ORDER BY number, id)sql";

std::string Text(const engine::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : *text;
}

int64_t Number(const engine::Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

Result<PaymentHistory> GetPaymentHistory(engine::Reader& reader, const GetPaymentHistoryRequest& request) {
  const Date day = Date::Parse(request.as_of()).value_or(reader.context().today);
  const auto counts = reader.Run(kHistorySql, request, {{"day", day.ToIso()}});
  if (!counts.ok()) return counts.refusal();
  const auto amounts = reader.Run(kOverdueSql, request, {{"day", day.ToIso()}});
  if (!amounts.ok()) return amounts.refusal();
  PaymentHistory history;
  history.set_account_id(request.account_id());
  for (const auto& row : counts->rows) {
    history.set_receivables(Number(row[0]));
    history.set_overdue(Number(row[1]));
    if (const auto oldest = Date::Parse(Text(row[2])); oldest) history.set_oldest_overdue_days(day - *oldest);
  }
  for (const auto& row : amounts->rows) *history.add_overdue_amounts() = MoneyOf(Number(row[1]), Text(row[0]));
  return history;
}

Result<FindCreditCriteriaResponse> FindCreditCriteria(engine::Reader& reader,
                                                      const FindCreditCriteriaRequest& request) {
  const auto rows = reader.Run(kCriteriaSql, request);
  if (!rows.ok()) return rows.refusal();
  std::deque<CreditCriteria> kept;
  Criteria defined;
  for (const auto& row : rows->rows) {
    kept.emplace_back().ParseFromString(Text(row[0]));
    defined.push_back(&kept.back());
  }
  FindCreditCriteriaResponse response;
  *response.mutable_criteria() = CriteriaOn(defined, request.currency(),
                                            request.as_of().empty() ? reader.context().today.ToIso() : request.as_of());
  return response;
}

std::vector<engine::Named> CriteriaOf(const std::string& currency) {
  return {{CreditCriteria::descriptor(), {"currency"}, {currency}}};
}

}  // namespace

void AddAssessments(engine::Service* service) {
  service->Command(AssessCredit);
  service->Reads<AssessCreditRequest>([](const AssessCreditRequest& request, const Context&) {
    return CriteriaOf(request.requested_limit().currency());
  });
  service->Gather<AssessCreditRequest>([](const AssessCreditRequest& request, const Context&) {
    GetPaymentHistoryRequest ask;
    ask.set_account_id(request.account_id());
    return ask;
  });
  service->Command(DefineCreditCriteria);
  service->Reads<DefineCreditCriteriaRequest>(
      [](const DefineCreditCriteriaRequest& request, const Context&) { return CriteriaOf(request.currency()); });
  service->Query<GetPaymentHistoryRequest>(GetPaymentHistory);
  service->Query<FindCreditCriteriaRequest>(FindCreditCriteria);
  service->Policy("assess_opening", AssessOpening);
  service->Policy("open_line_of_account", OpenLineOfAccount);
}

}  // namespace songsang::billing
