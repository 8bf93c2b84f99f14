// The cache port: what the processes of one system share for speed. Never the truth: all of it may be lost, late or
// wrong at any time, and then costs speed, or the accuracy of a limit, and nothing else. Both adapters pass the same
// contract suite (tests/contract).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/bucket.h"

namespace songsang::engine {

class Cache {
 public:
  // No caller waits longer than this for anything here.
  static constexpr std::chrono::milliseconds kPatience{50};
  // Larger values are not kept.
  static constexpr size_t kLargestValue = 1 << 20;

  virtual ~Cache() = default;

  // What was set last and is not older than its life; nothing where it is not there or cannot be had. Whoever gets a
  // value must be able to tell that it is whole, and his.
  virtual std::optional<std::string> Get(const std::string& key) = 0;
  // Does not wait, and may be forgotten at any time.
  virtual void Set(const std::string& key, const std::string& value, std::chrono::milliseconds life) = 0;

  // Takes up to `want` tokens from a bucket that all processes share. Does not wait: `then` hears, in place or from a
  // thread of the cache's, how many were left to take, or nothing where the bucket cannot be reached.
  virtual void Take(const std::string& key, const Rate& rate, int64_t want,
                    std::function<void(std::optional<int64_t> taken)> then) = 0;

  // Tells every process that listens to the channel, once at the most. Does not wait.
  virtual void Publish(const std::string& channel, const std::string& message) = 0;
  // Hears a channel, its own process's messages included, from one thread at a time, until what it answers is dropped:
  // when that returns, `hear` is not running and will not be called. `hear` must not block, nor drop it.
  using Subscription = std::shared_ptr<void>;
  virtual Subscription Subscribe(const std::string& channel, std::function<void(const std::string& message)> hear) = 0;

  // Empty while all is well; else what is away, and what that costs meanwhile.
  virtual std::string trouble() const { return ""; }
};

}  // namespace songsang::engine
