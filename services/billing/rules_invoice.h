// Rules of invoices: a delivery becomes a debt, with all that hangs on it in one event.
#pragma once

#include <string>
#include <vector>

#include "billing/rules_order.h"
#include "core/context.h"
#include "core/result.h"
#include "songsang/billing/v1/invoice.pb.h"

namespace songsang::billing {

inline const Reason kQuantityMustBeDelivered{
    "QUANTITY_MUST_BE_DELIVERED", Code::kFailedPrecondition,
    "Of this line {left} are delivered and not invoiced, not {quantity}.",
    "출고되어 아직 청구되지 않은 수량을 넘습니다. 청구 가능 {left}, 요청 {quantity}"};
inline const Reason kAmountMustNotBeZero{"AMOUNT_MUST_NOT_BE_ZERO", Code::kFailedPrecondition,
                                         "There is nothing to ask money for.", "청구할 금액이 없습니다."};
inline const Reason kInvoiceNumberTaken{"INVOICE_NUMBER_TAKEN", Code::kAlreadyExists,
                                        "An invoice of this number exists.", "이미 있는 청구 번호입니다."};
inline const Reason kTaxInvoiceNumberTaken{"TAX_INVOICE_NUMBER_TAKEN", Code::kAlreadyExists,
                                           "A tax invoice of this number exists.", "이미 있는 세금계산서 번호입니다."};
inline const Reason kDueMustFollowIssue{"DUE_MUST_FOLLOW_ISSUE", Code::kInvalidArgument,
                                        "It would be due on {due_on}, before it is issued on {issued_on}.",
                                        "지급 기한({due_on})이 청구일({issued_on})보다 빠릅니다."};

// What stands when an invoice is issued.
struct InvoiceFacts {
  explicit InvoiceFacts(const SalesOrder& invoiced) : order(invoiced) {}

  const SalesOrder& order;
  Lines lines;
  const CreditLine* credit_line = nullptr;
  const accounts::v1::Account* account = nullptr;
  const BusinessPlace* place = nullptr;
  std::vector<const TaxRates*> rates;
  std::vector<const Period*> periods;     // of the order's unit
  const Sequence* numbers = nullptr;      // of invoices, of the year
  const Sequence* tax_numbers = nullptr;  // of tax invoices, of the year
  kit::DeclaredDays holidays;             // public ones that the tenant declared
};

// The day that an invoice would bear, by which its facts are looked up.
std::string IssuedOn(const IssueInvoiceRequest& request, const Context& context);

Result<InvoiceIssued> IssueInvoice(const InvoiceFacts& facts, const IssueInvoiceRequest& request,
                                   const Context& context);

// Everyone's part of an amount, in the order of the shares; it sums to the amount.
std::vector<int64_t> PartsOf(int64_t minor, const std::vector<int64_t>& shares_ppm);

// Invariant: the sales credits of an invoice line, and those of a return line, are shares of a whole, and their bases
// sum to what the line is worth.
std::string CreditsAreWhole(const Steps& steps);

}  // namespace songsang::billing
