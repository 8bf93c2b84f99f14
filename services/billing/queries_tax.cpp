#include <map>

#include "billing/billing.h"
#include "billing/holidays.h"
#include "billing/reading.h"
#include "billing/rules_tax_check.h"
#include "engine/reasons.h"

namespace songsang::billing {
namespace {

constexpr size_t kMostIssues = 5000;

constexpr char kTaxInvoiceSql[] = "SELECT t.body FROM tax_invoice t WHERE t.id = :tax_invoice_id";
constexpr char kLinesSql[] = R"sql(
SELECT l.body FROM tax_invoice_line l WHERE l.tax_invoice_id = :tax_invoice_id ORDER BY l.number)sql";
constexpr char kOriginalSql[] = R"sql(
SELECT o.approval_no FROM tax_invoice t JOIN tax_invoice o ON o.id = t.original_id WHERE t.id = :tax_invoice_id)sql";
constexpr char kRatesSql[] = "SELECT r.body FROM tax_rates r WHERE r.country = 'KR'";

// Invoices of the month to businesses, and what their first tax invoices come to.
constexpr char kInvoicesSql[] = R"sql(
WITH drafted AS (
  SELECT t.invoice_id, CAST(SUM(t.supply_minor) AS BIGINT) AS supply, CAST(SUM(t.tax_minor) AS BIGINT) AS tax
    FROM tax_invoice t
   WHERE t.written_on >= :from_on AND t.written_on <= :to_on AND t.return_id IS NULL
   GROUP BY t.invoice_id)
SELECT i.id, i.number, i.account_id, i.issued_on, i.supply_minor, i.tax_minor, d.invoice_id, d.supply, d.tax
  FROM invoice i
  LEFT JOIN drafted d ON d.invoice_id = i.id
  LEFT JOIN accounts_account a ON a.id = i.account_id
 WHERE i.issued_on >= :from_on AND i.issued_on <= :to_on AND i.supply_currency = 'KRW'
   AND (:unit_id = '' OR i.unit_id = :unit_id)
   AND (a.id IS NULL OR (a.kind = 'business' AND a.brn IS NOT NULL))
   AND (d.invoice_id IS NULL OR d.supply <> i.supply_minor OR d.tax <> i.tax_minor)
 ORDER BY i.issued_on, i.number
 LIMIT 5001)sql";

// Tax invoices of the month, beside the return they stand for.
constexpr char kTaxInvoicesSql[] = R"sql(
SELECT t.id, t.number, t.account_id, t.invoice_id, t.return_id, t.written_on, t.issued_on, t.transmitted_on,
       t.supply_minor, t.tax_minor, t.transmission_state, t.transmission_detail, r.supply_minor, r.tax_minor
  FROM tax_invoice t
  LEFT JOIN sales_return r ON r.id = t.return_id
 WHERE t.written_on >= :from_on AND t.written_on <= :to_on AND (:unit_id = '' OR t.unit_id = :unit_id)
 ORDER BY t.written_on, t.number
 LIMIT 5001)sql";

Result<CheckTaxInvoiceResponse> CheckTaxInvoice(engine::Reader& reader, const CheckTaxInvoiceRequest& request) {
  if (request.tax_invoice_id().empty() && !request.has_document()) return kNothingToCheck;
  const auto set = reader.Run(kRatesSql, request);
  if (!set.ok()) return set.refusal();
  TaxDocument document = request.document();
  if (!request.tax_invoice_id().empty()) {
    const auto invoices = reader.Run(kTaxInvoiceSql, request);
    if (!invoices.ok()) return invoices.refusal();
    if (invoices->rows.empty())
      return engine::kNotFound.With("kind", "TaxInvoice")
          .With("field", "tax_invoice_id")
          .With("id", request.tax_invoice_id());
    const auto lines = reader.Run(kLinesSql, request);
    if (!lines.ok()) return lines.refusal();
    const auto original = reader.Run(kOriginalSql, request);
    if (!original.ok()) return original.refusal();
    document = DocumentOf(EntitiesIn<TaxInvoice>(*invoices).front(), EntitiesIn<TaxInvoiceLine>(*lines),
                          original->rows.empty() ? "" : TextIn(original->rows[0][0]));
  }
  const auto holidays = HolidaysOf(reader, request);
  if (!holidays.ok()) return holidays.refusal();
  const auto rates = EntitiesIn<TaxRates>(*set);
  return CheckTaxDocument(document, TaxRatesOn(PointersTo(rates), document.written_on()),
                          reader.context().today.ToIso(), *holidays);
}

