// What the first question after a start would wait for, done before it comes.
#pragma once

#include <stop_token>

#include "engine/engine.h"
#include "engine/store.h"

namespace songsang::reporting {

// Asks for the ageing of the tenants with the most receivables, so that their columns are in memory; waits for the
// replica until it can tell.
void WarmAgeing(engine::Engine& engine, engine::Store& store, const std::stop_token& stop);

}  // namespace songsang::reporting
