// Reading one's own writes: how far each reader has come, and the calls that wait for it.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine.h"

namespace songsang::engine {

class Waiting {
 public:
  Waiting();
  ~Waiting();  // Stop()
  // Answers everyone who waits, and waits no more.
  void Stop();

  // Runs `then(true)` once the reader has come as far as all of the marks, `then(false)` when the deadline passes.
  // Runs it at once, in place, where nothing needs waiting for.
  void Await(const std::string& reader, std::vector<Mark> marks, std::chrono::steady_clock::time_point deadline,
             std::function<void(bool reached)> then);
  void Advanced(const std::string& reader, const Mark& mark);
  bool Awaited(const std::string& reader);
  // Only what a reader follows is waited for: nothing else would ever show.
  void Follows(const std::string& reader, const std::string& service);

 private:
  struct Waiter {
    std::string reader;
    std::vector<Mark> marks;
    std::chrono::steady_clock::time_point deadline;
    std::function<void(bool)> then;
  };
  using Place = std::pair<std::string, std::pair<std::string, int32_t>>;  // reader, service, partition
  bool Reached(const Waiter& waiter) const;
  void Run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<Place, std::pair<int64_t, int64_t>> reached_;  // epoch, seq
  std::list<Waiter> waiters_;
  std::set<std::pair<std::string, std::string>> follows_;  // reader, service
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace songsang::engine
