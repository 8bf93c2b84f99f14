// Many callers who send random commands until they are told to stop, and then ask until every outcome is known.
#pragma once

#include <cstdint>
#include <string>

namespace songsang::chaos {

struct LoadOptions {
  // HOST:PORT of a server of all services; or of each service: `leads=HOST:PORT,billing=HOST:PORT,…`.
  std::string address;
  std::string home, record;
  int callers = 32;
  int tenants = 3;
  uint64_t seed = 1;
};
// Runs until SIGTERM; then waits until what was recorded is visible in reports. The exit code; what went wrong is said.
int Load(const LoadOptions& options);

}  // namespace songsang::chaos
