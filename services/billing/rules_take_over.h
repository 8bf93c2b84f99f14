// Rules of taking over what another system invoiced before.
#pragma once

#include "billing/rules_invoice.h"
#include "core/context.h"
#include "core/result.h"
#include "songsang/billing/v1/take_over.pb.h"

namespace songsang::billing {

inline const Reason kDocumentMustBeTakenOver{"DOCUMENT_MUST_BE_TAKEN_OVER", Code::kFailedPrecondition,
                                             "The document was issued here; lines of another system cannot join it.",
                                             "이 시스템에서 발행한 문서에는 이관 품목을 추가할 수 없습니다."};
inline const Reason kDocumentCurrencyMustStay{"DOCUMENT_CURRENCY_MUST_STAY", Code::kFailedPrecondition,
                                              "The document is in {currency}; its lines are too.",
                                              "문서의 통화는 {currency}이며 품목도 같은 통화여야 합니다."};

// `invoice` and `sales_return` are those of the document, null where its first line is taken over.
Result<LineTakenOver> TakeOverLine(const Product* product, const Invoice* invoice, const SalesReturn* sales_return,
                                   const TakeOverLineRequest& request, const Context& context);

// The ids that documents of this request have.
std::string InvoiceIdOf(const TakeOverLineRequest& request, const Context& context);
std::string ReturnIdOf(const TakeOverLineRequest& request, const Context& context);

}  // namespace songsang::billing
