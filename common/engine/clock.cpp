#include "engine/clock.h"

#include <atomic>
#include <chrono>

namespace songsang::engine {
namespace {

std::atomic<int64_t> ahead_micros{0};

}  // namespace

Instant Now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since).count() + ahead_micros};
}

void MoveClockAhead(int64_t micros) { ahead_micros += micros; }

int64_t ClockAheadMicros() { return ahead_micros; }

}  // namespace songsang::engine
