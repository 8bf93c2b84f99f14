#include "rows/schema.h"

#include <algorithm>

#include "songsang/v1/options.pb.h"

namespace songsang::rows {
namespace {

using google::protobuf::FieldDescriptor;

std::string Literal(std::string_view text) {
  std::string literal = "'";
  for (char c : text) literal.append(c == '\'' ? 2 : 1, c);
  return literal + "'";
}

std::string List(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + Quoted(name);
  return list;
}

// `7`, or `7.1` for a part of an inlined message.
std::string FieldNumbers(const Column& column) {
  std::string numbers;
  for (const FieldDescriptor* field : column.path)
    numbers += (numbers.empty() ? "" : ".") + std::to_string(field->number());
  return numbers;
}

class Planner {
 public:
  Planner(Dialect dialect, const std::string& schema, Existing existing, int segments_ahead)
      : dialect_(dialect), schema_(schema), existing_(std::move(existing)), segments_ahead_(segments_ahead) {}

  SchemaPlan Plan(std::span<const Table* const> tables) {
    Registry();
    for (const Table* table : tables) {
      RenameTable(*table);
      const auto found = existing_.tables.find(table->name);
      if (found == existing_.tables.end()) {
        Create(*table);
        for (const Index& index : table->indexes) {
          if (!index.unique || dialect_ == Dialect::kSqlite) CreateIndex(*table, index, "");
        }
        Segments(*table, {});
      } else {
        RenameColumns(*table, &found->second);
        AddColumns(*table, &found->second);
        RenameIndexes(*table, &found->second);
        AddIndexes(*table, found->second);
        Segments(*table, found->second);
      }
      Register(*table);
    }
    if (!plan_.refusal.empty()) plan_.statements.clear();
    return std::move(plan_);
  }

 private:
  void Add(std::string sql, bool alone = false) { plan_.statements.push_back({std::move(sql), alone}); }
  void Refuse(std::string why) {
    if (plan_.refusal.empty()) plan_.refusal = std::move(why);
  }
  std::string Name(std::string_view name) const { return Qualified(dialect_, schema_, name); }
  bool postgres() const { return dialect_ == Dialect::kPostgres; }

  void Registry() {
    if (existing_.tables.contains(kRegistry)) return;
    Add("CREATE TABLE " + Name(kRegistry) +
        " (message TEXT NOT NULL, field TEXT NOT NULL, table_name TEXT NOT NULL, column_name TEXT NOT NULL, "
        "column_type TEXT NOT NULL, PRIMARY KEY (message, field))");
  }

  std::string Definition(const Table& table, const Column& column, bool added) const {
    const bool key = std::find(table.key.begin(), table.key.end(), column.name) != table.key.end();
    std::string text = Quoted(column.name) + " " + SqlType(dialect_, column);
    if (postgres() && column.type == Type::kText) text += " COLLATE \"C\"";
    if (column.nullable) return text;
    text += " NOT NULL";
    // With a default, a column that a later program no longer knows does not stand in its way.
    if (key || (table.entity == nullptr && !added) || column.name == "body") return text;
    text += column.type == Type::kInt                  ? " DEFAULT 0"
            : postgres() || column.type == Type::kText ? " DEFAULT ''"
                                                       : " DEFAULT x''";
    return text;
  }

  void Create(const Table& table) {
    std::string sql = "CREATE TABLE " + Name(table.name) + " (\n";
    for (const Column& column : table.columns) sql += "  " + Definition(table, column, false) + ",\n";
    sql += "  PRIMARY KEY (" + List(table.key) + ")";
    if (postgres()) {
      for (const Index& index : table.indexes) {
        if (!index.unique) continue;
        sql += ",\n  CONSTRAINT " + Quoted(index.name) + " UNIQUE (" + List(IndexColumns(table, index)) +
               ") DEFERRABLE INITIALLY IMMEDIATE";
      }
      sql += table.ranged_by.empty() ? ")" : ") PARTITION BY RANGE (" + Quoted(table.ranged_by) + ")";
    } else {
      // Journals hold large rows, which are cheaper beside a narrow key.
      sql += table.ranged_by.empty() ? ") STRICT, WITHOUT ROWID" : ") STRICT";
    }
    Add(std::move(sql));
  }

