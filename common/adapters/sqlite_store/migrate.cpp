#include "adapters/sqlite_store/migrate.h"

#include <algorithm>

#include "rows/schema.h"

namespace songsang::sqlite_store {
namespace {

using rows::Existing;

StoreError Poison(std::string message) { return {StoreError::Kind::kPoison, "", std::move(message)}; }

StoreError Fetch(Connection& connection, const std::string& sql, engine::Rows* rows) {
  *rows = {};
  Statement statement = connection.Prepare(sql);
  return statement ? statement.Fetch(rows) : connection.Error();
}

const std::string& Text(const engine::Value& value) { return std::get<std::string>(value); }

StoreError Look(Connection& connection, Existing* existing) {
  engine::Rows rows;
  StoreError error = Fetch(connection,
                           "SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c WHERE "
                           "m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
                           &rows);
  if (!error.ok()) return error;
  for (const auto& row : rows.rows) existing->tables[Text(row[0])].columns[Text(row[1])] = Text(row[2]);
  error = Fetch(connection, "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index'", &rows);
  if (!error.ok()) return error;
  for (const auto& row : rows.rows) existing->tables[Text(row[0])].indexes.insert(Text(row[1]));
  if (!existing->tables.contains(rows::kRegistry)) return {};
  error =
      Fetch(connection,
            std::string("SELECT message, field, table_name, column_name, column_type FROM ") + rows::kRegistry, &rows);
  if (!error.ok()) return error;
  for (const auto& row : rows.rows)
    existing->registry.push_back({Text(row[0]), Text(row[1]), Text(row[2]), Text(row[3]), Text(row[4])});
  return {};
}

// Rows that share the first one, two, three … of so many columns.
std::string Selectivity(size_t columns) {
  std::string text = "1000000";
  int64_t rows = 100'000;
  for (size_t i = 1; i <= columns; ++i) {
    text += " " + std::to_string(i == columns ? 1 : rows);
    rows = std::max<int64_t>(rows / 1'000, 2);
  }
  return text;
}

// Without statistics the planner walks a tenant's whole table in the order of ids rather than sort the few rows that an
// index finds; statistics of a young table mislead it as badly. So it is told once what stores look like when grown.
std::vector<std::string> Statistics(std::span<const rows::Table* const> tables) {
  std::vector<std::string> statements = {"ANALYZE head", "DELETE FROM sqlite_stat1"};
  const auto add = [&](const std::string& table, const std::string& index, const std::string& text) {
    statements.push_back("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('" + table + "', '" + index + "', '" +
                         text + "')");
  };
  for (const rows::Table* table : tables) {
    // The key of a table without row ids bears the table's name.
    add(table->name, table->ranged_by.empty() ? table->name : "sqlite_autoindex_" + table->name + "_1",
        Selectivity(table->key.size()));
    for (const rows::Index& index : table->indexes)
      add(table->name, index.name, Selectivity(rows::IndexColumns(*table, index).size()));
  }
  return statements;
}

StoreError MigrateWithin(Connection& connection, std::span<const rows::Table* const> tables, int partitions,
                         bool dry_run, engine::Migration* migration) {
  Existing existing;
  StoreError error = Look(connection, &existing);
  if (!error.ok()) return error;
  const int present = existing.tables.contains("head") ? CountPartitions(connection) : 0;
  if (present != 0 && present != partitions) {
    return Poison("the store was installed with " + std::to_string(present) + " partitions, which cannot become " +
                  std::to_string(partitions));
  }
  const auto plan = rows::PlanSchema(rows::Dialect::kSqlite, "main", tables, std::move(existing));
  if (!plan.refusal.empty()) return Poison(plan.refusal);
  for (const auto& statement : plan.statements) migration->statements.push_back(statement.sql);
  if (!plan.statements.empty()) {
    for (std::string& statement : Statistics(tables)) migration->statements.push_back(std::move(statement));
  }
  const int32_t level = rows::SchemaLevel(tables);
  if (present != 0) {
    engine::Rows rows;
    error = Fetch(connection, "SELECT max(schema_level) FROM head", &rows);
    if (!error.ok()) return error;
    migration->level_before = static_cast<int32_t>(std::get<int64_t>(rows.rows.at(0).at(0)));
  }
  // An existing store keeps its level until it is raised on purpose: an older program may still come back.
  migration->level_after = present == 0 ? level : migration->level_before;
  for (int n = present; n < partitions; ++n) {
    migration->statements.push_back(
        "INSERT INTO head (partition, epoch, schema_level, system, timeline) VALUES (" + std::to_string(n) + ", 0, " +
        std::to_string(level) + ", " +
        (n == 0 ? "lower(hex(randomblob(16)))" : "(SELECT system FROM head WHERE partition = 0)") + ", 0)");
  }
  if (dry_run) return {};
  for (const std::string& statement : migration->statements) {
    error = connection.Run(statement);
    if (!error.ok()) {
      error.message += " (" + statement + ")";
      return error;
    }
  }
  return {};
}

}  // namespace

StoreError Migrate(Connection& connection, std::span<const rows::Table* const> tables, int partitions, bool dry_run,
                   engine::Migration* migration) {
  *migration = {};
  StoreError error = connection.Run("BEGIN IMMEDIATE");
  if (!error.ok()) return error;
  error = MigrateWithin(connection, tables, partitions, dry_run, migration);
  if (error.ok() && !dry_run) error = connection.Run("COMMIT");
  if (sqlite3_get_autocommit(connection.db()) == 0) connection.Run("ROLLBACK");
  return error;
}

bool IsMigrated(Connection& connection, std::span<const rows::Table* const> tables, std::string* what) {
  Existing existing;
  const StoreError error = Look(connection, &existing);
  if (!error.ok()) {
    *what = error.message;
    return false;
  }
  const bool has_head = existing.tables.contains("head");
  const auto plan = rows::PlanSchema(rows::Dialect::kSqlite, "main", tables, std::move(existing));
  *what = !plan.refusal.empty() ? plan.refusal : plan.statements.empty() ? "" : "missing: " + plan.statements[0].sql;
  if (what->empty() && (!has_head || CountPartitions(connection) == 0)) *what = "missing: the head rows of partitions";
  return what->empty();
}

int CountPartitions(Connection& connection) {
  engine::Rows rows;
  return Fetch(connection, "SELECT count(*) FROM head", &rows).ok()
             ? static_cast<int>(std::get<int64_t>(rows.rows.at(0).at(0)))
             : 0;
}

}  // namespace songsang::sqlite_store
