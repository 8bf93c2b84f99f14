// Rules of prices.
#pragma once

#include <string>
#include <vector>

#include "billing/rules_product.h"
#include "core/context.h"
#include "core/result.h"
#include "songsang/billing/v1/catalogue.pb.h"

namespace songsang::billing {

inline const Reason kPriceMustNotBeNegative{"PRICE_MUST_NOT_BE_NEGATIVE", Code::kInvalidArgument,
                                            "A price must not be negative.", "가격은 음수일 수 없습니다."};
inline const Reason kPriceMustBeInListCurrency{"PRICE_MUST_BE_IN_LIST_CURRENCY", Code::kFailedPrecondition,
                                               "The list is in {currency}; a price in {given} cannot be in it.",
                                               "가격표의 통화는 {currency}입니다. {given} 가격은 넣을 수 없습니다."};
inline const Reason kPriceMustLieWithinList{"PRICE_MUST_LIE_WITHIN_LIST", Code::kFailedPrecondition,
                                            "The list is valid from {from_on} to {to_on}; the price begins outside.",
                                            "가격표의 유효 기간({from_on}~{to_on}) 밖에서 시작하는 가격입니다."};
inline const Reason kQuoteMustBeNarrowed{"QUOTE_MUST_BE_NARROWED", Code::kInvalidArgument,
                                         "More than {most} prices hold on that day; name a list or a product.",
                                         "그 날짜에 유효한 가격이 {most}건을 넘습니다. 가격표나 상품을 지정하세요."};

// Whether a price of a list holds for a client on a day.
bool Holds(const Price& price, const PriceList& list, const std::string& account_id, const std::string& tier,
           const std::string& day);
// The price as it is quoted.
PriceQuote QuoteOf(const Price& price, const PriceList& list, const Product& product);

// A line at the price that holds, of `holding`, the prices that hold on the day: a client's own list goes before
// everybody's, then what began latest, then the list by its name. Without tax, and without amounts if no price holds.
Result<QuotedLine> QuoteLine(const AskedLine& line, const std::vector<PriceQuote>& holding);

// `prices` are those of the product in the list.
Result<PriceSet> SetPrice(const PriceList& list, const Product& product, const std::vector<const Price*>& prices,
                          const SetPriceRequest& request, const Context& context);

}  // namespace songsang::billing
