#include "reporting/replica.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>

#include <algorithm>
#include <limits>
#include <set>

#include "core/dates.h"
#include "engine/published.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/receivable.pb.h"
#include "songsang/leads/v1/hand_off.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/training/v1/enrolment.pb.h"
#include "songsang/training/v1/programme.pb.h"
#include "songsang/workforce/v1/goal.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "songsang/workforce/v1/statement.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang::reporting {
namespace {

namespace pb = google::protobuf;
using engine::StoreError;
using rows::Cell;
using rows::Column;
using rows::Type;

constexpr int64_t kForEver = std::numeric_limits<int64_t>::max();
constexpr const char* kOwnService = "reporting";

// Calendar columns of a business date, by the suffix they add to its name.
constexpr std::pair<const char*, Bucket> kBuckets[] = {
    {"_week", Bucket::kWeek}, {"_month", Bucket::kMonth}, {"_quarter", Bucket::kQuarter}, {"_year", Bucket::kYear}};

bool IsDate(const Column& column) {
  return column.type == Type::kText && (column.name.ends_with("_on") || column.name == "date") &&
         column.path.size() == 1;
}

// What has no date but a month (`2026-03`) is placed on the last day of it, `month_on`.
bool IsMonth(const Column& column) {
  return column.type == Type::kText && column.name == "month" && column.path.size() == 1;
}

std::optional<Date> LastDayOf(std::string_view month) {
  const auto late = Date::Parse(std::string(month) + "-28");
  if (!late) return std::nullopt;
  Date last = *late;
  while (BucketOf(last.PlusDays(1), Bucket::kMonth) == month) last = last.PlusDays(1);
  return last;
}

void AddCalendar(const std::string& date, std::vector<Column>* columns) {
  columns->push_back({date + "_day", Type::kInt, true, {}});
  for (const auto& [bucket, unused] : kBuckets) columns->push_back({date + bucket, Type::kText, true, {}});
}

void AppendCalendar(const std::optional<Date>& date, rows::RowSet* set) {
  set->cells.push_back(date ? Cell::Int(date->days_since_epoch()) : Cell::Null());
  for (const auto& [unused, bucket] : kBuckets)
    set->cells.push_back(date ? Cell::Text(set->Own(BucketOf(*date, bucket))) : Cell::Null());
}

// `leads` of `songsang.leads.v1.Lead`.
// Every entity that this program knows. The figures' own services are named, so that the linker keeps their messages.
std::vector<const pb::Descriptor*> KnownEntities() {
  std::set<const pb::FileDescriptor*> files;
  for (const pb::Descriptor* named :
       {accounts::v1::Account::descriptor(), billing::v1::Product::descriptor(), billing::v1::Invoice::descriptor(),
        leads::v1::HandOff::descriptor(), leads::v1::Lead::descriptor(), leads::v1::Opportunity::descriptor(),
        training::v1::Enrolment::descriptor(), training::v1::Programme::descriptor(), workforce::v1::Goal::descriptor(),
        workforce::v1::Person::descriptor(), workforce::v1::StatementLine::descriptor(),
        workforce::v1::Unit::descriptor()})
    files.insert(named->file());
  std::vector<std::string> names;
  pb::DescriptorPool::internal_generated_database()->FindAllFileNames(&names);
  for (const auto& name : names)
    if (name.starts_with("songsang/")) files.insert(pb::DescriptorPool::generated_pool()->FindFileByName(name));
  std::vector<const pb::Descriptor*> entities;
  for (const auto* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const auto* message = file->message_type(i);
      if (rows::IsEntity(message) && rows::ServiceOf(message) != kOwnService) entities.push_back(message);
    }
  }
  std::sort(entities.begin(), entities.end(), [](auto* a, auto* b) { return a->full_name() < b->full_name(); });
  return entities;
}

VersionTable MakeVersions(const pb::Descriptor* entity, const std::string& suffix) {
  const rows::Table& base = rows::TableOf(entity);
  VersionTable versions{entity, std::string(rows::ServiceOf(entity)), {}};
  rows::Table& table = versions.table;
  table.name = versions.service + "_" + base.name + suffix;
  table.key = {"tenant", "id", "version"};
  table.upsert = true;
  const bool dated = std::any_of(base.columns.begin(), base.columns.end(), IsDate);
  for (const Column& column : base.columns) {
    if (column.path.empty() && column.name != "tenant") continue;  // the body: columns are all that reports read
    table.columns.push_back(column);
    if (IsDate(column)) AddCalendar(column.name, &table.columns);
    if (!IsMonth(column) || dated) continue;
    table.columns.push_back({"month_on", Type::kText, true, {}});
    AddCalendar("month_on", &table.columns);
  }
  for (const char* name : {"from_at", "until_at"}) table.columns.push_back({name, Type::kInt, false, {}});
  for (const char* name : {"event_id", "event_type", "event_actor"})
    table.columns.push_back({name, Type::kText, false, {}});
  for (const char* name : {"event_partition", "event_epoch", "event_seq"})
    table.columns.push_back({name, Type::kInt, false, {}});
  // Reports read whole tenants; only what is looked up row by row needs an index, by its first column.
  std::set<std::string> indexed;
  for (const auto& index : base.indexes) {
    const std::string& column = index.columns.front();
    if (column.ends_with("_id") && indexed.insert(column).second)
      table.indexes.push_back({table.name + "_by_" + column, {column}, false, ""});
  }
  // Ageing reads the moves of open items on from where it has come to, in their order.
  if (entity == billing::v1::Receivable::descriptor())
    table.indexes.push_back({table.name + "_by_from_at", {"from_at", "id", "version"}, false, ""});
  return versions;
}

