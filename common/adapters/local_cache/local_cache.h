// The cache of a system that is one process: bounded memory, the longest unread goes first.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/cache.h"

namespace songsang {

std::unique_ptr<engine::Cache> OpenLocalCache(size_t most_bytes = 32 << 20);

}  // namespace songsang
