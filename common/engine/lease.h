// Which of several replicas of a service does what only one should: react to events, mind timers, publish. The one that
// holds a lease in the service's store; it renews it each second, and another takes it over once it has run out.
//
// A lease saves double work. Nothing relies on it to be right: positions, house ids and the state of a call are fenced
// by the store, as a process may be stopped between looking at its lease and acting on it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "engine/store.h"

namespace songsang::engine {

class Lease {
 public:
  // `holder` is another for every process. The store outlives the lease.
  Lease(Store& store, std::string name, std::string holder);
  ~Lease();  // Stop()
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  bool Held() const { return Term() != 0; }
  // Another number each time the lease comes to this process; 0 while it is not here. It ends by this process's own
  // clock, before the store would give it to another: whoever was frozen and goes on knows at once.
  int64_t Term() const;
  // Empty while the store answers.
  std::string trouble() const;
  // Gives it up, so that another can take it at once.
  void Stop();

 private:
  using Clock = std::chrono::steady_clock;
  void Run();
  bool Renew();

  const std::string name_, holder_;
  const std::unique_ptr<Session> session_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Clock::time_point good_until_{};
  int64_t term_ = 0;
  std::string trouble_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace songsang::engine
