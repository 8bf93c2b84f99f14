#include "engine/pool.h"

namespace songsang::engine {

Pool::Pool(int threads, size_t capacity) : capacity_(capacity) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

Pool::~Pool() { Stop(); }

bool Pool::Submit(std::function<void()> work) {
  std::lock_guard lock(mutex_);
  if (stopping_ || work_.size() >= capacity_) return false;
  work_.push_back(std::move(work));
  wake_.notify_one();
  return true;
}

void Pool::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

void Pool::Run() {
  for (;;) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !work_.empty(); });
      if (work_.empty()) return;
      work = std::move(work_.front());
      work_.pop_front();
    }
    work();
  }
}

}  // namespace songsang::engine
