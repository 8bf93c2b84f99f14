#include "billing/rules_order.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/decimal.h"
#include "core/money.h"
#include "core/text.h"
#include "kit/copy.h"
#include "kit/days.h"

namespace songsang::billing {
namespace {

using common::v1::Decimal;
using common::v1::Money;

constexpr int64_t kMostMinor = 9'007'199'254'740'991;  // 2^53 - 1
constexpr int64_t kWholePpm = 1'000'000;
constexpr int32_t kPaymentDays = 30;

std::string FieldOf(int index, const char* field) { return "lines[" + std::to_string(index) + "]." + field; }

// Those given, else all of it the owner's. Nobody's where there is no owner.
template <class Request>
Status Contribute(const Request& request, SalesOrder* order) {
  if (request.contributions().empty()) {
    if (request.owner_id().empty()) return Done{};
    Contribution& whole = *order->add_contributions();
    whole.set_person_id(request.owner_id());
    whole.set_share_ppm(kWholePpm);
    return Done{};
  }
  int64_t sum = 0;
  std::set<std::string> persons;
  for (const Contribution& contribution : request.contributions()) {
    sum += contribution.share_ppm();
    if (!persons.insert(contribution.person_id()).second) return kContributorMustBeNamedOnce.At("contributions");
  }
  if (sum != kWholePpm) return kContributionsMustBeWhole.With("sum", std::to_string(sum)).At("contributions");
  auto& kept = *order->mutable_contributions() = request.contributions();
  // In one order everywhere, since equal remainders go to the earlier.
  std::sort(kept.begin(), kept.end(),
            [](const Contribution& a, const Contribution& b) { return a.person_id() < b.person_id(); });
  return Done{};
}

// The price that holds, of those in the order's currency.
Status PriceByList(int index, const std::vector<PriceQuote>& holding, const std::string& currency,
                   const std::string& day, SalesOrderLine* line) {
  std::vector<PriceQuote> fitting;
  for (const PriceQuote& price : holding)
    if (price.amount().currency() == currency) fitting.push_back(price);
  AskedLine asked;
  asked.set_product_id(line->product_id());
  *asked.mutable_quantity() = line->quantity();
  const auto quoted = QuoteLine(asked, fitting);
  if (!quoted.ok()) return quoted.refusal();
  if (!quoted->has_unit_price())
    return kOrderLineMustBePriced.With("currency", currency).With("day", day).At(FieldOf(index, "unit_price"));
  *line->mutable_unit_price() = quoted->unit_price();
  line->set_explanation(quoted->explanation());
  return Done{};
}

// The supply value of a line from quantity, price and discount.
Status SetSupply(int index, const std::string& currency, SalesOrderLine* line) {
  if (line->unit_price().units() < 0) return kUnitPriceMustNotBeNegative.At(FieldOf(index, "unit_price"));
  const auto gross = Multiply(line->quantity(), line->unit_price(), currency, Rounding::kDown);
  if (!gross) return kAmountTooLarge.At(FieldOf(index, "quantity"));
  const int64_t supply = *gross - line->discount().minor();
  if (supply < 0) return kDiscountMustFit.At(FieldOf(index, "discount_minor"));
  *line->mutable_supply() = MoneyOf(supply, currency);
  if (line->tax_kind() == SalesOrderLine::TAX_KIND_UNSPECIFIED) line->set_tax_kind(SalesOrderLine::TAX_KIND_TAXABLE);
  return Done{};
}

// What a new line has beside what was asked.
void Begin(const SalesOrder& order, int number, const Context& context, SalesOrderLine* line) {
  const std::string& currency = order.total().currency();
  line->set_id(context.NewId());
  line->set_order_id(order.id());
  line->set_number(number);
  if (line->tax_kind() == SalesOrderLine::TAX_KIND_UNSPECIFIED) line->set_tax_kind(SalesOrderLine::TAX_KIND_TAXABLE);
  *line->mutable_invoiced_supply() = MoneyOf(0, currency);
  *line->mutable_reserved() = MoneyOf(0, currency);
}

template <class Line>
Status Sum(const google::protobuf::RepeatedPtrField<Line>& lines, const std::string& currency, SalesOrder* order) {
  int64_t supply = 0;
  int64_t tax = 0;
  for (const Line& line : lines) {
    supply += line.supply().minor();
    tax += line.tax().minor();
    if (std::max({supply, tax, supply + tax}) > kMostMinor) return kAmountTooLarge.At("lines");
  }
  *order->mutable_supply() = MoneyOf(supply, currency);
  *order->mutable_tax() = MoneyOf(tax, currency);
  *order->mutable_total() = MoneyOf(supply + tax, currency);
  *order->mutable_reserved() = MoneyOf(0, currency);
  return Done{};
}

// Takes the credit of an order and its lines: the one place where an order comes to reserve.
template <class Event>
void Reserve(const CreditLine& line, Event* event) {
  SalesOrder& order = *event->mutable_order();
  order.set_state(SalesOrder::STATE_PLACED);
  order.clear_hold_reasons();
  order.set_credit_line_id(line.id());
  *order.mutable_reserved() = order.total();
  for (SalesOrderLine& ordered : *event->mutable_lines()) *ordered.mutable_reserved() = ordered.total();
  *event->mutable_credit_line() = line;
  MoveOrders(order.total().minor(), event->mutable_credit_line());
}

template <class Request>
Result<SalesOrder> NewOrder(const Request& request, const Context& context) {
  const auto ordered_on = kit::RecentDay(request.ordered_on(), "ordered_on", context);
  if (!ordered_on.ok()) return ordered_on.refusal();
  SalesOrder order;
  kit::CopyWhatIsSet(request, &order);
  if (const auto whole = Contribute(request, &order); !whole.ok()) return whole.refusal();
  order.set_ordered_on(*ordered_on);
  if (!request.has_payment_days()) order.set_payment_days(kPaymentDays);
  return order;
}

bool SumsMatch(const PlaceOrderFromProposalRequest& request, const SalesOrder& order) {
  const std::string& currency = request.total().currency();
  for (const ProposedLine& line : request.lines()) {
    if (line.supply().minor() + line.tax().minor() != line.total().minor() || line.supply().minor() < 0 ||
        line.tax().minor() < 0 || line.discount().minor() < 0)
      return false;
    for (const Money* money : {&line.supply(), &line.tax(), &line.total()})
      if (money->currency() != currency) return false;
  }
  return request.supply().minor() == order.supply().minor() && request.tax().minor() == order.tax().minor() &&
         request.total().minor() == order.total().minor() && request.supply().currency() == currency &&
         request.tax().currency() == currency;
}

Status MustBePositive(const PlaceOrderFromProposalRequest& request) {
  for (int i = 0; i < request.lines_size(); ++i)
    if (request.lines(i).quantity().units() <= 0) return kQuantityMustBePositive.At(FieldOf(i, "quantity"));
  return Done{};
}

Decimal LeftToDeliver(const SalesOrderLine& line) { return *Subtract(line.quantity(), line.delivered()); }

}  // namespace

std::string NameOf(SalesOrder::State state) {
  return Lower(SalesOrder::State_Name(state).substr(sizeof("STATE_") - 1));
}

std::string OrderedOn(const PlaceOrderRequest& request, const Context& context) {
  return request.ordered_on().empty() ? context.today.ToIso() : request.ordered_on();
}

Result<OrderPlaced> PlaceOrder(const Buyer& buyer, const SalesOrder* same_key,
                               const std::vector<const Product*>& products, const HoldingPrices& holding,
                               const std::vector<const TaxRates*>& rates, const PlaceOrderRequest& request,
                               const Context& context) {
  if (same_key != nullptr)
    return kOrderClientKeyTaken.With("client_key", request.client_key()).With("order_id", same_key->id());
  auto order = NewOrder(request, context);
  if (!order.ok()) return order.refusal();
  OrderPlaced event;
  for (int i = 0; i < request.lines_size(); ++i) {
    SalesOrderLine& line = *event.add_lines();
    kit::CopyWhatIsSet(request.lines(i), &line);
    const Product* product = products[static_cast<size_t>(i)];
    if (line.description().empty() && product != nullptr) line.set_description(product->name());
    if (line.description().empty()) return kOrderLineMustBeNamed.At(FieldOf(i, "description"));
    *line.mutable_discount() = MoneyOf(request.lines(i).discount_minor(), request.currency());
    if (line.quantity().units() <= 0) return kQuantityMustBePositive.At(FieldOf(i, "quantity"));
    if (!line.has_unit_price())
      if (const auto priced =
              PriceByList(i, holding[static_cast<size_t>(i)], request.currency(), order->ordered_on(), &line);
          !priced.ok())
        return priced.refusal();
    if (const auto valued = SetSupply(i, request.currency(), &line); !valued.ok()) return valued.refusal();
  }
  SetTaxes(TaxRatesOn(rates, order->ordered_on()), event.mutable_lines());
  if (const auto summed = Sum(event.lines(), request.currency(), &*order); !summed.ok()) return summed.refusal();
  const auto obstacles = ObstaclesTo(order->total(), buyer);
  if (!obstacles.empty()) return ToRefusal(obstacles.front(), order->total(), buyer);
  // From here on the order must be placed.
  order->set_id(context.NewId<SalesOrder>(request));
  *event.mutable_order() = std::move(*order);
  for (int i = 0; i < event.lines_size(); ++i) Begin(event.order(), i + 1, context, event.mutable_lines(i));
  Reserve(*buyer.line, &event);
  return event;
}

Result<ProposalOrdered> PlaceOrderFromProposal(const Buyer& buyer, const SalesOrder* same_proposal,
                                               const PlaceOrderFromProposalRequest& request, const Context& context) {
  ProposalOrdered event;
  if (same_proposal != nullptr) {
    *event.mutable_order() = *same_proposal;
    return event;
  }
  auto order = NewOrder(request, context);
  if (!order.ok()) return order.refusal();
  if (const auto positive = MustBePositive(request); !positive.ok()) return positive.refusal();
  if (const auto summed = Sum(request.lines(), request.total().currency(), &*order); !summed.ok())
    return summed.refusal();
  if (!SumsMatch(request, *order)) return kTotalsMustAddUp.At("lines");
  // From here on the order is taken, placed or on hold.
  order->set_id(context.NewId());
  *event.mutable_order() = std::move(*order);
  for (const ProposedLine& proposed : request.lines()) {
    SalesOrderLine& line = *event.add_lines();
    kit::CopyWhatIsSet(proposed, &line);
    Begin(event.order(), event.lines_size(), context, &line);
  }
  const auto obstacles = ObstaclesTo(event.order().total(), buyer);
  if (obstacles.empty()) {
    Reserve(*buyer.line, &event);
    return event;
  }
  event.mutable_order()->set_state(SalesOrder::STATE_ON_HOLD);
  for (const auto obstacle : obstacles) event.mutable_order()->add_hold_reasons(obstacle);
  return event;
}

Result<OrderReleased> ReleaseOrder(const SalesOrder& order, const Lines& lines, const Buyer& buyer,
                                   const ReleaseOrderRequest&, const Context&) {
  if (order.state() != SalesOrder::STATE_ON_HOLD) return kOrderMustBeOnHold.With("state", NameOf(order.state()));
  const auto obstacles = ObstaclesTo(order.total(), buyer);
  if (!obstacles.empty()) return ToRefusal(obstacles.front(), order.total(), buyer);
  // From here on the order must be released.
  OrderReleased event;
  *event.mutable_order() = order;
  for (const SalesOrderLine* line : InOrder(lines)) *event.add_lines() = *line;
  Reserve(*buyer.line, &event);
  return event;
}

Result<OrderCancelled> CancelOrder(const SalesOrder& order, const Lines& lines, const CreditLine* line,
                                   const CancelOrderRequest& request, const Context& context) {
  if (order.state() != SalesOrder::STATE_PLACED && order.state() != SalesOrder::STATE_ON_HOLD)
    return kOrderMustBeLive.With("state", NameOf(order.state()));
  for (const SalesOrderLine* ordered : lines)
    if (Compare(ordered->delivered(), ordered->invoiced()) > 0) return kOrderMustBeInvoicedFirst;
  // From here on the order must be cancelled.
  OrderCancelled event;
  SalesOrder& cancelled = *event.mutable_order() = order;
  cancelled.set_state(SalesOrder::STATE_CANCELLED);
  cancelled.set_cancelled_on(context.today.ToIso());
  cancelled.set_cancel_reason(request.reason());
  for (const SalesOrderLine* ordered : InOrder(lines)) {
    *event.add_lines() = *ordered;
    event.mutable_lines()->rbegin()->mutable_reserved()->set_minor(0);
  }
  if (order.reserved().minor() == 0 || line == nullptr) return event;
  *event.mutable_credit_line() = *line;
  MoveOrders(-order.reserved().minor(), event.mutable_credit_line());
  cancelled.mutable_reserved()->set_minor(0);
  return event;
}

Result<std::vector<Taken>> TakenOf(const Lines& lines, const google::protobuf::RepeatedPtrField<LineQuantity>& asked,
                                   Decimal (*left)(const SalesOrderLine&)) {
  std::vector<Taken> taken;
  if (asked.empty()) {
    for (const SalesOrderLine* line : InOrder(lines))
      if (const Decimal quantity = left(*line); quantity.units() > 0) taken.push_back({line, quantity});
    return taken;
  }
  std::set<std::string> named;
  for (int i = 0; i < asked.size(); ++i) {
    const auto line = std::find_if(lines.begin(), lines.end(),
                                   [&](const SalesOrderLine* l) { return l->id() == asked[i].order_line_id(); });
    if (line == lines.end()) return kLineMustBeOfOrder.At(FieldOf(i, "order_line_id"));
    if (!named.insert(asked[i].order_line_id()).second) return kLineMustBeNamedOnce.At(FieldOf(i, "order_line_id"));
    if (asked[i].quantity().units() <= 0) return kQuantityMustBePositive.At(FieldOf(i, "quantity"));
    const auto quantity = Rescale(asked[i].quantity(), (*line)->quantity().scale());
    if (!quantity) return kQuantityMustFitLine.At(FieldOf(i, "quantity"));
    taken.push_back({*line, *quantity});
  }
  return taken;
}

Result<OrderDelivered> DeliverOrder(const SalesOrder& order, const Lines& lines, const DeliverOrderRequest& request,
                                    const Context& context) {
  if (order.state() != SalesOrder::STATE_PLACED) return kOrderMustBePlaced.With("state", NameOf(order.state()));
  const auto delivered_on = kit::RecentDay(request.delivered_on(), "delivered_on", context);
  if (!delivered_on.ok()) return delivered_on.refusal();
  const auto taken = TakenOf(lines, request.lines(), LeftToDeliver);
  if (!taken.ok()) return taken.refusal();
  for (const auto& [line, quantity] : *taken)
    if (const Decimal left = LeftToDeliver(*line); Compare(quantity, left) > 0)
      return kQuantityMustBeLeft.With("left", FormatDecimal(left)).With("quantity", FormatDecimal(quantity));
  // From here on the delivery must be recorded.
  OrderDelivered event;
  *event.mutable_order() = order;
  Delivery& delivery = *event.mutable_delivery();
  delivery.set_id(context.NewId());
  delivery.set_kind(Delivery::KIND_OUT);
  delivery.set_order_id(order.id());
  delivery.set_account_id(order.account_id());
  delivery.set_unit_id(order.unit_id());
  delivery.set_delivered_on(*delivered_on);
  bool all = true;
  for (const SalesOrderLine* line : InOrder(lines)) {
    const auto part = std::find_if(taken->begin(), taken->end(), [&](const Taken& t) { return t.line == line; });
    if (part == taken->end()) {
      all = all && LeftToDeliver(*line).units() == 0;
      continue;
    }
    SalesOrderLine& changed = *event.add_lines() = *line;
    *changed.mutable_delivered() = *Add(line->delivered(), part->quantity);
    all = all && LeftToDeliver(changed).units() == 0;
    DeliveryLine& left = *event.add_delivery_lines();
    left.set_id(context.NewId());
    left.set_delivery_id(delivery.id());
    left.set_order_line_id(line->id());
    left.set_product_id(line->product_id());
    *left.mutable_quantity() = part->quantity;
  }
  if (all) event.mutable_order()->set_state(SalesOrder::STATE_DELIVERED);
  return event;
}

std::string OrdersFollowLines(const Steps& steps) {
  std::map<std::string, int64_t> moves;
  for (const Step& step : steps) {
    const auto* descriptor = step.after->GetDescriptor();
    if (descriptor == SalesOrder::descriptor()) {
      const auto& after = static_cast<const SalesOrder&>(*step.after);
      const auto* before = static_cast<const SalesOrder*>(step.before);
      moves[after.id()] += after.reserved().minor() - (before == nullptr ? 0 : before->reserved().minor());
    } else if (descriptor == SalesOrderLine::descriptor()) {
      const auto& after = static_cast<const SalesOrderLine&>(*step.after);
      const auto* before = static_cast<const SalesOrderLine*>(step.before);
      moves[after.order_id()] -= after.reserved().minor() - (before == nullptr ? 0 : before->reserved().minor());
    }
  }
  for (const auto& [order, difference] : moves)
    if (difference != 0) return "order " + order + " reserves other than its lines do";
  return {};
}

}  // namespace songsang::billing
