// Answers that were computed once and hold until something changes: whoever asks names, in the question, everything that
// the answer depends on, so that what is kept is never out of date, only unused. It is kept in the cache, where anything
// may happen to it: what is not, byte for byte, what this very release has kept under this very question is no answer.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "engine/cache.h"

namespace songsang::engine {

class Kept {
 public:
  // Without a cache nothing is kept. `release` is another for every build of the program.
  Kept(Cache* cache, std::string release) : cache_(cache), release_(std::move(release)) {}

  std::optional<std::string> Get(const std::string& tenant, const std::string& question);
  void Put(const std::string& tenant, const std::string& question, const std::string& answer);

  struct Counts {
    int64_t hits = 0, misses = 0;
    int64_t spoiled = 0;  // of the misses: something was there, but not what had been kept
  };
  Counts counts() const { return {hits_, misses_, spoiled_}; }

 private:
  Cache* const cache_;
  const std::string release_;
  std::atomic<int64_t> hits_{0}, misses_{0}, spoiled_{0};
};

}  // namespace songsang::engine
