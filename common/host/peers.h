#pragma once

#include "host/host.h"

namespace songsang::host {

// Reads journals of services hosted here from the engine, and those of others through their doors (EventService).
Journals JournalsOf(engine::Engine& engine, const Config& config, const token::Key* key);

}  // namespace songsang::host
