// The cache of a system of several processes, in Redis. One thread of its own speaks to it and never blocks on it: what
// is not answered in time is given up, and nothing more is asked until Redis has answered everything it was asked, or a
// new connection was made. So a Redis that is dead, stalled, emptied or full of nonsense costs whoever asks at that
// moment one short wait, and everyone else nothing.
#pragma once

#include <memory>
#include <string>

#include "engine/cache.h"

namespace songsang::redis {

// What is wrong with a URL, or nothing. `redis://[:password@]HOST[:PORT][/DATABASE]`
std::string CheckUrl(const std::string& url);

// Answers at once, whether Redis is there or not. The URL must be sound.
std::unique_ptr<engine::Cache> OpenRedisCache(const std::string& url);

}  // namespace songsang::redis
