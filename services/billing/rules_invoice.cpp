#include "billing/rules_invoice.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/decimal.h"
#include "core/money.h"
#include "core/split.h"
#include "kit/copy.h"
#include "kit/days.h"

namespace songsang::billing {
namespace {

using common::v1::Decimal;

constexpr int64_t kWholePpm = 1'000'000;

Decimal LeftToInvoice(const SalesOrderLine& line) { return *Subtract(line.delivered(), line.invoiced()); }

void AddTo(common::v1::Money* money, int64_t minor) { money->set_minor(money->minor() + minor); }

// The invoice line for a part of an order line, which is invoiced by that much more. Its supply value is what all that
// is invoiced is worth, less what earlier parts were, so that the parts sum to the order line.
InvoiceLine Invoiced(const Taken& taken, SalesOrderLine* ordered) {
  const std::string& currency = ordered->total().currency();
  const Decimal invoiced = *Add(ordered->invoiced(), taken.quantity);
  const int64_t so_far = PartOf(ordered->supply().minor(), invoiced, ordered->quantity()).value_or(0);
  InvoiceLine line;
  line.set_order_line_id(ordered->id());
  line.set_product_id(ordered->product_id());
  line.set_description(ordered->description());
  *line.mutable_quantity() = taken.quantity;
  *line.mutable_unit_price() = ordered->unit_price();
  line.set_tax_kind(ordered->tax_kind());
  *line.mutable_supply() = MoneyOf(so_far - ordered->invoiced_supply().minor(), currency);
  *line.mutable_returned_supply() = MoneyOf(0, currency);
  *line.mutable_returned_tax() = MoneyOf(0, currency);
  *ordered->mutable_invoiced() = invoiced;
  *ordered->mutable_invoiced_supply() = MoneyOf(so_far, currency);
  return line;
}

// What a line reserved is given up by what is invoiced of it; with its last part, all that is left.
int64_t KeptOf(const SalesOrderLine& ordered, const InvoiceLine& invoiced) {
  if (Compare(ordered.invoiced(), ordered.quantity()) == 0) return 0;
  return std::max<int64_t>(ordered.reserved().minor() - invoiced.total().minor(), 0);
}

Receivable ReceivableOf(const Invoice& invoice, const Context& context) {
  Receivable receivable;
  receivable.set_id(context.NewId());
  receivable.set_kind(Receivable::KIND_INVOICE);
  receivable.set_account_id(invoice.account_id());
  receivable.set_credit_line_id(invoice.credit_line_id());
  receivable.set_unit_id(invoice.unit_id());
  receivable.set_owner_id(invoice.owner_id());
  receivable.set_invoice_id(invoice.id());
  receivable.set_booked_on(invoice.issued_on());
  receivable.set_due_on(invoice.due_on());
  receivable.set_number(invoice.number());
  *receivable.mutable_amount() = invoice.total();
  *receivable.mutable_open() = MoneyOf(0, invoice.total().currency());
  return receivable;
}

SalesCredit CreditOf(const InvoiceIssued& event, const InvoiceLine& line, const Contribution& contribution,
                     int64_t basis, const Context& context) {
  SalesCredit credit;
  credit.set_id(context.NewId());
  credit.set_person_id(contribution.person_id());
  credit.set_share_ppm(contribution.share_ppm());
  *credit.mutable_basis() = MoneyOf(basis, line.supply().currency());
  credit.set_earned_on(event.invoice().issued_on());
  credit.set_account_id(event.invoice().account_id());
  credit.set_unit_id(event.invoice().unit_id());
  credit.set_order_id(event.order().id());
  credit.set_order_line_id(line.order_line_id());
  credit.set_invoice_id(event.invoice().id());
  credit.set_invoice_line_id(line.id());
  credit.set_product_id(line.product_id());
  return credit;
}

void AddCredits(const Context& context, InvoiceIssued* event) {
  std::vector<int64_t> shares;
  for (const Contribution& contribution : event->order().contributions()) shares.push_back(contribution.share_ppm());
  if (shares.empty()) return;
  for (const InvoiceLine& line : event->lines()) {
    const auto parts = PartsOf(line.supply().minor(), shares);
    for (int i = 0; i < event->order().contributions_size(); ++i)
      *event->add_sales_credits() =
          CreditOf(*event, line, event->order().contributions(i), parts[static_cast<size_t>(i)], context);
  }
}

// A tax invoice for each kind of tax among the lines, where the buyer takes any.
Status AddTaxInvoices(const InvoiceFacts& facts, const Context& context, InvoiceIssued* event) {
  if (!TakesTaxInvoice(facts.place, facts.account, event->invoice().total().currency())) return Done{};
  Numbering numbers(TaxInvoiceSeries(context), facts.tax_numbers, context);
  for (const auto kind :
       {SalesOrderLine::TAX_KIND_TAXABLE, SalesOrderLine::TAX_KIND_ZERO_RATED, SalesOrderLine::TAX_KIND_EXEMPT}) {
    std::vector<InvoiceLine> lines;
    for (const InvoiceLine& line : event->lines())
      if (line.tax_kind() == kind) lines.push_back(line);
    if (lines.empty()) continue;
    auto draft =
        DraftTaxInvoice(event->invoice(), lines, *facts.place, *facts.account, numbers.Take(), facts.holidays, context);
    if (!draft.ok()) return draft.refusal();
    *event->add_tax_invoices() = std::move(draft->tax_invoice);
    for (TaxInvoiceLine& line : draft->lines) *event->add_tax_invoice_lines() = std::move(line);
  }
  numbers.Into(event);
  return Done{};
}

// The invoice's own fields, but for its sums.
Invoice HeadOf(const SalesOrder& order, const IssueInvoiceRequest& request, const std::string& issued_on,
               const Context& context) {
  const std::string& currency = order.total().currency();
  Invoice invoice;
  kit::CopyWhatIsSet(request, &invoice);
  invoice.set_id(context.NewId<Invoice>(request));
  invoice.set_order_id(order.id());
  invoice.set_account_id(order.account_id());
  invoice.set_credit_line_id(order.credit_line_id());
  invoice.set_unit_id(order.unit_id());
  invoice.set_owner_id(order.owner_id());
  invoice.set_channel(order.channel());
  invoice.set_issued_on(issued_on);
  if (invoice.due_on().empty()) invoice.set_due_on(Date::Parse(issued_on)->PlusDays(order.payment_days()).ToIso());
  for (auto* money :
       {invoice.mutable_supply(), invoice.mutable_tax(), invoice.mutable_total(), invoice.mutable_returned()})
    *money = MoneyOf(0, currency);
  return invoice;
}

// Invoices the lines, and lets the order go on by them.
void AddLines(const InvoiceFacts& facts, const std::vector<Taken>& taken, const Context& context,
              InvoiceIssued* event) {
  Invoice& invoice = *event->mutable_invoice();
  SalesOrder& order = *event->mutable_order();
  for (const Taken& part : taken) {
    InvoiceLine& invoiced = *event->add_lines() = Invoiced(part, &(*event->add_order_lines() = *part.line));
    invoiced.set_id(context.NewId());
    invoiced.set_invoice_id(invoice.id());
    invoiced.set_number(event->lines_size());
  }
  SetTaxes(TaxRatesOn(facts.rates, invoice.issued_on()), event->mutable_lines());
  for (int i = 0; i < event->lines_size(); ++i) {
    const InvoiceLine& invoiced = event->lines(i);
    SalesOrderLine& ordered = *event->mutable_order_lines(i);
    AddTo(invoice.mutable_supply(), invoiced.supply().minor());
    AddTo(invoice.mutable_tax(), invoiced.tax().minor());
    AddTo(invoice.mutable_total(), invoiced.total().minor());
    const int64_t kept = KeptOf(ordered, invoiced);
    AddTo(order.mutable_reserved(), kept - ordered.reserved().minor());
    *ordered.mutable_reserved() = MoneyOf(kept, invoice.total().currency());
  }
  const auto is_over = [&](const SalesOrderLine* line) {
    for (const SalesOrderLine& changed : event->order_lines())
      if (changed.id() == line->id()) return Compare(changed.invoiced(), changed.quantity()) == 0;
    return Compare(line->invoiced(), line->quantity()) == 0;
  };
  if (std::all_of(facts.lines.begin(), facts.lines.end(), is_over)) order.set_state(SalesOrder::STATE_INVOICED);
}

Result<std::vector<Taken>> ToInvoice(const InvoiceFacts& facts, const IssueInvoiceRequest& request) {
  auto taken = TakenOf(facts.lines, request.lines(), LeftToInvoice);
  if (!taken.ok()) return taken.refusal();
  for (const auto& [line, quantity] : *taken)
    if (const Decimal left = LeftToInvoice(*line); Compare(quantity, left) > 0)
      return kQuantityMustBeDelivered.With("left", FormatDecimal(left)).With("quantity", FormatDecimal(quantity));
  return taken;
}

}  // namespace

std::string IssuedOn(const IssueInvoiceRequest& request, const Context& context) {
  return request.issued_on().empty() ? context.today.ToIso() : request.issued_on();
}
std::vector<int64_t> PartsOf(int64_t minor, const std::vector<int64_t>& shares_ppm) {
  return Split(minor, shares_ppm).value_or(std::vector<int64_t>(shares_ppm.size()));
}

Result<InvoiceIssued> IssueInvoice(const InvoiceFacts& facts, const IssueInvoiceRequest& request,
                                   const Context& context) {
  const SalesOrder& order = facts.order;
  if (order.state() != SalesOrder::STATE_PLACED && order.state() != SalesOrder::STATE_DELIVERED)
    return kOrderMustBeLive.With("state", NameOf(order.state()));
  const auto issued_on = kit::RecentDay(request.issued_on(), "issued_on", context);
  if (!issued_on.ok()) return issued_on.refusal();
  if (!request.due_on().empty() && request.due_on() < *issued_on)
    return kDueMustFollowIssue.With("due_on", request.due_on()).With("issued_on", *issued_on).At("due_on");
  const auto taken = ToInvoice(facts, request);
  if (!taken.ok()) return taken.refusal();
  if (const auto asked = kit::RecentDay(request.posted_on(), "posted_on", context); !asked.ok()) return asked.refusal();
  const auto day = PostingDayOf(facts.periods, Period::LEDGER_SALES, *issued_on, request.posted_on());
  if (!day.ok()) return day.refusal();
  InvoiceIssued event;
  *event.mutable_order() = order;
  *event.mutable_invoice() = HeadOf(order, request, *issued_on, context);
  AddLines(facts, *taken, context, &event);
  if (event.invoice().total().minor() == 0) return kAmountMustNotBeZero;
  // From here on the invoice must be issued.
  Invoice& invoice = *event.mutable_invoice();
  Numbering numbers(SeriesOf("invoice", *issued_on), facts.numbers, context);
  invoice.set_number(numbers.Take("INV"));
  numbers.Into(&event);
  Receivable& receivable = *event.mutable_receivable() = ReceivableOf(invoice, context);
  Entry entry(LedgerEntry::KIND_INVOICE, *day, invoice.unit_id(), invoice.id(), invoice.account_id(),
              invoice.total().currency(), context);
  entry.Move(&receivable, invoice.total().minor());
  entry.Post(LedgerAccount::PURPOSE_SALES, -invoice.supply().minor());
  entry.Post(LedgerAccount::PURPOSE_VAT_PAYABLE, -invoice.tax().minor());
  entry.Into(&event);
  invoice.set_receivable_id(receivable.id());
  invoice.set_entry_id(entry.id());
  if (facts.credit_line != nullptr) {
    CreditLine& line = *event.mutable_credit_line() = *facts.credit_line;
    MoveOrders(event.order().reserved().minor() - order.reserved().minor(), &line);
    MoveReceivables(invoice.total().minor(), &line);
  }
  AddCredits(context, &event);
  if (const auto taxed = AddTaxInvoices(facts, context, &event); !taxed.ok()) return taxed.refusal();
  return event;
}

std::string CreditsAreWhole(const Steps& steps) {
  struct Sum {
    int64_t shares = 0;
    int64_t basis = 0;
  };
  std::map<std::string, Sum> sums;  // by invoice line or return line
  for (const Step& step : steps) {
    if (step.after->GetDescriptor() != SalesCredit::descriptor()) continue;
    const auto& credit = static_cast<const SalesCredit&>(*step.after);
    Sum& sum = sums[credit.return_line_id().empty() ? credit.invoice_line_id() : credit.return_line_id()];
    sum.shares += credit.share_ppm();
    sum.basis += credit.basis().minor();
  }
  for (const Step& step : steps) {
    int64_t worth = 0;
    std::string id;
    if (step.after->GetDescriptor() == InvoiceLine::descriptor() && step.before == nullptr) {
      id = static_cast<const InvoiceLine&>(*step.after).id();
      worth = static_cast<const InvoiceLine&>(*step.after).supply().minor();
    } else if (step.after->GetDescriptor() == SalesReturnLine::descriptor()) {
      id = static_cast<const SalesReturnLine&>(*step.after).id();
      worth = -static_cast<const SalesReturnLine&>(*step.after).supply().minor();
    }
    const auto sum = sums.find(id);
    if (sum != sums.end() && sum->second.basis != worth)
      return "the credits of line " + id + " sum to " + std::to_string(sum->second.basis) + " of " +
             std::to_string(worth);
  }
  for (const auto& [line, sum] : sums)
    if (sum.shares != kWholePpm) return "the shares of line " + line + " sum to " + std::to_string(sum.shares) + " ppm";
  return {};
}

}  // namespace songsang::billing
