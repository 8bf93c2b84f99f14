// Tables and rows. An entity's table follows from its descriptor: tenant, id, version, the message's own bytes
// (`body`), and beside them its fields as columns for SQL. There is no mapping layer and no hand-written DDL.
//
// Columns of an entity, by field type:
//   string, enum          TEXT    empty / UNSPECIFIED is NULL; an enum is its name, lower case, without prefix
//   intN, bool            BIGINT / SMALLINT   NULL only where the field is `optional` and unset
//   Timestamp             BIGINT  microseconds since 1970 UTC; NULL where unset
//   inlined message       one column a part: `total_minor`, `total_currency`; all NULL where unset
//   bytes                 BYTEA / BLOB
//   repeated, map, nested TEXT    JSON with the names and values of columns (rows/json.h); NULL where empty
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace songsang::rows {

enum class Type { kText, kInt, kBytes };

// One value. Text and bytes are views: into the message it was read from, or into RowSet::owned.
struct Cell {
  enum class Kind : uint8_t { kNull, kInt, kText, kBytes };
  Kind kind = Kind::kNull;
  int64_t number = 0;
  std::string_view bytes;

  static Cell Null() { return {}; }
  static Cell Int(int64_t value) { return {Kind::kInt, value, {}}; }
  static Cell Text(std::string_view value) { return {Kind::kText, 0, value}; }
  static Cell Bytes(std::string_view value) { return {Kind::kBytes, 0, value}; }
};

struct Column {
  std::string name;
  Type type = Type::kText;
  bool nullable = false;
  // Where an entity's column is read: the field, then the part of an inlined message. Empty for tenant and body.
  std::vector<const google::protobuf::FieldDescriptor*> path;
};

struct Index {
  std::string name;                  // `lead_by_owner_id`; a unique one is a constraint of this name
  std::vector<std::string> columns;  // without the tenant, which every index of an entity begins with
  bool unique = false;
  std::string reason;  // the refusal that a second holder is answered
  // Of a timer: over all tenants, and only rows where the column is set.
  bool timer = false;
};

struct Table {
  std::string name;  // bare: the store knows its schema
  std::vector<Column> columns;
  std::vector<std::string> key;  // primary key
  std::vector<Index> indexes;
  // Rows that exist already are replaced (entities, positions); otherwise a repeated key is an error.
  bool upsert = false;
  // On PostgreSQL ranged by this column, ten million a segment.
  std::string ranged_by;
  const google::protobuf::Descriptor* entity = nullptr;

  int Find(std::string_view column) const;  // -1 if there is none
};

// The table of an entity (a message with `option (songsang.v1.table)`), made once. Throws std::logic_error with the
// whole story if the options are wrong: a bad name, an unknown index field, an entity inside an entity.
const Table& TableOf(const google::protobuf::Descriptor* entity);
// The table in which another service keeps read-only copies of an entity: `accounts_account`. The same columns; nothing
// in it is unique or falls due, since the owner sees to that.
const Table& MirrorOf(const google::protobuf::Descriptor* entity);
// The table that `service` keeps this entity in: its own, or a mirror.
const Table& TableIn(std::string_view service, const google::protobuf::Descriptor* entity);
// `leads` for songsang.leads.v1.Lead.
std::string_view ServiceOf(const google::protobuf::Descriptor* message);
bool IsEntity(const google::protobuf::Descriptor* message);

// Rows of one table on their way to the store: cells row by row, in the table's column order. Never copied: a copy's
// cells would look into the texts of the original. (And std::vector moves only what says that it cannot throw.)
struct RowSet {
  RowSet() = default;
  RowSet(RowSet&&) noexcept = default;
  RowSet& operator=(RowSet&&) noexcept = default;

  const Table* table = nullptr;
  std::vector<Cell> cells;
  std::deque<std::string> owned;  // texts that no message holds
  // None of these rows exists yet, so that nothing need be looked for; also where the table is upserted, a repeated key
  // is then an error.
  bool fresh = false;

  size_t rows() const { return table->columns.empty() ? 0 : cells.size() / table->columns.size(); }
  std::string_view Own(std::string text) { return owned.emplace_back(std::move(text)); }
};

// The value of an entity's column.
Cell ReadColumn(const Column& column, const google::protobuf::Message& entity, std::deque<std::string>* owned);
// Appends the entity as a row. Views into `tenant`, `entity` and `body` must outlive the set.
void AppendRow(std::string_view tenant, const google::protobuf::Message& entity, std::string_view body, RowSet* set);

// `STATUS_NEW` of enum Lead.Status -> `new`: the name without its enum's prefix, lower case. Null for zero.
std::string_view EnumText(const google::protobuf::EnumValueDescriptor* value);

// {"field":[old,new],…} of two versions of an entity as JSON; "{}" where nothing differs. `before` may be null.
// Fields id and version are left out.
std::string ChangedJson(const google::protobuf::Message* before, const google::protobuf::Message& after);

}  // namespace songsang::rows
