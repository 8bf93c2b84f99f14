// Who may write: one at a time, in the order of asking. (SQLite's own waiting polls, and favours whoever comes last.)
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>

namespace songsang::sqlite_store {

class Turn {
 public:
  // False if the deadline passed first.
  bool Take(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    if (!taken_ && waiting_.empty()) return taken_ = true;
    const auto place = waiting_.emplace(waiting_.end());
    const bool mine = place->wait_until(lock, deadline, [&] { return !taken_ && place == waiting_.begin(); });
    waiting_.erase(place);
    if (mine) {
      taken_ = true;
    } else if (!taken_ && !waiting_.empty()) {
      waiting_.front().notify_one();
    }
    return mine;
  }

  void Give() {
    std::lock_guard lock(mutex_);
    taken_ = false;
    if (!waiting_.empty()) waiting_.front().notify_one();
  }

 private:
  std::mutex mutex_;
  bool taken_ = false;
  std::list<std::condition_variable> waiting_;
};

}  // namespace songsang::sqlite_store
