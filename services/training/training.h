// The training service: so far the programmes that are offered.
#pragma once

#include "engine/service.h"

namespace songsang::training {

engine::Service Training();

// In queries_programme.cpp.
void AddProgrammeQueries(engine::Service* service);

}  // namespace songsang::training
