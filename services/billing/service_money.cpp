// The lines of the table for tax invoices, receipts and closing.
#include <set>
#include <tuple>

#include "billing/billing.h"
#include "billing/holidays.h"
#include "billing/rules_closing.h"
#include "billing/rules_receipt.h"
#include "billing/rules_taxation.h"

namespace songsang::billing {
namespace {

using engine::Named;
using engine::Tx;

std::vector<const Period*> PeriodsOf(Tx& tx, const std::string& unit_id) {
  return tx.List<Period>({"books"}, {BooksOf(unit_id)});
}
const Sequence* SeriesIn(Tx& tx, const std::string& series) {
  const auto found = tx.List<Sequence>({"series"}, {series});
  return found.empty() ? nullptr : found.front();
}
std::vector<const AllocationPolicy*> PoliciesOf(Tx& tx, const std::string& currency) {
  return tx.List<AllocationPolicy>({"currency"}, {currency});
}
const CreditLine* LineOf(Tx& tx, const Receivable& receivable) {
  return receivable.credit_line_id().empty() ? nullptr : tx.Get<CreditLine>(receivable.credit_line_id());
}

// What each rule takes before its request.
using RecordFacts = std::tuple<std::vector<const Period*>, const Sequence*>;
using ApplyFacts = std::tuple<const Receivable&, const Receivable&, std::vector<const Period*>>;
using WriteOffFacts =
    std::tuple<const Receivable&, const CreditLine*, std::vector<const AllocationPolicy*>, std::vector<const Period*>>;

Result<std::tuple<TaxIssueFacts>> ReadToIssue(Tx& tx, const IssueTaxInvoiceRequest& request, const Context& context) {
  const auto invoice = engine::Find<Invoice>(tx, "invoice_id", request.invoice_id());
  if (!invoice.ok()) return invoice.refusal();
  const auto place = engine::Find<BusinessPlace>(tx, "business_place_id", request.business_place_id());
  if (!place.ok()) return place.refusal();
  const TaxIssueFacts facts{**invoice,
                            tx.List<InvoiceLine>({"invoice_id"}, {request.invoice_id()}),
                            **place,
                            tx.Get<accounts::v1::Account>((*invoice)->account_id()),
                            tx.List<TaxInvoice>({"invoice_id"}, {request.invoice_id()}),
                            SeriesIn(tx, TaxInvoiceSeries(context)),
                            HolidaysFrom(tx, {(*invoice)->issued_on(), context.today.ToIso()})};
  return std::tuple(facts);
}

Result<RecordFacts> ReadToRecord(Tx& tx, const RecordReceiptRequest& request, const Context& context) {
  const std::string day = request.received_on().empty() ? context.today.ToIso() : request.received_on();
  return RecordFacts(PeriodsOf(tx, request.unit_id()), SeriesIn(tx, SeriesOf("receipt", day)));
}

Result<std::tuple<AllocationFacts>> ReadToCommit(Tx& tx, const CommitAllocationRequest& request, const Context&) {
  const auto receipt = engine::Find<Receipt>(tx, "receipt_id", request.receipt_id());
  if (!receipt.ok()) return receipt.refusal();
  for (const AllocatedPart& part : request.parts())
    if (const auto named = engine::Find<Receivable>(tx, "parts.receivable_id", part.receivable_id()); !named.ok())
      return named.refusal();
  AllocationFacts facts{**receipt, {}, {}, {}, {}};
  facts.open = tx.List<Receivable>({"account_id", "standing"}, {(*receipt)->account_id(), "open"});
  std::set<std::string> lines;
  for (const Receivable* receivable : facts.open)
    if (lines.insert(receivable->credit_line_id()).second)
      if (const CreditLine* line = LineOf(tx, *receivable)) facts.credit_lines.push_back(line);
  facts.policies = PoliciesOf(tx, (*receipt)->amount().currency());
  facts.periods = PeriodsOf(tx, (*receipt)->unit_id());
  return std::tuple(facts);
}

Result<ApplyFacts> ReadToApply(Tx& tx, const ApplyCreditRequest& request, const Context&) {
  const auto credit = engine::Find<Receivable>(tx, "credit_id", request.credit_id());
  if (!credit.ok()) return credit.refusal();
  const auto receivable = engine::Find<Receivable>(tx, "receivable_id", request.receivable_id());
  if (!receivable.ok()) return receivable.refusal();
  return ApplyFacts(**credit, **receivable, PeriodsOf(tx, (*credit)->unit_id()));
}

Result<std::tuple<Undoing>> ReadToUndo(Tx& tx, const UndoAllocationRequest& request, const Context&) {
  const auto allocation = engine::Find<Allocation>(tx, "allocation_id", request.allocation_id());
  if (!allocation.ok()) return allocation.refusal();
  const auto receivable = engine::Find<Receivable>(tx, "receivable_id", (*allocation)->receivable_id());
  if (!receivable.ok()) return receivable.refusal();
  Undoing undoing{**allocation, nullptr, nullptr, **receivable, nullptr, {}};
  if (!(*allocation)->receipt_id().empty()) undoing.receipt = tx.Get<Receipt>((*allocation)->receipt_id());
  if (!(*allocation)->credit_id().empty()) undoing.credit = tx.Get<Receivable>((*allocation)->credit_id());
  undoing.credit_line = LineOf(tx, **receivable);
  undoing.periods = PeriodsOf(tx, undoing.receipt != nullptr ? undoing.receipt->unit_id() : (*receivable)->unit_id());
  return std::tuple(undoing);
}

Result<WriteOffFacts> ReadToWriteOff(Tx& tx, const WriteOffResidueRequest& request, const Context&) {
  const auto receivable = engine::Find<Receivable>(tx, "receivable_id", request.receivable_id());
  if (!receivable.ok()) return receivable.refusal();
  return WriteOffFacts(**receivable, LineOf(tx, **receivable), PoliciesOf(tx, (*receivable)->open().currency()),
                       PeriodsOf(tx, (*receivable)->unit_id()));
}

std::string ReceiptInvariant(const google::protobuf::Message&, const std::vector<engine::Change>& changes) {
  Steps steps;
  for (const engine::Change& change : changes) steps.push_back({change.before, change.after});
  return ReceiptsAddUp(steps);
}

void AddTax(engine::Service* service) {
  service->Command(SaveBusinessPlace);
  service->Command(SaveTaxRates);
  service->Reads<SaveTaxRatesRequest>([](const SaveTaxRatesRequest&, const Context&) {
    return std::vector<Named>{{TaxRates::descriptor(), {"country"}, {"KR"}}};
  });
  service->Command(ReadToIssue, IssueTaxInvoice);
  service->Command(StartTransmission);
  service->Command(SettleTransmission);
  service->Command(AskAuthorityAgain);
  service->Effect("tax_authority", "transmit_at", TransmittedXmlOf, StartTransmissionOf, SettleTransmissionOf);
}

void AddReceipts(engine::Service* service) {
  service->Command(ReadToRecord, RecordReceipt);
  service->Command(ReadToCommit, CommitAllocation);
  service->Command(ReadToApply, ApplyCredit);
  service->Command(ReadToUndo, UndoAllocation);
  service->Command(ReadToWriteOff, WriteOffResidue);
  service->Owns<AllocationPolicy>();
  service->Command(DefineAllocationPolicy);
  service->Reads<DefineAllocationPolicyRequest>([](const DefineAllocationPolicyRequest& request, const Context&) {
    return std::vector<Named>{{AllocationPolicy::descriptor(), {"currency"}, {request.currency()}}};
  });
  service->Always("receipts add up", ReceiptInvariant);
}

void AddClosing(engine::Service* service) {
  service->Command(SoftClose);
  service->Reads<SoftCloseRequest>([](const SoftCloseRequest& request, const Context&) {
    return std::vector<Named>{{Period::descriptor(), {"books"}, {BooksOf(request.unit_id())}}};
  });
  service->Command(RecordClosing);
  service->Gather<RecordClosingRequest>([](const RecordClosingRequest& request, const Context&) {
    ComputeClosingRequest ask;
    ask.set_period_id(request.period_id());
    return ask;
  });
  service->Command(HardClose);
  service->Command(AskReopenPeriod);
  service->Command(ReopenPeriod);
}

}  // namespace

void AddMoney(engine::Service* service) {
  AddTax(service);
  AddReceipts(service);
  AddClosing(service);
  AddTaxQueries(service);
  AddReceiptQueries(service);
}

}  // namespace songsang::billing
