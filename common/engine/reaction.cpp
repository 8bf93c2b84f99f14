#include "engine/reaction.h"

namespace songsang::engine {

void Reaction::Begin() {
  thread_ = std::thread([this] { Run(); });
}

void Reaction::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

std::string Reaction::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

std::string Reaction::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void Reaction::GiveUp(std::string why) {
  const std::lock_guard lock(mutex_);
  stopped_ = std::move(why);
}

void Reaction::Tell(std::string trouble) {
  const std::lock_guard lock(mutex_);
  trouble_ = std::move(trouble);
}

bool Reaction::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Reaction::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && stopped_.empty()) {
    lock.unlock();
    const auto pause = Round();
    lock.lock();
    if (pause.count() > 0) wake_.wait_for(lock, pause, [this] { return stopping_; });
  }
}

}  // namespace songsang::engine