rows::Table MakeEvents(const std::string& suffix) {
  rows::Table table;
  table.name = "replica_event" + suffix;
  table.columns = {{"tenant", Type::kText, false, {}},         {"service", Type::kText, false, {}},
                   {"event_partition", Type::kInt, false, {}}, {"event_epoch", Type::kInt, false, {}},
                   {"event_seq", Type::kInt, false, {}},       {"event_hash", Type::kBytes, false, {}},
                   {"recorded_at", Type::kInt, false, {}}};
  table.key = {"tenant", "service", "event_partition", "event_seq"};
  table.indexes = {{table.name + "_by_recorded_at", {"service", "recorded_at"}, false, ""}};
  table.upsert = true;
  return table;
}

Refusal StoreRefusal(const StoreError& error) {
  static const Reason reason("REPLICA_STORE_FAILED", Code::kUnavailable, "The replica's store failed: {detail}",
                             "리플리카 저장소 오류: {detail}");
  return reason.With("detail", error.message);
}

}  // namespace

Schema::Schema(const std::string& suffix) : events_(MakeEvents(suffix)), follower_prefix_("replica" + suffix + "/") {
  for (const auto* entity : KnownEntities()) {
    versions_.push_back(MakeVersions(entity, suffix));
    by_entity_[entity] = &versions_.back();
  }
}

const Schema& Schema::Current() {
  static const auto& schema = *new Schema("");
  return schema;
}

const Schema& Schema::Next() {
  static const auto& schema = *new Schema("__next");
  return schema;
}

const VersionTable* Schema::Find(const pb::Descriptor* entity) const {
  const auto found = by_entity_.find(entity);
  return found == by_entity_.end() ? nullptr : found->second;
}

std::vector<const rows::Table*> Schema::tables() const {
  std::vector<const rows::Table*> tables{&events_};
  for (const auto& versions : versions_) tables.push_back(&versions.table);
  return tables;
}

const std::vector<std::string>& FollowedServices() {
  static const auto& services = *new std::vector<std::string>([] {
    std::set<std::string> names;
    for (const auto& versions : Schema::Current().versions()) names.insert(versions.service);
    return std::vector<std::string>(names.begin(), names.end());
  }());
  return services;
}

Batch::Batch(const Schema& schema) : schema_(schema) { event_rows_.table = &schema.events(); }

Status Batch::Add(songsang::v1::JournalEvent added) {
  const songsang::v1::JournalEvent& event = events_.emplace_back(std::move(added));
  const auto& payload = payloads_.emplace_back(engine::PayloadOf(event));
  if (payload == nullptr)
    return kEventUnknown.With("service", event.position().service())
        .With("type", event.type())
        .With("seq", std::to_string(event.position().seq()));
  const int64_t recorded_at = FromTimestamp(event.recorded_at()).micros;

  for (const pb::Message* entity : engine::EntitiesWritten(event, *payload))
    if (schema_.Find(entity->GetDescriptor()) != nullptr) AddEntity(event, recorded_at, *entity);
  AppendEvent(event, recorded_at);
  return Done{};
}

void Batch::AddEntity(const songsang::v1::JournalEvent& event, int64_t recorded_at, const pb::Message& entity) {
  const VersionTable& table = *schema_.Find(entity.GetDescriptor());
  const auto* reflection = entity.GetReflection();
  const std::string id = reflection->GetString(entity, entity.GetDescriptor()->FindFieldByNumber(1));
  const int64_t version = reflection->GetInt64(entity, entity.GetDescriptor()->FindFieldByNumber(2));
  Pending& pending = pending_[&table];
  pending.set.table = &table.table;
  const auto [place, first] = pending.latest.try_emplace(event.tenant() + '\0' + id);
  Latest& latest = place->second;
  if (!first && version <= latest.version) return;
  if (!first) {
    pending.set.cells[latest.until_cell].number = recorded_at;
  } else if (version > 1) {
    closings_.push_back({&table, event.tenant(), id, version, recorded_at});
  }
  const size_t row = pending.set.rows();
  AppendVersion(table, event, recorded_at, entity, &pending.set);
  latest = {version, row * table.table.columns.size() + static_cast<size_t>(table.table.Find("until_at"))};
}

