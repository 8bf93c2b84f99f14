// Rules of prices.
#pragma once

#include <vector>

#include "billing/rules_product.h"
#include "core/context.h"
#include "core/result.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/billing/v1/tax.pb.h"

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

inline const Reason kQuoteTooLarge{"QUOTE_TOO_LARGE", Code::kInvalidArgument,
                                   "Quantity and price make an amount that is too large to be exact.",
                                   "수량과 단가를 곱한 금액이 너무 큽니다."};

// `prices` are those of the product in the list.
Result<PriceSet> SetPrice(const PriceList& list, const Product& product, const std::vector<const Price*>& prices,
                          const SetPriceRequest& request, const Context& context);

// A price that may hold for a client: of its own list, of its tier's, or of one for all.
struct PriceCandidate {
  std::string price_id, product_name, list_id, list_name, list_from_on;
  std::string account_id, tier;  // whose list it is; both empty: for all
  std::string valid_from_on, valid_to_on;
  common::v1::Money amount;
};
// The one that goes before the others; null of none. Every price it may be of holds on the day and for the client.
const PriceCandidate* BestPrice(const std::vector<PriceCandidate>& candidates);

// What the lines cost, in their order, by the candidates of each: unit price, supply value by the rule of order lines,
// tax, and why. A line without a candidate has no price and no total.
Result<std::vector<QuotedLine>> QuoteLines(const std::vector<AskedLine>& asked,
                                           const std::vector<std::vector<PriceCandidate>>& candidates,
                                           const TaxRates& rates);

}  // namespace songsang::billing
