// One SQLite connection: prepared statements kept, errors in the engine's words.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>

#include "engine/store.h"

namespace songsang::sqlite_store {

using engine::StoreError;

enum class Access { kWrite, kRead };

class Connection;

// A kept statement while it is in use: reset when this goes out of scope.
class Statement {
 public:
  Statement(Connection* connection, sqlite3_stmt* statement) : connection_(connection), statement_(statement) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  explicit operator bool() const { return statement_ != nullptr; }
  // Places count from 0 here. Text and bytes must live until the statement has run.
  void Bind(int place, const rows::Cell& cell);
  void Bind(int place, std::string_view text) { Bind(place, rows::Cell::Text(text)); }
  void Bind(int place, int64_t number) { Bind(place, rows::Cell::Int(number)); }
  // `$1`, `$2` … wherever they stand in the text.
  void BindNumbered(std::span<const rows::Cell> parameters);

  // SQLITE_ROW, SQLITE_DONE or an error.
  int Step() { return sqlite3_step(statement_); }
  void Again() { sqlite3_reset(statement_); }
  int64_t Int(int column) { return sqlite3_column_int64(statement_, column); }
  std::string_view Bytes(int column);
  bool IsNull(int column) { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  // All rows; poisoned by a column that is neither whole number, text nor bytes.
  StoreError Fetch(engine::Rows* rows);

 private:
  Connection* connection_;
  sqlite3_stmt* statement_;
};

class Connection {
 public:
  // Null, and why in `error`. `durable`: every COMMIT waits until the disk has it.
  static std::unique_ptr<Connection> Open(const std::string& file, Access access, bool durable, std::string* error);
  ~Connection();

  // Empty, with the error in `error()`, where the text is wrong.
  Statement Prepare(const std::string& sql);
  StoreError Run(const std::string& sql);
  // What the last failed call means. `table` names constraints.
  StoreError Error(const rows::Table* table = nullptr) const;
  // Statements end with SQLITE_INTERRUPT once it has passed.
  void SetDeadline(std::chrono::steady_clock::time_point deadline) { deadline_ = deadline; }

  sqlite3* db() { return db_; }

 private:
  Connection() = default;
  static int Progress(void* self);

  sqlite3* db_ = nullptr;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

}  // namespace songsang::sqlite_store
