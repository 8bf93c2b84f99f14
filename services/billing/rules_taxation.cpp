#include "billing/rules_taxation.h"

#include "billing/rules_product.h"
#include "kit/brn.h"
#include "kit/copy.h"

namespace songsang::billing {
namespace {

using common::v1::CallState;

constexpr int64_t kSecond = 1'000'000;
// How long whoever began a call has to end it; after that it is asked what became of it.
constexpr int64_t kLease = 60 * kSecond;
// When it is asked after the call itself ended in doubt, and when again after an answer in doubt.
constexpr int64_t kFirstQuestion = 5 * kSecond;
constexpr int64_t kNextQuestion = 60 * kSecond;

void ActIn(int64_t micros, const Context& context, TaxInvoice* invoice) {
  *invoice->mutable_transmit_at() = ToTimestamp(Instant{context.now.micros + micros});
}

// What the answer makes of the call.
void Settle(const SettleTransmissionRequest& request, const Context& context, TaxInvoice* invoice) {
  CallState& call = *invoice->mutable_transmission();
  const bool first = call.state() == CallState::STATE_STARTED;
  call.set_detail(request.detail());
  switch (request.outcome()) {
    case SettleTransmissionRequest::OUTCOME_DONE:
      call.set_state(CallState::STATE_DONE);
      call.set_reference(request.reference());
      invoice->set_transmitted_on(context.today.ToIso());
      invoice->clear_transmit_at();
      break;
    case SettleTransmissionRequest::OUTCOME_REFUSED:
      call.set_state(CallState::STATE_REFUSED);
      invoice->clear_transmit_at();
      break;
    case SettleTransmissionRequest::OUTCOME_NOT_THERE:
      // It may be on its way still, or denied by mistake: not at once. Its key and number make a second one harmless.
      call.set_state(CallState::STATE_DUE);
      ActIn(kNextQuestion, context, invoice);
      break;
    default:
      call.set_state(CallState::STATE_UNKNOWN);
      ActIn(first ? kFirstQuestion : kNextQuestion, context, invoice);
  }
}

}  // namespace

Result<BusinessPlaceSaved> SaveBusinessPlace(const BusinessPlace* place, const SaveBusinessPlaceRequest& request,
                                             const Context& context) {
  if (place != nullptr && request.has_external_ref()) return kExternalRefMustStay.At("external_ref");
  BusinessPlaceSaved event;
  BusinessPlace& saved = *event.mutable_business_place();
  if (place != nullptr)
    saved = *place;
  else
    saved.set_id(context.NewId<BusinessPlace>(request));
  kit::CopyWhatIsSet(request, &saved);
  const auto brn = kit::NormalBrn(saved.brn(), "brn");
  if (!brn.ok()) return brn.refusal();
  saved.set_brn(*brn);
  if (saved.name().empty()) return kBusinessPlaceMustBeNamed.At("name");
  if (saved.brn().empty()) return kBusinessPlaceMustBeNamed.At("brn");
  return event;
}

Result<TaxRatesSaved> SaveTaxRates(const std::vector<const TaxRates*>& set, const SaveTaxRatesRequest& request,
                                   const Context& context) {
  TaxRatesSaved event;
  TaxRates& saved = *event.mutable_tax_rates() = TaxRatesOn(set, request.valid_from_on());
  // What held until then goes on as it is: only the same day's is corrected.
  if (saved.id().empty() || saved.valid_from_on() != request.valid_from_on()) {
    saved.set_id(context.NewId());
    saved.clear_version();
  }
  kit::CopyWhatIsSet(request, &saved);
  if (saved.country().empty()) saved.set_country("KR");
  return event;
}

Result<TaxInvoiceIssued> IssueTaxInvoice(const TaxIssueFacts& facts, const IssueTaxInvoiceRequest&,
                                         const Context& context) {
  for (const TaxInvoice* issued : facts.issued)
    if (issued->amendment() == TaxInvoice::AMENDMENT_UNSPECIFIED)
      return kInvoiceMustBeWithoutTaxInvoice.With("number", issued->number());
  if (!TakesTaxInvoice(&facts.place, facts.buyer, facts.invoice.total().currency())) return kInvoiceMustTakeTaxInvoice;
  TaxInvoiceIssued event;
  *event.mutable_invoice() = facts.invoice;
  Numbering numbers(TaxInvoiceSeries(context), facts.numbers, context);
  for (const auto kind :
       {SalesOrderLine::TAX_KIND_TAXABLE, SalesOrderLine::TAX_KIND_ZERO_RATED, SalesOrderLine::TAX_KIND_EXEMPT}) {
    std::vector<InvoiceLine> lines;
    for (const InvoiceLine* line : facts.lines)
      if (line->tax_kind() == kind) lines.push_back(*line);
    if (lines.empty()) continue;
    auto draft =
        DraftTaxInvoice(facts.invoice, lines, facts.place, *facts.buyer, numbers.Take(), facts.holidays, context);
    if (!draft.ok()) return draft.refusal();
    *event.add_tax_invoices() = std::move(draft->tax_invoice);
    for (TaxInvoiceLine& line : draft->lines) *event.add_lines() = std::move(line);
  }
  numbers.Into(&event);
  return event;
}

Result<TransmissionStarted> StartTransmission(const TaxInvoice& invoice, const StartTransmissionRequest&,
                                              const Context& context) {
  if (invoice.transmission().state() != CallState::STATE_DUE) return kTransmissionMustBeDue;
  TransmissionStarted event;
  TaxInvoice& started = *event.mutable_tax_invoice() = invoice;
  started.mutable_transmission()->set_state(CallState::STATE_STARTED);
  started.mutable_transmission()->set_attempt(invoice.transmission().attempt() + 1);
  ActIn(kLease, context, &started);
  return event;
}

Result<TransmissionSettled> SettleTransmission(const TaxInvoice& invoice, const SettleTransmissionRequest& request,
                                               const Context& context) {
  const auto state = invoice.transmission().state();
  if (state != CallState::STATE_STARTED && state != CallState::STATE_UNKNOWN && state != CallState::STATE_DONE)
    return kTransmissionMustBeUnderWay;
  TransmissionSettled event;
  *event.mutable_tax_invoice() = invoice;
  if (state != CallState::STATE_DONE) Settle(request, context, event.mutable_tax_invoice());
  return event;
}

Result<AuthorityAskedAgain> AskAuthorityAgain(const TaxInvoice& invoice, const AskAuthorityAgainRequest&,
                                              const Context& context) {
  const auto state = invoice.transmission().state();
  if (state == CallState::STATE_DONE || state == CallState::STATE_UNSPECIFIED) return kTransmissionMustBeOpen;
  AuthorityAskedAgain event;
  TaxInvoice& asked = *event.mutable_tax_invoice() = invoice;
  if (state == CallState::STATE_REFUSED) asked.mutable_transmission()->set_state(CallState::STATE_DUE);
  // One that is being called is left to whoever calls, for as long as that may take.
  if (state != CallState::STATE_STARTED) ActIn(0, context, &asked);
  return event;
}

std::string TransmittedXmlOf(const TaxInvoice& invoice) { return invoice.xml(); }

StartTransmissionRequest StartTransmissionOf(const TaxInvoice& invoice) {
  StartTransmissionRequest request;
  request.set_tax_invoice_id(invoice.id());
  return request;
}

SettleTransmissionRequest SettleTransmissionOf(const TaxInvoice& invoice, const PortAnswer& answer) {
  SettleTransmissionRequest request;
  request.set_tax_invoice_id(invoice.id());
  switch (answer.kind) {
    case PortAnswer::Kind::kDone:
      request.set_outcome(SettleTransmissionRequest::OUTCOME_DONE);
      break;
    case PortAnswer::Kind::kRefused:
      request.set_outcome(SettleTransmissionRequest::OUTCOME_REFUSED);
      break;
    case PortAnswer::Kind::kNotThere:
      request.set_outcome(SettleTransmissionRequest::OUTCOME_NOT_THERE);
      break;
    case PortAnswer::Kind::kUnknown:
      request.set_outcome(SettleTransmissionRequest::OUTCOME_UNKNOWN);
      break;
  }
  request.set_reference(answer.reference);
  request.set_detail(answer.detail);
  return request;
}

}  // namespace songsang::billing
