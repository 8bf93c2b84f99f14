// The store port: what the engine asks of SQLite and PostgreSQL. One Store per service (its schema, its file). Both
// adapters pass the same contract suite (tests/contract).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/dates.h"
#include "core/hash.h"
#include "rows/table.h"

namespace songsang::engine {

// How a store call ended. What it means for the batch is in engine.md ("The lane").
struct StoreError {
  enum class Kind {
    kNone,
    // The data is at fault (SQLSTATE 22, 23): the batch is halved until the culprit stands alone.
    kPoison,
    // Serialisation or deadlock (40): the whole batch again.
    kAgain,
    // The store is away, full, too slow or unsure (08, 53, 55, 57, 58, a lost connection): outcome unknown.
    kAway,
  };
  Kind kind = Kind::kNone;
  std::string constraint;  // of kPoison, where one is named
  std::string message;

  bool ok() const { return kind == Kind::kNone; }
};

// Rows of a table of one tenant whose columns hold these values, at most 1,000, ordered by id. The answer is bodies.
struct Lookup {
  const rows::Table* table = nullptr;
  std::string tenant;
  std::vector<int> columns;         // places in table->columns
  std::vector<std::string> values;  // text columns only; parallel to columns
};
using Bodies = std::vector<std::string>;

struct RequestKey {
  std::string tenant, client, request_id;
};
// What a request id had recorded, if it had.
struct RequestFound {
  bool found = false;
  std::string body_hash;  // of the request
  int32_t partition = 0;
  int64_t epoch = 0, seq = 0;
  std::string type;     // of the event
  std::string payload;  // the event
};

// What the first flight behind the partition's lock answers.
struct Opening {
  int64_t epoch = 0;
  int32_t schema_level = 0;
  int64_t last_seq = 0;  // 0: the journal is empty
  Digest last_hash{};    // of the journal's last row; zero where empty
  Instant last_recorded_at;
  Instant clock;                       // the store's clock, read behind the lock
  std::vector<RequestFound> requests;  // parallel to what was asked
  std::vector<Bodies> bodies;          // parallel to what was asked
};

using Value = std::variant<std::monostate, int64_t, std::string>;
struct Rows {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
};

// One connection that writes: one transaction at a time, used by one thread.
class Session {
 public:
  virtual ~Session() = default;

  // BEGIN; lock the partition's head row; then, in the same flight, its last journal row, the request ids, the
  // look-ups; then a savepoint, to which Undo returns.
  virtual StoreError BeginLane(int partition, std::span<const RequestKey> requests, std::span<const Lookup> lookups,
                               Opening* opening) = 0;
  // BEGIN without a lock (IMMEDIATE on SQLite), and a savepoint.
  virtual StoreError Begin() = 0;
  // Look-ups that were not named in time: one flight.
  virtual StoreError Read(std::span<const Lookup> lookups, std::vector<Bodies>* bodies) = 0;
  // Writes rows since the savepoint. Rows are flushed before it returns. A set may be empty.
  virtual StoreError Write(std::span<const rows::RowSet> sets) = 0;
  // Runs a statement; `$1`… are the parameters. On PostgreSQL it may be sent only with the next Write or Commit,
  // which then answers its error.
  virtual StoreError Execute(const std::string& sql, std::span<const rows::Cell> parameters) = 0;
  virtual StoreError Query(const std::string& sql, std::span<const rows::Cell> parameters, Rows* rows) = 0;
  // Back to the savepoint; the lock is kept.
  virtual StoreError Undo() = 0;
  // Makes what was written since the savepoint part of the transaction, and sets the savepoint anew.
  virtual StoreError Keep() = 0;
  // Writes these rows and commits, in one flight. If writing fails nothing is committed, and Undo is possible.
  virtual StoreError Commit(std::span<const rows::RowSet> sets) = 0;
  virtual void Rollback() = 0;

  // Takes or renews a lease for this long by the store's clock, or gives it up (a life of 0), outside any transaction;
  // `*held` says whether it is now this holder's. Another's counts until it runs out. A store that only one process
  // can have open knows nobody else.
  virtual StoreError HoldLease(const std::string& name, const std::string& holder, std::chrono::milliseconds life,
                               bool* held) = 0;
};

// A schema statement that a migration runs or, with dry run, would run.
struct Migration {
  std::vector<std::string> statements;
  int32_t level_before = 0, level_after = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  // Brings the schema to what these tables say: additive, one migrator at a time, dry run prints only. Makes the
  // head rows of partitions that have none. `partitions` is fixed at install: another number later is refused.
  virtual StoreError Migrate(std::span<const rows::Table* const> tables, int partitions, bool dry_run,
                             Migration* migration) = 0;
  // Whether the schema is what Migrate would make it; `what` says what is missing.
  virtual bool IsMigrated(std::span<const rows::Table* const> tables, std::string* what) = 0;

  virtual std::unique_ptr<Session> OpenSession() = 0;

  // Runs one read-only statement on a pooled reading connection, from any thread. `$1`… are the parameters. Ends with
  // kAway when the deadline passes.
  virtual StoreError Query(const std::string& sql, std::span<const rows::Cell> parameters,
                           std::chrono::steady_clock::time_point deadline, Rows* rows) = 0;

  // What a bare table name is qualified with: `main`, or the service's PostgreSQL schema.
  virtual const std::string& schema() const = 0;
  virtual int partitions() const = 0;
  // `sqlite` or `postgres`, for messages and metrics.
  virtual const char* kind() const = 0;
};

}  // namespace songsang::engine
