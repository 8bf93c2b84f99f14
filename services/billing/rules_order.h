// Rules of orders: taking them within credit, releasing, cancelling and delivering.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "billing/rules_credit.h"
#include "billing/rules_price.h"
#include "billing/rules_tax.h"
#include "core/context.h"
#include "core/money.h"
#include "core/result.h"
#include "songsang/billing/v1/delivery.pb.h"
#include "songsang/billing/v1/order.pb.h"

namespace songsang::billing {

inline const Reason kQuantityMustBePositive{"QUANTITY_MUST_BE_POSITIVE", Code::kInvalidArgument,
                                            "A quantity must be over zero.", "수량은 0보다 커야 합니다."};
inline const Reason kUnitPriceMustNotBeNegative{"UNIT_PRICE_MUST_NOT_BE_NEGATIVE", Code::kInvalidArgument,
                                                "A unit price must not be negative.", "단가는 음수일 수 없습니다."};
inline const Reason kDiscountMustFit{"DISCOUNT_MUST_FIT", Code::kInvalidArgument,
                                     "A discount must not exceed what it is taken off.",
                                     "할인액은 할인 대상 금액을 넘을 수 없습니다."};
inline const Reason kOrderLineMustBeNamed{"ORDER_LINE_MUST_BE_NAMED", Code::kInvalidArgument,
                                          "A line needs a product or a description.",
                                          "품목에는 상품 또는 설명이 필요합니다."};
inline const Reason kAmountTooLarge{"AMOUNT_TOO_LARGE", Code::kInvalidArgument,
                                    "The amount is larger than the system holds.", "처리할 수 있는 금액을 넘습니다."};
inline const Reason kContributionsMustBeWhole{
    "CONTRIBUTIONS_MUST_BE_WHOLE", Code::kInvalidArgument,
    "Contributions must sum to 1,000,000 parts of a million; these sum to {sum}.",
    "실적 귀속 비율의 합은 1,000,000ppm(100%)이어야 합니다. 현재 합계: {sum}"};
inline const Reason kContributorMustBeNamedOnce{"CONTRIBUTOR_MUST_BE_NAMED_ONCE", Code::kInvalidArgument,
                                                "A person is named twice among the contributions.",
                                                "실적 귀속에 같은 사람이 두 번 지정되었습니다."};
inline const Reason kTotalsMustAddUp{"TOTALS_MUST_ADD_UP", Code::kInvalidArgument,
                                     "The totals of the proposal are not those of its lines.",
                                     "견적의 합계가 품목의 합과 일치하지 않습니다."};
inline const Reason kOrderClientKeyTaken{"ORDER_CLIENT_KEY_TAKEN", Code::kAlreadyExists,
                                         "The client's order {client_key} is taken already, as {order_id}.",
                                         "거래처의 발주번호 {client_key}은(는) 이미 접수되었습니다. 주문: {order_id}"};
inline const Reason kProposalOrderTaken{"PROPOSAL_ORDER_TAKEN", Code::kAlreadyExists,
                                        "The proposal has an order already.", "이미 주문으로 전환된 견적입니다."};
inline const Reason kOrderMustBeOnHold{"ORDER_MUST_BE_ON_HOLD", Code::kFailedPrecondition,
                                       "The order is {state}; only one on hold is released.",
                                       "보류 중인 주문만 해제할 수 있습니다. 현재 상태: {state}"};
inline const Reason kOrderMustBePlaced{"ORDER_MUST_BE_PLACED", Code::kFailedPrecondition,
                                       "The order is {state}; only one that is placed is delivered.",
                                       "접수된 주문만 출고할 수 있습니다. 현재 상태: {state}"};
inline const Reason kOrderMustBeLive{"ORDER_MUST_BE_LIVE", Code::kFailedPrecondition,
                                     "The order is {state}; nothing of it is left to do.",
                                     "이미 끝난 주문입니다. 현재 상태: {state}"};
inline const Reason kOrderMustBeInvoicedFirst{"ORDER_MUST_BE_INVOICED_FIRST", Code::kFailedPrecondition,
                                              "Goods were delivered that have no invoice yet; invoice them first.",
                                              "청구되지 않은 출고분이 있습니다. 먼저 청구하세요."};
inline const Reason kLineMustBeOfOrder{"LINE_MUST_BE_OF_ORDER", Code::kInvalidArgument, "The order has no such line.",
                                       "주문에 없는 품목입니다."};
inline const Reason kLineMustBeNamedOnce{"LINE_MUST_BE_NAMED_ONCE", Code::kInvalidArgument, "A line is named twice.",
                                         "같은 품목이 두 번 지정되었습니다."};
inline const Reason kQuantityMustFitLine{"QUANTITY_MUST_FIT_LINE", Code::kInvalidArgument,
                                         "The quantity has more decimals than that of the line.",
                                         "품목의 수량 단위보다 더 잘게 나눌 수 없습니다."};
inline const Reason kQuantityMustBeLeft{"QUANTITY_MUST_BE_LEFT", Code::kFailedPrecondition,
                                        "Of this line {left} are left to deliver, not {quantity}.",
                                        "출고할 수량이 부족합니다. 잔여 {left}, 요청 {quantity}"};

inline const Reason kOrderLineMustBePriced{
    "ORDER_LINE_MUST_BE_PRICED", Code::kFailedPrecondition,
    "No price in {currency} holds for the product and this client on {day}; name the unit price.",
    "{day}에 이 거래처에 적용되는 {currency} 가격이 없습니다. 단가를 지정하세요."};

using Lines = std::vector<const SalesOrderLine*>;
// Of each line of a request, the prices that hold; empty where the line names its own.
using HoldingPrices = std::vector<std::vector<PriceQuote>>;

// `same_key` is the order that bears the client's key already, or null; `products` are those of the lines, null where a
// line names none; `rates` are those defined.
Result<OrderPlaced> PlaceOrder(const Buyer& buyer, const SalesOrder* same_key,
                               const std::vector<const Product*>& products, const HoldingPrices& holding,
                               const std::vector<const TaxRates*>& rates, const PlaceOrderRequest& request,
                               const Context& context);
// The day that an order would bear, by which its prices are looked up.
std::string OrderedOn(const PlaceOrderRequest& request, const Context& context);
// `same_proposal` is the order of the proposal, or null.
Result<ProposalOrdered> PlaceOrderFromProposal(const Buyer& buyer, const SalesOrder* same_proposal,
                                               const PlaceOrderFromProposalRequest& request, const Context& context);
Result<OrderReleased> ReleaseOrder(const SalesOrder& order, const Lines& lines, const Buyer& buyer,
                                   const ReleaseOrderRequest& request, const Context& context);
Result<OrderCancelled> CancelOrder(const SalesOrder& order, const Lines& lines, const CreditLine* line,
                                   const CancelOrderRequest& request, const Context& context);
Result<OrderDelivered> DeliverOrder(const SalesOrder& order, const Lines& lines, const DeliverOrderRequest& request,
                                    const Context& context);

// Tax and total of lines that have a supply value and a kind. Those of a kind share a document, and are taxed together.
template <class Line>
void SetTaxes(const TaxRates& rates, google::protobuf::RepeatedPtrField<Line>* lines) {
  for (const auto kind :
       {SalesOrderLine::TAX_KIND_TAXABLE, SalesOrderLine::TAX_KIND_ZERO_RATED, SalesOrderLine::TAX_KIND_EXEMPT}) {
    std::vector<Line*> same;
    std::vector<int64_t> supplies;
    for (Line& line : *lines) {
      if (line.tax_kind() != kind) continue;
      same.push_back(&line);
      supplies.push_back(line.supply().minor());
    }
    const auto taxes = TaxesOf(supplies, kind, rates);
    for (size_t i = 0; i < same.size(); ++i) {
      const std::string& currency = same[i]->supply().currency();
      *same[i]->mutable_tax() = MoneyOf(taxes[i], currency);
      *same[i]->mutable_total() = MoneyOf(supplies[i] + taxes[i], currency);
    }
  }
}

// Lines in the order of their numbers; ids are in none.
template <class Line>
std::vector<const Line*> InOrder(std::vector<const Line*> lines) {
  std::sort(lines.begin(), lines.end(), [](const Line* a, const Line* b) { return a->number() < b->number(); });
  return lines;
}

// `placed`, for a person to read.
std::string NameOf(SalesOrder::State state);

// What a request takes of an order's lines, beside what there is.
struct Taken {
  const SalesOrderLine* line;
  common::v1::Decimal quantity;
};
// What is asked of lines by `asked`, or, where nothing is asked, all that `left` answers over zero. Refused where a line
// is of another order, named twice, or a quantity not over zero or finer than the line's.
Result<std::vector<Taken>> TakenOf(const Lines& lines, const google::protobuf::RepeatedPtrField<LineQuantity>& asked,
                                   common::v1::Decimal (*left)(const SalesOrderLine&));

// Invariant: an order reserves what its lines reserve.
std::string OrdersFollowLines(const Steps& steps);

}  // namespace songsang::billing
