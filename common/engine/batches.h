// The engine's own methods: the generic batch, and reading journals.
#pragma once

#include "engine/catalogue.h"
#include "engine/engine.h"
#include "engine/pool.h"

namespace songsang::engine {

void AddEngineMethods(Engine* engine, Catalogue* catalogue, Pool* pool);

}  // namespace songsang::engine
