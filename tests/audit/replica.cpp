// The replica is held against the journals twice: row by row, as this file says it must be; and as a whole, against a
// rebuild with reporting's own means.
#include "reporting/replica.h"

#include <fmt/format.h>

#include <limits>

#include "adapters/sqlite_store/sqlite_store.h"
#include "audit/scan.h"
#include "audit/told.h"
#include "core/ids.h"
#include "engine/tables.h"

namespace songsang::audit {
namespace {

using engine::Value;

// How far the replica says it has come: service and partition -> seq.
using Positions = std::map<std::pair<std::string, int32_t>, int64_t>;

Positions ReadPositions(const Audited& reporting, const std::map<std::string, Told>& all, Findings* findings) {
  Positions positions;
  const std::string prefix = reporting::Schema::Current().follower_prefix();
  findings->Add(kReplica, Scan(*reporting.store, engine::PositionTable(), [&](const auto& row) {
                  const std::string follower = Text(row[0]);
                  if (follower.rfind(prefix, 0) != 0) return;
                  const std::string service = follower.substr(prefix.size());
                  const Place place{static_cast<int32_t>(Number(row[1])), Number(row[3])};
                  positions[{service, place.partition}] = place.seq;
                  if (place.seq == 0) return;
                  const auto told = all.find(service);
                  const auto entry =
                      told == all.end() ? decltype(Told::entries)::const_iterator{} : told->second.entries.find(place);
                  if (told == all.end() || entry == told->second.entries.end())
                    findings->Add(kReplica, fmt::format("the position of {} is {}, which its journal does not have",
                                                        service, ToText(place)));
                  else if (AsBytes(entry->second.hash) != Text(row[4]))
                    findings->Add(kReplica,
                                  fmt::format("the position of {} bears another hash than its journal", service));
                }));
  return positions;
}

bool Reached(const Positions& positions, const std::string& service, const Place& place) {
  const auto position = positions.find({service, place.partition});
  return position != positions.end() && place.seq <= position->second;
}

struct VersionKey {
  std::string tenant, id;
  int64_t version = 0;
  auto operator<=>(const VersionKey&) const = default;
};

// The version's place in the replica: what the table of versions must hold beside the entity's own columns.
struct Wanted {
  const Version* version;
  const EntryTold* entry;
  int64_t until = std::numeric_limits<int64_t>::max();
};

std::map<VersionKey, Wanted> WantedOf(const reporting::VersionTable& table, const Told& told,
                                      const Positions& positions) {
  std::map<VersionKey, Wanted> wanted;
  const std::string kind = KindOf(table.entity);
  for (const auto& [key, versions] : told.entities) {
    if (key.kind != kind) continue;
    Wanted* before = nullptr;
    for (size_t i = 0; i < versions.size(); ++i) {
      if (!Reached(positions, table.service, versions[i].place)) break;
      const EntryTold& entry = told.entries.at(versions[i].place);
      if (before) before->until = entry.recorded_at;
      before = &(wanted[{key.tenant, key.id, static_cast<int64_t>(i) + 1}] = {&versions[i], &entry});
    }
  }
  return wanted;
}

std::string VersionDifference(const reporting::VersionTable& table, const std::vector<Value>& row,
                              const Wanted& wanted) {
  const auto entity = ParseEntity(table.entity, wanted.version->body);
  std::deque<std::string> owned;
  const std::map<std::string, Value> beside = {
      {"from_at", wanted.entry->recorded_at}, {"until_at", wanted.until},
      {"event_id", wanted.entry->event_id},   {"event_type", wanted.entry->type},
      {"event_actor", wanted.entry->actor},   {"event_partition", int64_t{wanted.version->place.partition}},
      {"event_epoch", wanted.entry->epoch},   {"event_seq", wanted.version->place.seq}};
  for (size_t i = 0; i < row.size(); ++i) {
    const rows::Column& column = table.table.columns[i];
    const auto told = beside.find(column.name);
    if (told != beside.end() && told->second != row[i])
      return fmt::format("column {} holds {}, the journal says {}", column.name, Shown(row[i]), Shown(told->second));
    if (told != beside.end() || column.path.empty()) continue;
    const rows::Cell cell = rows::ReadColumn(column, *entity, &owned);
    if (!Same(cell, row[i]))
      return fmt::format("column {} holds {}, the journal says {}", column.name, Shown(row[i]), Shown(cell));
  }
  return {};
}

void CheckVersions(const Audited& reporting, const reporting::VersionTable& table, const Told& told,
                   const Positions& positions, Report* report, Findings* findings) {
  auto wanted = WantedOf(table, told, positions);
  const auto id = static_cast<size_t>(table.table.Find("id")),
             version = static_cast<size_t>(table.table.Find("version"));
  findings->Add(kReplica, Scan(*reporting.store, table.table, [&](const auto& row) {
                  ++report->replica_rows;
                  const auto found = wanted.find({Text(row[0]), Text(row[id]), Number(row[version])});
                  const std::string name =
                      fmt::format("{} {} version {} ", table.table.name, Text(row[id]), Number(row[version]));
                  if (found == wanted.end())
                    return findings->Add(kReplica, name + "is in the replica, but in no event up to its position");
                  const std::string what = VersionDifference(table, row, found->second);
                  if (!what.empty()) findings->Add(kReplica, name + what);
                  wanted.erase(found);
                }));
  if (!wanted.empty())
    findings->Add(kReplica, fmt::format("{} {} version {}, made at {}, is not in the replica, whose position is beyond",
                                        table.table.name, wanted.begin()->first.id, wanted.begin()->first.version,
                                        ToText(wanted.begin()->second.version->place)));
}

// Feeds the journals, up to the replica's positions, into a replica in an empty store.
std::string Rebuild(const std::vector<Audited>& services, const Positions& positions, engine::Store* store) {
  constexpr size_t kAtOnce = 500;
  auto session = store->OpenSession();
  for (const Audited& audited : services) {
    std::map<int32_t, std::unique_ptr<reporting::Batch>> batches;
    std::map<int32_t, Digest> previous;
    std::string error;
    const auto write = [&](std::unique_ptr<reporting::Batch>& batch) {
      engine::StoreError failed = session->Begin();
      if (failed.ok()) failed = batch->Write(*session);
      if (failed.ok()) failed = session->Commit({});
      if (!failed.ok()) error = failed.message;
      batch.reset();
    };
    const std::string unread = Scan(*audited.store, engine::JournalTable(), [&](const auto& row) {
      const auto entry = engine::ReadEntry(row);
      if (!error.empty() || !Reached(positions, audited.service, {entry.partition, entry.seq})) return;
      auto& batch = batches[entry.partition];
      if (!batch) batch = std::make_unique<reporting::Batch>(reporting::Schema::Current());
      const auto added = batch->Add(engine::ToEvent(audited.service, entry, previous[entry.partition]));
      if (!added.ok()) error = added.refusal().Sentence(false);
      previous[entry.partition] = entry.hash;
      if (batch->events() >= kAtOnce) write(batch);
    });
    for (auto& [partition, batch] : batches)
      if (batch && error.empty()) write(batch);
    if (error.empty()) error = unread;
    if (!error.empty()) return "a rebuild fails: " + error;
  }
  return {};
}

std::string FirstDifference(const rows::Table& table, engine::Store& live, engine::Store& rebuilt) {
  std::vector<std::vector<Value>> wanted;
  Scan(rebuilt, table, [&](const auto& row) { wanted.push_back(row); });
  size_t at = 0;
  std::string difference;
  Scan(live, table, [&](const auto& row) {
    if (difference.empty() && at < wanted.size())
      for (size_t i = 0; i < row.size() && difference.empty(); ++i)
        if (row[i] != wanted[at][i])
          difference = fmt::format("{} row {} ({}): column {} holds {}, a rebuild's {}", table.name, at + 1,
                                   Shown(row[1]), table.columns[i].name, Shown(row[i]), Shown(wanted[at][i]));
    ++at;
  });
  if (!difference.empty() || at == wanted.size()) return difference;
  return fmt::format("{} has {} rows, a rebuild {}", table.name, at, wanted.size());
}

std::string RebuildDifference(const std::vector<Audited>& services, const Audited& reporting,
                              const Positions& positions) {
  std::string error;
  const auto fresh = OpenSqliteMemory("rebuild", &error);
  if (!fresh) return error;
  engine::Migration migration;
  const auto migrated = fresh->Migrate(reporting.tables, 1, false, &migration);
  if (!migrated.ok()) return migrated.message;
  std::vector<Audited> followed;
  for (const Audited& audited : services)
    if (audited.service != reporting.service) followed.push_back(audited);
  error = Rebuild(followed, positions, fresh.get());
  if (!error.empty()) return error;
  const auto live = reporting::DigestOf(*reporting.store), rebuilt = reporting::DigestOf(*fresh);
  if (!live.ok()) return live.refusal().Sentence(false);
  if (!rebuilt.ok()) return rebuilt.refusal().Sentence(false);
  for (const rows::Table* table : reporting::Schema::Current().tables())
    if (live->tables.at(table->name) != rebuilt->tables.at(table->name))
      return FirstDifference(*table, *reporting.store, *fresh);
  return live->all == rebuilt->all ? "" : "the replica's digest differs from a rebuild's";
}

}  // namespace

void CheckReplica(const std::vector<Audited>& services, const std::map<std::string, Told>& all, Report* report) {
  const Audited* reporting = nullptr;
  for (const Audited& audited : services)
    if (audited.service == "reporting") reporting = &audited;
  if (!reporting) return;
  Findings findings("reporting", report);
  const Positions positions = ReadPositions(*reporting, all, &findings);
  for (const auto& table : reporting::Schema::Current().versions()) {
    const auto told = all.find(table.service);
    if (told != all.end()) CheckVersions(*reporting, table, told->second, positions, report, &findings);
  }
  // A finding of its own: the two ways must not hide each other.
  Findings rebuild("reporting", report);
  rebuild.Add(kRebuild, RebuildDifference(services, *reporting, positions));
}

}  // namespace songsang::audit
