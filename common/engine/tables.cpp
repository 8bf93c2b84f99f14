#include "engine/tables.h"

namespace songsang::engine {
namespace {

using rows::Column;
using rows::Table;
using rows::Type;

Column Text(const char* name) { return {name, Type::kText, false, {}}; }
Column Int(const char* name) { return {name, Type::kInt, false, {}}; }
Column Bytes(const char* name) { return {name, Type::kBytes, false, {}}; }
Column Optional(Column column) {
  column.nullable = true;
  return column;
}

Table MakeHead() {
  Table table;
  table.name = "head";
  table.columns = {Int("partition"), Int("epoch"), Int("schema_level"), Text("system"), Int("timeline")};
  table.key = {"partition"};
  return table;
}

Table MakeJournal() {
  Table table;
  table.name = "journal";
  table.columns = {Int("partition"),
                   Int("epoch"),
                   Int("seq"),
                   Text("event_id"),
                   Text("tenant"),
                   Text("type"),
                   Optional(Text("subject_type")),
                   Optional(Text("subject_id")),
                   Optional(Int("subject_version")),
                   Text("actor"),
                   Text("client"),
                   Optional(Text("request_id")),
                   Optional(Text("trace")),
                   Int("hops"),
                   Int("recorded_at"),
                   Bytes("payload"),
                   Optional(Text("changed")),
                   Bytes("hash")};
  table.key = {"partition", "seq"};
  table.ranged_by = "seq";
  return table;
}

Table MakeRequest() {
  Table table;
  table.name = "request";
  table.columns = {Text("tenant"), Text("client"), Text("request_id"), Int("partition"), Int("seq"), Bytes("hash")};
  table.key = {"tenant", "client", "request_id"};
  return table;
}

Table MakeTouch() {
  Table table;
  table.name = "touch";
  table.columns = {Text("tenant"),
                   Text("type"),
                   Text("entity_id"),
                   Int("version"),
                   Int("partition"),
                   Int("seq"),
                   Int("recorded_at"),
                   Optional(Text("account_id")),
                   Optional(Text("person_id"))};
  table.key = {"tenant", "type", "entity_id", "version"};
  // Which entities of a kind changed since an instant.
  table.indexes = {{"touch_by_type_recorded_at", {"type", "recorded_at"}, false, ""}};
  return table;
}

Table MakeTenant() {
  Table table;
  table.name = "tenant";
  table.columns = {Text("tenant"), Int("partition")};
  table.key = {"tenant"};
  return table;
}

Table MakePosition() {
  Table table;
  table.name = "position";
  table.columns = {Text("follower"), Int("partition"), Int("epoch"), Int("seq"), Bytes("hash"), Int("recorded_at")};
  table.key = {"follower", "partition"};
  table.upsert = true;
  return table;
}

Table MakeParked() {
  Table table;
  table.name = "parked";
  table.columns = {Text("follower"), Int("partition"), Int("seq"), Text("tenant"), Text("subject_id"), Text("event_id"),
                   Text("reason"), Text("detail"), Int("parked_at"),
                   // What was decided about it: `retry` or `skip`.
                   Optional(Text("release"))};
  table.key = {"follower", "partition", "seq"};
  table.upsert = true;
  return table;
}

Table MakeLease() {
  Table table;
  table.name = "lease";
  table.columns = {Text("name"), Text("holder"), Int("until")};
  table.key = {"name"};
  table.upsert = true;
  return table;
}

}  // namespace

const Table& HeadTable() {
  static const Table table = MakeHead();
  return table;
}
const Table& JournalTable() {
  static const Table table = MakeJournal();
  return table;
}
const Table& RequestTable() {
  static const Table table = MakeRequest();
  return table;
}
const Table& TouchTable() {
  static const Table table = MakeTouch();
  return table;
}
const Table& TenantTable() {
  static const Table table = MakeTenant();
  return table;
}
const Table& ParkedTable() {
  static const Table table = MakeParked();
  return table;
}
const Table& LeaseTable() {
  static const Table table = MakeLease();
  return table;
}
const Table& PositionTable() {
  static const Table table = MakePosition();
  return table;
}

}  // namespace songsang::engine
