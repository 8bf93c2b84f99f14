// The whole installation under kills: two processes, PostgreSQL, Kafka and Redis.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "adapters/token/token.h"
#include "host/config.h"

namespace songsang::chaos {

struct StreamsOptions {
  std::string server;  // the program `songsang`
  int kills = 20;
  uint64_t seed = 0;
  int callers = 12;
  bool keep = false;
};
// Kills under load, then the whole audit, of what was published too. The exit code.
int Streams(const StreamsOptions& options);

// Waits until each relay has published its journal to the end. `publisher`: kafka, topic_prefix, partitions; `addresses`
// of the services. False if it takes longer.
bool AwaitRelays(const host::Config& publisher, const std::map<std::string, std::string>& addresses,
                 const token::Key& key, std::chrono::seconds within);

}  // namespace songsang::chaos
