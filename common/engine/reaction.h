// A thread that makes a service act by itself, round after round, until it is stopped.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

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
  Reaction() = default;
  // Starts the thread. Called last in the constructor of whoever derives.
  void Begin();
  // Does what there is to do; how long to wait before the next round.
  virtual std::chrono::milliseconds Round() = 0;
  // Ends the thread after this round, loudly.
  void GiveUp(std::string why);
  void Tell(std::string trouble);
  bool stopping() const;

 private:
  void Run();

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::string stopped_, trouble_;
  std::thread thread_;
};

}  // namespace songsang::engine
