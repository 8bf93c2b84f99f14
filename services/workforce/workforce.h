// The workforce service: people, units and who belongs to which; what they are to reach, and what they are paid for it.
#pragma once

#include "engine/service.h"

namespace songsang::workforce {

engine::Service Workforce();

// In queries_organisation.cpp.
void AddOrganisationQueries(engine::Service* service);
// In service_pay.cpp: plans, sales and statements.
void AddPay(engine::Service* service);

// In queries_pay.cpp.
void AddPayQueries(engine::Service* service);

// In queries_what_if.cpp.
void AddWhatIf(engine::Service* service);

// In queries_goal.cpp.
void AddGoalQueries(engine::Service* service);

}  // namespace songsang::workforce
