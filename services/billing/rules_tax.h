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

// The tax of each line of a document of one kind: each rounded by itself or, where the rates say so, the document's
// rounded once and shared out over its lines.
std::vector<int64_t> TaxesOf(const std::vector<int64_t>& supplies, SalesOrderLine::TaxKind kind, const TaxRates& rates);

// The last day to issue in time what was written on a day: the 10th of the following month, or the next business day.
// Legal deadlines follow public holidays, not the days that a company gives itself.
std::string IssueByOn(const std::string& written_on);
// The last day to transmit in time what was issued on a day: the day after, or the next business day.
std::string TransmitByOn(const std::string& issued_on);

// Why a supply takes no tax invoice; nothing if it takes one. Private persons take none; a supplier or buyer without
// registration number and amounts that are not in won can have none.
enum class NoTaxInvoice { kNone, kSupplierUnknown, kBuyerIsPerson, kBuyerUnregistered, kNotInWon };
NoTaxInvoice ObstacleToTaxInvoice(const BusinessPlace* place, const accounts::v1::Account* buyer,
                                  const std::string& currency);

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
// ones (사유 03 환입) for a return. None where there is an obstacle, and for a return none of a kind that has no original;
// ListTaxInvoiceIssues tells which invoices still need one.
TaxDrafts DraftTaxInvoices(const TaxSupply& supply, const Sequence* numbers, const Context& context);

}  // namespace songsang::billing
