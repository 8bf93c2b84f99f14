#include "billing/billing.h"
#include "billing/rules_price.h"
#include "billing/rules_product.h"

namespace songsang::billing {
namespace {

using engine::Find;
using engine::Named;
using engine::Tx;

const std::vector<std::string> kListAndProduct = {"price_list_id", "product_id"};

Result<PriceSet> Set(Tx& tx, const SetPriceRequest& request, const Context& context) {
  const auto list = Find<PriceList>(tx, "price_list_id", request.price_list_id());
  if (!list.ok()) return list.refusal();
  const auto product = Find<Product>(tx, "product_id", request.product_id());
  if (!product.ok()) return product.refusal();
  return SetPrice(**list, **product, tx.List<Price>(kListAndProduct, {request.price_list_id(), request.product_id()}),
                  request, context);
}

}  // namespace

engine::Service Billing() {
  engine::Service service("billing");
  service.Command(SaveProduct);
  service.Command(SavePriceList);
  service.Command<SetPriceRequest>(Set);
  service.Reads<SetPriceRequest>([](const SetPriceRequest& request, const Context&) {
    return std::vector<Named>{{Price::descriptor(), kListAndProduct, {request.price_list_id(), request.product_id()}}};
  });
  AddPriceQueries(&service);
  return service;
}

}  // namespace songsang::billing
