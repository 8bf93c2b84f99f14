#include "engine/reaction.h"

namespace songsang::engine {
namespace {

constexpr std::chrono::milliseconds kStandby{100}, kRetry{200};

}  // namespace

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

std::chrono::milliseconds Reaction::Standby() { return kStandby; }

std::chrono::milliseconds Reaction::Turn() {
  const int64_t term = lease_ == nullptr ? 1 : lease_->Term();
  if (term == 0) {
    Tell("");
    return Standby();
  }
  if (term != term_ && !Taken()) return kRetry;
  term_ = term;
  return Round();
}

void Reaction::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && stopped_.empty()) {
    lock.unlock();
    const auto pause = Turn();
    lock.lock();
    if (pause.count() > 0) wake_.wait_for(lock, pause, [this] { return stopping_; });
  }
}

}  // namespace songsang::engine
