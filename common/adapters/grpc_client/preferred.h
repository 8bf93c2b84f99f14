// Which of several replicas a tenant's calls go to. Any may answer them; but the commands of a tenant share transactions
// only where they come together, so that all callers had best choose the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace songsang::client {

// The places of these addresses in the order in which a key prefers them (rendezvous hashing): the same for everyone,
// whatever order they know them in; even over many keys; where an address goes, only its own keys move.
std::vector<size_t> Preferred(const std::vector<std::string>& addresses, std::string_view key);

// `a:1,b:2`
std::vector<std::string> SplitAddresses(std::string_view addresses);

}  // namespace songsang::client
