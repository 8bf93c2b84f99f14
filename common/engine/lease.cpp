#include "engine/lease.h"

namespace songsang::engine {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLife{3000}, kRenew{1000};
// What two machines' clocks may differ in how fast they run, and what it takes from looking to acting.
constexpr milliseconds kMargin{500};
// How soon a lease is taken that another has given up or lost.
constexpr milliseconds kTry{500};

}  // namespace

Lease::Lease(Store& store, std::string name, std::string holder)
    : name_(std::move(name)), holder_(std::move(holder)), session_(store.OpenSession()), thread_([this] { Run(); }) {}

Lease::~Lease() { Stop(); }

int64_t Lease::Term() const {
  const std::lock_guard lock(mutex_);
  return Clock::now() < good_until_ ? term_ : 0;
}

std::string Lease::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void Lease::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

// True where it is held.
bool Lease::Renew() {
  // The store counts from when it hears of it, which is later.
  const auto asked_at = Clock::now();
  bool held = false;
  const StoreError error = session_->HoldLease(name_, holder_, kLife, &held);
  const std::lock_guard lock(mutex_);
  trouble_ = error.message;
  // Where the store did not answer, the lease stands as it was last known to.
  if (!error.ok()) return Clock::now() < good_until_;
  if (held && Clock::now() >= good_until_) ++term_;
  good_until_ = held ? asked_at + kLife - kMargin : Clock::time_point{};
  return held;
}

void Lease::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const bool held = Renew();
    lock.lock();
    wake_.wait_for(lock, held ? kRenew : kTry, [this] { return stopping_; });
  }
  const bool held = Clock::now() < good_until_;
  good_until_ = {};
  lock.unlock();
  if (!held) return;
  bool ignored = false;
  (void)session_->HoldLease(name_, holder_, milliseconds(0), &ignored);
}

}  // namespace songsang::engine
