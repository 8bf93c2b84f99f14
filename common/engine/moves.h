// When journals grow: in a lane here, or in another process, which tells by the cache's channel. Not to have heard of it
// costs whoever waits the time to his next look.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "engine/cache.h"
#include "engine/engine.h"

namespace songsang::engine {

class Moves {
 public:
  // Without a cache, only what happens here is heard.
  explicit Moves(Cache* cache);
  ~Moves() { Stop(); }

  // A journal has grown here. Wakes those who wait, and tells other processes.
  void Moved(const Mark& mark);
  // How often the journal of a service has grown since it was first asked about, as far as it was heard.
  int64_t Of(const std::string& service);
  // See Engine::AwaitMoves.
  bool Await(const std::vector<std::string>& services, std::map<std::string, int64_t>* seen,
             std::chrono::milliseconds wait);
  // Called after every move, from any thread; must not block. Before the first.
  void Listen(std::function<void()> listener);
  void Stop();

 private:
  void Note(const std::string& service);
  void Hear(const std::string& message);

  Cache* const cache_;
  std::string self_;  // this process, so that it knows its own messages
  std::mutex mutex_;
  std::condition_variable moved_;
  std::map<std::string, int64_t> counts_;
  bool stopped_ = false;
  std::vector<std::function<void()>> listeners_;
  Cache::Subscription subscription_;
};

}  // namespace songsang::engine
