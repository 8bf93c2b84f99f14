#include "engine/moves.h"

#include <fmt/format.h>

#include <random>

namespace songsang::engine {
namespace {

constexpr char kChannel[] = "moves";

}  // namespace

Moves::Moves(Cache* cache) : cache_(cache) {
  if (cache_ == nullptr) return;
  std::random_device random;
  self_ = fmt::format("{:08x}{:08x}", random(), random());
  subscription_ = cache_->Subscribe(kChannel, [this](const std::string& message) { Hear(message); });
}

void Moves::Moved(const Mark& mark) {
  Note(mark.service);
  if (cache_ != nullptr) cache_->Publish(kChannel, self_ + " " + FormatMarks({&mark, 1}));
}

// Only as a reason to look: what is true is read in the journal.
void Moves::Hear(const std::string& message) {
  const size_t space = message.find(' ');
  std::vector<Mark> marks;
  if (space == std::string::npos || message.compare(0, space, self_) == 0) return;
  if (!ParseMarks(std::string_view(message).substr(space + 1), &marks)) return;
  for (const Mark& mark : marks) Note(mark.service);
}

void Moves::Note(const std::string& service) {
  {
    const std::lock_guard lock(mutex_);
    // What nobody here waits for is not counted.
    const auto count = counts_.find(service);
    if (count == counts_.end() || stopped_) return;
    ++count->second;
    moved_.notify_all();
  }
  for (const auto& listener : listeners_) listener();
}

int64_t Moves::Of(const std::string& service) {
  const std::lock_guard lock(mutex_);
  return counts_[service];
}

bool Moves::Await(const std::vector<std::string>& services, std::map<std::string, int64_t>* seen,
                  std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  return moved_.wait_for(lock, wait, [&] {
    bool any = stopped_;
    for (const std::string& service : services) {
      int64_t& last = (*seen)[service];
      any = any || last != counts_[service];
      last = counts_[service];
    }
    return any;
  });
}

void Moves::Listen(std::function<void()> listener) { listeners_.push_back(std::move(listener)); }

void Moves::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    moved_.notify_all();
  }
  subscription_.reset();
}

}  // namespace songsang::engine
