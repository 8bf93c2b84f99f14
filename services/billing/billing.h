// The billing service: so far the catalogue of products and prices.
#pragma once

#include "engine/service.h"

namespace songsang::billing {

engine::Service Billing();

// In service_assessment.cpp.
void AddAssessments(engine::Service* service);
// In queries_price.cpp.
void AddPriceQueries(engine::Service* service);

}  // namespace songsang::billing
