// Chance that falls the same way on every machine: splitmix64, and the few ways of asking it that the story needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace songsang::demo {

class Chance {
 public:
  explicit Chance(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // From `low` to `high`, both included.
  int Between(int low, int high) { return low + static_cast<int>(Next() % static_cast<uint64_t>(high - low + 1)); }
  // True in so many cases of a thousand.
  bool In1000(int cases) { return Between(0, 999) < cases; }
  // A place, as often as its weight says.
  size_t Weighted(const std::vector<int>& weights) {
    int sum = 0;
    for (const int weight : weights) sum += weight;
    int at = Between(0, sum - 1);
    size_t place = 0;
    while (at >= weights[place]) at -= weights[place++];
    return place;
  }
  template <class List>
  const auto& Pick(const List& list) {
    return list[static_cast<size_t>(Between(0, static_cast<int>(std::size(list)) - 1))];
  }

 private:
  uint64_t state_;
};

}  // namespace songsang::demo
