// The stream port: topics in which a service's journal is published, and from which others hear it. One adapter
// (Kafka); without one, journals are read through EventService/ReadEvents.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/dates.h"
#include "core/result.h"

namespace songsang::engine {

inline const Reason kStreamAway{"STREAM_AWAY", Code::kUnavailable,
                                "The stream did not answer: {detail}. Nothing is lost; it goes on once it does.",
                                "스트림이 응답하지 않습니다: {detail}. 유실은 없으며 복구되면 이어서 처리합니다."};
inline const Reason kTopicMissing{"TOPIC_MISSING", Code::kUnavailable,
                                  "The topic {topic} does not exist: run `songsang topics apply`.",
                                  "토픽 {topic}이(가) 없습니다. `songsang topics apply`를 실행하세요."};

// One record of a topic. Header names and values as they stand on the wire.
struct StreamRecord {
  std::string topic;
  int32_t partition = -1;  // to send: -1 leaves the choice to the key's hash (murmur2, as Java clients choose)
  int64_t offset = -1;     // of one that was received
  std::string key;
  std::optional<std::string> value;  // none: a tombstone
  std::vector<std::pair<std::string, std::string>> headers;
  Instant at;
};

// One transactional producer. After any refusal it is of no more use: destroy it, which aborts what was begun.
class Publisher {
 public:
  virtual ~Publisher() = default;
  virtual Status Begin() = 0;
  // Queues; what goes wrong on the way is told by Commit.
  virtual Status Send(const StreamRecord& record) = 0;
  virtual Status Commit() = 0;
};

// Where a topic's partition begins and ends: the offset of its first record, and that of the next one to come.
struct Span {
  int64_t begin = 0, end = 0;
};

// Which records a listener receives: those of transactions that were committed, or also those of aborted and open ones.
enum class Isolation { kCommitted, kUncommitted };

// Chooses its partitions itself and keeps no offset anywhere. Used by one thread.
class Listener {
 public:
  virtual ~Listener() = default;
  // From now on receives this partition, beginning at this offset.
  virtual Status Listen(const std::string& topic, int32_t partition, int64_t offset) = 0;
  // Keeps a partition, but receives nothing of it until it is resumed.
  virtual Status Pause(const std::string& topic, int32_t partition, bool pause) = 0;
  virtual Result<Span> SpanOf(const std::string& topic, int32_t partition) = 0;
  // The next record, or none within this time. One without offset says that the partition has been read to its end.
  virtual Result<std::optional<StreamRecord>> Next(std::chrono::milliseconds wait) = 0;
};

// A topic as it should be.
struct TopicPlan {
  std::string name;
  int32_t partitions = 1;
  std::map<std::string, std::string> settings;  // Kafka's own names
};

// What a topic is, as far as a plan speaks of it.
struct TopicFound {
  int32_t partitions = 0;
  std::map<std::string, std::string> settings;
};

class Stream {
 public:
  virtual ~Stream() = default;
  // Puts out of work whoever published under this name before: what it had begun is aborted.
  virtual Result<std::unique_ptr<Publisher>> OpenPublisher(const std::string& name) = 0;
  virtual Result<std::unique_ptr<Listener>> OpenListener(Isolation isolation = Isolation::kCommitted) = 0;
  // The topics there are of these; one that is missing is left out.
  virtual Result<std::map<std::string, TopicFound>> Find(const std::vector<TopicPlan>& plans) = 0;
  // Makes them all, and waits until they can be used.
  virtual Status Create(const std::vector<TopicPlan>& plans, int replication) = 0;
  // Changes settings of a topic that exists; those not named stay.
  virtual Status Alter(const std::string& topic, const std::map<std::string, std::string>& settings) = 0;
};

}  // namespace songsang::engine
