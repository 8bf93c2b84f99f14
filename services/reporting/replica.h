// The replica: every version of every entity of every service, half-open in record time, in tables
// `<service>_<entity>` that bear the event which wrote the version. It is made of the journals alone, so it can be
// rebuilt, and a rebuild has the same bytes.
#pragma once

#include <google/protobuf/message.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "engine/store.h"
#include "rows/table.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::reporting {

inline const Reason kEventUnknown(
    "EVENT_UNKNOWN", Code::kInternal,
    "The journal of {service} holds an event of type {type} at {seq}, which this program "
    "does not know: a newer release wrote it.",
    "{service} 저널의 {seq}번에 이 프로그램이 모르는 {type} 이벤트가 있습니다. 더 새로운 버전이 "
    "기록한 것입니다.");

// One entity's table of versions. Its columns: those of the entity without its body; for every business date
// (`_on`, `date`; the last day of a `month` where that is all there is) its day number and calendar buckets; from_at and until_at; the event.
struct VersionTable {
  const google::protobuf::Descriptor* entity = nullptr;
  std::string service;
  rows::Table table;
};

// The tables of one generation of the replica. The current one has no suffix; one being built has `__next`.
class Schema {
 public:
  explicit Schema(const std::string& suffix);

  static const Schema& Current();
  static const Schema& Next();

  // Null if the message is no entity of a followed service.
  const VersionTable* Find(const google::protobuf::Descriptor* entity) const;
  const std::deque<VersionTable>& versions() const { return versions_; }
  // One narrow row an event: the positions of a tenant at an instant.
  const rows::Table& events() const { return events_; }
  std::vector<const rows::Table*> tables() const;
  // Of the position rows: `replica/leads`.
  const std::string& follower_prefix() const { return follower_prefix_; }

 private:
  std::deque<VersionTable> versions_;
  std::unordered_map<const google::protobuf::Descriptor*, const VersionTable*> by_entity_;
  rows::Table events_;
  std::string follower_prefix_;
};

// The services whose entities are known, reporting itself excepted: those whose journals are followed.
const std::vector<std::string>& FollowedServices();

// What a run of events does to the replica, collected and then written in one transaction.
class Batch {
 public:
  explicit Batch(const Schema& schema);

  // In the order of its journal. Refused if its type is unknown.
  Status Add(songsang::v1::JournalEvent event);
  size_t events() const { return events_.size(); }

  // Within the session's transaction. The caller commits.
  engine::StoreError Write(engine::Session& session);

 private:
  // An entity's latest version in this batch.
  struct Latest {
    int64_t version = 0;
    size_t until_cell = 0;  // place of its until_at in the row set
  };
  struct Closing {
    const VersionTable* table;
    std::string tenant, id;
    int64_t version, until_at;
  };
  struct Pending {
    rows::RowSet set;
    std::unordered_map<std::string, Latest> latest;
  };

  void AddEntity(const songsang::v1::JournalEvent& event, int64_t recorded_at, const google::protobuf::Message& entity);
  void AppendVersion(const VersionTable& table, const songsang::v1::JournalEvent& event, int64_t recorded_at,
                     const google::protobuf::Message& entity, rows::RowSet* set);
  void AppendEvent(const songsang::v1::JournalEvent& event, int64_t recorded_at);

  const Schema& schema_;
  std::deque<songsang::v1::JournalEvent> events_;
  std::vector<std::unique_ptr<google::protobuf::Message>> payloads_;
  std::map<const VersionTable*, Pending> pending_;
  std::vector<Closing> closings_;
  rows::RowSet event_rows_;
};

// SHA-256, in hex, over every row of the generation in order of its key: "the same bytes".
struct Digests {
  std::map<std::string, std::string> tables;  // name without suffix -> digest
  std::string all;
  int64_t rows = 0;
};
Result<Digests> DigestOf(engine::Store& store, const Schema& schema = Schema::Current());

}  // namespace songsang::reporting
