#include "billing/rules_take_over.h"

#include "core/decimal.h"
#include "core/ids.h"
#include "core/money.h"
#include "kit/copy.h"
#include "kit/days.h"

namespace songsang::billing {
namespace {

using common::v1::Decimal;

void AddTo(common::v1::Money* money, int64_t minor) { money->set_minor(money->minor() + minor); }

// What an invoice and a return have in common: whose, where, how, and their sums.
template <class Document>
void Begin(const TakeOverLineRequest& request, std::string id, Document* document) {
  kit::CopyWhatIsSet(request, document);
  document->set_id(std::move(id));
  *document->mutable_external_ref() = request.document();
  document->set_number(request.document().system() + ":" + request.document().key());
  for (auto* money : {document->mutable_supply(), document->mutable_tax(), document->mutable_total()})
    *money = MoneyOf(0, request.currency());
}

// The line, which its document's sums now hold.
template <class Document, class Line>
void Join(const TakeOverLineRequest& request, int64_t minor, const Context& context, Document* document, Line* line) {
  kit::CopyWhatIsSet(request, line);
  line->set_id(context.NewId());
  *line->mutable_supply() = MoneyOf(minor, request.currency());
  *line->mutable_tax() = MoneyOf(0, request.currency());
  *line->mutable_total() = line->supply();
  AddTo(document->mutable_supply(), minor);
  AddTo(document->mutable_total(), minor);
}

template <class Document>
Status MustTake(const Document* document, const TakeOverLineRequest& request) {
  if (document == nullptr) return Done{};
  if (!document->entry_id().empty()) return kDocumentMustBeTakenOver;
  if (document->total().currency() != request.currency())
    return kDocumentCurrencyMustStay.With("currency", document->total().currency()).At("currency");
  return Done{};
}

void TakeInvoice(const Invoice* standing, const std::string& description, int64_t minor,
                 const TakeOverLineRequest& request, const Context& context, LineTakenOver* event) {
  Invoice& invoice = *event->mutable_invoice();
  if (standing != nullptr) {
    invoice = *standing;
  } else {
    Begin(request, InvoiceIdOf(request, context), &invoice);
    invoice.set_issued_on(request.happened_on());
    invoice.set_due_on(request.happened_on());
    *invoice.mutable_returned() = MoneyOf(0, request.currency());
  }
  InvoiceLine& line = *event->mutable_line();
  Join(request, minor, context, &invoice, &line);
  line.set_invoice_id(invoice.id());
  line.set_description(description);
  *line.mutable_returned_supply() = MoneyOf(0, request.currency());
  *line.mutable_returned_tax() = MoneyOf(0, request.currency());
}

void TakeReturn(const SalesReturn* standing, int64_t minor, const TakeOverLineRequest& request, const Context& context,
                LineTakenOver* event) {
  SalesReturn& head = *event->mutable_sales_return();
  if (standing != nullptr) {
    head = *standing;
  } else {
    Begin(request, ReturnIdOf(request, context), &head);
    head.set_returned_on(request.happened_on());
    *head.mutable_reduced() = MoneyOf(0, request.currency());
  }
  SalesReturnLine& line = *event->mutable_return_line();
  Join(request, minor, context, &head, &line);
  line.set_return_id(head.id());
  line.mutable_quantity()->set_units(-request.quantity().units());
}

}  // namespace

std::string InvoiceIdOf(const TakeOverLineRequest& request, const Context& context) {
  return ReferenceId(context.caller.tenant, KindOf(Invoice::descriptor()), request.document());
}
std::string ReturnIdOf(const TakeOverLineRequest& request, const Context& context) {
  return ReferenceId(context.caller.tenant, KindOf(SalesReturn::descriptor()), request.document());
}

Result<LineTakenOver> TakeOverLine(const Product* product, const Invoice* invoice, const SalesReturn* sales_return,
                                   const TakeOverLineRequest& request, const Context& context) {
  const auto day = kit::RecentDay(request.happened_on(), "happened_on", context);
  if (!day.ok()) return day.refusal();
  if (request.unit_price().units() < 0) return kUnitPriceMustNotBeNegative.At("unit_price");
  if (request.unit_price().units() == 0 || request.quantity().units() == 0) return kAmountMustNotBeZero;
  const bool is_return = request.quantity().units() < 0;
  const Decimal quantity =
      DecimalOf(is_return ? -request.quantity().units() : request.quantity().units(), request.quantity().scale());
  const auto minor = Multiply(quantity, request.unit_price(), request.currency(), Rounding::kDown);
  if (!minor) return kAmountTooLarge.At("quantity");
  const std::string description =
      request.description().empty() && product != nullptr ? product->name() : request.description();
  if (description.empty()) return kOrderLineMustBeNamed.At("description");
  if (const auto takes = MustTake(invoice, request); !takes.ok()) return takes.refusal();
  if (const auto takes = MustTake(sales_return, request); !takes.ok()) return takes.refusal();
  // From here on the line must be taken over.
  LineTakenOver event;
  if (is_return)
    TakeReturn(sales_return, *minor, request, context, &event);
  else
    TakeInvoice(invoice, description, *minor, request, context, &event);
  return event;
}

}  // namespace songsang::billing
