#include "billing/rules_price.h"

#include <string>
#include <tuple>

#include "billing/rules_order.h"
#include "core/decimal.h"
#include "core/money.h"
#include "kit/copy.h"
#include "kit/days.h"

namespace songsang::billing {
namespace {

struct Neighbours {
  const Price* same = nullptr;    // begins on the same day
  const Price* before = nullptr;  // holds on that day, and began before
  const Price* next = nullptr;    // the first that begins later
};

Neighbours NeighboursOf(const std::string& from_on, const std::vector<const Price*>& prices) {
  Neighbours neighbours;
  for (const Price* price : prices) {
    // An empty day is before every other, as is an empty text.
    if (price->valid_from_on() == from_on) {
      neighbours.same = price;
    } else if (price->valid_from_on() > from_on) {
      if (neighbours.next == nullptr || price->valid_from_on() < neighbours.next->valid_from_on())
        neighbours.next = price;
    } else if (kit::Holds(price->valid_from_on(), price->valid_to_on(), from_on)) {
      neighbours.before = price;
    }
  }
  return neighbours;
}

}  // namespace

Result<PriceSet> SetPrice(const PriceList& list, const Product&, const std::vector<const Price*>& prices,
                          const SetPriceRequest& request, const Context& context) {
  if (request.amount().minor() < 0) return kPriceMustNotBeNegative.At("amount");
  if (request.amount().currency() != list.currency())
    return kPriceMustBeInListCurrency.With("currency", list.currency())
        .With("given", request.amount().currency())
        .At("amount.currency");
  const std::string from_on = request.has_valid_from_on() ? request.valid_from_on() : context.today.ToIso();
  if (!request.valid_to_on().empty() && request.valid_to_on() < from_on)
    return kPeriodMustNotEndBeforeItBegins.With("from_on", from_on)
        .With("to_on", request.valid_to_on())
        .At("valid_to_on");
  if (!from_on.empty() && !kit::Holds(list.valid_from_on(), list.valid_to_on(), from_on))
    return kPriceMustLieWithinList.With("from_on", list.valid_from_on().empty() ? "-" : list.valid_from_on())
        .With("to_on", list.valid_to_on().empty() ? "-" : list.valid_to_on())
        .At("valid_from_on");
  // From here on the price must be set.
  const Neighbours neighbours = NeighboursOf(from_on, prices);
  PriceSet event;
  Price& price = *event.mutable_price();
  if (neighbours.same != nullptr) price = *neighbours.same;
  kit::CopyWhatIsSet(request, &price);
  if (neighbours.same == nullptr) price.set_id(context.NewId());
  price.set_valid_from_on(from_on);
  price.set_valid_to_on(request.valid_to_on());
  if (neighbours.next != nullptr && kit::Holds("", price.valid_to_on(), neighbours.next->valid_from_on()))
    price.set_valid_to_on(kit::DayBefore(neighbours.next->valid_from_on()));
  if (neighbours.before != nullptr) {
    Price& ended = *event.mutable_ended() = *neighbours.before;
    ended.set_valid_to_on(kit::DayBefore(from_on));
  }
  return event;
}

namespace {

// Whether a price goes before another for one client on one day.
bool GoesBefore(const PriceQuote& a, const PriceQuote& b) {
  return std::make_tuple(a.account_id().empty(), a.tier().empty(), b.valid_from_on(), a.price_list_name(),
                         a.price_id()) < std::make_tuple(b.account_id().empty(), b.tier().empty(), a.valid_from_on(),
                                                         b.price_list_name(), b.price_id());
}

// `한빛 전용 단가표, 2026-01-01부터`
std::string Explain(const PriceQuote& price) {
  std::string text = price.price_list_name();
  if (!price.account_id().empty()) text += " (거래처 전용)";
  if (!price.tier().empty()) text += " (" + price.tier() + " 등급)";
  if (!price.valid_from_on().empty()) text += ", " + price.valid_from_on() + "부터";
  if (!price.valid_to_on().empty()) text += ", " + price.valid_to_on() + "까지";
  return text;
}

}  // namespace

bool Holds(const Price& price, const PriceList& list, const std::string& account_id, const std::string& tier,
           const std::string& day) {
  return (list.account_id().empty() || list.account_id() == account_id) &&
         (list.tier().empty() || list.tier() == tier) && kit::Holds(price.valid_from_on(), price.valid_to_on(), day) &&
         kit::Holds(list.valid_from_on(), list.valid_to_on(), day);
}

PriceQuote QuoteOf(const Price& price, const PriceList& list, const Product& product) {
  PriceQuote quote;
  quote.set_price_id(price.id());
  quote.set_price_list_id(list.id());
  quote.set_price_list_name(list.name());
  quote.set_product_id(product.id());
  quote.set_product_name(product.name());
  *quote.mutable_amount() = price.amount();
  quote.set_valid_from_on(price.valid_from_on());
  quote.set_valid_to_on(price.valid_to_on());
  quote.set_account_id(list.account_id());
  quote.set_tier(list.tier());
  return quote;
}

Result<QuotedLine> QuoteLine(const AskedLine& line, const std::vector<PriceQuote>& holding) {
  if (line.quantity().units() <= 0) return kQuantityMustBePositive.At("lines");
  QuotedLine quoted;
  quoted.set_product_id(line.product_id());
  *quoted.mutable_quantity() = line.quantity();
  const PriceQuote* price = nullptr;
  for (const PriceQuote& held : holding)
    if (held.product_id() == line.product_id() && (price == nullptr || GoesBefore(held, *price))) price = &held;
  if (price == nullptr) return quoted;
  const std::string& currency = price->amount().currency();
  *quoted.mutable_unit_price() = DecimalOf(price->amount().minor(), CurrencyExponent(currency).value_or(0));
  // By the rule of order lines: what is finer than a minor unit is cut off (원 미만 절사).
  const auto supply = Multiply(line.quantity(), quoted.unit_price(), currency, Rounding::kDown);
  if (!supply) return kAmountTooLarge.At("lines");
  quoted.set_description(price->product_name());
  *quoted.mutable_discount() = MoneyOf(0, currency);
  quoted.set_tax_kind(SalesOrderLine::TAX_KIND_TAXABLE);
  *quoted.mutable_supply() = MoneyOf(*supply, currency);
  quoted.set_explanation(Explain(*price));
  return quoted;
}

}  // namespace songsang::billing
