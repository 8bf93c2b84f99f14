// A connection in pipeline mode. Statements are queued, then fly together: one round trip, results in order; the first
// failure skips what was queued behind it.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/postgres_store/parameters.h"
#include "engine/store.h"

namespace songsang::postgres_store {

using engine::StoreError;
using std::chrono::steady_clock;

// What a connection is for: its name in pg_stat_activity, and its settings beside those of the URL.
struct Purpose {
  std::string application_name;
  std::string settings;  // `-c name=value …`
  // How long a server may take nothing of what is sent to it, in milliseconds.
  std::string user_timeout = "5000";
};
Purpose LanePurpose(const std::string& schema);
Purpose ReadPurpose(const std::string& schema);
Purpose MigratePurpose();

struct CloseResult {
  void operator()(PGresult* result) const { PQclear(result); }
};

// The answer to one statement, in binary form.
class Answer {
 public:
  explicit Answer(PGresult* result) : result_(result) {}
  int rows() const { return PQntuples(result_.get()); }
  int columns() const { return PQnfields(result_.get()); }
  bool IsNull(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
  int64_t Int(int row, int column) const;
  std::string_view Bytes(int row, int column) const;
  std::string_view tag() const { return PQcmdStatus(result_.get()); }
  // Everything; poisoned by a column that is neither whole number, truth, text nor bytes.
  StoreError Fetch(engine::Rows* rows) const;

 private:
  std::unique_ptr<PGresult, CloseResult> result_;
};

class Pipe {
 public:
  // Null, and why in `error`, if the server cannot be reached.
  static std::unique_ptr<Pipe> Connect(const std::string& url, const Purpose& purpose, std::string* error);
  ~Pipe();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  // Queues a statement; its text is prepared once a connection. `typed`: its parameters bear the types of their cells;
  // otherwise the text says them (`$1::bigint`).
  void Queue(const std::string& sql, Parameters& parameters, bool typed = false);
  void Queue(const std::string& sql) {
    Parameters none;
    Queue(sql, none);
  }
  // Sends what is queued and reads the answers, one a statement. On failure `answers` ends before the one that failed;
  // a connection that was lost, or has not answered in time, is broken from then on.
  StoreError Fly(std::vector<Answer>* answers, steady_clock::time_point deadline);
  StoreError Fly(std::vector<Answer>* answers);
  bool queued() const { return !expected_.empty(); }
  // How many answers the next flight brings.
  size_t statements() const;
  bool broken() const { return broken_; }
  // Whether nothing has flown yet.
  bool fresh() const { return !flown_; }
  // Asks the server to end the statement it is at; the connection is of no more use.
  void Cancel();

 private:
  explicit Pipe(PGconn* connection) : connection_(connection) {}
  // The next result; null at the end of a statement's. False if it does not come.
  bool Next(steady_clock::time_point deadline, PGresult** result, StoreError* error);
  // One queued item's result. Null where it failed or was skipped.
  PGresult* Take(steady_clock::time_point deadline, StoreError* error);

  PGconn* connection_;
  bool broken_ = false, flown_ = false;
  std::unordered_map<std::string, std::string> prepared_;  // text and types -> name
  int names_ = 0;
  struct Expected {
    std::string prepares;  // the key it prepares, or empty
  };
  std::vector<Expected> expected_;
};

// What an SQLSTATE means for a batch.
StoreError ErrorOf(const PGresult* result);

}  // namespace songsang::postgres_store
