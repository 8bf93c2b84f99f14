// librdkafka's objects, each owned by one pointer, and its errors as ours.
#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>
#include <string>

#include "engine/stream.h"

namespace songsang::kafka {

// Questions to brokers end after this, whatever happens.
constexpr int kTimeoutMs = 10'000;
// Questions that a start waits for, so that it does not wait long where Kafka is away.
constexpr int kQuestionMs = 4'000;

template <typename T, void (*Destroy)(T*)>
struct Destroyer {
  void operator()(T* held) const { Destroy(held); }
};
template <typename T, void (*Destroy)(T*)>
using Owned = std::unique_ptr<T, Destroyer<T, Destroy>>;

using Conf = Owned<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using Partitions = Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using Message = Owned<rd_kafka_message_t, rd_kafka_message_destroy>;
using Error = Owned<rd_kafka_error_t, rd_kafka_error_destroy>;
using Queue = Owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using Event = Owned<rd_kafka_event_t, rd_kafka_event_destroy>;
using Options = Owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

// A client, closed with what it had under way.
struct CloseClient {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
};
using Client = std::unique_ptr<rd_kafka_t, CloseClient>;

using Properties = std::map<std::string, std::string>;
// Null, and why in `error`, if librdkafka does not take these.
Client OpenClient(rd_kafka_type_t type, const Properties& properties, std::string* error);

// Nothing where there was no error.
Status StatusOf(rd_kafka_resp_err_t error, const std::string& topic = "");
Status StatusOf(const Error& error);

Partitions OnePartition(const std::string& topic, int32_t partition, int64_t offset);

Result<std::unique_ptr<engine::Publisher>> OpenPublisher(const std::string& brokers, const std::string& name);
Result<std::unique_ptr<engine::Listener>> OpenListener(const std::string& brokers, engine::Isolation isolation);

}  // namespace songsang::kafka
