// Rules of products and price lists.
#pragma once

#include "core/context.h"
#include "core/result.h"
#include "songsang/billing/v1/catalogue.pb.h"

namespace songsang::billing {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kProductMustBeNamed{"PRODUCT_MUST_BE_NAMED", Code::kInvalidArgument, "A product needs a name.",
                                        "상품에는 이름이 필요합니다."};
inline const Reason kPriceListMustBeNamed{"PRICE_LIST_MUST_BE_NAMED", Code::kInvalidArgument,
                                          "A price list needs a name.", "가격표에는 이름이 필요합니다."};
inline const Reason kPriceListMustHaveCurrency{"PRICE_LIST_MUST_HAVE_CURRENCY", Code::kInvalidArgument,
                                               "A price list needs a currency.", "가격표에는 통화가 필요합니다."};
inline const Reason kPriceListCurrencyMustStay{"PRICE_LIST_CURRENCY_MUST_STAY", Code::kFailedPrecondition,
                                               "The list is in {currency}; its currency never changes.",
                                               "가격표의 통화는 {currency}이며 바꿀 수 없습니다."};
inline const Reason kExternalRefMustStay{"EXTERNAL_REF_MUST_STAY", Code::kInvalidArgument,
                                         "An external reference is given when something is recorded; it never changes.",
                                         "외부 참조는 처음 등록할 때만 지정할 수 있고 바꿀 수 없습니다."};
inline const Reason kPeriodMustNotEndBeforeItBegins{"PERIOD_MUST_NOT_END_BEFORE_IT_BEGINS", Code::kInvalidArgument,
                                                    "The period would end on {to_on}, before it begins on {from_on}.",
                                                    "기간의 종료일({to_on})이 시작일({from_on})보다 빠릅니다."};

// The product and the list are those to change, null where a new one is asked for.
Result<ProductSaved> SaveProduct(const Product* product, const SaveProductRequest& request, const Context& context);
Result<PriceListSaved> SavePriceList(const PriceList* list, const SavePriceListRequest& request,
                                     const Context& context);

}  // namespace songsang::billing
