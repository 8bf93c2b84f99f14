// Threads that run queries and deliver outcomes: work goes in, is run once, in order of arrival.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace songsang::engine {

class Pool {
 public:
  Pool(int threads, size_t capacity);
  ~Pool();  // Stop()

  // False where too much waits already, or the pool has stopped.
  bool Submit(std::function<void()> work);
  // Runs what waits, then ends the threads.
  void Stop();

 private:
  void Run();

  const size_t capacity_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> work_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace songsang::engine
