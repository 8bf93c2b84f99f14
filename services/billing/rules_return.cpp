#include "billing/rules_return.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/decimal.h"
#include "core/money.h"
#include "kit/copy.h"
#include "kit/days.h"

namespace songsang::billing {
namespace {

using common::v1::Decimal;

// A part of an invoice line that comes back.
struct Back {
  const InvoiceLine* line;
  Decimal quantity;
};

std::string FieldOf(int index, const char* field) { return "lines[" + std::to_string(index) + "]." + field; }

Decimal LeftToReturn(const InvoiceLine& line) { return *Subtract(line.quantity(), line.returned()); }

void AddTo(common::v1::Money* money, int64_t minor) { money->set_minor(money->minor() + minor); }

Result<std::vector<Back>> BackOf(const ReturnFacts& facts, const AcceptReturnRequest& request) {
  std::vector<Back> back;
  if (request.lines().empty()) {
    for (const InvoiceLine* line : InOrder(facts.lines))
      if (const Decimal left = LeftToReturn(*line); left.units() > 0) back.push_back({line, left});
    if (back.empty()) return kReturnMustHaveGoods;
    return back;
  }
  std::set<std::string> named;
  for (int i = 0; i < request.lines_size(); ++i) {
    const ReturnedLine& asked = request.lines(i);
    const auto found = std::find_if(facts.lines.begin(), facts.lines.end(),
                                    [&](const InvoiceLine* l) { return l->id() == asked.invoice_line_id(); });
    if (found == facts.lines.end()) return kLineMustBeOfInvoice.At(FieldOf(i, "invoice_line_id"));
    if (!named.insert(asked.invoice_line_id()).second) return kLineMustBeNamedOnce.At(FieldOf(i, "invoice_line_id"));
    if (asked.quantity().units() <= 0) return kQuantityMustBePositive.At(FieldOf(i, "quantity"));
    const auto quantity = Rescale(asked.quantity(), (*found)->quantity().scale());
    if (!quantity) return kQuantityMustFitLine.At(FieldOf(i, "quantity"));
    if (const Decimal left = LeftToReturn(**found); Compare(*quantity, left) > 0)
      return kQuantityMustBeSold.With("left", FormatDecimal(left)).With("quantity", FormatDecimal(*quantity));
    back.push_back({*found, *quantity});
  }
  return back;
}

// The day goods came back: for everyone but importers a recent one, and never before they were sold.
Result<std::string> DayOf(const Invoice& invoice, const AcceptReturnRequest& request, const Context& context) {
  auto returned_on = kit::RecentDay(request.returned_on(), "returned_on", context);
  if (returned_on.ok() && *returned_on < invoice.issued_on())
    return kReturnMustFollowInvoice.With("issued_on", invoice.issued_on())
        .With("returned_on", *returned_on)
        .At("returned_on");
  return returned_on;
}

SalesReturn HeadOf(const Invoice& invoice, const AcceptReturnRequest& request, const std::string& returned_on,
                   const Context& context) {
  const std::string& currency = invoice.total().currency();
  SalesReturn head;
  kit::CopyWhatIsSet(request, &head);
  head.set_id(context.NewId<SalesReturn>(request));
  head.set_order_id(invoice.order_id());
  head.set_account_id(invoice.account_id());
  head.set_credit_line_id(invoice.credit_line_id());
  head.set_unit_id(invoice.unit_id());
  head.set_owner_id(invoice.owner_id());
  head.set_channel(invoice.channel());
  head.set_returned_on(returned_on);
  for (auto* money : {head.mutable_supply(), head.mutable_tax(), head.mutable_total(), head.mutable_reduced()})
    *money = MoneyOf(0, currency);
  return head;
}

// The line of the return; `sold` is returned by that much more. What comes back is what all that came back is worth,
// less what earlier parts were, so that the parts sum to the line.
SalesReturnLine Returned(const Back& back, InvoiceLine* sold) {
  const std::string& currency = sold->total().currency();
  const Decimal returned = *Add(sold->returned(), back.quantity);
  const int64_t supply = PartOf(sold->supply().minor(), returned, sold->quantity()).value_or(0);
  const int64_t tax = PartOf(sold->tax().minor(), returned, sold->quantity()).value_or(0);
  SalesReturnLine line;
  line.set_invoice_line_id(sold->id());
  line.set_order_line_id(sold->order_line_id());
  line.set_product_id(sold->product_id());
  *line.mutable_quantity() = back.quantity;
  *line.mutable_unit_price() = sold->unit_price();
  *line.mutable_supply() = MoneyOf(supply - sold->returned_supply().minor(), currency);
  *line.mutable_tax() = MoneyOf(tax - sold->returned_tax().minor(), currency);
  *line.mutable_total() = MoneyOf(line.supply().minor() + line.tax().minor(), currency);
  *sold->mutable_returned() = returned;
  *sold->mutable_returned_supply() = MoneyOf(supply, currency);
  *sold->mutable_returned_tax() = MoneyOf(tax, currency);
  return line;
}

// The goods come in: the delivery's line, and the order line that knows of it.
void ComeIn(const ReturnFacts& facts, const SalesReturnLine& line, const Context& context, ReturnAccepted* event) {
  DeliveryLine& came = *event->add_delivery_lines();
  came.set_id(context.NewId());
  came.set_delivery_id(event->delivery().id());
  came.set_order_line_id(line.order_line_id());
  came.set_product_id(line.product_id());
  *came.mutable_quantity() = line.quantity();
  auto& touched = *event->mutable_order_lines();
  auto ordered = std::find_if(touched.begin(), touched.end(),
                              [&](const SalesOrderLine& l) { return l.id() == line.order_line_id(); });
  if (ordered == touched.end()) {
    const auto known = std::find_if(facts.order_lines.begin(), facts.order_lines.end(),
                                    [&](const SalesOrderLine* l) { return l->id() == line.order_line_id(); });
    if (known == facts.order_lines.end()) return;
    *touched.Add() = **known;
    ordered = touched.end() - 1;
  }
  *ordered->mutable_returned() = *Add(ordered->returned(), line.quantity());
}

void AddLines(const ReturnFacts& facts, const std::vector<Back>& back, const Context& context, ReturnAccepted* event) {
  SalesReturn& head = *event->mutable_sales_return();
  for (const Back& part : back) {
    InvoiceLine& sold = *event->add_invoice_lines() = *part.line;
    SalesReturnLine& line = *event->add_lines() = Returned(part, &sold);
    line.set_id(context.NewId());
    line.set_return_id(head.id());
    line.set_number(event->lines_size());
    AddTo(head.mutable_supply(), line.supply().minor());
    AddTo(head.mutable_tax(), line.tax().minor());
    AddTo(head.mutable_total(), line.total().minor());
    ComeIn(facts, line, context, event);
  }
  AddTo(event->mutable_invoice()->mutable_returned(), head.total().minor());
}

// What is left to the client's credit, since it was paid already.
Receivable CreditOf(const SalesReturn& head, int64_t minor, const Context& context) {
  Receivable credit;
  credit.set_id(context.NewId());
  credit.set_kind(Receivable::KIND_CREDIT);
  credit.set_account_id(head.account_id());
  credit.set_credit_line_id(head.credit_line_id());
  credit.set_unit_id(head.unit_id());
  credit.set_owner_id(head.owner_id());
  credit.set_invoice_id(head.invoice_id());
  credit.set_return_id(head.id());
  credit.set_booked_on(head.returned_on());
  credit.set_due_on(head.returned_on());
  credit.set_number(head.number());
  *credit.mutable_amount() = MoneyOf(-minor, head.total().currency());
  *credit.mutable_open() = MoneyOf(0, head.total().currency());
  return credit;
}

// Reverses revenue, tax and debt, on the day it is known.
void AddEntry(const ReturnFacts& facts, const PostingDay& day, const Context& context, ReturnAccepted* event) {
  SalesReturn& head = *event->mutable_sales_return();
  const std::string& currency = head.total().currency();
  Entry entry(LedgerEntry::KIND_RETURN, day, head.unit_id(), head.id(), head.account_id(), currency, context);
  entry.Reverses(facts.invoice.entry_id());
  entry.Post(LedgerAccount::PURPOSE_SALES_RETURNS, head.supply().minor());
  entry.Post(LedgerAccount::PURPOSE_VAT_PAYABLE, head.tax().minor());
  const int64_t open = facts.receivable == nullptr ? 0 : std::max<int64_t>(facts.receivable->open().minor(), 0);
  const int64_t reduced = std::min(open, head.total().minor());
  if (reduced > 0) entry.Move(&(*event->add_receivables() = *facts.receivable), -reduced);
  const int64_t rest = head.total().minor() - reduced;
  if (rest > 0) {
    Receivable& credit = *event->add_receivables() = CreditOf(head, rest, context);
    entry.Move(&credit, -rest);
    head.set_credit_receivable_id(credit.id());
  }
  entry.Into(event);
  *head.mutable_reduced() = MoneyOf(reduced, currency);
  head.set_entry_id(entry.id());
  if (facts.credit_line == nullptr) return;
  *event->mutable_credit_line() = *facts.credit_line;
  MoveReceivables(-head.total().minor(), event->mutable_credit_line());
}

// What was taken back of a sales credit so far, positive.
int64_t TakenBack(const ReturnFacts& facts, const SalesCredit& original) {
  int64_t minor = 0;
  for (const SalesCredit* credit : facts.credits)
    if (credit->original_id() == original.id()) minor -= credit->basis().minor();
  return minor;
}

// The sales credits of an invoice line, in the order of the order's contributions.
std::vector<const SalesCredit*> OriginalsOf(const ReturnFacts& facts, const std::string& invoice_line_id) {
  std::vector<const SalesCredit*> originals;
  for (const SalesCredit* credit : facts.credits)
    if (credit->invoice_line_id() == invoice_line_id && credit->return_id().empty()) originals.push_back(credit);
  std::sort(originals.begin(), originals.end(),
            [](const SalesCredit* a, const SalesCredit* b) { return a->person_id() < b->person_id(); });
  return originals;
}

// Mirrors the sales credits of the lines: everyone's share of all that came back of a line, less what was taken back
// of theirs before, so that a line that came back wholly leaves nobody anything.
void MirrorCredits(const ReturnFacts& facts, const Context& context, ReturnAccepted* event) {
  for (int i = 0; i < event->lines_size(); ++i) {
    const auto originals = OriginalsOf(facts, event->lines(i).invoice_line_id());
    std::vector<int64_t> shares;
    for (const SalesCredit* credit : originals) shares.push_back(credit->share_ppm());
    const auto parts = PartsOf(event->invoice_lines(i).returned_supply().minor(), shares);
    for (size_t n = 0; n < originals.size(); ++n) {
      SalesCredit& mirrored = *event->add_sales_credits() = *originals[n];
      mirrored.set_id(context.NewId());
      mirrored.set_version(0);
      mirrored.set_original_id(originals[n]->id());
      mirrored.set_return_id(event->sales_return().id());
      mirrored.set_return_line_id(event->lines(i).id());
      mirrored.set_earned_on(event->sales_return().returned_on());
      mirrored.mutable_basis()->set_minor(TakenBack(facts, *originals[n]) - parts[n]);
    }
  }
}

// The tax invoice of the invoice that a line of this kind stood on; null if there is none.
const TaxInvoice* OriginalOf(const ReturnFacts& facts, SalesOrderLine::TaxKind kind) {
  for (const TaxInvoice* original : facts.tax_invoices) {
    if (original->amendment() != TaxInvoice::AMENDMENT_UNSPECIFIED) continue;
    const bool exempt = original->document() == TaxInvoice::DOCUMENT_EXEMPT_INVOICE;
    const bool zero = original->rate() == TaxInvoice::RATE_ZERO;
    if (exempt == (kind == SalesOrderLine::TAX_KIND_EXEMPT) && zero == (kind == SalesOrderLine::TAX_KIND_ZERO_RATED))
      return original;
  }
  return nullptr;
}

// Amends each tax invoice that lines of the return stood on.
void AddTaxInvoices(const ReturnFacts& facts, const Context& context, ReturnAccepted* event) {
  Numbering numbers(TaxInvoiceSeries(context), facts.tax_numbers, context);
  for (const auto kind :
       {SalesOrderLine::TAX_KIND_TAXABLE, SalesOrderLine::TAX_KIND_ZERO_RATED, SalesOrderLine::TAX_KIND_EXEMPT}) {
    std::vector<SalesReturnLine> lines;
    std::vector<InvoiceLine> sold;
    for (int i = 0; i < event->lines_size(); ++i) {
      if (event->invoice_lines(i).tax_kind() != kind) continue;
      lines.push_back(event->lines(i));
      sold.push_back(event->invoice_lines(i));
    }
    const TaxInvoice* original = OriginalOf(facts, kind);
    if (lines.empty() || original == nullptr) continue;
    TaxDraft draft =
        DraftReturnTaxInvoice(event->sales_return(), lines, sold, *original, numbers.Take(), facts.holidays, context);
    *event->add_tax_invoices() = std::move(draft.tax_invoice);
    for (TaxInvoiceLine& line : draft.lines) *event->add_tax_invoice_lines() = std::move(line);
  }
  numbers.Into(event);
}

}  // namespace

std::string ReturnedOn(const AcceptReturnRequest& request, const Context& context) {
  return request.returned_on().empty() ? context.today.ToIso() : request.returned_on();
}
Result<ReturnAccepted> AcceptReturn(const ReturnFacts& facts, const AcceptReturnRequest& request,
                                    const Context& context) {
  const auto returned_on = DayOf(facts.invoice, request, context);
  if (!returned_on.ok()) return returned_on.refusal();
  const auto back = BackOf(facts, request);
  if (!back.ok()) return back.refusal();
  if (const auto asked = kit::RecentDay(request.posted_on(), "posted_on", context); !asked.ok()) return asked.refusal();
  const auto day = PostingDayNow(facts.periods, Period::LEDGER_SALES, *returned_on, request.posted_on(), context);
  if (!day.ok()) return day.refusal();
  // From here on the return must be accepted.
  ReturnAccepted event;
  SalesReturn& head = *event.mutable_sales_return() = HeadOf(facts.invoice, request, *returned_on, context);
  Numbering numbers(SeriesOf("return", *returned_on), facts.numbers, context);
  head.set_number(numbers.Take("RET"));
  numbers.Into(&event);
  *event.mutable_invoice() = facts.invoice;
  Delivery& delivery = *event.mutable_delivery();
  delivery.set_id(context.NewId());
  delivery.set_kind(Delivery::KIND_RETURN_IN);
  delivery.set_order_id(head.order_id());
  delivery.set_return_id(head.id());
  delivery.set_account_id(head.account_id());
  delivery.set_unit_id(head.unit_id());
  delivery.set_delivered_on(*returned_on);
  head.set_delivery_id(delivery.id());
  AddLines(facts, *back, context, &event);
  AddEntry(facts, *day, context, &event);
  MirrorCredits(facts, context, &event);
  AddTaxInvoices(facts, context, &event);
  return event;
}

}  // namespace songsang::billing
