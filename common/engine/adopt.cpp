#include "engine/adopt.h"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <set>

#include "core/ids.h"
#include "engine/published.h"
#include "engine/reasons.h"
#include "engine/record.h"
#include "engine/tables.h"

namespace songsang::engine {
namespace {

using rows::Cell;

constexpr char kHouse[] = "songsang";

// Rows of several tables, each table once.
class RowSets {
 public:
  rows::RowSet& Of(const rows::Table& table) {
    for (auto& set : sets_)
      if (set.table == &table) return set;
    sets_.emplace_back().table = &table;
    return sets_.back();
  }
  std::span<const rows::RowSet> all() const { return sets_; }

 private:
  std::vector<rows::RowSet> sets_;
};

Status StoreStatus(Session& session, const StoreError& error) {
  if (error.ok()) return Done{};
  session.Rollback();
  return kUnavailable.With("detail", error.message);
}

Refusal Broken(const JournalEntry& entry, const std::string& detail) {
  return kEntryBroken.With("partition", std::to_string(entry.partition))
      .With("seq", std::to_string(entry.seq))
      .With("detail", detail);
}

// The tenant keeps the partition that its entries are in.
StoreError PlaceTenant(Session& session, const std::string& schema, const JournalEntry& entry) {
  const Cell cells[] = {Cell::Text(entry.tenant), Cell::Int(entry.partition)};
  return session.Execute(
      "INSERT INTO " + schema + ".tenant (tenant, partition) VALUES ($1, $2) ON CONFLICT (tenant) DO NOTHING", cells);
}

JournalEntry ForkEntry(const Opening& opening, const Parting& parting) {
  v1::JournalForked forked;
  *forked.mutable_common() = parting.common;
  *forked.mutable_abandoned() = parting.abandoned;
  JournalEntry entry;
  entry.partition = parting.common.partition();
  entry.epoch = std::max(opening.epoch, parting.abandoned.epoch()) + 1;
  entry.seq = std::max(opening.last_seq, parting.abandoned.seq()) + 1;
  entry.recorded_at = std::max(opening.clock, opening.last_recorded_at);
  entry.event_id = TimeId(entry.recorded_at, Sha256(forked.SerializeAsString()), 0);
  entry.tenant = entry.actor = entry.client = kHouse;
  entry.type = forked.GetDescriptor()->full_name();
  entry.request_id = fmt::format("fork/{}/{}", entry.partition, entry.epoch);
  entry.payload = forked.SerializeAsString();
  return entry;
}

// Entries behind a place, oldest first.
StoreError TailOf(Session& session, const std::string& schema, int partition, int64_t after,
                  std::vector<JournalEntry>* tail) {
  const Cell cells[] = {Cell::Int(partition), Cell::Int(after)};
  Rows rows;
  const auto error = session.Query(
      fmt::format("SELECT {} FROM {}.journal WHERE partition = $1 AND seq > $2 ORDER BY seq", JournalColumns(), schema),
      cells, &rows);
  for (const auto& row : rows.rows) tail->push_back(ReadEntry(row));
  return error;
}

// Moves what refers to entries behind a place up with them.
StoreError MoveUp(Session& session, const std::string& schema, const JournalEntry& fork, int64_t common) {
  const Cell by[] = {Cell::Int(fork.seq - common), Cell::Int(fork.partition), Cell::Int(common)};
  for (const char* table : {"touch", "request"})
    if (auto error = session.Execute(
            fmt::format("UPDATE {}.{} SET seq = seq + $1 WHERE partition = $2 AND seq > $3", schema, table), by);
        !error.ok())
      return error;
  if (auto error = session.Execute("DELETE FROM " + schema + ".journal WHERE partition = $1 AND seq > $2",
                                   std::span(by).subspan(1));
      !error.ok())
    return error;
  const Cell raised[] = {Cell::Int(fork.epoch), Cell::Int(fork.partition)};
  return session.Execute("UPDATE " + schema + ".head SET epoch = $1 WHERE partition = $2", raised);
}

}  // namespace

Status AdoptEntries(Store& store, const std::vector<v1::JournalEvent>& events) {
  if (events.empty()) return Done{};
  const auto session = store.OpenSession();
  Opening opening;
  const int partition = events.front().position().partition();
  if (auto begun = StoreStatus(*session, session->BeginLane(partition, {}, {}, &opening)); !begun.ok()) return begun;
  std::deque<JournalEntry> entries;
  std::deque<Touch> touches;
  std::deque<std::string> bodies;
  std::vector<std::unique_ptr<google::protobuf::Message>> payloads;
  std::map<std::pair<const rows::Table*, std::string>, std::pair<const JournalEntry*, const google::protobuf::Message*>>
      latest;
  RowSets sets;
  Digest last = opening.last_hash;
  std::set<std::string> tenants;
  for (const v1::JournalEvent& event : events) {
    const JournalEntry& entry = entries.emplace_back(FromEvent(event));
    const auto broken = [&](const std::string& detail) {
      session->Rollback();
      return Broken(entry, detail);
    };
    if (AsBytes(last) != event.previous_hash()) return broken("it does not follow on the entry before it");
    if (ChainHash(last, entry) != entry.hash) return broken("a field differs");
    last = entry.hash;
    const auto& payload = payloads.emplace_back(PayloadOf(event));
    if (payload == nullptr) return broken("its type " + entry.type + " is not known here");
    AppendEntry(entry, &sets.Of(JournalTable()));
    AppendRequest(entry, "", &sets.Of(RequestTable()));
    for (const auto* entity : EntitiesWritten(event, *payload)) {
      const Touch& touch = touches.emplace_back(TouchOf(*entity));
      AppendTouch(entry, touch, &sets.Of(TouchTable()));
      latest[{&rows::TableOf(entity->GetDescriptor()), entry.tenant + '\0' + touch.id}] = {&entry, entity};
    }
    if (tenants.insert(entry.tenant).second)
      if (auto placed = StoreStatus(*session, PlaceTenant(*session, store.schema(), entry)); !placed.ok())
        return placed;
  }
  for (const auto& [key, written] : latest)
    rows::AppendRow(written.first->tenant, *written.second, bodies.emplace_back(written.second->SerializeAsString()),
                    &sets.Of(*key.first));
  return StoreStatus(*session, session->Commit(sets.all()));
}

Result<v1::Position> ForkJournal(Store& store, const Parting& parting) {
  const auto session = store.OpenSession();
  const int partition = parting.common.partition();
  Opening opening;
  if (auto begun = StoreStatus(*session, session->BeginLane(partition, {}, {}, &opening)); !begun.ok())
    return begun.refusal();
  std::vector<JournalEntry> entries = {ForkEntry(opening, parting)};
  std::vector<JournalEntry> tail;
  auto error = TailOf(*session, store.schema(), partition, parting.common.seq(), &tail);
  if (error.ok()) error = MoveUp(*session, store.schema(), entries.front(), parting.common.seq());
  if (auto moved = StoreStatus(*session, error); !moved.ok()) return moved.refusal();
  const int64_t by = entries.front().seq - parting.common.seq();
  for (JournalEntry& entry : tail) {
    entry.seq += by;
    entry.epoch = entries.front().epoch;
    entries.push_back(std::move(entry));
  }
  Digest last{};
  const std::string& common = parting.common.hash();
  std::copy_n(common.begin(), std::min(common.size(), last.size()), last.begin());
  RowSets sets;
  for (JournalEntry& entry : entries) {
    last = entry.hash = ChainHash(last, entry);
    AppendEntry(entry, &sets.Of(JournalTable()));
  }
  AppendRequest(entries.front(), "", &sets.Of(RequestTable()));
  if (auto committed = StoreStatus(*session, session->Commit(sets.all())); !committed.ok()) return committed.refusal();
  v1::Position position;
  position.set_partition(partition);
  position.set_epoch(entries.back().epoch);
  position.set_seq(entries.back().seq);
  position.set_hash(std::string(AsBytes(entries.back().hash)));
  return position;
}

}  // namespace songsang::engine
