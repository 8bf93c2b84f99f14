// The journal: one per service and partition; gapless, hash-chained, in commit order. Audit trail, outbox, idempotency
// and the source of every rebuild.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/dates.h"
#include "core/hash.h"
#include "core/result.h"
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
  // JSON: {"<id>":{"field":[old,new]}}, with {} for what was new; empty where the event holds one new entity alone.
  std::string changed;
  Digest hash{};
};

// SHA-256 over the previous hash and the row's columns in order, each behind its length; the payload stands as the
// digest of its stored bytes.
Digest ChainHash(const Digest& previous, const JournalEntry& entry);

void AppendEntry(const JournalEntry& entry, rows::RowSet* journal);
// What the request id of an entry had been sent with. Empty: not known; the id alone then tells the request.
void AppendRequest(const JournalEntry& entry, std::string_view body_hash, rows::RowSet* requests);

// The columns of JournalTable(), comma-separated, in order: what ReadEntry expects.
const std::string& JournalColumns();
JournalEntry ReadEntry(const std::vector<Value>& row);
JournalEntry FromEvent(const v1::JournalEvent& event);
v1::JournalEvent ToEvent(const std::string& service, const JournalEntry& entry, const Digest& previous);

// A piece of a journal: events, and the place up to which it was looked through.
struct Reading {
  std::vector<v1::JournalEvent> events;
  v1::Position position;
};
// Looks through at most `limit` entries after a place, oldest first; of other than these types (null: all) it reads no
// payload and answers nothing. Refused where `after.hash` differs: a fork.
Result<Reading> ReadEntries(Store& store, const v1::Position& after, int limit, const std::set<std::string>* types);

// Walks every partition's chain. `progress` hears each partition and how many entries it has. Answers the first
// difference in words, or an empty string.
std::string VerifyJournal(Store& store, const std::function<void(int partition, int64_t entries)>& progress);

}  // namespace songsang::engine
