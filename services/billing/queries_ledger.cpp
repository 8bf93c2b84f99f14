#include <algorithm>
#include <map>

#include "billing/billing.h"
#include "billing/reading.h"
#include "billing/rules_credit.h"
#include "core/money.h"

namespace songsang::billing {
namespace {

constexpr char kLineSql[] = R"sql(
SELECT id, limit_minor, limit_currency, orders_minor, receivables_minor, held
  FROM credit_line
 WHERE account_id = :account_id)sql";

constexpr char kItemsSql[] = R"sql(
SELECT kind, id, amount_minor, amount_currency
  FROM (SELECT 'sales_order' AS kind, o.id AS id, o.reserved_minor AS amount_minor, o.reserved_currency AS amount_currency
          FROM sales_order o
          JOIN credit_line l ON l.id = o.credit_line_id
         WHERE l.account_id = :account_id AND o.reserved_minor <> 0
        UNION ALL
        SELECT 'receivable', r.id, r.open_minor, r.open_currency
          FROM receivable r
          JOIN credit_line l ON l.id = r.credit_line_id
         WHERE l.account_id = :account_id AND r.settled = 0) items
 ORDER BY amount_minor DESC, id
 LIMIT 1000)sql";

constexpr char kBalanceSql[] = R"sql(
SELECT purpose, amount_currency,
       CAST(SUM(CASE WHEN amount_minor > 0 THEN amount_minor ELSE 0 END) AS BIGINT),
       CAST(SUM(CASE WHEN amount_minor < 0 THEN -amount_minor ELSE 0 END) AS BIGINT),
       COUNT(*)
  FROM posting
 WHERE (:purpose = '' OR purpose = :purpose)
   AND (:account_id = '' OR account_id = :account_id)
   AND (:unit_id = '' OR unit_id = :unit_id)
   AND (:from_on = '' OR posted_on >= :from_on)
   AND (:to_on = '' OR posted_on <= :to_on)
 GROUP BY purpose, amount_currency
 ORDER BY purpose, amount_currency)sql";

constexpr char kControlSql[] = R"sql(
SELECT currency, CAST(SUM(control) AS BIGINT), CAST(SUM(open_items) AS BIGINT), CAST(SUM(items) AS BIGINT)
  FROM (SELECT amount_currency AS currency, SUM(amount_minor) AS control, 0 AS open_items, 0 AS items
          FROM posting
         WHERE purpose = 'trade_receivables' AND (:account_id = '' OR account_id = :account_id)
         GROUP BY amount_currency
        UNION ALL
        SELECT open_currency, 0, SUM(open_minor), COUNT(*)
          FROM receivable
         WHERE settled = 0 AND (:account_id = '' OR account_id = :account_id)
         GROUP BY open_currency) both_sides
 GROUP BY currency
 ORDER BY currency)sql";

constexpr char kChartSql[] = "SELECT purpose, code, name_ko, name_en FROM ledger_account";

// `trade_receivables`, as it is stored.
LedgerAccount::Purpose PurposeOf(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  LedgerAccount::Purpose purpose = LedgerAccount::PURPOSE_UNSPECIFIED;
  LedgerAccount::Purpose_Parse("PURPOSE_" + text, &purpose);
  return purpose;
}

