// Rules of value added tax and of tax invoices: which tax a supply bears, and which documents it asks for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "billing/rules_product.h"
#include "core/context.h"
#include "core/result.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/ledger.pb.h"
#include "songsang/billing/v1/tax.pb.h"

namespace songsang::billing {

inline constexpr char kTaxCountry[] = "KR";

// The rates that hold on a day: the newest that began by then, else those that are shipped. What nobody asked to be
// rounded otherwise is cut off (절사).
const TaxRates& RatesOn(const std::string& day, const std::vector<const TaxRates*>& defined);

// The tax on a supply value, in minor units; for a negative one the opposite of what its magnitude bears.
int64_t TaxOf(int64_t supply, SalesOrderLine::TaxKind kind, const TaxRates& rates);

// The number that a series gives next, which it has given then: `TAX-2026-000001` of series `tax_invoice/2026`. A series
// that has none yet begins.
std::string NextNumber(const char* prefix, const std::string& series, const Sequence* standing, Sequence* sequence,
                       const Context& context);
// `tax_invoice/2026`
std::string SeriesOf(const char* name, const std::string& day);

// What a tax invoice is drafted from.
struct TaxSupply {
  // A line of the document, and its kind of tax.
  struct Line {
    SalesOrderLine::TaxKind kind;
    std::string name;
    common::v1::Decimal quantity;
    common::v1::Decimal unit_price;
    // Negative for what comes back.
    int64_t supply = 0;
    int64_t tax = 0;
    std::string invoice_line_id;
  };
  const BusinessPlace* place = nullptr;          // who supplies
  const accounts::v1::Account* buyer = nullptr;  // who buys
  std::vector<const TaxInvoice*> originals;      // of the invoice that is amended; empty for a first one
  std::string account_id, unit_id, invoice_id, return_id;
  std::string currency;
  std::string written_on;  // 작성일자
  std::vector<Line> lines;
};

struct TaxDrafts {
  std::vector<TaxInvoice> invoices;
  std::vector<TaxInvoiceLine> lines;
  // Where the series stands afterwards; without an id if no number was taken.
  Sequence sequence;
};

// One document for each kind of tax among the lines, numbered, its transmission due: first ones for an invoice, amended
// ones (사유 03 환입) for a return. None for a private person, to whom no tax invoice is issued.
TaxDrafts DraftTaxInvoices(const TaxSupply& supply, const Sequence* numbers, const Context& context);

}  // namespace songsang::billing
