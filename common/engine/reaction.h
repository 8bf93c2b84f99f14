// A thread that makes a service act by itself, round after round, until it is stopped. Of several replicas of the
// service only the one that holds its lease acts; the others stand by.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "engine/lease.h"

namespace songsang::engine {

class Reaction {
 public:
  virtual ~Reaction() = default;  // whoever derives calls Stop() in its own destructor
  Reaction(const Reaction&) = delete;
  Reaction& operator=(const Reaction&) = delete;

  // Finishes the round under way; returns when the thread has ended.
  void Stop();
  // Empty while it runs; else why it stopped by itself.
  std::string stopped() const;
  // Empty while all is well; else what it waits for and will get over.
  std::string trouble() const;

 protected:
  // Without a lease it acts always.
  explicit Reaction(const Lease* lease) : lease_(lease) {}
  // Starts the thread. Called last in the constructor of whoever derives.
  void Begin();
  // Does what there is to do; how long to wait before the next round.
  virtual std::chrono::milliseconds Round() = 0;
  // Before the first round since the lease came here, and after Forget(): whatever is remembered of the store may be
  // another by now. False: it cannot be known yet, so there is no round.
  virtual bool Taken() { return true; }
  // Within a round that failed: what it remembers may be ahead of what was stored.
  void Forget() { term_ = 0; }
  // While another replica acts; how long to wait before looking again.
  virtual std::chrono::milliseconds Standby();
  // Ends the thread after this round, loudly.
  void GiveUp(std::string why);
  void Tell(std::string trouble);
  bool stopping() const;
  // Whether it is still this replica that acts. Worth a look before what can neither be undone nor told twice.
  bool acting() const { return lease_ == nullptr || lease_->Term() == term_; }

 private:
  void Run();
  std::chrono::milliseconds Turn();

  const Lease* const lease_;
  int64_t term_ = 0;  // of the lease, when last taken
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::string stopped_, trouble_;
  std::thread thread_;
};

}  // namespace songsang::engine