Result<GetExposureResponse> GetExposure(engine::Reader& reader, const GetExposureRequest& request) {
  const auto lines = reader.Run(kLineSql, request);
  if (!lines.ok()) return lines.refusal();
  if (lines->rows.empty()) return kCreditLineMustExist;
  const auto items = reader.Run(kItemsSql, request);
  if (!items.ok()) return items.refusal();
  const auto& line = lines->rows[0];
  const std::string currency = TextIn(line[2]);
  const int64_t exposure = NumberIn(line[3]) + NumberIn(line[4]);
  GetExposureResponse response;
  response.set_credit_line_id(TextIn(line[0]));
  *response.mutable_limit() = MoneyOf(NumberIn(line[1]), currency);
  *response.mutable_orders() = MoneyOf(NumberIn(line[3]), currency);
  *response.mutable_receivables() = MoneyOf(NumberIn(line[4]), currency);
  *response.mutable_exposure() = MoneyOf(exposure, currency);
  *response.mutable_available() = MoneyOf(NumberIn(line[1]) - exposure, currency);
  response.set_held(NumberIn(line[5]) != 0);
  for (const auto& row : items->rows) {
    ExposureItem& item = *response.add_items();
    item.set_kind(TextIn(row[0]));
    item.set_document_id(TextIn(row[1]));
    *item.mutable_amount() = MoneyOf(NumberIn(row[2]), TextIn(row[3]));
  }
  return response;
}

Result<GetLedgerBalanceResponse> GetLedgerBalance(engine::Reader& reader, const GetLedgerBalanceRequest& request) {
  const auto rows = reader.Run(kBalanceSql, request);
  if (!rows.ok()) return rows.refusal();
  GetLedgerBalanceResponse response;
  for (const auto& row : rows->rows) {
    LedgerBalance& balance = *response.add_balances();
    balance.set_purpose(PurposeOf(TextIn(row[0])));
    *balance.mutable_debit() = MoneyOf(NumberIn(row[2]), TextIn(row[1]));
    *balance.mutable_credit() = MoneyOf(NumberIn(row[3]), TextIn(row[1]));
    *balance.mutable_balance() = MoneyOf(NumberIn(row[2]) - NumberIn(row[3]), TextIn(row[1]));
    balance.set_postings(NumberIn(row[4]));
  }
  return response;
}

Result<CheckControlResponse> CheckControl(engine::Reader& reader, const CheckControlRequest& request) {
  const auto rows = reader.Run(kControlSql, request);
  if (!rows.ok()) return rows.refusal();
  CheckControlResponse response;
  for (const auto& row : rows->rows) {
    ControlRow& checked = *response.add_rows();
    *checked.mutable_control() = MoneyOf(NumberIn(row[1]), TextIn(row[0]));
    *checked.mutable_open_items() = MoneyOf(NumberIn(row[2]), TextIn(row[0]));
    *checked.mutable_difference() = MoneyOf(NumberIn(row[1]) - NumberIn(row[2]), TextIn(row[0]));
    checked.set_open_count(NumberIn(row[3]));
  }
  return response;
}

Result<GetChartResponse> GetChart(engine::Reader& reader, const GetChartRequest& request) {
  const auto rows = reader.Run(kChartSql, request);
  if (!rows.ok()) return rows.refusal();
  GetChartResponse response;
  for (const LedgerAccount& shipped : ShippedChart()) {
    ChartRow& account = *response.add_accounts();
    account.set_purpose(shipped.purpose());
    account.set_code(shipped.code());
    account.set_name_ko(shipped.name_ko());
    account.set_name_en(shipped.name_en());
    account.set_side(shipped.side());
    for (const auto& row : rows->rows) {
      if (PurposeOf(TextIn(row[0])) != shipped.purpose()) continue;
      account.set_code(TextIn(row[1]));
      account.set_name_ko(TextIn(row[2]));
      account.set_name_en(TextIn(row[3]));
      account.set_own(true);
    }
  }
  std::stable_sort(response.mutable_accounts()->begin(), response.mutable_accounts()->end(),
                   [](const ChartRow& a, const ChartRow& b) { return a.code() < b.code(); });
  return response;
}

}  // namespace

void AddTradeQueries(engine::Service* service) {
  service->Query<GetExposureRequest>(GetExposure);
  service->Query<GetLedgerBalanceRequest>(GetLedgerBalance);
  service->Query<CheckControlRequest>(CheckControl);
  service->Query<GetChartRequest>(GetChart);
}

}  // namespace songsang::billing
