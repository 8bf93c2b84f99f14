#include "billing/billing.h"
#include "billing/rules_price.h"
#include "billing/rules_product.h"

namespace songsang::billing {
namespace {

using engine::Named;

std::vector<Named> ReadPrices(const SetPriceRequest& request, const Context&) {
  return {{Price::descriptor(), {"price_list_id", "product_id"}, {request.price_list_id(), request.product_id()}}};
}

}  // namespace

engine::Service Billing() {
  engine::Service service("billing");
  service.Command(SaveProduct);
  service.Command(SavePriceList);
  service.Command(SetPrice);
  service.Reads<SetPriceRequest>(ReadPrices);
  AddPriceQueries(&service);
  AddAssessments(&service);
  AddTrade(&service);
  AddMoney(&service);
  return service;
}

}  // namespace songsang::billing