// What the month's documents need, kind by kind.
class Issues {
 public:
  Issues(std::string as_of, std::vector<TaxRates> rates, kit::DeclaredDays holidays)
      : as_of_(std::move(as_of)), rates_(std::move(rates)), holidays_(std::move(holidays)) {}

  void Invoice(const std::vector<engine::Value>& row) {
    const bool missing = TextIn(row[6]).empty();
    TaxInvoiceIssue issue = Of(missing ? TaxInvoiceIssue::KIND_UNISSUED : TaxInvoiceIssue::KIND_MISMATCHED);
    issue.set_invoice_id(TextIn(row[0]));
    issue.set_number(TextIn(row[1]));
    issue.set_account_id(TextIn(row[2]));
    issue.set_written_on(TextIn(row[3]));
    issue.set_by_on(IssueByOn(issue.written_on(), holidays_));
    *issue.mutable_supply() = Won(NumberIn(row[4]));
    if (missing)
      issue.set_penalty(
          IssuePenalty(NumberIn(row[4]), issue.written_on(), "", as_of_, RatesOf(issue.written_on()), holidays_));
    else
      issue.set_detail("청구 " + Pair(NumberIn(row[4]), NumberIn(row[5])) + ", 세금계산서 " +
                       Pair(NumberIn(row[7]), NumberIn(row[8])));
    Add(std::move(issue));
  }

  void TaxInvoiceRow(const std::vector<engine::Value>& row) {
    const std::string written = TextIn(row[5]), issued = TextIn(row[6]), sent = TextIn(row[7]), state = TextIn(row[10]);
    const int64_t supply = NumberIn(row[8]);
    const TaxRates& rates = RatesOf(written);
    // By the holidays that are known now: one declared after the document was drafted moved its day too.
    const std::string issue_by = IssueByOn(written, holidays_), transmit_by = TransmitByOn(issued, holidays_);
    if (issued > issue_by) {
      TaxInvoiceIssue& issue = AddOf(TaxInvoiceIssue::KIND_LATE_ISSUE, row, issue_by, issued);
      issue.set_penalty(IssuePenalty(supply, written, issued, as_of_, rates, holidays_));
    }
    if (state == "refused") AddOf(TaxInvoiceIssue::KIND_REFUSED, row, transmit_by, "").set_detail(TextIn(row[11]));
    // One that was imported as history bears no state: whoever issued it transmitted it.
    const bool late = !state.empty() && (sent.empty() ? as_of_ : sent) > transmit_by;
    if (late) {
      const auto kind = sent.empty() ? TaxInvoiceIssue::KIND_NOT_TRANSMITTED : TaxInvoiceIssue::KIND_LATE_TRANSMISSION;
      TaxInvoiceIssue& issue = AddOf(kind, row, transmit_by, sent);
      issue.set_penalty(TransmissionPenalty(supply, written, issued, sent, as_of_, rates, holidays_));
    }
    if (!TextIn(row[4]).empty()) {
      Return& returned = returns_[TextIn(row[4])];
      returned.row = &row;
      returned.supply += supply;
      returned.tax += NumberIn(row[9]);
    }
  }

  ListTaxInvoiceIssuesResponse Answer() {
    for (const auto& [id, returned] : returns_) {
      const auto& row = *returned.row;
      if (returned.supply == -NumberIn(row[12]) && returned.tax == -NumberIn(row[13])) continue;
      AddOf(TaxInvoiceIssue::KIND_MISMATCHED, row, "", "")
          .set_detail("반품 " + Pair(-NumberIn(row[12]), -NumberIn(row[13])) + ", 세금계산서 " +
                      Pair(returned.supply, returned.tax));
    }
    ListTaxInvoiceIssuesResponse response;
    for (auto& [kind, issues] : issues_)
      for (auto& issue : issues) *response.add_issues() = std::move(issue);
    return response;
  }

