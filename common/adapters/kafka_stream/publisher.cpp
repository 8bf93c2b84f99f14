// One transactional producer. The journal is the buffer, so nothing is kept here longer than a transaction.
#include "adapters/kafka_stream/handles.h"

namespace songsang::kafka {
namespace {

using engine::kStreamAway;
using engine::StreamRecord;

class TransactionalPublisher : public engine::Publisher {
 public:
  static Result<std::unique_ptr<engine::Publisher>> Open(const std::string& brokers, const std::string& name) {
    std::string error;
    auto client = OpenClient(RD_KAFKA_PRODUCER,
                             {{"bootstrap.servers", brokers},
                              {"transactional.id", name},
                              {"enable.idempotence", "true"},
                              // A publisher that is frozen holds up readers no longer than this.
                              {"transaction.timeout.ms", "10000"},
                              // A record is either in a transaction that was committed, or is sent again: none expires.
                              {"message.timeout.ms", "0"},
                              {"partitioner", "murmur2"},
                              {"linger.ms", "2"},
                              {"compression.type", "lz4"},
                              {"queue.buffering.max.messages", "500000"}},
                             &error);
    if (client == nullptr) return kStreamAway.With("detail", error);
    if (const auto begun = StatusOf(Error(rd_kafka_init_transactions(client.get(), kTimeoutMs))); !begun.ok())
      return begun.refusal();
    return std::unique_ptr<engine::Publisher>(new TransactionalPublisher(std::move(client)));
  }

  ~TransactionalPublisher() override {
    if (open_) Error(rd_kafka_abort_transaction(client_.get(), kTimeoutMs / 2));
    for (const auto& [name, topic] : topics_) rd_kafka_topic_destroy(topic);
  }

  Status Begin() override {
    const auto begun = StatusOf(Error(rd_kafka_begin_transaction(client_.get())));
    open_ = begun.ok();
    return begun;
  }

  Status Send(const StreamRecord& record) override {
    rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
    for (const auto& [name, value] : record.headers)
      rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                          static_cast<ssize_t>(value.size()));
    for (;;) {
      const auto* value = record.value ? record.value->data() : nullptr;
      Error error(rd_kafka_produceva(client_.get(), Arguments(record, headers, value).data(), kArguments));
      if (error == nullptr) return Done{};  // the headers are the client's now
      if (rd_kafka_error_code(error.get()) == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        rd_kafka_poll(client_.get(), 50);
        continue;
      }
      rd_kafka_headers_destroy(headers);
      return StatusOf(rd_kafka_error_code(error.get()), record.topic);
    }
  }

  Status Commit() override {
    const auto committed = StatusOf(Error(rd_kafka_commit_transaction(client_.get(), kTimeoutMs)));
    if (committed.ok()) open_ = false;
    return committed;
  }

 private:
  static constexpr size_t kArguments = 7;

  explicit TransactionalPublisher(Client client) : client_(std::move(client)) {}

  std::array<rd_kafka_vu_t, kArguments> Arguments(const StreamRecord& record, rd_kafka_headers_t* headers,
                                                  const char* value) {
    std::array<rd_kafka_vu_t, kArguments> all{};
    all[0].vtype = RD_KAFKA_VTYPE_RKT;
    all[0].u.rkt = TopicOf(record.topic);
    all[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    all[1].u.i32 = record.partition < 0 ? RD_KAFKA_PARTITION_UA : record.partition;
    all[2].vtype = RD_KAFKA_VTYPE_KEY;
    all[2].u.mem.ptr = const_cast<char*>(record.key.data());
    all[2].u.mem.size = record.key.size();
    all[3].vtype = RD_KAFKA_VTYPE_VALUE;
    all[3].u.mem.ptr = const_cast<char*>(value);
    all[3].u.mem.size = record.value ? record.value->size() : 0;
    all[4].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
    all[4].u.i64 = record.at.micros / 1000;
    all[5].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    all[5].u.i = RD_KAFKA_MSG_F_COPY;
    all[6].vtype = RD_KAFKA_VTYPE_HEADERS;
    all[6].u.headers = headers;
    return all;
  }

  rd_kafka_topic_t* TopicOf(const std::string& name) {
    auto& topic = topics_[name];
    if (topic == nullptr) topic = rd_kafka_topic_new(client_.get(), name.c_str(), nullptr);
    return topic;
  }

  const Client client_;
  std::map<std::string, rd_kafka_topic_t*> topics_;
  bool open_ = false;
};

}  // namespace

Result<std::unique_ptr<engine::Publisher>> OpenPublisher(const std::string& brokers, const std::string& name) {
  return TransactionalPublisher::Open(brokers, name);
}

}  // namespace songsang::kafka
