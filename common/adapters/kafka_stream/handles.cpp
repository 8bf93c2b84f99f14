#include "adapters/kafka_stream/handles.h"

namespace songsang::kafka {
namespace {

using engine::kStreamAway;
using engine::kTopicMissing;

}  // namespace

Client OpenClient(rd_kafka_type_t type, const Properties& properties, std::string* error) {
  Conf conf(rd_kafka_conf_new());
  char text[512];
  // What goes wrong is told by whoever asked for it; librdkafka's own log repeats it for every broker and second.
  Properties all = {{"log_level", "2"}, {"client.id", "songsang"}, {"broker.address.family", "any"}};
  for (const auto& [name, value] : properties) all[name] = value;
  for (const auto& [name, value] : all)
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), text, sizeof text) != RD_KAFKA_CONF_OK) {
      *error = text;
      return nullptr;
    }
  rd_kafka_t* client = rd_kafka_new(type, conf.get(), text, sizeof text);
  if (client == nullptr) {
    *error = text;
    return nullptr;
  }
  conf.release();  // the client owns it now
  return Client(client);
}

Status StatusOf(rd_kafka_resp_err_t error, const std::string& topic) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return Done{};
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return kTopicMissing.With("topic", topic);
    default:
      return kStreamAway.With("detail", rd_kafka_err2str(error));
  }
}

Status StatusOf(const Error& error) {
  if (error == nullptr) return Done{};
  return kStreamAway.With("detail", rd_kafka_error_string(error.get()));
}

Partitions OnePartition(const std::string& topic, int32_t partition, int64_t offset) {
  Partitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  return list;
}

}  // namespace songsang::kafka
