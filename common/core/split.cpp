#include "core/split.h"

#include <algorithm>
#include <numeric>

namespace songsang {

std::optional<std::vector<int64_t>> Split(int64_t total, const std::vector<int64_t>& weights) {
  int64_t sum = 0;
  for (const int64_t weight : weights)
    if (weight < 0 || __builtin_add_overflow(sum, weight, &sum)) return std::nullopt;
  if (sum == 0) return std::nullopt;
  const __int128 magnitude = total < 0 ? -static_cast<__int128>(total) : total;
  std::vector<int64_t> parts(weights.size());
  std::vector<int64_t> remainders(weights.size());
  __int128 left = magnitude;
  for (size_t i = 0; i < weights.size(); ++i) {
    const __int128 share = magnitude * weights[i];
    parts[i] = static_cast<int64_t>(share / sum);
    remainders[i] = static_cast<int64_t>(share % sum);
    left -= parts[i];
  }
  std::vector<size_t> order(weights.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return remainders[a] > remainders[b]; });
  // Fewer units are left than fractions: each fraction is less than one unit.
  for (size_t i = 0; left > 0; ++i, --left) ++parts[order[i]];
  if (total < 0)
    for (int64_t& part : parts) part = -part;
  return parts;
}

}  // namespace songsang
