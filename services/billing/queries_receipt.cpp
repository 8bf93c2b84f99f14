#include "billing/billing.h"
#include "billing/reading.h"
#include "billing/rules_closing.h"
#include "billing/rules_receipt.h"
#include "engine/reasons.h"
#include "rows/table.h"

namespace songsang::billing {
namespace {

constexpr char kReceiptSql[] = "SELECT r.body FROM receipt r WHERE r.id = :receipt_id";
constexpr char kOpenSql[] = R"sql(
SELECT o.body
  FROM receipt r
  JOIN receivable o ON o.account_id = r.account_id AND o.standing = 'open' AND o.open_currency = r.amount_currency
 WHERE r.id = :receipt_id)sql";
constexpr char kPoliciesSql[] = R"sql(
SELECT p.body FROM receipt r JOIN allocation_policy p ON p.currency = r.amount_currency WHERE r.id = :receipt_id)sql";

constexpr char kPeriodSql[] = "SELECT p.body FROM period p WHERE p.id = :period_id";
// A posting belongs to the ledger that its entry's kind says.
constexpr char kPostingsSql[] = R"sql(
SELECT g.id, g.entry_id, g.account_id, g.receivable_id, g.posted_on, g.amount_currency, g.purpose, g.amount_minor
  FROM period p
  JOIN posting g ON g.month = p.month AND (g.unit_id = p.unit_id OR (g.unit_id IS NULL AND p.unit_id IS NULL))
  JOIN ledger_entry e ON e.id = g.entry_id
 WHERE p.id = :period_id AND (p.ledger = 'sales') = (e.kind IN ('invoice', 'return')))sql";
constexpr char kPositionSql[] = R"sql(
SELECT j.partition, j.epoch, j.seq FROM journal j ORDER BY j.seq DESC LIMIT 1)sql";

Result<PlanAllocationResponse> Plan(engine::Reader& reader, const PlanAllocationRequest& request) {
  const auto receipts = reader.Run(kReceiptSql, request);
  if (!receipts.ok()) return receipts.refusal();
  if (receipts->rows.empty())
    return engine::kNotFound.With("kind", "Receipt").With("field", "receipt_id").With("id", request.receipt_id());
  const auto open = reader.Run(kOpenSql, request);
  if (!open.ok()) return open.refusal();
  const auto policies = reader.Run(kPoliciesSql, request);
  if (!policies.ok()) return policies.refusal();
  const Receipt receipt = EntitiesIn<Receipt>(*receipts).front();
  const auto receivables = EntitiesIn<Receivable>(*open);
  const auto defined = EntitiesIn<AllocationPolicy>(*policies);
  const AllocationFacts facts{receipt, PointersTo(receivables), {}, PointersTo(defined), {}};
  return PlanAllocation(facts,
                        request.allocated_on().empty() ? reader.context().today.ToIso() : request.allocated_on());
}

LedgerAccount::Purpose PurposeNamed(const std::string& name) {
  const auto* purposes = LedgerAccount::Purpose_descriptor();
  for (int i = 0; i < purposes->value_count(); ++i)
    if (rows::EnumText(purposes->value(i)) == name)
      return static_cast<LedgerAccount::Purpose>(purposes->value(i)->number());
  return LedgerAccount::PURPOSE_UNSPECIFIED;
}

Result<ClosingResult> ComputeClosing(engine::Reader& reader, const ComputeClosingRequest& request) {
  const auto periods = reader.Run(kPeriodSql, request);
  if (!periods.ok()) return periods.refusal();
  if (periods->rows.empty())
    return engine::kNotFound.With("kind", "Period").With("field", "period_id").With("id", request.period_id());
  // The period is read first: if it is closed by then, nothing can be posted in it between the two.
  const auto postings = reader.Run(kPostingsSql, request);
  if (!postings.ok()) return postings.refusal();
  const auto position = reader.Run(kPositionSql, request);
  if (!position.ok()) return position.refusal();
  std::vector<ClosingRow> rows;
  for (const auto& row : postings->rows)
    rows.push_back({TextIn(row[0]), TextIn(row[1]), TextIn(row[2]), TextIn(row[3]), TextIn(row[4]), TextIn(row[5]),
                    PurposeNamed(TextIn(row[6])), NumberIn(row[7])});
  std::string at;
  for (const auto& row : position->rows)
    at = "billing/" + std::to_string(NumberIn(row[0])) + "/" + std::to_string(NumberIn(row[1])) + "/" +
         std::to_string(NumberIn(row[2]));
  return ResultOf(EntitiesIn<Period>(*periods).front(), std::move(rows), at);
}

}  // namespace

void AddReceiptQueries(engine::Service* service) {
  service->Query<PlanAllocationRequest>(Plan);
  service->Query<ComputeClosingRequest>(ComputeClosing);
}

}  // namespace songsang::billing