void Batch::AppendVersion(const VersionTable& table, const songsang::v1::JournalEvent& event, int64_t recorded_at,
                          const pb::Message& entity, rows::RowSet* set) {
  for (const Column& column : table.table.columns) {
    if (column.name == "tenant") {
      set->cells.push_back(Cell::Text(event.tenant()));
      continue;
    }
    if (column.path.empty()) continue;  // written with the date before it, or below
    const Cell cell = rows::ReadColumn(column, entity, &set->owned);
    set->cells.push_back(cell);
    const bool text = cell.kind == Cell::Kind::kText;
    if (IsDate(column)) AppendCalendar(text ? Date::Parse(cell.bytes) : std::nullopt, set);
    if (!IsMonth(column) || table.table.Find("month_on") < 0) continue;
    const auto last = text ? LastDayOf(cell.bytes) : std::nullopt;
    set->cells.push_back(last ? Cell::Text(set->Own(last->ToIso())) : Cell::Null());
    AppendCalendar(last, set);
  }
  const auto& position = event.position();
  for (const Cell& cell : {Cell::Int(recorded_at), Cell::Int(kForEver), Cell::Text(event.event_id()),
                           Cell::Text(event.type()), Cell::Text(event.actor()), Cell::Int(position.partition()),
                           Cell::Int(position.epoch()), Cell::Int(position.seq())})
    set->cells.push_back(cell);
}

void Batch::AppendEvent(const songsang::v1::JournalEvent& event, int64_t recorded_at) {
  const auto& position = event.position();
  for (const Cell& cell :
       {Cell::Text(event.tenant()), Cell::Text(position.service()), Cell::Int(position.partition()),
        Cell::Int(position.epoch()), Cell::Int(position.seq()), Cell::Bytes(position.hash()), Cell::Int(recorded_at)})
    event_rows_.cells.push_back(cell);
}

StoreError Batch::Write(engine::Session& session) {
  std::vector<rows::RowSet> sets;
  for (auto& [table, pending] : pending_) sets.push_back(std::move(pending.set));
  sets.push_back(std::move(event_rows_));
  for (const auto& closing : closings_) {
    const Cell parameters[] = {Cell::Int(closing.until_at), Cell::Text(closing.tenant), Cell::Text(closing.id),
                               Cell::Int(closing.version - 1)};
    if (auto error = session.Execute(
            "UPDATE " + closing.table->table.name + " SET until_at = $1 WHERE tenant = $2 AND id = $3 AND version = $4",
            parameters);
        !error.ok())
      return error;
  }
  return session.Write(sets);
}

namespace {

// Adds one value to a digest so that no two different rows read alike.
void Frame(const engine::Value& value, Framed* framed) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    framed->Add("i").Add(*number);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    framed->Add("t").Add(*text);
  } else {
    framed->Add("n");
  }
}

Cell CellOf(const engine::Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return Cell::Int(*number);
  return Cell::Text(std::get<std::string>(value));
}

// Folds a table's rows, page by page in order of its key, into one digest.
Result<Digest> DigestOfTable(engine::Store& store, const rows::Table& table, int64_t* count) {
  constexpr int kPage = 5000;
  std::string columns, key;
  for (const auto& column : table.columns) columns += (columns.empty() ? "" : ", ") + column.name;
  for (const auto& column : table.key) key += (key.empty() ? "" : ", ") + column;
  Digest digest{};
  std::vector<engine::Value> after;
  for (;;) {
    std::string sql = "SELECT " + columns + " FROM " + store.schema() + "." + table.name;
    std::vector<Cell> parameters;
    for (size_t i = 0; i < after.size(); ++i) {
      sql += (i == 0 ? " WHERE (" + key + ") > ($" : ", $") + std::to_string(i + 1);
      parameters.push_back(CellOf(after[i]));
    }
    if (!after.empty()) sql += ")";
    sql += " ORDER BY " + key + " LIMIT " + std::to_string(kPage);
    engine::Rows rows;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    if (const auto error = store.Query(sql, parameters, deadline, &rows); !error.ok()) return StoreRefusal(error);
    Framed framed;
    framed.Add(AsBytes(digest));
    for (const auto& row : rows.rows)
      for (const auto& value : row) Frame(value, &framed);
    digest = framed.Hash();
    *count += static_cast<int64_t>(rows.rows.size());
    if (rows.rows.size() < kPage) return digest;
    after.clear();
    for (const auto& column : table.key) after.push_back(rows.rows.back()[static_cast<size_t>(table.Find(column))]);
  }
}

}  // namespace

Result<Digests> DigestOf(engine::Store& store, const Schema& schema) {
  Digests digests;
  Framed all;
  const auto& current = Schema::Current();
  const auto tables = schema.tables(), names = current.tables();
  for (size_t i = 0; i < tables.size(); ++i) {
    const auto digest = DigestOfTable(store, *tables[i], &digests.rows);
    if (!digest.ok()) return digest.refusal();
    digests.tables[names[i]->name] = ToHex(AsBytes(*digest));
    all.Add(names[i]->name).Add(AsBytes(*digest));
  }
  digests.all = ToHex(AsBytes(all.Hash()));
  return digests;
}

}  // namespace songsang::reporting
