#include "adapters/postgres_store/migrate.h"

#include <thread>

#include "adapters/postgres_store/pipe.h"
#include "rows/schema.h"

namespace songsang::postgres_store {
namespace {

using rows::Existing;

constexpr std::chrono::minutes kLongestStatement{60};
constexpr int kLockTries = 30;

StoreError Poison(std::string message) { return {StoreError::Kind::kPoison, "", std::move(message)}; }

class Migrator {
 public:
  Migrator(std::string schema, std::span<const rows::Table* const> tables)
      : schema_(std::move(schema)), tables_(tables) {}

  StoreError Connect(const std::string& url) {
    std::string error;
    pipe_ = Pipe::Connect(url, MigratePurpose(), &error);
    return pipe_ == nullptr ? StoreError{StoreError::Kind::kAway, "", error} : StoreError{};
  }

  // One migrator at a time; the lock goes with the connection.
  StoreError Lock() {
    for (int tries = 0;; ++tries) {
      engine::Rows rows;
      StoreError error = Fetch("SELECT pg_try_advisory_lock(hashtextextended('songsang.migrate.' || $1, 0))", &rows);
      if (!error.ok() || std::get<int64_t>(rows.rows.at(0).at(0)) != 0) return error;
      if (tries == kLockTries) return Poison("another migration of schema " + schema_ + " is running");
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
  }

  StoreError Look() {
    engine::Rows rows;
    StoreError error = Fetch("SELECT 1 FROM pg_namespace WHERE nspname = $1", &rows);
    has_schema_ = !rows.rows.empty();
    if (!error.ok() || !has_schema_) return error;
    error = LookAtTables();
    if (error.ok() && existing_.tables.contains(rows::kRegistry)) error = LookAtRegistry();
    if (error.ok() && existing_.tables.contains("head")) error = LookAtHeads();
    for (const rows::Table* table : tables_) {
      if (error.ok() && !table->ranged_by.empty() && existing_.tables.contains(table->name))
        error = LookAtRange(*table);
    }
    return error;
  }

  rows::SchemaPlan Plan(int segments_ahead) const {
    rows::SchemaPlan plan = rows::PlanSchema(rows::Dialect::kPostgres, schema_, tables_, existing_, segments_ahead);
    if (!has_schema_ && plan.refusal.empty())
      plan.statements.insert(plan.statements.begin(), {"CREATE SCHEMA " + rows::Quoted(schema_), false});
    return plan;
  }

  int partitions() const { return partitions_; }
  int32_t level() const { return level_; }

  // The server's identity and timeline go with the heads: a lane that finds others stands aside.
  std::string HeadRows(int from, int to) const {
    return "INSERT INTO " + Name("head") + " (partition, epoch, schema_level, system, timeline) SELECT n, 0, " +
           std::to_string(rows::SchemaLevel(tables_)) +
           ", s.system_identifier::text, c.timeline_id FROM generate_series(" + std::to_string(from) + ", " +
           std::to_string(to - 1) + ") n, pg_control_system() s, pg_control_checkpoint() c";
  }

  StoreError Run(const std::vector<rows::SchemaPlan::Statement>& statements) {
    for (size_t i = 0; i < statements.size();) {
      size_t end = i + 1;
      while (!statements[i].alone && end < statements.size() && !statements[end].alone) ++end;
      StoreError error = RunTogether(std::span(statements).subspan(i, end - i));
      if (!error.ok()) return error;
      i = end;
    }
    return {};
  }

 private:
  std::string Name(std::string_view table) const { return rows::Qualified(rows::Dialect::kPostgres, schema_, table); }

  // `$1`, where it stands, is the schema.
  StoreError Fetch(const std::string& sql, engine::Rows* rows) {
    *rows = {};
    Parameters parameters;
    if (sql.find("$1") != std::string::npos) parameters.Add(schema_);
    pipe_->Queue(sql, parameters, true);
    std::vector<Answer> answers;
    StoreError error = pipe_->Fly(&answers);
    return error.ok() ? answers.back().Fetch(rows) : error;
  }

  StoreError LookAtTables() {
    engine::Rows rows;
    StoreError error = Fetch(
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_class c JOIN pg_namespace n ON "
        "n.oid "
        "= c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE "
        "n.nspname = $1 AND c.relkind IN ('r', 'p')",
        &rows);
    if (!error.ok()) return error;
    for (const auto& row : rows.rows) existing_.tables[Text(row[0])].columns[Text(row[1])] = Text(row[2]);
    error = Fetch(
        "SELECT t.relname, c.relname, x.indisvalid FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN "
        "pg_class "
        "t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = $1",
        &rows);
    if (!error.ok()) return error;
    for (const auto& row : rows.rows) {
      Existing::Table& table = existing_.tables[Text(row[0])];
      (std::get<int64_t>(row[2]) != 0 ? table.indexes : table.invalid_indexes).insert(Text(row[1]));
    }
    error = Fetch(
        "SELECT t.relname, c.conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON "
        "n.oid = t.relnamespace WHERE n.nspname = $1 AND c.contype = 'u'",
        &rows);
    if (!error.ok()) return error;
    for (const auto& row : rows.rows) existing_.tables[Text(row[0])].constraints.insert(Text(row[1]));
    error = Fetch(
        "SELECT t.relname, s.relname FROM pg_inherits i JOIN pg_class t ON t.oid = i.inhparent JOIN pg_class s ON "
        "s.oid "
        "= i.inhrelid JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = $1 AND t.relkind = 'p'",
        &rows);
    if (!error.ok()) return error;
    for (const auto& row : rows.rows) existing_.tables[Text(row[0])].segments.insert(Text(row[1]));
    return {};
  }

  StoreError LookAtRegistry() {
    engine::Rows rows;
    StoreError error =
        Fetch("SELECT message, field, table_name, column_name, column_type FROM " + Name(rows::kRegistry), &rows);
    for (const auto& row : rows.rows)
      existing_.registry.push_back({Text(row[0]), Text(row[1]), Text(row[2]), Text(row[3]), Text(row[4])});
    return error;
  }

  StoreError LookAtHeads() {
    engine::Rows rows;
    StoreError error = Fetch("SELECT count(*), coalesce(max(schema_level), 0) FROM " + Name("head"), &rows);
    if (!error.ok()) return error;
    partitions_ = static_cast<int>(std::get<int64_t>(rows.rows.at(0).at(0)));
    level_ = static_cast<int32_t>(std::get<int64_t>(rows.rows.at(0).at(1)));
    return {};
  }

  // The last of each partition, by the key: a maximum over the whole table would scan it.
  StoreError LookAtRange(const rows::Table& table) {
    engine::Rows rows;
    const std::string column = rows::Quoted(table.ranged_by);
    StoreError error = Fetch("SELECT coalesce(max(j.last), 0)::bigint FROM " + Name("head") +
                                 " h CROSS JOIN LATERAL (SELECT " + column + " AS last FROM " + Name(table.name) +
                                 " WHERE partition = h.partition ORDER BY " + column + " DESC LIMIT 1) j",
                             &rows);
    if (error.ok()) existing_.tables[table.name].last = std::get<int64_t>(rows.rows.at(0).at(0));
    return error;
  }

  // In one transaction, unless it stands alone. Waits for no lock longer than 2 s, since whoever comes after it would
  // wait as well; tries again instead.
  StoreError RunTogether(std::span<const rows::SchemaPlan::Statement> statements) {
    StoreError error;
    for (int tries = 0; tries < kLockTries; ++tries) {
      if (!statements[0].alone) pipe_->Queue("BEGIN");
      for (const auto& statement : statements) pipe_->Queue(statement.sql);
      if (!statements[0].alone) pipe_->Queue("COMMIT");
      std::vector<Answer> answers;
      error = pipe_->Fly(&answers, steady_clock::now() + kLongestStatement);
      if (error.ok() || pipe_->broken()) return error;
      const size_t done = answers.size() - (statements[0].alone ? 0 : 1);
      error.message += " (" + statements[std::min(done, statements.size() - 1)].sql + ")";
      std::vector<Answer> ignored;
      if (!statements[0].alone) {
        pipe_->Queue("ROLLBACK");
        pipe_->Fly(&ignored);
      }
      if (error.message.rfind("55P03", 0) != 0 && error.kind != StoreError::Kind::kAgain) return error;
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
    return error;
  }

  static const std::string& Text(const engine::Value& value) { return std::get<std::string>(value); }

  const std::string schema_;
  const std::span<const rows::Table* const> tables_;
  std::unique_ptr<Pipe> pipe_;
  Existing existing_;
  bool has_schema_ = false;
  int partitions_ = 0;
  int32_t level_ = 0;
};

}  // namespace

StoreError Migrate(const std::string& url, const std::string& schema, std::span<const rows::Table* const> tables,
                   int partitions, bool dry_run, engine::Migration* migration) {
  *migration = {};
  Migrator migrator(schema, tables);
  StoreError error = migrator.Connect(url);
  if (error.ok() && !dry_run) error = migrator.Lock();
  if (error.ok()) error = migrator.Look();
  if (!error.ok()) return error;
  const int present = migrator.partitions();
  if (present != 0 && present != partitions) {
    return Poison("the store was installed with " + std::to_string(present) + " partitions, which cannot become " +
                  std::to_string(partitions));
  }
  rows::SchemaPlan plan = migrator.Plan(rows::kSegmentsAhead);
  if (!plan.refusal.empty()) return Poison(plan.refusal);
  if (present == 0) plan.statements.push_back({migrator.HeadRows(0, partitions), false});
  for (const auto& statement : plan.statements) migration->statements.push_back(statement.sql);
  migration->level_before = migrator.level();
  // An existing store keeps its level until it is raised on purpose: an older program may still come back.
  migration->level_after = present == 0 ? rows::SchemaLevel(tables) : migrator.level();
  return dry_run ? StoreError{} : migrator.Run(plan.statements);
}

bool IsMigrated(const std::string& url, const std::string& schema, std::span<const rows::Table* const> tables,
                std::string* what, int* partitions) {
  Migrator migrator(schema, tables);
  StoreError error = migrator.Connect(url);
  if (error.ok()) error = migrator.Look();
  if (!error.ok()) {
    *what = error.message;
    return false;
  }
  const rows::SchemaPlan plan = migrator.Plan(1);
  *what = !plan.refusal.empty() ? plan.refusal : plan.statements.empty() ? "" : "missing: " + plan.statements[0].sql;
  if (what->empty() && migrator.partitions() == 0) *what = "missing: the head rows of partitions";
  *partitions = migrator.partitions();
  return what->empty();
}

int CountPartitions(const std::string& url, const std::string& schema) {
  Migrator migrator(schema, {});
  return migrator.Connect(url).ok() && migrator.Look().ok() ? migrator.partitions() : 0;
}

}  // namespace songsang::postgres_store
