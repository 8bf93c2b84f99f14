// The billing service: the catalogue, orders within credit, invoices and returns, and the ledger of receivables.
#pragma once

#include <string>
#include <vector>

#include "engine/service.h"
#include "songsang/billing/v1/period.pb.h"

namespace songsang::billing {

engine::Service Billing();

// In service_assessment.cpp.
void AddAssessments(engine::Service* service);
// In queries_price.cpp.
void AddPriceQueries(engine::Service* service);
// In lines_trade.cpp.
void AddTrade(engine::Service* service);
// In queries_ledger.cpp.
void AddTradeQueries(engine::Service* service);

// The periods of a unit's books that bear on a posting of what happened on `from_on`, asked for on `posted_on`.
std::vector<const v1::Period*> PeriodsOf(engine::Tx& tx, const std::string& unit_id, const std::string& from_on,
                                         const std::string& posted_on);

}  // namespace songsang::billing
