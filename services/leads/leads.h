// The leads service: leads, hand-offs, opportunities, sales processes.
#pragma once

#include "engine/service.h"

namespace songsang::leads {

engine::Service Leads();

// In queries_process.cpp.
void AddProcessQueries(engine::Service* service);

}  // namespace songsang::leads
