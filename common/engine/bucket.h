// A bucket of tokens: it fills at a rate and holds a second's worth. Pure: the time is given.
#pragma once

#include <algorithm>
#include <cstdint>

namespace songsang::engine {

struct Rate {
  int64_t per_second = 1;  // at most 1,000,000

  // How long some tokens take to come, in microseconds, rounded up.
  int64_t MicrosOf(int64_t tokens) const { return (tokens * 1'000'000 + per_second - 1) / per_second; }
};

// All that is kept of a bucket is when it will be, or was, full.
class Bucket {
 public:
  // Up to `want` tokens, as many as there are.
  int64_t Take(const Rate& rate, int64_t want, int64_t now_micros) {
    full_at_ = std::max(full_at_, now_micros);
    const int64_t there = (now_micros + 1'000'000 - full_at_) * rate.per_second / 1'000'000;
    const int64_t taken = std::clamp<int64_t>(want, 0, std::max<int64_t>(there, 0));
    full_at_ += rate.MicrosOf(taken);
    return taken;
  }
  // From then on it is as good as a new one.
  int64_t full_at_micros() const { return full_at_; }

 private:
  int64_t full_at_ = 0;
};

}  // namespace songsang::engine
