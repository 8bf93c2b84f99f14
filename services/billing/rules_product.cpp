#include "billing/rules_product.h"

#include "kit/copy.h"

namespace songsang::billing {

Result<ProductSaved> SaveProduct(const Product* product, const SaveProductRequest& request, const Context& context) {
  if (product != nullptr && request.has_external_ref()) return kExternalRefMustStay.At("external_ref");
  ProductSaved event;
  Product& saved = *event.mutable_product();
  if (product != nullptr) {
    saved = *product;
  } else {
    saved.set_id(context.NewId<Product>(request));
    saved.set_active(true);
  }
  kit::CopyWhatIsSet(request, &saved);
  if (saved.name().empty()) return kProductMustBeNamed.At("name");
  return event;
}

Result<PriceListSaved> SavePriceList(const PriceList* list, const SavePriceListRequest& request,
                                     const Context& context) {
  if (list != nullptr && request.has_external_ref()) return kExternalRefMustStay.At("external_ref");
  PriceListSaved event;
  PriceList& saved = *event.mutable_price_list();
  if (list != nullptr) {
    saved = *list;
  } else {
    saved.set_id(context.NewId<PriceList>(request));
  }
  kit::CopyWhatIsSet(request, &saved);
  if (saved.name().empty()) return kPriceListMustBeNamed.At("name");
  if (saved.currency().empty()) return kPriceListMustHaveCurrency.At("currency");
  if (list != nullptr && saved.currency() != list->currency())
    return kPriceListCurrencyMustStay.With("currency", list->currency()).At("currency");
  if (!saved.valid_to_on().empty() && saved.valid_to_on() < saved.valid_from_on())
    return kPeriodMustNotEndBeforeItBegins.With("from_on", saved.valid_from_on())
        .With("to_on", saved.valid_to_on())
        .At("valid_to_on");
  return event;
}

}  // namespace songsang::billing
