// The workforce service: people, units and who belongs to which.
#pragma once

#include "engine/service.h"

namespace songsang::workforce {

engine::Service Workforce();

// In queries_organisation.cpp.
void AddOrganisationQueries(engine::Service* service);

}  // namespace songsang::workforce
