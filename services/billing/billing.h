// The billing service: so far the catalogue of products and prices.
#pragma once

#include "engine/service.h"

namespace songsang::billing {

engine::Service Billing();

// In queries_price.cpp.
void AddPriceQueries(engine::Service* service);
// In service_money.cpp: tax invoices, receipts, closing.
void AddMoney(engine::Service* service);
// In queries_tax.cpp and queries_receipt.cpp.
void AddTaxQueries(engine::Service* service);
void AddReceiptQueries(engine::Service* service);

}  // namespace songsang::billing
