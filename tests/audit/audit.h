// The audit: whether what the stores hold is what the clients were told, and whether it agrees with itself.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "audit/record.h"
#include "engine/store.h"
#include "engine/stream.h"
#include "host/config.h"

namespace songsang::audit {

// The checks, by the names under which they report.
inline constexpr char kAcknowledged[] = "acknowledged";  // acknowledged once, unknown at most once, refused never
inline constexpr char kChain[] = "chain";                // the journal's hashes, without gaps
inline constexpr char kOrder[] = "order";                // recorded_at never goes back, event ids are unique
inline constexpr char kRequests[] = "requests";          // the request table says what the journal says
inline constexpr char kRows[] = "rows";                  // each row is the last that its entity's events say
inline constexpr char kTouches[] = "touches";            // each version of each entity has its touch row
inline constexpr char kReplica[] = "replica";            // what reports read is what the journals say
inline constexpr char kRebuild[] = "rebuild";            // and what a rebuild gives, byte for byte
inline constexpr char kMirrors[] = "mirrors";            // copies of others' entities are what their journals say
inline constexpr char kStream[] = "stream";              // what was published is what the journals say, once

struct Finding {
  std::string check, what;
};

struct Audited {
  std::string service;
  std::shared_ptr<engine::Store> store;
  std::vector<const rows::Table*> tables;
};

// Where the journals were published: the stream, and the configuration of whoever published.
struct Published {
  std::shared_ptr<engine::Stream> stream;
  host::Config config;  // topic_prefix, state_topics
};

struct Report {
  std::vector<Finding> findings;  // the first difference of each check and service
  int64_t commands = 0, acknowledged = 0, unknown = 0, refused = 0;
  int64_t events = 0, entities = 0, touches = 0, replica_rows = 0, mirror_rows = 0;
  // Of the events topics: records that are committed; what is seen besides of aborted transactions, first and again.
  int64_t published = 0, read_uncommitted = 0, repeated = 0;
  int64_t states = 0;  // records of state topics

  bool clean() const { return findings.empty(); }
  // A line for what was looked at, and a line for each finding.
  std::string Text() const;
};

// `record` may be empty: then the stores are held against themselves only. Nobody may write meanwhile, nor publish.
Report Audit(const std::vector<Audited>& services, const Record& record, const Published* published = nullptr);

}  // namespace songsang::audit
