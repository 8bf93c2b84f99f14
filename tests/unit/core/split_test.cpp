#include "core/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

namespace songsang {
namespace {

using Parts = std::vector<int64_t>;

TEST(Split, Table) {
  struct Row {
    int64_t total;
    Parts weights, parts;
  };
  const Row rows[] = {
      {100, {1, 1, 1}, {34, 33, 33}},
      {-100, {1, 1, 1}, {-34, -33, -33}},
      {0, {1, 2}, {0, 0}},
      {5, {0, 1, 0}, {0, 5, 0}},
      {1, {1, 2, 3}, {0, 0, 1}},
      // The largest fractions first, not the largest weights.
      {10, {5, 3, 1}, {6, 3, 1}},
      {365, {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}, {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}},
      {std::numeric_limits<int64_t>::max(), {1, 1}, {4611686018427387904, 4611686018427387903}},
      {std::numeric_limits<int64_t>::min(), {1}, {std::numeric_limits<int64_t>::min()}},
  };
  for (const Row& row : rows) {
    const auto parts = Split(row.total, row.weights);
    ASSERT_TRUE(parts.has_value()) << row.total;
    EXPECT_EQ(*parts, row.parts) << row.total;
  }
}

TEST(Split, WithoutWeightThereIsNoShare) {
  EXPECT_EQ(Split(100, {}), std::nullopt);
  EXPECT_EQ(Split(100, {0, 0}), std::nullopt);
  EXPECT_EQ(Split(100, {2, -1}), std::nullopt);
  EXPECT_EQ(Split(100, {std::numeric_limits<int64_t>::max(), 1}), std::nullopt);
}

TEST(Split, GivesOutAllOfItAndNobodyIsAUnitAway) {
  std::mt19937_64 chance(20261122);
  for (int round = 0; round < 2'000; ++round) {
    Parts weights(1 + chance() % 40);
    for (auto& weight : weights) weight = static_cast<int64_t>(chance() % 1'000);
    weights[chance() % weights.size()] = 1;
    const int64_t total = static_cast<int64_t>(chance() % 2'000'000'000) - 1'000'000'000;
    const auto parts = Split(total, weights);
    ASSERT_TRUE(parts.has_value());
    const int64_t sum = std::accumulate(weights.begin(), weights.end(), int64_t{0});
    EXPECT_EQ(std::accumulate(parts->begin(), parts->end(), int64_t{0}), total);
    for (size_t i = 0; i < weights.size(); ++i) {
      const __int128 off = static_cast<__int128>((*parts)[i]) * sum - static_cast<__int128>(total) * weights[i];
      EXPECT_LT(off < 0 ? -off : off, sum) << "of " << total << " by " << weights[i] << "/" << sum;
      for (size_t j = 0; j < weights.size(); ++j)
        EXPECT_TRUE(weights[i] <= weights[j] || std::abs((*parts)[i]) >= std::abs((*parts)[j]));
    }
  }
}

}  // namespace
}  // namespace songsang
