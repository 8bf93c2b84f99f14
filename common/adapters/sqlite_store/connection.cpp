#include "adapters/sqlite_store/connection.h"

#include "rows/schema.h"

namespace songsang::sqlite_store {
namespace {

// Statements kept by one connection; reports may bring ever new texts.
constexpr size_t kMostStatements = 256;
// Instructions of SQLite's machine between two looks at the clock: well under a millisecond.
constexpr int kProgressSteps = 5'000;

// `account.tenant, account.brn` -> `account_by_brn`.
std::string ConstraintOf(std::string_view columns, const rows::Table& table) {
  std::vector<std::string> names;
  while (!columns.empty()) {
    const size_t comma = columns.find(", ");
    std::string_view name = columns.substr(0, comma);
    names.emplace_back(name.substr(name.rfind('.') + 1));
    columns = comma == std::string_view::npos ? "" : columns.substr(comma + 2);
  }
  if (names == table.key) return table.name + "_pkey";
  for (const rows::Index& index : table.indexes) {
    if (index.unique && rows::IndexColumns(table, index) == names) return index.name;
  }
  return {};
}

StoreError::Kind KindOf(int code) {
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_ERROR:  // the statement is wrong
      return StoreError::Kind::kPoison;
    default:
      // BUSY, FULL, IOERR, INTERRUPT, CORRUPT, NOMEM …
      return StoreError::Kind::kAway;
  }
}

}  // namespace

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Statement::Bind(int place, const rows::Cell& cell) {
  // A view may be empty without pointing anywhere, which SQLite would take for NULL.
  const char* data = cell.bytes.data() == nullptr ? "" : cell.bytes.data();
  switch (cell.kind) {
    case rows::Cell::Kind::kNull:
      sqlite3_bind_null(statement_, place + 1);
      break;
    case rows::Cell::Kind::kInt:
      sqlite3_bind_int64(statement_, place + 1, cell.number);
      break;
    case rows::Cell::Kind::kText:
      sqlite3_bind_text64(statement_, place + 1, data, cell.bytes.size(), SQLITE_STATIC, SQLITE_UTF8);
      break;
    case rows::Cell::Kind::kBytes:
      sqlite3_bind_blob64(statement_, place + 1, data, cell.bytes.size(), SQLITE_STATIC);
      break;
  }
}

void Statement::BindNumbered(std::span<const rows::Cell> parameters) {
  for (size_t i = 0; i < parameters.size(); ++i) {
    const int place = sqlite3_bind_parameter_index(statement_, ("$" + std::to_string(i + 1)).c_str());
    if (place > 0) Bind(place - 1, parameters[i]);
  }
}

std::string_view Statement::Bytes(int column) {
  const void* data = sqlite3_column_blob(statement_, column);
  return {static_cast<const char*>(data), static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

StoreError Statement::Fetch(engine::Rows* rows) {
  const int columns = sqlite3_column_count(statement_);
  for (int i = 0; i < columns; ++i) rows->columns.emplace_back(sqlite3_column_name(statement_, i));
  int code;
  while ((code = Step()) == SQLITE_ROW) {
    auto& row = rows->rows.emplace_back(columns);
    for (int i = 0; i < columns; ++i) {
      switch (sqlite3_column_type(statement_, i)) {
        case SQLITE_INTEGER:
          row[i] = Int(i);
          break;
        case SQLITE_TEXT:
        case SQLITE_BLOB:
          row[i] = std::string(Bytes(i));
          break;
        case SQLITE_FLOAT:
          return {StoreError::Kind::kPoison, "",
                  "column " + rows->columns[i] + " is no whole number; divide outside SQL"};
        default:
          break;
      }
    }
  }
  return code == SQLITE_DONE ? StoreError{} : connection_->Error();
}

std::unique_ptr<Connection> Connection::Open(const std::string& file, Access access, bool durable, std::string* error) {
  std::unique_ptr<Connection> connection(new Connection);
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (access == Access::kWrite ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(file.c_str(), &connection->db_, flags, nullptr);
  if (code != SQLITE_OK) {
    *error = file + ": " + sqlite3_errstr(code);
    return nullptr;
  }
  sqlite3_extended_result_codes(connection->db_, 1);
  sqlite3_busy_timeout(connection->db_, 2'000);
  // Checkpoints have a thread of their own. A reader cannot write, whatever text it is given.
  StoreError failed = connection->Run(
      std::string("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY; "
                  "PRAGMA journal_size_limit = 67108864; PRAGMA trusted_schema = OFF; PRAGMA synchronous = ") +
      (durable ? "FULL" : "OFF") +
      (access == Access::kRead ? "; PRAGMA query_only = ON; PRAGMA cache_size = -4096"
                               : "; PRAGMA cache_size = -16384"));
  if (failed.ok()) {
    engine::Rows rows;
    failed = connection->Prepare("PRAGMA synchronous").Fetch(&rows);
    if (failed.ok() && rows.rows != std::vector<std::vector<engine::Value>>{{int64_t{durable ? 2 : 0}}})
      failed.message = "synchronous could not be set";
  }
  if (!failed.message.empty()) {
    *error = file + ": " + failed.message;
    return nullptr;
  }
  sqlite3_progress_handler(connection->db_, kProgressSteps, &Connection::Progress, connection.get());
  return connection;
}

Connection::~Connection() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(db_);
}

int Connection::Progress(void* self) {
  const auto deadline = static_cast<Connection*>(self)->deadline_;
  return deadline != std::chrono::steady_clock::time_point::max() && std::chrono::steady_clock::now() > deadline;
}

Statement Connection::Prepare(const std::string& sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return Statement(this, found->second);
  if (statements_.size() >= kMostStatements) {
    for (auto& [text, statement] : statements_) sqlite3_finalize(statement);
    statements_.clear();
  }
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement,
                         nullptr) != SQLITE_OK ||
      statement == nullptr) {
    return Statement(this, nullptr);
  }
  statements_.emplace(sql, statement);
  return Statement(this, statement);
}

StoreError Connection::Run(const std::string& sql) {
  return sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK ? StoreError{} : Error();
}

StoreError Connection::Error(const rows::Table* table) const {
  const int code = sqlite3_extended_errcode(db_);
  StoreError error{KindOf(code), "", sqlite3_errmsg(db_)};
  if (code == SQLITE_INTERRUPT) error.message = "the statement did not end within its deadline";
  const std::string failed = "UNIQUE constraint failed: ";
  if (table != nullptr && error.message.rfind(failed, 0) == 0)
    error.constraint = ConstraintOf(std::string_view(error.message).substr(failed.size()), *table);
  return error;
}

}  // namespace songsang::sqlite_store
