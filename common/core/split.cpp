#include "core/split.h"

#include <algorithm>
#include <numeric>

namespace songsang {

std::optional<std::vector<int64_t>> Split(int64_t total, const std::vector<int64_t>& weights) {
  int64_t sum = 0;
  for (const int64_t weight : weights)
    if (weight < 0 || __builtin_add_overflow(sum, weight, &sum)) return std::nullopt;
  if (sum == 0) return std::nullopt;
  const int sign = total < 0 ? -1 : 1;
  const __int128 magnitude = static_cast<__int128>(total) * sign;
  std::vector<__int128> parts(weights.size()), fractions(weights.size());
  __int128 left = magnitude;
  for (size_t i = 0; i < weights.size(); ++i) {
    parts[i] = magnitude * weights[i] / sum;
    fractions[i] = magnitude * weights[i] % sum;
    left -= parts[i];
  }
  std::vector<size_t> order(weights.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return fractions[a] > fractions[b]; });
  // Fewer units are left than fractions: each fraction is less than one unit.
  for (size_t i = 0; left > 0; ++i, --left) ++parts[order[i]];
  std::vector<int64_t> signed_parts;
  for (const __int128 part : parts) signed_parts.push_back(static_cast<int64_t>(part * sign));
  return signed_parts;
}

}  // namespace songsang
