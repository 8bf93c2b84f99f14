// What a reader of committed records finds of a service's journal in Kafka.
#pragma once

#include <string>
#include <vector>

#include "songsang/v1/engine.pb.h"

namespace songsang {

// Whether there are servers to test with.
bool HasServers();

// The whole events topic, partition by partition.
std::vector<v1::JournalEvent> ReadPublished(const std::string& topic_prefix, const std::string& service,
                                            int partitions);
// The first place at which entries of a partition do not follow on each other; empty if all do.
std::string Difference(const std::vector<v1::JournalEvent>& events);

}  // namespace songsang