  void CreateIndex(const Table& table, const Index& index, const std::string& how) {
    Add("CREATE " + std::string(index.unique ? "UNIQUE " : "") + "INDEX " + how + Quoted(index.name) + " ON " +
            Name(table.name) + " (" + List(IndexColumns(table, index)) + ")" +
            (index.timer ? " WHERE " + Quoted(index.columns.at(0)) + " IS NOT NULL" : ""),
        !how.empty());
  }

  void RenameTable(const Table& table) {
    if (table.entity == nullptr || existing_.tables.contains(table.name)) return;
    for (Existing::Field& field : existing_.registry) {
      if (field.message != table.entity->full_name() || field.table == table.name) continue;
      const auto old = existing_.tables.find(field.table);
      if (old == existing_.tables.end()) continue;
      Add("ALTER TABLE " + Name(field.table) + " RENAME TO " + Quoted(table.name));
      old_name_[table.name] = field.table;
      existing_.tables[table.name] = std::move(old->second);
      existing_.tables.erase(old);
      return;
    }
  }

  void RenameColumns(const Table& table, Existing::Table* existing) {
    if (table.entity == nullptr) return;
    for (const Column& column : table.columns) {
      if (column.path.empty() || existing->columns.contains(column.name)) continue;
      for (const Existing::Field& field : existing_.registry) {
        if (field.message != table.entity->full_name() || field.field != FieldNumbers(column)) continue;
        const auto old = existing->columns.find(field.column);
        if (old == existing->columns.end() || table.Find(field.column) >= 0) continue;
        Add("ALTER TABLE " + Name(table.name) + " RENAME COLUMN " + Quoted(field.column) + " TO " +
            Quoted(column.name));
        old_name_[table.name + "." + column.name] = field.column;
        existing->columns[column.name] = old->second;
        existing->columns.erase(old);
        break;
      }
    }
  }

  void AddColumns(const Table& table, Existing::Table* existing) {
    for (const Column& column : table.columns) {
      const auto found = existing->columns.find(column.name);
      if (found == existing->columns.end()) {
        Add("ALTER TABLE " + Name(table.name) + " ADD COLUMN " + Definition(table, column, true));
      } else if (found->second != SqlType(dialect_, column)) {
        Refuse("column " + column.name + " of table " + table.name + " is " + found->second +
               " in the store, and this program wants " + SqlType(dialect_, column) +
               "; give the field a new number and name instead");
      }
    }
  }

  // An index is named after its table and columns, and a constraint's name is what a refusal is found by: both go along
  // with a rename.
  void RenameIndexes(const Table& table, Existing::Table* existing) {
    const auto old_name = [&](const std::string& name, const std::string& place) {
      const auto found = old_name_.find(place);
      return found == old_name_.end() ? name : found->second;
    };
    for (const Index& index : table.indexes) {
      std::string old = old_name(table.name, table.name) + "_by";
      for (const std::string& column : index.columns) old += "_" + old_name(column, table.name + "." + column);
      if (old == index.name || existing->indexes.contains(index.name) || existing->indexes.erase(old) == 0) continue;
      if (!postgres()) {
        Add("DROP INDEX " + Quoted(old));  // and made anew: SQLite cannot rename one
        continue;
      }
      const bool constraint = existing->constraints.erase(old) > 0;
      Add(constraint
              ? "ALTER TABLE " + Name(table.name) + " RENAME CONSTRAINT " + Quoted(old) + " TO " + Quoted(index.name)
              : "ALTER INDEX " + Name(old) + " RENAME TO " + Quoted(index.name));
      if (constraint) existing->constraints.insert(index.name);
      existing->indexes.insert(index.name);
    }
  }

  void AddIndexes(const Table& table, const Existing::Table& existing) {
    // Beside a running service an index must not lock its table; PostgreSQL cannot do that on a ranged one.
    const std::string how = postgres() && table.ranged_by.empty() ? "CONCURRENTLY " : "";
    for (const Index& index : table.indexes) {
      bool exists = existing.indexes.contains(index.name);
      if (existing.invalid_indexes.contains(index.name)) {
        Add("DROP INDEX " + how + Name(index.name), !how.empty());
        exists = false;
      }
      if (!exists) CreateIndex(table, index, how);
      if (postgres() && index.unique && !existing.constraints.contains(index.name)) {
        Add("ALTER TABLE " + Name(table.name) + " ADD CONSTRAINT " + Quoted(index.name) + " UNIQUE USING INDEX " +
            Quoted(index.name) + " DEFERRABLE INITIALLY IMMEDIATE");
      }
    }
  }

