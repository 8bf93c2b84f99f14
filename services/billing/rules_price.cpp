#include "billing/rules_price.h"

#include <string>

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

}  // namespace songsang::billing
