#include "billing/rules_tax.h"

#include "billing/rules_tax_xml.h"
#include "core/money.h"
#include "core/split.h"
#include "kit/brn.h"
#include "kit/calendar_kr.h"

namespace songsang::billing {
namespace {

constexpr int64_t kMillion = 1'000'000;
constexpr int kLastIssueDay = 10;

// As of 1977-07-01, when the tax began; penalties as of korea.md section 3.
TaxRates ShippedRates() {
  TaxRates rates;
  rates.set_country("KR");
  rates.set_valid_from_on("1977-07-01");
  rates.set_vat_ppm(100'000);
  rates.set_rounding(TaxRates::ROUNDING_DOWN);
  rates.set_late_issue_ppm(10'000);
  rates.set_not_issued_ppm(20'000);
  rates.set_late_transmission_ppm(3'000);
  rates.set_not_transmitted_ppm(5'000);
  return rates;
}

std::string Padded(int64_t number, size_t digits) {
  std::string text = std::to_string(number);
  return text.size() >= digits ? text : std::string(digits - text.size(), '0') + text;
}

TaxParty SupplierOf(const BusinessPlace& place) {
  TaxParty party;
  party.set_brn(place.brn());
  party.set_sub_place_no(place.sub_place_no());
  party.set_name(place.name());
  party.set_representative(place.representative());
  party.set_address(place.address());
  party.set_business_type(place.business_type());
  party.set_business_item(place.business_item());
  party.set_email(place.email());
  return party;
}

TaxParty BuyerOf(const accounts::v1::Account& account) {
  TaxParty party;
  party.set_brn(account.brn());
  party.set_name(account.name());
  party.set_email(account.email());
  return party;
}

std::string IssuerCode(const BusinessPlace& place) {
  return place.issuer_code().empty() ? place.brn().substr(0, 8) : place.issuer_code();
}

// Number, approval number, days, and the call that is due: what every document is given when it is issued.
void Issue(const std::string& issuer_code, int64_t number, const kit::DeclaredDays& holidays, const Context& context,
           TaxInvoice* invoice) {
  const std::string today = context.today.ToIso();
  invoice->set_number("TAX-" + today.substr(0, 4) + "-" + Padded(number, 6));
  invoice->set_approval_no(today.substr(0, 4) + today.substr(5, 2) + today.substr(8, 2) + issuer_code +
                           Padded(number, 8));
  invoice->set_issued_on(today);
  invoice->set_issue_by_on(IssueByOn(invoice->written_on(), holidays));
  invoice->set_transmit_by_on(TransmitByOn(today, holidays));
  // What an importer dates in the past was transmitted by whoever issued it then.
  if (context.caller.Has(songsang::v1::ROLE_IMPORTER) && context.when < context.now) return;
  invoice->mutable_transmission()->set_state(common::v1::CallState::STATE_DUE);
  *invoice->mutable_transmit_at() = ToTimestamp(context.now);
}

void SumUp(const std::vector<TaxInvoiceLine>& lines, const std::string& currency, TaxInvoice* invoice) {
  int64_t supply = 0;
  int64_t tax = 0;
  for (const TaxInvoiceLine& line : lines) {
    supply += line.supply().minor();
    tax += line.tax().minor();
  }
  *invoice->mutable_supply() = MoneyOf(supply, currency);
  *invoice->mutable_tax() = MoneyOf(tax, currency);
  *invoice->mutable_total() = MoneyOf(supply + tax, currency);
}

void SetKind(SalesOrderLine::TaxKind kind, TaxInvoice* invoice) {
  const bool exempt = kind == SalesOrderLine::TAX_KIND_EXEMPT;
  invoice->set_document(exempt ? TaxInvoice::DOCUMENT_EXEMPT_INVOICE : TaxInvoice::DOCUMENT_TAX_INVOICE);
  invoice->set_rate(kind == SalesOrderLine::TAX_KIND_ZERO_RATED ? TaxInvoice::RATE_ZERO : TaxInvoice::RATE_GENERAL);
}

TaxInvoiceLine LineOf(const InvoiceLine& line, const std::string& supplied_on, const TaxInvoice& invoice, int number,
                      const Context& context) {
  TaxInvoiceLine drafted;
  drafted.set_id(context.NewId());
  drafted.set_tax_invoice_id(invoice.id());
  drafted.set_number(number);
  drafted.set_supplied_on(supplied_on);
  // A line without a name is refused by the authority.
  drafted.set_name(line.description().empty() ? "상품" : line.description());
  *drafted.mutable_quantity() = line.quantity();
  *drafted.mutable_unit_price() = line.unit_price();
  *drafted.mutable_supply() = line.supply();
  *drafted.mutable_tax() = line.tax();
  drafted.set_invoice_line_id(line.id());
  return drafted;
}

}  // namespace

TaxRates TaxRatesOn(const std::vector<const TaxRates*>& set, const std::string& day) {
  const TaxRates* latest = nullptr;
  for (const TaxRates* rates : set)
    if (rates->country() == "KR" && rates->valid_from_on() <= day &&
        (latest == nullptr || latest->valid_from_on() < rates->valid_from_on()))
      latest = rates;
  return latest == nullptr ? ShippedRates() : *latest;
}

int64_t TaxOn(int64_t supply, SalesOrderLine::TaxKind kind, const TaxRates& rates) {
  if (kind == SalesOrderLine::TAX_KIND_ZERO_RATED || kind == SalesOrderLine::TAX_KIND_EXEMPT) return 0;
  const __int128 exact = static_cast<__int128>(supply < 0 ? -supply : supply) * rates.vat_ppm();
  __int128 tax = exact / kMillion;
  const __int128 rest = exact % kMillion;
  if ((rates.rounding() == TaxRates::ROUNDING_UP && rest > 0) ||
      (rates.rounding() == TaxRates::ROUNDING_HALF_AWAY && rest * 2 >= kMillion))
    ++tax;
  return static_cast<int64_t>(supply < 0 ? -tax : tax);
}

std::vector<int64_t> TaxesOf(const std::vector<int64_t>& supplies, SalesOrderLine::TaxKind kind,
                             const TaxRates& rates) {
  std::vector<int64_t> taxes, weights;
  int64_t sum = 0;
  for (const int64_t supply : supplies) {
    taxes.push_back(TaxOn(supply, kind, rates));
    weights.push_back(supply < 0 ? -supply : supply);
    sum += supply;
  }
  if (!rates.per_document()) return taxes;
  // Lines of both signs have no common share: each keeps its own rounding then.
  for (const int64_t supply : supplies)
    if ((supply < 0) != (sum < 0) && supply != 0) return taxes;
  const auto shares = Split(TaxOn(sum, kind, rates), weights);
  return shares ? *shares : taxes;
}

std::string IssueByOn(const std::string& written_on, const kit::DeclaredDays& holidays) {
  const auto day = Date::Parse(written_on);
  if (!day) return "";
  const bool december = day->month() == 12;
  const Date tenth = Date::Of(day->year() + (december ? 1 : 0), december ? 1 : day->month() + 1, kLastIssueDay);
  return kit::BusinessDayFrom(tenth, holidays).ToIso();
}

std::string TransmitByOn(const std::string& issued_on, const kit::DeclaredDays& holidays) {
  const auto day = Date::Parse(issued_on);
  return day ? kit::BusinessDayFrom(day->PlusDays(1), holidays).ToIso() : "";
}

bool TakesTaxInvoice(const BusinessPlace* place, const accounts::v1::Account* buyer, const std::string& currency) {
  return place != nullptr && buyer != nullptr && currency == "KRW" &&
         buyer->kind() == accounts::v1::Account::KIND_BUSINESS && !buyer->brn().empty();
}

std::string TaxInvoiceSeries(const Context& context) { return "tax_invoice/" + context.today.ToIso().substr(0, 4); }

Result<TaxDraft> DraftTaxInvoice(const Invoice& invoice, const std::vector<InvoiceLine>& lines,
                                 const BusinessPlace& place, const accounts::v1::Account& buyer, int64_t number,
                                 const kit::DeclaredDays& holidays, const Context& context) {
  const auto kind = lines.empty() ? SalesOrderLine::TAX_KIND_TAXABLE : lines.front().tax_kind();
  for (const InvoiceLine& line : lines)
    if (line.tax_kind() != kind) return kTaxKindsMustNotMix;
  // From here on the tax invoice must be drafted.
  TaxDraft draft;
  TaxInvoice& drafted = draft.tax_invoice;
  drafted.set_id(context.NewId());
  SetKind(kind, &drafted);
  drafted.set_purpose(TaxInvoice::PURPOSE_CLAIMED);
  drafted.set_invoice_id(invoice.id());
  drafted.set_business_place_id(place.id());
  drafted.set_account_id(buyer.id());
  drafted.set_unit_id(invoice.unit_id());
  *drafted.mutable_supplier() = SupplierOf(place);
  *drafted.mutable_buyer() = BuyerOf(buyer);
  drafted.set_written_on(invoice.issued_on());
  for (const InvoiceLine& line : lines)
    draft.lines.push_back(
        LineOf(line, invoice.issued_on(), drafted, static_cast<int>(draft.lines.size()) + 1, context));
  SumUp(draft.lines, invoice.total().currency(), &drafted);
  Issue(IssuerCode(place), number, holidays, context, &drafted);
  drafted.set_xml(TaxInvoiceXml(drafted, draft.lines, {context.now, ""}));
  return draft;
}

TaxDraft DraftReturnTaxInvoice(const SalesReturn& sales_return, const std::vector<SalesReturnLine>& lines,
                               const std::vector<InvoiceLine>& invoice_lines, const TaxInvoice& original,
                               int64_t number, const kit::DeclaredDays& holidays, const Context& context) {
  TaxDraft draft;
  TaxInvoice& drafted = draft.tax_invoice = original;
  drafted.clear_version();
  drafted.clear_transmission();
  drafted.clear_transmit_at();
  drafted.clear_transmitted_on();
  drafted.set_id(context.NewId());
  drafted.set_document(original.document() == TaxInvoice::DOCUMENT_EXEMPT_INVOICE
                           ? TaxInvoice::DOCUMENT_AMENDED_EXEMPT_INVOICE
                           : TaxInvoice::DOCUMENT_AMENDED_TAX_INVOICE);
  drafted.set_amendment(TaxInvoice::AMENDMENT_RETURN);
  drafted.set_original_id(original.id());
  drafted.set_invoice_id(sales_return.invoice_id());
  drafted.set_return_id(sales_return.id());
  drafted.set_written_on(sales_return.returned_on());
  drafted.set_remark("당초 작성일자 " + original.written_on());
  for (const SalesReturnLine& line : lines) {
    InvoiceLine reversed;
    for (const InvoiceLine& sold : invoice_lines)
      if (sold.id() == line.invoice_line_id()) reversed = sold;
    *reversed.mutable_quantity() = line.quantity();
    reversed.mutable_quantity()->set_units(-line.quantity().units());
    *reversed.mutable_supply() = MoneyOf(-line.supply().minor(), line.supply().currency());
    *reversed.mutable_tax() = MoneyOf(-line.tax().minor(), line.tax().currency());
    draft.lines.push_back(
        LineOf(reversed, sales_return.returned_on(), drafted, static_cast<int>(draft.lines.size()) + 1, context));
  }
  SumUp(draft.lines, sales_return.total().currency(), &drafted);
  Issue(original.approval_no().substr(8, 8), number, holidays, context, &drafted);
  drafted.set_xml(TaxInvoiceXml(drafted, draft.lines, {context.now, original.approval_no()}));
  return draft;
}

}  // namespace songsang::billing
