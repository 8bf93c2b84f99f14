#include "billing/rules_tax.h"

#include <array>
#include <string>
#include <utility>

#include "core/decimal.h"
#include "core/money.h"

namespace songsang::billing {
namespace {

constexpr int kDigits = 6;

TaxRates MakeShipped() {
  TaxRates rates;
  rates.set_country(kTaxCountry);
  rates.set_valid_from_on("1977-07-01");
  rates.set_vat_ppm(100'000);
  rates.set_rounding(TaxRates::ROUNDING_DOWN);
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
      invoice.set_remark(original->written_on());
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
  if (supply.buyer != nullptr && supply.buyer->kind() == accounts::v1::Account::KIND_PERSON) return drafts;
  const std::string series = SeriesOf("tax_invoice", supply.written_on);
  for (const auto kind :
       {SalesOrderLine::TAX_KIND_TAXABLE, SalesOrderLine::TAX_KIND_ZERO_RATED, SalesOrderLine::TAX_KIND_EXEMPT}) {
    TaxInvoice invoice = HeadOf(supply, kind);
    int64_t value = 0;
    int64_t tax = 0;
    int number = 0;
    for (const TaxSupply::Line& line : supply.lines) {
      if (line.kind != kind) continue;
      if (number == 0) invoice.set_id(context.NewId());
      drafts.lines.push_back(LineOf(supply, line, invoice, ++number, context));
      value += line.supply;
      tax += line.tax;
    }
    if (number == 0) continue;
    invoice.set_number(NextNumber("TAX", series, numbers, &drafts.sequence, context));
    *invoice.mutable_supply() = MoneyOf(value, supply.currency);
    *invoice.mutable_tax() = MoneyOf(tax, supply.currency);
    *invoice.mutable_total() = MoneyOf(value + tax, supply.currency);
    drafts.invoices.push_back(std::move(invoice));
  }
  return drafts;
}

}  // namespace songsang::billing
