#include "adapters/grpc_client/preferred.h"

#include <algorithm>

#include "core/hash.h"

namespace songsang::client {

std::vector<size_t> Preferred(const std::vector<std::string>& addresses, std::string_view key) {
  std::vector<std::pair<Digest, size_t>> weights;
  for (size_t i = 0; i < addresses.size(); ++i) {
    Framed framed;
    framed.Add(addresses[i]).Add(key);
    weights.emplace_back(framed.Hash(), i);
  }
  std::sort(weights.begin(), weights.end(), std::greater<>());
  std::vector<size_t> order;
  for (const auto& [weight, place] : weights) order.push_back(place);
  return order;
}

std::vector<std::string> SplitAddresses(std::string_view addresses) {
  std::vector<std::string> split;
  for (size_t begin = 0; begin <= addresses.size();) {
    const size_t end = std::min(addresses.find(',', begin), addresses.size());
    split.emplace_back(addresses.substr(begin, end - begin));
    begin = end + 1;
  }
  return split;
}

}  // namespace songsang::client
