// One consumer, of partitions that it is told.
#include <set>

#include "adapters/kafka_stream/handles.h"

namespace songsang::kafka {
namespace {

using engine::kStreamAway;
using engine::StreamRecord;

StreamRecord RecordOf(const rd_kafka_message_t& message) {
  StreamRecord record;
  record.topic = rd_kafka_topic_name(message.rkt);
  record.partition = message.partition;
  record.offset = message.offset;
  record.key.assign(static_cast<const char*>(message.key), message.key_len);
  if (message.payload != nullptr) record.value.emplace(static_cast<const char*>(message.payload), message.len);
  record.at.micros = rd_kafka_message_timestamp(&message, nullptr) * 1000;
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return record;
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
    record.headers.emplace_back(name, std::string(static_cast<const char*>(value), size));
  return record;
}

class KafkaListener : public engine::Listener {
 public:
  static Result<std::unique_ptr<engine::Listener>> Open(const std::string& brokers, engine::Isolation isolation) {
    const bool committed = isolation == engine::Isolation::kCommitted;
    std::string error;
    auto client = OpenClient(RD_KAFKA_CONSUMER,
                             {{"bootstrap.servers", brokers},
                              // Asked for by librdkafka; no offset is ever stored under it.
                              {"group.id", "songsang"},
                              {"enable.auto.commit", "false"},
                              {"enable.auto.offset.store", "false"},
                              // An offset that is gone is told, never replaced by another one.
                              {"auto.offset.reset", "error"},
                              {"isolation.level", committed ? "read_committed" : "read_uncommitted"},
                              {"enable.partition.eof", "true"},
                              {"allow.auto.create.topics", "false"},
                              {"fetch.wait.max.ms", "100"},
                              // How soon a partition that had nothing is asked again.
                              {"fetch.error.backoff.ms", "100"},
                              {"queued.max.messages.kbytes", "8192"}},
                             &error);
    if (client == nullptr) return kStreamAway.With("detail", error);
    rd_kafka_poll_set_consumer(client.get());
    return std::unique_ptr<engine::Listener>(new KafkaListener(std::move(client)));
  }

  ~KafkaListener() override { rd_kafka_consumer_close(client_.get()); }

  Status Listen(const std::string& topic, int32_t partition, int64_t offset) override {
    const Partitions list = OnePartition(topic, partition, offset);
    if (!listening_.emplace(topic, partition).second)
      if (auto left = StatusOf(Error(rd_kafka_incremental_unassign(client_.get(), list.get()))); !left.ok())
        return left;
    return StatusOf(Error(rd_kafka_incremental_assign(client_.get(), list.get())));
  }

  Status Pause(const std::string& topic, int32_t partition, bool pause) override {
    const Partitions list = OnePartition(topic, partition, RD_KAFKA_OFFSET_INVALID);
    return StatusOf(pause ? rd_kafka_pause_partitions(client_.get(), list.get())
                          : rd_kafka_resume_partitions(client_.get(), list.get()),
                    topic);
  }

  Result<engine::Span> SpanOf(const std::string& topic, int32_t partition) override {
    engine::Span span;
    const auto asked = StatusOf(
        rd_kafka_query_watermark_offsets(client_.get(), topic.c_str(), partition, &span.begin, &span.end, kQuestionMs),
        topic);
    if (!asked.ok()) return asked.refusal();
    return span;
  }

  Result<std::optional<StreamRecord>> Next(std::chrono::milliseconds wait) override {
    const Message message(rd_kafka_consumer_poll(client_.get(), static_cast<int>(wait.count())));
    if (message == nullptr) return std::optional<StreamRecord>();
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) return std::optional(RecordOf(*message));
    const std::string topic = message->rkt != nullptr ? rd_kafka_topic_name(message->rkt) : "";
    if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) return StatusOf(message->err, topic).refusal();
    StreamRecord end;
    end.topic = topic;
    end.partition = message->partition;
    return std::optional(std::move(end));
  }

 private:
  explicit KafkaListener(Client client) : client_(std::move(client)) {}

  const Client client_;
  std::set<std::pair<std::string, int32_t>> listening_;
};

}  // namespace

Result<std::unique_ptr<engine::Listener>> OpenListener(const std::string& brokers, engine::Isolation isolation) {
  return KafkaListener::Open(brokers, isolation);
}

}  // namespace songsang::kafka
