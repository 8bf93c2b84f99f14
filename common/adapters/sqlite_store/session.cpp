#include "adapters/sqlite_store/session.h"

#include <algorithm>
#include <cstring>

#include "engine/clock.h"
#include "rows/schema.h"

namespace songsang::sqlite_store {
namespace {

using engine::Bodies;
using engine::Lookup;
using engine::Opening;
using engine::RequestFound;
using engine::RequestKey;
using rows::Quoted;

constexpr std::chrono::seconds kTurnWait{5};
constexpr char kSavepoint[] = "SAVEPOINT lane";

StoreError Away(std::string message) { return {StoreError::Kind::kAway, "", std::move(message)}; }

}  // namespace

StoreError Session::Begin() {
  Rollback();
  if (connection_ == nullptr) {
    std::string error;
    connection_ = files_->Connect(Access::kWrite, &error);
    if (connection_ == nullptr) return Away(error);
  }
  if (!files_->turn.Take(std::chrono::steady_clock::now() + kTurnWait))
    return Away("another writer has held the store for 5 s");
  holds_turn_ = true;
  savepoint_ = false;
  StoreError error = connection_->Run("BEGIN IMMEDIATE");
  if (!error.ok()) Rollback();
  return error;
}

StoreError Session::BeginLane(int partition, std::span<const RequestKey> requests, std::span<const Lookup> lookups,
                              Opening* opening) {
  *opening = {};
  StoreError error = Begin();
  if (error.ok()) error = OpenPartition(partition, opening);
  opening->requests.resize(requests.size());
  for (size_t i = 0; error.ok() && i < requests.size(); ++i) error = FindRequest(requests[i], &opening->requests[i]);
  if (error.ok()) error = Read(lookups, &opening->bodies);
  if (!error.ok()) Rollback();
  // No data of the batch has been written yet: the statement, and so the schema, is at fault.
  if (error.kind == StoreError::Kind::kPoison) error.kind = StoreError::Kind::kAway;
  return error;
}

StoreError Session::OpenPartition(int partition, Opening* opening) {
  Statement head = connection_->Prepare("SELECT epoch, schema_level FROM head WHERE partition = ?");
  if (!head) return connection_->Error();
  head.Bind(0, int64_t{partition});
  const int found = head.Step();
  if (found == SQLITE_DONE) return Away("the store has no partition " + std::to_string(partition));
  if (found != SQLITE_ROW) return connection_->Error();
  opening->epoch = head.Int(0);
  opening->schema_level = static_cast<int32_t>(head.Int(1));
  Statement last =
      connection_->Prepare("SELECT seq, hash, recorded_at FROM journal WHERE partition = ? ORDER BY seq DESC LIMIT 1");
  if (!last) return connection_->Error();
  last.Bind(0, int64_t{partition});
  const int row = last.Step();
  if (row != SQLITE_ROW && row != SQLITE_DONE) return connection_->Error();
  if (row == SQLITE_ROW) {
    opening->last_seq = last.Int(0);
    const std::string_view hash = last.Bytes(1);
    std::memcpy(opening->last_hash.data(), hash.data(), std::min(hash.size(), opening->last_hash.size()));
    opening->last_recorded_at = {last.Int(2)};
  }
  opening->clock = engine::Now();
  return {};
}

StoreError Session::FindRequest(const RequestKey& key, RequestFound* found) {
  Statement find = connection_->Prepare(
      "SELECT r.partition, r.seq, r.hash, j.epoch, j.type, j.payload FROM request r LEFT JOIN journal j ON "
      "j.partition = r.partition AND j.seq = r.seq WHERE r.tenant = ? AND r.client = ? AND r.request_id = ?");
  if (!find) return connection_->Error();
  find.Bind(0, key.tenant);
  find.Bind(1, key.client);
  find.Bind(2, key.request_id);
  const int row = find.Step();
  if (row == SQLITE_DONE) return {};
  if (row != SQLITE_ROW) return connection_->Error();
  found->found = true;
  found->partition = static_cast<int32_t>(find.Int(0));
  found->seq = find.Int(1);
  found->body_hash = find.Bytes(2);
  found->epoch = find.Int(3);
  found->type = find.Bytes(4);
  found->payload = find.Bytes(5);
  return {};
}

StoreError Session::Read(std::span<const Lookup> lookups, std::vector<Bodies>* bodies) {
  bodies->assign(lookups.size(), {});
  for (size_t i = 0; i < lookups.size(); ++i) {
    StoreError error = LookUp(lookups[i], &(*bodies)[i]);
    if (!error.ok()) return error;
  }
  return {};
}

StoreError Session::LookUp(const Lookup& lookup, Bodies* bodies) {
  std::string sql = "SELECT body FROM " + Quoted(lookup.table->name) + " WHERE tenant = ?";
  for (int column : lookup.columns) sql += " AND " + Quoted(lookup.table->columns[column].name) + " = ?";
  Statement find = connection_->Prepare(sql + " ORDER BY id LIMIT 1000");
  if (!find) return connection_->Error();
  find.Bind(0, lookup.tenant);
  for (size_t i = 0; i < lookup.values.size(); ++i) find.Bind(static_cast<int>(i) + 1, lookup.values[i]);
  int code;
  while ((code = find.Step()) == SQLITE_ROW) bodies->emplace_back(find.Bytes(0));
  return code == SQLITE_DONE ? StoreError{} : connection_->Error();
}

const Session::Texts& Session::TextsOf(const rows::Table* table, bool fresh) {
  Texts& texts = texts_[{table, fresh}];
  if (!texts.insert.empty()) return texts;
  std::string names, places, updates, keys;
  for (const rows::Column& column : table->columns) {
    names += (names.empty() ? "" : ", ") + Quoted(column.name);
    places += places.empty() ? "?" : ", ?";
    if (std::find(table->key.begin(), table->key.end(), column.name) == table->key.end())
      updates += (updates.empty() ? "" : ", ") + Quoted(column.name) + " = excluded." + Quoted(column.name);
  }
  for (const std::string& name : table->key) keys += (keys.empty() ? "" : ", ") + Quoted(name);
  texts.insert = "INSERT INTO " + Quoted(table->name) + " (" + names + ") VALUES (" + places + ")";
  if (!table->upsert || fresh) return texts;
  const bool unique =
      std::any_of(table->indexes.begin(), table->indexes.end(), [](const rows::Index& index) { return index.unique; });
  if (!unique) {
    texts.insert += " ON CONFLICT (" + keys + ") DO " + (updates.empty() ? "NOTHING" : "UPDATE SET " + updates);
    return texts;
  }
  // SQLite checks uniqueness row by row. With the old rows out of the way first, values may change hands in a batch.
  texts.erase = "DELETE FROM " + Quoted(table->name) + " WHERE ";
  for (const std::string& name : table->key) {
    texts.erase += (texts.key.empty() ? "" : " AND ") + Quoted(name) + " = ?";
    texts.key.push_back(table->Find(name));
  }
  return texts;
}

StoreError Session::WriteSet(const rows::RowSet& set) {
  const Texts& texts = TextsOf(set.table, set.fresh);
  const size_t width = set.table->columns.size();
  if (!texts.erase.empty()) {
    Statement erase = connection_->Prepare(texts.erase);
    if (!erase) return connection_->Error();
    for (size_t row = 0; row < set.rows(); ++row) {
      for (size_t i = 0; i < texts.key.size(); ++i)
        erase.Bind(static_cast<int>(i), set.cells[row * width + static_cast<size_t>(texts.key[i])]);
      if (erase.Step() != SQLITE_DONE) return connection_->Error(set.table);
      erase.Again();
    }
  }
  Statement insert = connection_->Prepare(texts.insert);
  if (!insert) return connection_->Error();
  for (size_t row = 0; row < set.rows(); ++row) {
    for (size_t i = 0; i < width; ++i) insert.Bind(static_cast<int>(i), set.cells[row * width + i]);
    if (insert.Step() != SQLITE_DONE) return connection_->Error(set.table);
    insert.Again();
  }
  return {};
}

StoreError Session::Write(std::span<const rows::RowSet> sets) {
  if (!InTransaction()) return Away("no transaction");
  for (const rows::RowSet& set : sets) {
    if (set.rows() == 0) continue;
    StoreError error = WriteSet(set);
    if (!error.ok()) return error;
  }
  return {};
}

StoreError Session::Execute(const std::string& sql, std::span<const rows::Cell> parameters) {
  engine::Rows ignored;
  return Query(sql, parameters, &ignored);
}

StoreError Session::Query(const std::string& sql, std::span<const rows::Cell> parameters, engine::Rows* rows) {
  if (!InTransaction()) return Away("no transaction");
  *rows = {};
  Statement statement = connection_->Prepare(sql);
  if (!statement) return connection_->Error();
  statement.BindNumbered(parameters);
  return statement.Fetch(rows);
}

StoreError Session::Undo() {
  if (!InTransaction() || sqlite3_get_autocommit(connection_->db()) != 0) {
    Rollback();
    return Away("the transaction has ended");
  }
  return connection_->Run(savepoint_ ? "ROLLBACK TO lane" : "ROLLBACK; BEGIN IMMEDIATE");
}

StoreError Session::Keep() {
  if (!InTransaction()) return Away("no transaction");
  StoreError error = connection_->Run(savepoint_ ? std::string("RELEASE lane; ") + kSavepoint : kSavepoint);
  if (error.ok()) savepoint_ = true;
  return error;
}

StoreError Session::Commit(std::span<const rows::RowSet> sets) {
  StoreError error = Write(sets);
  if (!error.ok()) return error;
  Statement commit = connection_->Prepare("COMMIT");
  if (!commit || commit.Step() != SQLITE_DONE) {
    // Whatever the reason, halving the batch cannot help any more: the lock goes with the transaction.
    error = connection_->Error();
    error.kind = StoreError::Kind::kAway;
    commit.Again();
  }
  Rollback();
  return error;
}

void Session::Rollback() {
  if (!holds_turn_) return;
  if (sqlite3_get_autocommit(connection_->db()) == 0) connection_->Run("ROLLBACK");
  holds_turn_ = false;
  files_->turn.Give();
}

// The file is locked for as long as this process has it open.
StoreError Session::HoldLease(const std::string&, const std::string&, std::chrono::milliseconds life, bool* held) {
  *held = life.count() > 0;
  return {};
}

}  // namespace songsang::sqlite_store
