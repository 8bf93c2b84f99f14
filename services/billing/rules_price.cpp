#include "billing/rules_price.h"

#include <string>
#include <tuple>

#include "billing/rules_order.h"
#include "billing/rules_tax.h"
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

// In words: whose list it is of, and since when and how long it holds.
std::string ExplanationOf(const PriceCandidate& price) {
  const std::string whose = !price.account_id.empty() ? "거래처 전용 단가표"
                            : !price.tier.empty()     ? price.tier + " 등급 단가표"
                                                      : "기본 단가표";
  std::string period;
  if (!price.valid_from_on.empty()) period = price.valid_from_on + "부터";
  if (!price.valid_to_on.empty()) period += (period.empty() ? "" : " ") + price.valid_to_on + "까지";
  return whose + " '" + price.list_name + "'" + (period.empty() ? "" : ", " + period) + " 적용 단가";
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

const PriceCandidate* BestPrice(const std::vector<PriceCandidate>& candidates) {
  const auto rank = [](const PriceCandidate& one) { return !one.account_id.empty() ? 0 : !one.tier.empty() ? 1 : 2; };
  const PriceCandidate* best = nullptr;
  for (const PriceCandidate& one : candidates) {
    if (best == nullptr) {
      best = &one;
      continue;
    }
    const int rank_one = rank(one);
    const int rank_best = rank(*best);
    // The list that began last, and of lists of one day the one that comes first by id, so that there is one answer.
    if (std::tie(rank_one, best->list_from_on, one.list_id) < std::tie(rank_best, one.list_from_on, best->list_id))
      best = &one;
  }
  return best;
}

Result<std::vector<QuotedLine>> QuoteLines(const std::vector<AskedLine>& asked,
                                           const std::vector<std::vector<PriceCandidate>>& candidates,
                                           const TaxRates& rates) {
  std::vector<QuotedLine> lines;
  std::vector<int64_t> supplies;
  for (size_t i = 0; i < asked.size(); ++i) {
    if (asked[i].quantity().units() <= 0)
      return kQuantityMustBePositive.At("lines[" + std::to_string(i) + "].quantity");
    QuotedLine& line = lines.emplace_back();
    line.set_product_id(asked[i].product_id());
    *line.mutable_quantity() = asked[i].quantity();
    const PriceCandidate* best = BestPrice(candidates[i]);
    supplies.push_back(0);
    if (best == nullptr) continue;
    const std::string& currency = best->amount.currency();
    const common::v1::Decimal price = DecimalOf(best->amount.minor(), CurrencyExponent(currency).value_or(0));
    const auto supply = Multiply(asked[i].quantity(), price, currency, Rounding::kDown);
    if (!supply) return kQuoteTooLarge.At("lines[" + std::to_string(i) + "].quantity");
    line.set_description(best->product_name);
    *line.mutable_unit_price() = price;
    *line.mutable_discount() = MoneyOf(0, currency);
    line.set_tax_kind(SalesOrderLine::TAX_KIND_TAXABLE);
    *line.mutable_supply() = MoneyOf(*supply, currency);
    line.set_explanation(ExplanationOf(*best));
    supplies.back() = *supply;
  }
  const auto taxes = TaxesOf(supplies, SalesOrderLine::TAX_KIND_TAXABLE, rates);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].has_supply()) continue;
    *lines[i].mutable_tax() = MoneyOf(taxes[i], lines[i].supply().currency());
    *lines[i].mutable_total() = MoneyOf(supplies[i] + taxes[i], lines[i].supply().currency());
  }
  return lines;
}

}  // namespace songsang::billing
