#include "billing/rules_tax.h"

#include <array>
#include <string>
#include <utility>

#include "billing/rules_tax_xml.h"
#include "core/decimal.h"
#include "core/money.h"
#include "core/split.h"
#include "kit/calendar_kr.h"

namespace songsang::billing {
namespace {

constexpr size_t kDigits = 6;
constexpr int kLastIssueDay = 10;

TaxRates MakeShipped() {
  TaxRates rates;
  rates.set_country(kTaxCountry);
  rates.set_valid_from_on("1977-07-01");
  rates.set_vat_ppm(100'000);
  rates.set_rounding(TaxRates::ROUNDING_DOWN);
  rates.set_late_issue_ppm(10'000);
  rates.set_not_issued_ppm(20'000);
  rates.set_late_transmission_ppm(3'000);
  rates.set_not_transmitted_ppm(5'000);
  return rates;
}

Rounding RoundingOf(const TaxRates& rates) {
  switch (rates.rounding()) {
    case TaxRates::ROUNDING_HALF_AWAY:
      return Rounding::kHalfAway;
    case TaxRates::ROUNDING_UP:
      return Rounding::kUp;
    default:
      return Rounding::kDown;
  }
}

// What of the buyer's register stands on the document.
TaxParty BuyerOf(const accounts::v1::Account* buyer) {
  TaxParty party;
  if (buyer == nullptr) return party;
  party.set_brn(buyer->brn());
  party.set_name(buyer->name());
  party.set_email(buyer->email());
  return party;
}

TaxParty SupplierOf(const BusinessPlace* place) {
  TaxParty party;
  if (place == nullptr) return party;
  party.set_brn(place->brn());
  party.set_sub_place_no(place->sub_place_no());
  party.set_name(place->name());
  party.set_representative(place->representative());
  party.set_address(place->address());
  party.set_business_type(place->business_type());
  party.set_business_item(place->business_item());
  party.set_email(place->email());
  return party;
}

SalesOrderLine::TaxKind KindOf(const TaxInvoice& invoice) {
  if (invoice.document() == TaxInvoice::DOCUMENT_EXEMPT_INVOICE) return SalesOrderLine::TAX_KIND_EXEMPT;
  return invoice.rate() == TaxInvoice::RATE_ZERO ? SalesOrderLine::TAX_KIND_ZERO_RATED
                                                 : SalesOrderLine::TAX_KIND_TAXABLE;
}

// The document that a document of this kind amends.
const TaxInvoice* OriginalOf(const TaxSupply& supply, SalesOrderLine::TaxKind kind) {
  for (const TaxInvoice* original : supply.originals)
    if (original->amendment() == TaxInvoice::AMENDMENT_UNSPECIFIED && KindOf(*original) == kind) return original;
  return nullptr;
}

TaxInvoice HeadOf(const TaxSupply& supply, SalesOrderLine::TaxKind kind) {
  const bool amended = !supply.return_id.empty();
  const bool exempt = kind == SalesOrderLine::TAX_KIND_EXEMPT;
  TaxInvoice invoice;
  if (amended)
    invoice.set_document(exempt ? TaxInvoice::DOCUMENT_AMENDED_EXEMPT_INVOICE
                                : TaxInvoice::DOCUMENT_AMENDED_TAX_INVOICE);
  else
    invoice.set_document(exempt ? TaxInvoice::DOCUMENT_EXEMPT_INVOICE : TaxInvoice::DOCUMENT_TAX_INVOICE);
  invoice.set_rate(kind == SalesOrderLine::TAX_KIND_ZERO_RATED ? TaxInvoice::RATE_ZERO : TaxInvoice::RATE_GENERAL);
  invoice.set_purpose(TaxInvoice::PURPOSE_CLAIMED);
  if (amended) {
    invoice.set_amendment(TaxInvoice::AMENDMENT_RETURN);
    if (const TaxInvoice* original = OriginalOf(supply, kind)) {
      invoice.set_original_id(original->id());
      // The note that the law asks for: the day of the document it amends.
      invoice.set_remark("당초 작성일자 " + original->written_on());
    }
  }
  invoice.set_invoice_id(supply.invoice_id);
  invoice.set_return_id(supply.return_id);
  if (supply.place != nullptr) invoice.set_business_place_id(supply.place->id());
  invoice.set_account_id(supply.account_id);
  invoice.set_unit_id(supply.unit_id);
  *invoice.mutable_supplier() = SupplierOf(supply.place);
  *invoice.mutable_buyer() = BuyerOf(supply.buyer);
  invoice.set_written_on(supply.written_on);
  return invoice;
}

// The middle eight digits of approval numbers; an amended document keeps its original's.
std::string IssuerCode(const TaxSupply& supply, const TaxInvoice* original) {
  if (original != nullptr && original->approval_no().size() == 24) return original->approval_no().substr(8, 8);
  return supply.place->issuer_code().empty() ? supply.place->brn().substr(0, 8) : supply.place->issuer_code();
}

std::string WithoutHyphens(std::string text) {
  std::erase(text, '-');
  return text;
}

// What every document is given when it is issued: its approval number, its days, and the call that is due.
void Issue(const std::string& issuer_code, const Context& context, TaxInvoice* invoice) {
  const std::string today = context.today.ToIso();
  // `TAX-2026-000123`: the series' year and its count make the eight digits that no other document of the issuer has.
  invoice->set_approval_no(WithoutHyphens(today) + issuer_code + WithoutHyphens(invoice->number().substr(6)));
  invoice->set_issued_on(today);
  invoice->set_issue_by_on(IssueByOn(invoice->written_on()));
  invoice->set_transmit_by_on(TransmitByOn(today));
  // What an importer dates in the past was transmitted by whoever issued it then.
  if (context.caller.Has(songsang::v1::ROLE_IMPORTER) && context.when < context.now) return;
  invoice->mutable_transmission()->set_state(common::v1::CallState::STATE_DUE);
  *invoice->mutable_transmit_at() = ToTimestamp(context.now);
}

TaxInvoiceLine LineOf(const TaxSupply& supply, const TaxSupply::Line& line, const TaxInvoice& invoice, int number,
                      const Context& context) {
  TaxInvoiceLine drafted;
  drafted.set_id(context.NewId());
  drafted.set_tax_invoice_id(invoice.id());
  drafted.set_number(number);
  drafted.set_supplied_on(supply.written_on);
  drafted.set_name(line.name);
  *drafted.mutable_quantity() = line.quantity;
  *drafted.mutable_unit_price() = line.unit_price;
  *drafted.mutable_supply() = MoneyOf(line.supply, supply.currency);
  *drafted.mutable_tax() = MoneyOf(line.tax, supply.currency);
  drafted.set_invoice_line_id(line.invoice_line_id);
  return drafted;
}

}  // namespace

const TaxRates& RatesOn(const std::string& day, const std::vector<const TaxRates*>& defined) {
  static const TaxRates shipped = MakeShipped();
  const TaxRates* newest = &shipped;
  for (const TaxRates* rates : defined)
    if (rates->valid_from_on() <= day && rates->valid_from_on() >= newest->valid_from_on()) newest = rates;
  return *newest;
}

int64_t TaxOf(int64_t supply, SalesOrderLine::TaxKind kind, const TaxRates& rates) {
  if (kind == SalesOrderLine::TAX_KIND_ZERO_RATED || kind == SalesOrderLine::TAX_KIND_EXEMPT) return 0;
  return PartOf(supply, rates.vat_ppm(), RoundingOf(rates)).value_or(0);
}

std::vector<int64_t> TaxesOf(const std::vector<int64_t>& supplies, SalesOrderLine::TaxKind kind,
                             const TaxRates& rates) {
  std::vector<int64_t> taxes, weights;
  int64_t sum = 0;
  bool mixed = false;
  for (const int64_t supply : supplies) {
    taxes.push_back(TaxOf(supply, kind, rates));
    weights.push_back(supply < 0 ? -supply : supply);
    mixed = mixed || (supply < 0 && sum > 0) || (supply > 0 && sum < 0);
    sum += supply;
  }
  // Lines of both signs have no common share: each keeps its own rounding then.
  if (!rates.per_document() || mixed) return taxes;
  const auto shares = Split(TaxOf(sum, kind, rates), weights);
  return shares ? *shares : taxes;
}

std::string IssueByOn(const std::string& written_on) {
  const auto day = Date::Parse(written_on);
  if (!day) return "";
  const bool december = day->month() == 12;
  const Date tenth = Date::Of(day->year() + (december ? 1 : 0), december ? 1 : day->month() + 1, kLastIssueDay);
  return kit::BusinessDayFrom(tenth).ToIso();
}

std::string TransmitByOn(const std::string& issued_on) {
  const auto day = Date::Parse(issued_on);
  return day ? kit::BusinessDayFrom(day->PlusDays(1)).ToIso() : "";
}

NoTaxInvoice ObstacleToTaxInvoice(const BusinessPlace* place, const accounts::v1::Account* buyer,
                                  const std::string& currency) {
  if (buyer != nullptr && buyer->kind() == accounts::v1::Account::KIND_PERSON) return NoTaxInvoice::kBuyerIsPerson;
  if (currency != "KRW") return NoTaxInvoice::kNotInWon;
  if (place == nullptr) return NoTaxInvoice::kSupplierUnknown;
  if (buyer == nullptr || buyer->brn().empty()) return NoTaxInvoice::kBuyerUnregistered;
  return NoTaxInvoice::kNone;
}

std::string SeriesOf(const char* name, const std::string& day) { return std::string(name) + "/" + day.substr(0, 4); }

std::string NextNumber(const char* prefix, const std::string& series, const Sequence* standing, Sequence* sequence,
                       const Context& context) {
  if (sequence->id().empty() && standing != nullptr) *sequence = *standing;
  if (sequence->id().empty()) {
    sequence->set_id(context.NewId());
    sequence->set_series(series);
    sequence->set_next(1);
  }
  std::string number = std::to_string(sequence->next());
  if (number.size() < kDigits) number.insert(0, kDigits - number.size(), '0');
  sequence->set_next(sequence->next() + 1);
  return std::string(prefix) + "-" + series.substr(series.find('/') + 1) + "-" + number;
}

TaxDrafts DraftTaxInvoices(const TaxSupply& supply, const Sequence* numbers, const Context& context) {
  TaxDrafts drafts;
  if (ObstacleToTaxInvoice(supply.place, supply.buyer, supply.currency) != NoTaxInvoice::kNone) return drafts;
  const std::string series = SeriesOf("tax_invoice", supply.written_on);
  for (const auto kind :
       {SalesOrderLine::TAX_KIND_TAXABLE, SalesOrderLine::TAX_KIND_ZERO_RATED, SalesOrderLine::TAX_KIND_EXEMPT}) {
    const TaxInvoice* original = OriginalOf(supply, kind);
    if (original == nullptr && !supply.return_id.empty()) continue;
    TaxInvoice invoice = HeadOf(supply, kind);
    std::vector<TaxInvoiceLine> lines;
    int64_t value = 0;
    int64_t tax = 0;
    int number = 0;
    for (const TaxSupply::Line& line : supply.lines) {
      if (line.kind != kind) continue;
      if (number == 0) invoice.set_id(context.NewId());
      lines.push_back(LineOf(supply, line, invoice, ++number, context));
      value += line.supply;
      tax += line.tax;
    }
    if (number == 0) continue;
    invoice.set_number(NextNumber("TAX", series, numbers, &drafts.sequence, context));
    *invoice.mutable_supply() = MoneyOf(value, supply.currency);
    *invoice.mutable_tax() = MoneyOf(tax, supply.currency);
    *invoice.mutable_total() = MoneyOf(value + tax, supply.currency);
    Issue(IssuerCode(supply, original), context, &invoice);
    invoice.set_xml(TaxInvoiceXml(invoice, lines, {context.now, original == nullptr ? "" : original->approval_no()}));
    for (TaxInvoiceLine& line : lines) drafts.lines.push_back(std::move(line));
    drafts.invoices.push_back(std::move(invoice));
  }
  return drafts;
}

}  // namespace songsang::billing
