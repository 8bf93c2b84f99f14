// The engine as its doors see it: a call goes in, an outcome comes out, once.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "engine/cache.h"
#include "engine/journal.h"
#include "engine/kept.h"
#include "engine/lease.h"
#include "engine/port.h"
#include "engine/service.h"
#include "engine/store.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::engine {

// A place in a service's journal, without its hash: what replies carry and calls wait for.
struct Mark {
  std::string service;
  int32_t partition = 0;
  int64_t epoch = 0, seq = 0;
};
// `leads/3/0/48211,billing/0/0/17`; false if it is not that.
bool ParseMarks(std::string_view text, std::vector<Mark>* marks);
std::string FormatMarks(std::span<const Mark> marks);

// What a call was answered.
struct Outcome {
  std::optional<Refusal> refusal;
  std::shared_ptr<const std::string> reply;  // the serialised reply, where not refused
  bool replayed = false;
  bool kept = false;  // it had been computed before, and nothing that it depends on has changed
  std::vector<Mark> marks;

  bool ok() const { return !refusal.has_value(); }
};

inline Outcome Refused(Refusal refusal) {
  Outcome outcome;
  outcome.refusal = std::move(refusal);
  return outcome;
}

struct Call {
  const Method* method = nullptr;
  std::unique_ptr<Message> request;  // parsed; not yet validated
  Caller caller;
  // `idempotency-key`: serves where the request's own request_id is empty.
  std::string idempotency_key;
  std::string trace;  // W3C traceparent
  bool validate_only = false;
  bool fresh = false;    // a query: to be computed, whatever is kept
  bool counted = false;  // against its client's limit already: it came in a batch
  // Calls of one flow are decided in the order they came; flows take turns. 0: the tenant's.
  uint64_t flow = 0;
  std::string accept_language;  // for refusals that travel inside a reply
  std::vector<Mark> after;
  std::chrono::steady_clock::time_point deadline;
  // True once the caller has gone; a command not yet decided is then dropped. May be empty.
  std::function<bool()> cancelled;
  // Called exactly once, from an engine thread or within Execute.
  std::function<void(Outcome)> done;

  // A command of the system's own bears a house id instead of a client's request id: `evt/…`, `tmr/…`, `eff/…`. It is
  // compared by that id alone, and its refusal is recorded too, so that it can never have a second outcome.
  std::string house_id;
  int32_t hops = 0;  // policies between this command and what a person asked for
  std::shared_ptr<const Message> gathered;
};

// What one service runs on.
struct Hosted {
  Service service;
  std::shared_ptr<Store> store;
};

struct Settings {
  // This process among those that have the same stores open: any text that no other has.
  std::string replica;
  // Tenant -> time zone (IANA); others use `zone`.
  std::string zone = "Asia/Seoul";
  std::map<std::string, std::string> zones;
  int query_threads = 2;
  size_t queue_commands = 20'000;  // admission: waiting commands of a lane, over which it pushes back
  int rate_limit = 0;              // commands a second that a client may send; 0: any number
  Cache* cache = nullptr;  // shared with other processes; outlives the engine's Stop, and ends before the engine
  std::string release;     // another for every build of the program
};

// What the engine needs of the world beyond this process.
struct Surroundings {
  // The journals of services that other processes host: as Engine::ReadWanted and Engine::Heads. Refused with
  // SERVICE_UNKNOWN where nothing is known of such a service. `now`: up to what is recorded at this moment, where the
  // service can be asked, rather than up to what has been heard. May be empty.
  std::function<Result<Reading>(const v1::Position& after, const std::set<std::string>& types, bool now)> read;
  std::function<Result<std::vector<v1::Position>>(const std::string& service)> heads;
  // Asks a query of another process, as this caller; blocks.
  std::function<Reply(const google::protobuf::MethodDescriptor*, const Message& request, const Caller&,
                      std::chrono::steady_clock::time_point deadline)>
      ask;
  // Ports of effects, by name. An effect without one waits.
  std::map<std::string, std::shared_ptr<Port>> ports;
};

class Engine {
 public:
  Engine(std::vector<Hosted> services, Settings settings);
  ~Engine();  // Stop()
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // By full name, `songsang.leads.v1.LeadService/CaptureLead` (with or without a leading slash). Null if unknown.
  const Method* Find(std::string_view name) const;
  std::vector<const Method*> methods() const;
  Store* StoreOf(std::string_view service) const;
  // The tables a service's store must hold: its entities', its own, the engine's.
  std::vector<const rows::Table*> TablesOf(std::string_view service) const;

  // Never blocks on a store: validates, checks access, then queues.
  void Execute(std::unique_ptr<Call> call);
  // Waits. For the command line's in-process use, tests and followers.
  Outcome ExecuteAndWait(std::unique_ptr<Call> call);

  // How a follower in the same process reads a journal on: at most `limit` entries after a place, oldest first,
  // waiting up to `wait` for the first. Refused where `after.hash` differs: a fork.
  Result<std::vector<v1::JournalEvent>> ReadJournal(const v1::Position& after, int limit,
                                                    std::chrono::milliseconds wait);
  // The same, of events of these types only; looks through up to 1,000 entries, and does not wait.
  Result<Reading> ReadWanted(const v1::Position& after, const std::set<std::string>& types);
  // The last position of every partition of a service.
  Result<std::vector<v1::Position>> Heads(const std::string& service);

  // Policies, mirrors, timers and effects begin; until then a service only answers. Once, before the door opens.
  void Start(Surroundings surroundings);
  // Of several replicas of a service here, the one that does what only one should: its policies, timers and effects;
  // and whoever publishes its journal, or fills its store from other journals. Asked for from the first call on, until
  // Stop.
  const Lease& LeaseOf(const std::string& service);
  // What has stopped by itself, and why; what is waited for. Empty while all is well.
  std::string stopped() const;
  std::string trouble() const;

  // Says that `reader_service` shows what `source` records only after a follower has seen it, so that calls that carry
  // `songsang-after` wait. Before the door opens.
  void Follows(const std::string& reader_service, const std::string& source);
  // Waits until one of these services has recorded something since `seen`, which is brought up to date; true if so.
  // What other processes record is heard where a cache is shared with them; else it is found by looking.
  bool AwaitMoves(const std::vector<std::string>& services, std::map<std::string, int64_t>* seen,
                  std::chrono::milliseconds wait);
  // How often a journal has grown, as far as it was heard; and who is told after each time, before the door opens.
  int64_t MovesOf(const std::string& service);
  void OnMove(std::function<void()> listener);
  // What was answered without computing, and what was not.
  Kept::Counts kept() const;

  // A follower tells how far the replica it keeps has come, so that calls that carry `songsang-after` and are
  // answered from `reader_service` can wait for it.
  void Advanced(const std::string& reader_service, const Mark& mark);
  // Whether a call waits for that here. Where another replica keeps what is read, the store tells how far it is.
  bool Awaited(const std::string& reader_service);

  // Refuses new commands, drains lanes (10 s), ends queries.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace songsang::engine
