// Rules of returns: everything that hung on an invoice turns back together.
#pragma once

#include <string>
#include <vector>

#include "billing/rules_invoice.h"
#include "core/context.h"
#include "core/result.h"
#include "songsang/billing/v1/invoice.pb.h"

namespace songsang::billing {

inline const Reason kQuantityMustBeSold{"QUANTITY_MUST_BE_SOLD", Code::kFailedPrecondition,
                                        "Of this line {left} were sold and not yet returned, not {quantity}.",
                                        "반품할 수 있는 수량을 넘습니다. 반품 가능 {left}, 요청 {quantity}"};
inline const Reason kLineMustBeOfInvoice{"LINE_MUST_BE_OF_INVOICE", Code::kInvalidArgument,
                                         "The invoice has no such line.", "청구에 없는 품목입니다."};
inline const Reason kReturnMustFollowInvoice{"RETURN_MUST_FOLLOW_INVOICE", Code::kInvalidArgument,
                                             "Goods invoiced on {issued_on} cannot have come back on {returned_on}.",
                                             "반품일({returned_on})이 청구일({issued_on})보다 빠릅니다."};
inline const Reason kReturnMustHaveGoods{"RETURN_MUST_HAVE_GOODS", Code::kFailedPrecondition,
                                         "All of the invoice was returned already.", "이미 전량 반품된 청구입니다."};
inline const Reason kReturnNumberTaken{"RETURN_NUMBER_TAKEN", Code::kAlreadyExists, "A return of this number exists.",
                                       "이미 있는 반품 번호입니다."};

// What stands when goods come back.
struct ReturnFacts {
  explicit ReturnFacts(const Invoice& returned) : invoice(returned) {}

  const Invoice& invoice;
  std::vector<const InvoiceLine*> lines;
  Lines order_lines;
  const Receivable* receivable = nullptr;  // the invoice's
  const CreditLine* credit_line = nullptr;
  std::vector<const SalesCredit*> credits;      // of the invoice, mirrored ones included
  std::vector<const TaxInvoice*> tax_invoices;  // of the invoice, amended ones included
  std::vector<const Period*> periods;           // of the invoice's unit
  const Sequence* numbers = nullptr;            // of returns, of the year
  const Sequence* tax_numbers = nullptr;        // of tax invoices, of the year
  kit::DeclaredDays holidays;                   // public ones that the tenant declared
};

// The day that a return would bear, by which its facts are looked up.
std::string ReturnedOn(const AcceptReturnRequest& request, const Context& context);

Result<ReturnAccepted> AcceptReturn(const ReturnFacts& facts, const AcceptReturnRequest& request,
                                    const Context& context);

}  // namespace songsang::billing
