// Rules of value added tax (부가가치세): rates, rounding, and the tax invoice that an invoice or a return brings with it.
// Source: korea.md sections 2 to 5.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "kit/calendar_kr.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/tax.pb.h"
#include "songsang/billing/v1/tax_service.pb.h"

namespace songsang::billing {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kTaxKindsMustNotMix{"TAX_KINDS_MUST_NOT_MIX", Code::kFailedPrecondition,
                                        "One tax invoice bears supply of one kind: taxable, zero-rated or exempt.",
                                        "세금계산서 한 장에는 과세, 영세율, 면세 가운데 한 종류만 담을 수 있습니다."};

// The rates that hold on a day: the latest of those the tenant set, else the shipped ones.
TaxRates TaxRatesOn(const std::vector<const TaxRates*>& set, const std::string& day);

// The tax on a supply value in minor units, rounded on its absolute value and then given its sign, so that a reversal
// takes back exactly what was charged.
int64_t TaxOn(int64_t supply, SalesOrderLine::TaxKind kind, const TaxRates& rates);

// The tax of each line of a document of one kind: each rounded by itself, or the document's rounded once and shared out,
// as the rates say.
std::vector<int64_t> TaxesOf(const std::vector<int64_t>& supplies, SalesOrderLine::TaxKind kind, const TaxRates& rates);

// The last day to issue in time what was written on a day: the 10th of the following month, or the next business day.
// `holidays` here and below: public holidays that the tenant declared beside those shipped.
std::string IssueByOn(const std::string& written_on, const kit::DeclaredDays& holidays = {});
// The last day to transmit in time what was issued on a day: the day after, or the next business day.
std::string TransmitByOn(const std::string& issued_on, const kit::DeclaredDays& holidays = {});

// A tax invoice and its lines, as they are recorded.
struct TaxDraft {
  TaxInvoice tax_invoice;
  std::vector<TaxInvoiceLine> lines;
};

// Whether an invoice to this buyer takes a tax invoice: the supplier is known, the amounts are in won, and the buyer is a
// business with a registration number. Otherwise it is issued without; ListTaxInvoiceIssues shows those that should have
// one.
bool TakesTaxInvoice(const BusinessPlace* place, const accounts::v1::Account* buyer, const std::string& currency);

// The series that a tax invoice issued in this context takes its number from: `tax_invoice/2026`.
std::string TaxInvoiceSeries(const Context& context);

// The tax invoice of one invoice. `number` is the sequence's. Call only where TakesTaxInvoice.
Result<TaxDraft> DraftTaxInvoice(const Invoice& invoice, const std::vector<InvoiceLine>& lines,
                                 const BusinessPlace& place, const accounts::v1::Account& buyer, int64_t number,
                                 const kit::DeclaredDays& holidays, const Context& context);

// The amended tax invoice for returned goods (수정세금계산서 사유 03 환입) of an invoice that has one. Amounts are
// negative; it is written on the day of the return and names the original's day. `invoice_lines` are those that came
// back, for their descriptions.
TaxDraft DraftReturnTaxInvoice(const SalesReturn& sales_return, const std::vector<SalesReturnLine>& lines,
                               const std::vector<InvoiceLine>& invoice_lines, const TaxInvoice& original,
                               int64_t number, const kit::DeclaredDays& holidays, const Context& context);

}  // namespace songsang::billing
