// Exact splitting by largest remainder: whatever is split is given out to the last unit, and nobody gets more than one
// unit away from their exact share.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace songsang {

// `total` in proportion to `weights`: everyone gets the whole part of their share, cut off towards zero, and the units
// that remain go one each to the largest fractions, of equal ones to the earlier. The parts add up to `total`, have its
// sign, and are 0 where the weight is 0. A larger weight never gets less. Nothing where no weight is above 0, or one is
// below 0, or the sum of the weights leaves 63 bits: there is no share then.
std::optional<std::vector<int64_t>> Split(int64_t total, const std::vector<int64_t>& weights);

}  // namespace songsang