  // A segment is made apart and then attached, which does not wait for readers of the others.
  void Segments(const Table& table, const Existing::Table& existing) {
    if (!postgres() || table.ranged_by.empty()) return;
    for (int64_t n = 0; n <= existing.last / kSegmentRows + segments_ahead_; ++n) {
      const std::string segment = table.name + "_s" + std::to_string(n);
      if (existing.segments.contains(segment)) continue;
      Add("CREATE TABLE IF NOT EXISTS " + Name(segment) + " (LIKE " + Name(table.name) + " INCLUDING ALL)");
      Add("ALTER TABLE " + Name(table.name) + " ATTACH PARTITION " + Name(segment) + " FOR VALUES FROM (" +
          std::to_string(n * kSegmentRows) + ") TO (" + std::to_string((n + 1) * kSegmentRows) + ")");
    }
  }

  void Register(const Table& table) {
    if (table.entity == nullptr) return;
    for (const Column& column : table.columns) {
      if (column.path.empty()) continue;
      const Existing::Field wanted{table.entity->full_name(), FieldNumbers(column), table.name, column.name,
                                   SqlType(dialect_, column)};
      const bool known = std::any_of(existing_.registry.begin(), existing_.registry.end(), [&](const auto& field) {
        return field.message == wanted.message && field.field == wanted.field && field.table == wanted.table &&
               field.column == wanted.column && field.type == wanted.type;
      });
      if (known) continue;
      Add("INSERT INTO " + Name(kRegistry) + " (message, field, table_name, column_name, column_type) VALUES (" +
          Literal(wanted.message) + ", " + Literal(wanted.field) + ", " + Literal(wanted.table) + ", " +
          Literal(wanted.column) + ", " + Literal(wanted.type) +
          ") ON CONFLICT (message, field) DO UPDATE SET table_name = excluded.table_name, column_name = "
          "excluded.column_name, column_type = excluded.column_type");
    }
  }

  const Dialect dialect_;
  const std::string schema_;
  Existing existing_;
  const int segments_ahead_;
  std::map<std::string, std::string> old_name_;  // of `table` and `table.column` that were renamed
  SchemaPlan plan_;
};

}  // namespace

SchemaPlan PlanSchema(Dialect dialect, const std::string& schema, std::span<const Table* const> tables,
                      Existing existing, int segments_ahead) {
  return Planner(dialect, schema, std::move(existing), segments_ahead).Plan(tables);
}

std::string Quoted(std::string_view name) {
  std::string quoted = "\"";
  for (char c : name) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

std::string Qualified(Dialect dialect, std::string_view schema, std::string_view name) {
  return dialect == Dialect::kSqlite ? Quoted(name) : Quoted(schema) + "." + Quoted(name);
}

std::string SqlType(Dialect dialect, const Column& column) {
  const bool postgres = dialect == Dialect::kPostgres;
  switch (column.type) {
    case Type::kText:
      return postgres ? "text" : "TEXT";
    case Type::kBytes:
      return postgres ? "bytea" : "BLOB";
    case Type::kInt:
      break;
  }
  if (!postgres) return "INTEGER";
  const bool truth = !column.path.empty() && column.path.back()->cpp_type() == FieldDescriptor::CPPTYPE_BOOL &&
                     !column.path.back()->is_repeated();
  return truth ? "smallint" : "bigint";
}

std::vector<std::string> IndexColumns(const Table& table, const Index& index) {
  std::vector<std::string> columns = index.columns;
  const auto add = [&](const std::string& name, bool front) {
    if (std::find(columns.begin(), columns.end(), name) == columns.end())
      columns.insert(front ? columns.begin() : columns.end(), name);
  };
  if (table.Find("tenant") >= 0 && !index.timer) add("tenant", true);
  if (!index.unique) {
    for (const std::string& name : table.key) add(name, false);
  }
  return columns;
}

int32_t SchemaLevel(std::span<const Table* const> tables) {
  int32_t level = 1;
  for (const Table* table : tables) {
    for (const Column& column : table->columns) {
      for (const FieldDescriptor* field : column.path)
        level = std::max(level, field->options().GetExtension(v1::since));
    }
  }
  return level;
}

}  // namespace songsang::rows