 private:
  struct Return {
    const std::vector<engine::Value>* row = nullptr;
    int64_t supply = 0, tax = 0;
  };

  static common::v1::Money Won(int64_t minor) {
    common::v1::Money money;
    money.set_minor(minor);
    money.set_currency("KRW");
    return money;
  }
  static std::string Pair(int64_t supply, int64_t tax) { return std::to_string(supply) + "+" + std::to_string(tax); }
  static TaxInvoiceIssue Of(TaxInvoiceIssue::Kind kind) {
    TaxInvoiceIssue issue;
    issue.set_kind(kind);
    return issue;
  }
  const TaxRates& RatesOf(const std::string& day) {
    const auto found = by_day_.find(day);
    return found != by_day_.end() ? found->second
                                  : by_day_.emplace(day, TaxRatesOn(PointersTo(rates_), day)).first->second;
  }
  TaxInvoiceIssue& Add(TaxInvoiceIssue issue) { return issues_[issue.kind()].emplace_back(std::move(issue)); }
  TaxInvoiceIssue& AddOf(TaxInvoiceIssue::Kind kind, const std::vector<engine::Value>& row, const std::string& by_on,
                         const std::string& on) {
    TaxInvoiceIssue issue = Of(kind);
    issue.set_tax_invoice_id(TextIn(row[0]));
    issue.set_number(TextIn(row[1]));
    issue.set_account_id(TextIn(row[2]));
    issue.set_invoice_id(TextIn(row[3]));
    issue.set_return_id(TextIn(row[4]));
    issue.set_written_on(TextIn(row[5]));
    issue.set_by_on(by_on);
    issue.set_on(on);
    *issue.mutable_supply() = Won(NumberIn(row[8]));
    return Add(std::move(issue));
  }

  const std::string as_of_;
  const std::vector<TaxRates> rates_;
  const kit::DeclaredDays holidays_;
  std::map<std::string, TaxRates> by_day_;
  std::map<int, std::vector<TaxInvoiceIssue>> issues_;
  std::map<std::string, Return> returns_;
};

Result<ListTaxInvoiceIssuesResponse> ListTaxInvoiceIssues(engine::Reader& reader,
                                                          const ListTaxInvoiceIssuesRequest& request) {
  const std::map<std::string, engine::Value> month = {{"from_on", request.month() + "-01"},
                                                      {"to_on", request.month() + "-31"}};
  const auto set = reader.Run(kRatesSql, request);
  if (!set.ok()) return set.refusal();
  const auto invoices = reader.Run(kInvoicesSql, request, month);
  if (!invoices.ok()) return invoices.refusal();
  const auto documents = reader.Run(kTaxInvoicesSql, request, month);
  if (!documents.ok()) return documents.refusal();
  if (invoices->rows.size() > kMostIssues || documents->rows.size() > kMostIssues)
    return kTaxIssuesMustBeNarrowed.With("most", std::to_string(kMostIssues));
  const auto holidays = HolidaysOf(reader, request);
  if (!holidays.ok()) return holidays.refusal();
  Issues issues(request.as_of().empty() ? reader.context().today.ToIso() : request.as_of(), EntitiesIn<TaxRates>(*set),
                *holidays);
  for (const auto& row : invoices->rows) issues.Invoice(row);
  for (const auto& row : documents->rows) issues.TaxInvoiceRow(row);
  return issues.Answer();
}

}  // namespace

void AddTaxQueries(engine::Service* service) {
  service->Query<CheckTaxInvoiceRequest>(CheckTaxInvoice);
  service->Query<ListTaxInvoiceIssuesRequest>(ListTaxInvoiceIssues);
}

}  // namespace songsang::billing
