// The journal: one per service and partition; gapless, hash-chained, in commit order. Audit trail, outbox, idempotency
// and the source of every rebuild.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/dates.h"
#include "core/hash.h"
#include "engine/store.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::engine {

// One row, as it is written and read.
struct JournalEntry {
  int32_t partition = 0;
  int64_t epoch = 0, seq = 0;
  std::string event_id, tenant, type, subject_type, subject_id;
  int64_t subject_version = 0;
  std::string actor, client, request_id, trace;
  int32_t hops = 0;
  Instant recorded_at;
  std::string payload;
  std::string changed;  // JSON: {"<id>":{"field":[old,new]}}; empty where nothing existed before
  Digest hash{};
};

// SHA-256 over the previous hash and the row's columns in order, each behind its length; the payload stands as the
// digest of its stored bytes.
Digest ChainHash(const Digest& previous, const JournalEntry& entry);

void AppendEntry(const JournalEntry& entry, rows::RowSet* journal);

// The columns of JournalTable(), comma-separated, in order: what ReadEntry expects.
const std::string& JournalColumns();
JournalEntry ReadEntry(const std::vector<Value>& row);
v1::JournalEvent ToEvent(const std::string& service, const JournalEntry& entry, const Digest& previous);

// Walks every partition's chain. `progress` hears each partition and how many entries it has. Answers the first
// difference in words, or an empty string.
std::string VerifyJournal(Store& store, const std::function<void(int partition, int64_t entries)>& progress);

}  // namespace songsang::engine
