// The billing service: the catalogue, orders within credit, invoices and returns, and the ledger of receivables.
#pragma once

#include "engine/service.h"

namespace songsang::billing {

engine::Service Billing();

// In service_assessment.cpp.
void AddAssessments(engine::Service* service);
// In queries_price.cpp.
void AddPriceQueries(engine::Service* service);
// In service_trade.cpp: orders, credit, invoices, returns, the ledger.
void AddTrade(engine::Service* service);
// In queries_ledger.cpp.
void AddTradeQueries(engine::Service* service);
// In queries_sales.cpp.
void AddSalesQueries(engine::Service* service);
// In service_money.cpp: tax invoices, receipts, closing.
void AddMoney(engine::Service* service);
// In queries_tax.cpp and queries_receipt.cpp.
void AddTaxQueries(engine::Service* service);
void AddReceiptQueries(engine::Service* service);

}  // namespace songsang::billing
