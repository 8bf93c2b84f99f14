// Apache Kafka behind the stream port, by librdkafka.
#pragma once

#include <memory>
#include <string>

#include "engine/stream.h"

namespace songsang::kafka {

// What is wrong with a list of brokers, or nothing. `HOST:PORT`, several separated by commas.
std::string CheckBrokers(const std::string& brokers);

// Connects when first used. `brokers` has been checked.
std::shared_ptr<engine::Stream> OpenKafka(const std::string& brokers);

}  // namespace songsang::kafka
