// From an entity's descriptor to its table.
#include "rows/table.h"

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <stdexcept>

#include "songsang/v1/options.pb.h"

namespace songsang::rows {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// PostgreSQL cuts longer names off, silently.
constexpr size_t kLongestName = 63;

// Words that SQL keeps for itself, on one of the stores or both.
const std::set<std::string>& SqlWords() {
  static const std::set<std::string> words = {
      "all",     "analyse",     "analyze", "and",          "any",        "array",       "as",         "authorization",
      "between", "binary",      "case",    "cast",         "check",      "column",      "commit",     "constraint",
      "create",  "cross",       "current", "default",      "deferrable", "delete",      "desc",       "distinct",
      "do",      "drop",        "else",    "end",          "except",     "exists",      "false",      "fetch",
      "for",     "foreign",     "freeze",  "from",         "full",       "grant",       "group",      "having",
      "if",      "in",          "index",   "initially",    "inner",      "insert",      "intersect",  "interval",
      "into",    "is",          "isnull",  "join",         "lateral",    "leading",     "left",       "like",
      "limit",   "natural",     "not",     "notnull",      "null",       "offset",      "on",         "only",
      "or",      "order",       "outer",   "overlaps",     "placing",    "primary",     "references", "returning",
      "right",   "row",         "select",  "session_user", "set",        "similar",     "some",       "symmetric",
      "table",   "tablesample", "then",    "to",           "trailing",   "transaction", "trigger",    "true",
      "union",   "unique",      "update",  "user",         "using",      "values",      "variadic",   "verbose",
      "view",    "when",        "where",   "window",       "with"};
  return words;
}

const std::set<std::string>& EngineTables() {
  static const std::set<std::string> names = {"head",   "journal", "position", "request", "schema_registry",
                                              "tenant", "touch",   "parked"};
  return names;
}

bool IsSnake(const std::string& name) {
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' && name.size() <= kLongestName &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

[[noreturn]] void Wrong(const Descriptor* entity, const std::string& what) {
  throw std::logic_error(entity->file()->name() + ": entity " + entity->full_name() + ": " + what);
}

const Descriptor* EntityWithin(const Descriptor* message, std::set<const Descriptor*>* seen) {
  if (IsEntity(message)) return message;
  if (!seen->insert(message).second) return nullptr;
  for (int i = 0; i < message->field_count(); ++i) {
    if (const Descriptor* part = message->field(i)->message_type()) {
      if (const Descriptor* found = EntityWithin(part, seen)) return found;
    }
  }
  return nullptr;
}

Column ScalarColumn(const Descriptor* entity, std::string name, std::vector<const FieldDescriptor*> path) {
  const FieldDescriptor* field = path.back();
  Column column{std::move(name), Type::kText, true, std::move(path)};
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_BOOL:
      column.type = Type::kInt;
      // The parts of an inlined message are absent together with it.
      column.nullable = field->has_presence() || column.path.size() > 1;
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      if (field->type() == FieldDescriptor::TYPE_BYTES) column.type = Type::kBytes;
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      break;
    default:
      Wrong(entity, "field " + field->full_name() + " is a " + field->cpp_type_name() +
                        "; money and rates are whole numbers (Money, Decimal), never floats");
  }
  return column;
}

void AddColumns(const Descriptor* entity, const FieldDescriptor* field, std::vector<Column>* columns) {
  const Descriptor* part = field->message_type();
  if (part != nullptr && !field->is_map()) {
    std::set<const Descriptor*> seen;
    if (const Descriptor* inner = EntityWithin(part, &seen)) {
      Wrong(entity, "field " + field->name() + " holds the entity " + inner->full_name() +
                        "; an entity refers to another by its id and never contains it");
    }
  }
  if (field->is_repeated()) {
    columns->push_back({field->name(), Type::kText, true, {field}});
  } else if (part == nullptr) {
    columns->push_back(ScalarColumn(entity, field->name(), {field}));
  } else if (part == google::protobuf::Timestamp::descriptor()) {
    columns->push_back({field->name(), Type::kInt, true, {field}});
  } else if (part->options().GetExtension(v1::inlined)) {
    for (int i = 0; i < part->field_count(); ++i) {
      const FieldDescriptor* inner = part->field(i);
      if (inner->is_repeated() || inner->message_type() != nullptr)
        Wrong(entity, "the inlined message " + part->full_name() + " may hold single plain values only");
      columns->push_back(ScalarColumn(entity, field->name() + "_" + inner->name(), {field, inner}));
    }
  } else {
    columns->push_back({field->name(), Type::kText, true, {field}});
  }
}

Index IndexOf(const Table& table, const v1::Index& option) {
  Index index{table.name + "_by", {}, option.unique(), option.reason()};
  if (option.fields().empty()) Wrong(table.entity, "an index without fields");
  for (std::string column : option.fields()) {
    std::replace(column.begin(), column.end(), '.', '_');
    if (table.Find(column) < 0 || column == "tenant" || column == "body") {
      Wrong(table.entity, "an index names `" + column +
                              "`, which is no field of it (a part of an inlined message is written `field.part`)");
    }
    index.name += "_" + column;
    index.columns.push_back(column);
  }
  if (index.name.size() > kLongestName)
    Wrong(table.entity, "the index name " + index.name + " is longer than 63 characters");
  if (index.unique && index.reason.empty())
    Wrong(table.entity, "the unique index " + index.name + " names no `reason` that a second holder is answered");
  return index;
}

// Where a service looks for what has fallen due.
void AddTimers(const std::vector<const FieldDescriptor*>& fields, Table* table) {
  for (const FieldDescriptor* field : fields) {
    if (!field->options().GetExtension(v1::timer)) continue;
    if (field->is_repeated() || field->message_type() != google::protobuf::Timestamp::descriptor())
      Wrong(table->entity, "the timer " + field->name() + " is no Timestamp");
    Index index{table->name + "_by_" + field->name(), {field->name()}, false, "", true};
    table->indexes.push_back(std::move(index));
  }
}

std::unique_ptr<Table> MakeTable(const Descriptor* entity) {
  if (!IsEntity(entity)) Wrong(entity, "has no `option (songsang.v1.table)`");
  const v1::Table& option = entity->options().GetExtension(v1::table);
  auto table = std::make_unique<Table>();
  table->name = option.name();
  table->entity = entity;
  table->key = {"tenant", "id"};
  table->upsert = true;
  if (!IsSnake(table->name))
    Wrong(entity, "the table name `" + table->name + "` is not snake_case of 1 to 63 characters");
  if (SqlWords().contains(table->name) || EngineTables().contains(table->name))
    Wrong(entity, "the table name `" + table->name + "` is a word of SQL or a table of the engine");
  const FieldDescriptor* id = entity->FindFieldByNumber(1);
  const FieldDescriptor* version = entity->FindFieldByNumber(2);
  if (id == nullptr || id->name() != "id" || id->type() != FieldDescriptor::TYPE_STRING || version == nullptr ||
      version->name() != "version" || version->type() != FieldDescriptor::TYPE_INT64) {
    Wrong(entity, "its first fields must be `string id = 1` and `int64 version = 2`");
  }
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < entity->field_count(); ++i) fields.push_back(entity->field(i));
  std::sort(fields.begin(), fields.end(), [](auto* a, auto* b) { return a->number() < b->number(); });
  table->columns.push_back({"tenant", Type::kText, false, {}});
  for (const FieldDescriptor* field : fields) AddColumns(entity, field, &table->columns);
  // The body comes last, so that reports that skip it read its pages no more than they must.
  table->columns.push_back({"body", Type::kBytes, false, {}});
  table->columns[1].nullable = false;
  std::set<std::string> names;
  for (const Column& column : table->columns) {
    if (!names.insert(column.name).second)
      Wrong(entity, "two columns are named `" + column.name +
                        "` (`tenant`, `body` and the parts of inlined messages "
                        "are columns too)");
    if (!IsSnake(column.name))
      Wrong(entity, "the column name `" + column.name + "` is not snake_case of 1 to 63 characters");
    if (SqlWords().contains(column.name)) Wrong(entity, "the column name `" + column.name + "` is a word of SQL");
    if (column.name == "deleted" || column.name.rfind("event_", 0) == 0)
      Wrong(entity, "the column name `" + column.name + "` is reserved");
  }
  for (const v1::Index& index : option.index()) table->indexes.push_back(IndexOf(*table, index));
  AddTimers(fields, table.get());
  return table;
}

