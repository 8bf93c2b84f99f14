#include "adapters/postgres_store/session.h"

#include <algorithm>
#include <cstring>

#include "engine/clock.h"
#include "rows/schema.h"

namespace songsang::postgres_store {
namespace {

using engine::Bodies;
using engine::Lookup;
using engine::Opening;
using engine::RequestKey;
using rows::Cell;
using rows::Quoted;

constexpr char kBegin[] = "BEGIN ISOLATION LEVEL READ COMMITTED";
constexpr char kSavepoint[] = "SAVEPOINT lane";
// A connection found cut is found so at once.
constexpr std::chrono::seconds kPrompt{1};

StoreError Away(std::string message) { return {StoreError::Kind::kAway, "", std::move(message)}; }

bool IsLockTimeout(const StoreError& error) { return error.message.rfind("55P03", 0) == 0; }

}  // namespace

std::string Session::Name(std::string_view table) const {
  return rows::Qualified(rows::Dialect::kPostgres, schema_, table);
}

StoreError Session::Connect() {
  Rollback();
  if (pipe_ != nullptr) return {};
  std::string error;
  pipe_ = Pipe::Connect(url_, LanePurpose(schema_), &error);
  return pipe_ == nullptr ? Away(error) : StoreError{};
}

StoreError Session::Fly(std::vector<Answer>* answers) {
  if (pipe_ == nullptr) return Away("not connected");
  StoreError error = pipe_->Fly(answers);
  // Whatever was unclear about a connection is gone with it; the next transaction makes another.
  if (pipe_->broken() || error.kind == StoreError::Kind::kAway) {
    pipe_.reset();
    open_ = false;
  }
  return error;
}

StoreError Session::Begin() {
  return Opened([&] {
    pipe_->Queue(kBegin);
    pipe_->Queue(kSavepoint);
    std::vector<Answer> answers;
    StoreError error = Fly(&answers);
    open_ = error.ok();
    return error;
  });
}

// A connection that has idled may have been cut meanwhile. Nothing has been written yet, so trying again is safe.
StoreError Session::Opened(const std::function<StoreError()>& open) {
  const auto start = steady_clock::now();
  const bool kept = pipe_ != nullptr;
  StoreError error = Connect();
  if (error.ok()) error = open();
  if (!kept || pipe_ != nullptr || error.kind != StoreError::Kind::kAway || IsLockTimeout(error) ||
      steady_clock::now() - start > kPrompt) {
    return error;
  }
  error = Connect();
  return error.ok() ? open() : error;
}

StoreError Session::BeginLane(int partition, std::span<const RequestKey> requests, std::span<const Lookup> lookups,
                              Opening* opening) {
  for (int tries = 1;; ++tries) {
    StoreError error = Opened([&] { return Open(partition, requests, lookups, opening); });
    if (IsLockTimeout(error) && tries < 3) {
      if (tries == 2) TerminateStalled(partition);
      continue;
    }
    // No data of the batch has been written yet: the statement, and so the schema, is at fault.
    if (error.kind == StoreError::Kind::kPoison) error.kind = StoreError::Kind::kAway;
    return error;
  }
}

StoreError Session::Open(int partition, std::span<const RequestKey> requests, std::span<const Lookup> lookups,
                         Opening* opening) {
  *opening = {};
  pipe_->Queue(kBegin);
  // The lock is a statement of its own: those behind it in the flight then see what was committed before it.
  Parameters number;
  number.Add(int64_t{partition});
  pipe_->Queue("SELECT epoch, schema_level FROM " + Name("head") + " WHERE partition = $1::bigint FOR UPDATE", number);
  pipe_->Queue(
      "SELECT c.clock, j.seq, j.hash, j.recorded_at FROM (SELECT (extract(epoch FROM clock_timestamp()) * "
      "1000000)::bigint AS clock) c LEFT JOIN LATERAL (SELECT seq, hash, recorded_at FROM " +
          Name("journal") + " WHERE partition = $1::bigint ORDER BY seq DESC LIMIT 1) j ON true",
      number);
  if (!requests.empty()) QueueRequests(requests);
  const Groups groups = QueueLookups(lookups);
  pipe_->Queue(kSavepoint);
  open_ = true;
  std::vector<Answer> answers;
  StoreError error = Fly(&answers);
  if (error.ok() && answers[1].rows() == 0) error = Away("the store has no partition " + std::to_string(partition));
  if (!error.ok()) {
    Rollback();
    return error;
  }
  opening->epoch = answers[1].Int(0, 0);
  opening->schema_level = static_cast<int32_t>(answers[1].Int(0, 1));
  const Answer& last = answers[2];
  opening->clock = {last.Int(0, 0) + engine::ClockAheadMicros()};
  if (!last.IsNull(0, 1)) {
    opening->last_seq = last.Int(0, 1);
    const std::string_view hash = last.Bytes(0, 2);
    std::memcpy(opening->last_hash.data(), hash.data(), std::min(hash.size(), opening->last_hash.size()));
    opening->last_recorded_at = {last.Int(0, 3)};
  }
  opening->requests.resize(requests.size());
  if (!requests.empty()) {
    const Answer& found = answers[3];
    for (int row = 0; row < found.rows(); ++row) {
      auto& request = opening->requests[static_cast<size_t>(found.Int(row, 0) - 1)];
      request.found = true;
      request.partition = static_cast<int32_t>(found.Int(row, 1));
      request.seq = found.Int(row, 2);
      request.body_hash = found.Bytes(row, 3);
      request.epoch = found.Int(row, 4);
      request.type = found.Bytes(row, 5);
      request.payload = found.Bytes(row, 6);
    }
  }
  opening->bodies.resize(lookups.size());
  TakeBodies(groups, std::span(answers).subspan(requests.empty() ? 3 : 4), &opening->bodies);
  return {};
}

// Asked key by key (LATERAL, OFFSET 0): `= ANY(…)`, prepared while the table is young, is planned as a scan. The usual
// batch is of one tenant's one client, who travel once.
void Session::QueueRequests(std::span<const RequestKey> requests) {
  const auto same = [&](const RequestKey& other) {
    return other.tenant == requests[0].tenant && other.client == requests[0].client;
  };
  const bool once = std::all_of(requests.begin(), requests.end(), same);
  Parameters keys;
  for (const auto part : {&RequestKey::tenant, &RequestKey::client, &RequestKey::request_id}) {
    if (once && part != &RequestKey::request_id) {
      keys.Add(requests[0].*part);
      continue;
    }
    keys.BeginArray(rows::Type::kText, requests.size());
    for (const RequestKey& request : requests) keys.Element(Cell::Text(request.*part));
  }
  const char* from = once ? "unnest($3::text[]) WITH ORDINALITY AS k(request_id, n)"
                          : "unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS k(tenant, client, "
                            "request_id, n)";
  const char* where = once ? "tenant = $1::text AND client = $2::text" : "tenant = k.tenant AND client = k.client";
  pipe_->Queue(std::string("SELECT k.n, r.partition, r.seq, r.hash, j.epoch, j.type, j.payload FROM ") + from +
                   " CROSS JOIN LATERAL (SELECT partition, seq, hash FROM " + Name("request") + " WHERE " + where +
                   " AND request_id = k.request_id OFFSET 0) r LEFT JOIN LATERAL (SELECT epoch, type, payload FROM " +
                   Name("journal") + " WHERE partition = r.partition AND seq = r.seq OFFSET 0) j ON true",
               keys);
}

Session::Groups Session::QueueLookups(std::span<const Lookup> lookups) {
  Groups groups;
  for (size_t i = 0; i < lookups.size(); ++i) groups[{lookups[i].table, lookups[i].columns}].push_back(i);
  for (const auto& [kind, places] : groups) {
    const auto& [table, columns] = kind;
    Parameters keys;
    keys.BeginArray(rows::Type::kText, places.size());
    for (size_t place : places) keys.Element(Cell::Text(lookups[place].tenant));
    std::string arrays = "$1::text[]", names = "tenant", where = "tenant = k.tenant";
    for (size_t i = 0; i < columns.size(); ++i) {
      keys.BeginArray(rows::Type::kText, places.size());
      for (size_t place : places) keys.Element(Cell::Text(lookups[place].values[i]));
      const std::string number = std::to_string(i + 2);
      arrays += ", $" + number + "::text[]";
      names += ", v" + number;
      where += " AND " + Quoted(table->columns[static_cast<size_t>(columns[i])].name) + " = k.v" + number;
    }
    pipe_->Queue("SELECT k.n, x.body FROM unnest(" + arrays + ") WITH ORDINALITY AS k(" + names +
                     ", n) CROSS JOIN LATERAL (SELECT id, body FROM " + Name(table->name) + " WHERE " + where +
                     " ORDER BY id LIMIT 1000) x ORDER BY k.n, x.id",
                 keys);
  }
  return groups;
}

void Session::TakeBodies(const Groups& groups, std::span<const Answer> answers, std::vector<Bodies>* bodies) {
  size_t answer = 0;
  for (const auto& [kind, places] : groups) {
    const Answer& found = answers[answer++];
    for (int row = 0; row < found.rows(); ++row)
      (*bodies)[places[static_cast<size_t>(found.Int(row, 0) - 1)]].emplace_back(found.Bytes(row, 1));
  }
}

// The holder of a head row's lock is the transaction in its xmax. Only a session of a lane that waits for its client,
// and for nothing else, is ended; its client is told at its next word.
void Session::TerminateStalled(int partition) {
  if (!Connect().ok()) return;
  Parameters number;
  number.Add(int64_t{partition});
  pipe_->Queue(
      "SELECT pg_terminate_backend(a.pid) FROM " + Name("head") +
          " h JOIN pg_locks l ON l.locktype = 'transactionid' AND l.transactionid = h.xmax AND l.granted JOIN "
          "pg_stat_activity a ON a.pid = l.pid WHERE h.partition = $1::bigint AND a.pid <> pg_backend_pid() AND "
          "a.state = 'idle in transaction' AND a.application_name = 'songsang-lane' AND a.state_change < "
          "clock_timestamp() - interval '1 second' AND cardinality(pg_blocking_pids(a.pid)) = 0",
      number);
  std::vector<Answer> ignored;
  Fly(&ignored);
}

StoreError Session::Read(std::span<const Lookup> lookups, std::vector<Bodies>* bodies) {
  bodies->assign(lookups.size(), {});
  if (!open_) return Away("no transaction");
  if (lookups.empty()) return {};
  // Statements queued by Execute answer nothing that is wanted.
  std::vector<Answer> answers;
  if (pipe_->queued()) {
    StoreError error = Fly(&answers);
    if (!error.ok()) return error;
  }
  const Groups groups = QueueLookups(lookups);
  StoreError error = Fly(&answers);
  if (error.ok()) TakeBodies(groups, answers, bodies);
  return error;
}

void Session::QueueRows(const rows::RowSet& set) {
  Parameters parameters;
  const std::string& text = inserts_.Prepare(set, &parameters);
  pipe_->Queue(text, parameters);
}

StoreError Session::Write(std::span<const rows::RowSet> sets) {
  if (!open_) return Away("no transaction");
  for (const rows::RowSet& set : sets) {
    if (set.rows() > 0) QueueRows(set);
  }
  if (!pipe_->queued()) return {};
  std::vector<Answer> ignored;
  return Fly(&ignored);
}

StoreError Session::Execute(const std::string& sql, std::span<const Cell> parameters) {
  if (!open_) return Away("no transaction");
  Parameters values;
  for (const Cell& cell : parameters) values.Add(cell);
  pipe_->Queue(sql, values, true);
  return {};
}

StoreError Session::Query(const std::string& sql, std::span<const Cell> parameters, engine::Rows* rows) {
  *rows = {};
  StoreError error = Execute(sql, parameters);
  if (!error.ok()) return error;
  std::vector<Answer> answers;
  error = Fly(&answers);
  return error.ok() ? answers.back().Fetch(rows) : error;
}

StoreError Session::Undo() {
  if (!open_) return Away("the transaction has ended");
  std::vector<Answer> ignored;
  if (pipe_->queued() && Fly(&ignored).kind == StoreError::Kind::kAway) return Away("the connection was lost");
  pipe_->Queue("ROLLBACK TO SAVEPOINT lane");
  return Fly(&ignored);
}

StoreError Session::Keep() {
  if (!open_) return Away("no transaction");
  pipe_->Queue("RELEASE SAVEPOINT lane");
  pipe_->Queue(kSavepoint);
  std::vector<Answer> ignored;
  return Fly(&ignored);
}

StoreError Session::Commit(std::span<const rows::RowSet> sets) {
  if (!open_) return Away("no transaction");
  size_t before = 0;
  if (pipe_->queued()) before = pipe_->statements();
  for (const rows::RowSet& set : sets) {
    if (set.rows() == 0) continue;
    QueueRows(set);
    ++before;
  }
  pipe_->Queue("COMMIT");
  std::vector<Answer> answers;
  StoreError error = Fly(&answers);
  if (answers.size() < before) return error;
  // From here on it was COMMIT itself: the transaction is over, one way or the other, and the lock with it.
  open_ = false;
  if (error.ok() && answers.back().tag() != "COMMIT") error = Away("COMMIT was answered with ROLLBACK");
  if (error.kind == StoreError::Kind::kPoison) error.kind = StoreError::Kind::kAway;
  return error;
}

void Session::Rollback() {
  if (open_ && pipe_ != nullptr) {
    std::vector<Answer> ignored;
    if (pipe_->queued()) Fly(&ignored);
    if (pipe_ != nullptr) {
      pipe_->Queue("ROLLBACK");
      if (!Fly(&ignored).ok()) pipe_.reset();
    }
  }
  open_ = false;
}

// A transaction of its own, and one round trip. The clock is the server's at that moment, read again behind the row's
// lock, which another replica may hold.
StoreError Session::HoldLease(const std::string& name, const std::string& holder, std::chrono::milliseconds life,
                              bool* held) {
  *held = false;
  return Opened([&] {
    const std::string clock = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
    Parameters parameters;
    parameters.Add(name).Add(holder).Add(int64_t{life.count()} * 1000);
    pipe_->Queue("INSERT INTO " + Name("lease") + " AS l (name, holder, until) VALUES ($1::text, $2::text, " + clock +
                     " + $3::bigint) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = "
                     "excluded.until WHERE l.holder = excluded.holder OR l.until <= " +
                     clock + " RETURNING name",
                 parameters);
    std::vector<Answer> answers;
    StoreError error = Fly(&answers);
    *held = error.ok() && answers.back().rows() == 1 && life.count() > 0;
    return error;
  });
}

}  // namespace songsang::postgres_store
