// What `songsang export` reads: the present state of all entities of a kind, each as its state topic tells it.
#pragma once

#include "engine/engine.h"

namespace songsang::engine {

Result<v1::ExportStateResponse> ExportState(Engine& engine, const Caller& caller,
                                            const v1::ExportStateRequest& request);

}  // namespace songsang::engine