std::unique_ptr<Table> MakeMirror(const Descriptor* entity) {
  const Table& own = TableOf(entity);
  auto mirror = std::make_unique<Table>(own);
  mirror->name = std::string(ServiceOf(entity)) + "_" + own.name;
  mirror->indexes.clear();
  for (const Index& index : own.indexes) {
    if (index.timer) continue;
    Index& copy = mirror->indexes.emplace_back(index);
    copy.name = mirror->name + index.name.substr(own.name.size());
    copy.unique = false;
    copy.reason.clear();
    if (copy.name.size() > kLongestName)
      Wrong(entity, "the index name " + copy.name + " of its mirrors is longer than 63 characters");
  }
  return mirror;
}

// A table of an entity, made when first asked for and kept for ever.
const Table& Kept(std::map<const Descriptor*, std::unique_ptr<Table>>* tables, const Descriptor* entity,
                  std::unique_ptr<Table> (*make)(const Descriptor*)) {
  static std::shared_mutex mutex;
  {
    std::shared_lock lock(mutex);
    const auto found = tables->find(entity);
    if (found != tables->end()) return *found->second;
  }
  auto made = make(entity);
  std::unique_lock lock(mutex);
  auto& place = (*tables)[entity];
  if (place == nullptr) place = std::move(made);
  return *place;
}

}  // namespace

int Table::Find(std::string_view column) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == column) return static_cast<int>(i);
  }
  return -1;
}

bool IsEntity(const Descriptor* message) { return message->options().HasExtension(v1::table); }

const Table& TableOf(const Descriptor* entity) {
  static auto& tables = *new std::map<const Descriptor*, std::unique_ptr<Table>>;
  return Kept(&tables, entity, MakeTable);
}

const Table& MirrorOf(const Descriptor* entity) {
  static auto& tables = *new std::map<const Descriptor*, std::unique_ptr<Table>>;
  return Kept(&tables, entity, MakeMirror);
}

std::string_view ServiceOf(const Descriptor* message) {
  const std::string& package = message->file()->package();
  const size_t first = package.find('.') + 1;
  return std::string_view(package).substr(first, package.find('.', first) - first);
}

const Table& TableIn(std::string_view service, const Descriptor* entity) {
  return ServiceOf(entity) == service ? TableOf(entity) : MirrorOf(entity);
}

}  // namespace songsang::rows
