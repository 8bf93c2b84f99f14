// A lane turns many callers into one transaction: all commands waiting for a partition are decided in order and
// committed together, so that everyone who waits shares the price of one fsync; and because a tenant's commands in a
// service are decided one after another, no rule needs a lock of its own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/prepare.h"
#include "engine/record.h"
#include "engine/zones.h"

namespace songsang::engine {

class Lane {
 public:
  struct Hooks {
    // A batch has its outcomes: to be delivered.
    std::function<void(std::vector<std::unique_ptr<Pending>>)> deliver;
    // The journal now ends here.
    std::function<void(int partition, int64_t epoch, int64_t seq)> committed;
  };

  // `refusals`: what the second holder of a unique value is answered, by the constraint's name. `level`: the schema
  // level that this program knows; it stands aside where the store's is higher.
  Lane(std::string service, std::shared_ptr<Store> store, int partition, const Invariants& invariants,
       const std::map<std::string, const Reason*>& refusals, int32_t level, const Zones& zones, size_t capacity,
       Hooks hooks);
  ~Lane();

  // False where too many wait already; the command is then left to the caller.
  bool Submit(std::unique_ptr<Pending>* pending);
  // Takes no more; decides what waits until the deadline, then answers the rest UNAVAILABLE. Returns when the lane is
  // at rest.
  void Drain(std::chrono::steady_clock::time_point deadline);

  // Reads that were not named in time: each cost a flight of its own.
  int64_t unnamed_reads() const { return unnamed_reads_; }

 private:
  using Batch = std::vector<std::unique_ptr<Pending>>;
  class LaneTx;
  struct Running;  // a batch under way

  void Run();
  Batch Take();
  size_t Process(Batch* batch);
  StoreError Open(Running* run);
  StoreError ReadAhead(Running* run);
  Status ContextOf(const Running& run, const Pending& pending, Context* context) const;
  StoreError Settle(Running* run);
  StoreError DecideRange(Running* run, size_t from, size_t to, size_t* cut = nullptr);
  StoreError Halve(Running* run, size_t from, size_t to);
  void Decide(Running* run, Pending* pending);
  Result<Recorded> Attempt(Running* run, Pending* pending);
  Refusal RefusalOf(const StoreError& poison) const;
  bool Replay(Running* run, Pending* pending);
  Status CheckReferences(Running* run, Pending* pending, LaneTx* tx);
  void AppendSettled(Running* run, Pending* pending, const Refusal* refusal);
  void Append(Running* run, Pending* pending, Recorded recorded, Instant now);
  std::span<const rows::RowSet> RowsOf(const Running& run);
  rows::RowSet& SetOf(const rows::Table& table, bool fresh = false);
  Mark MarkOf(const Running& run, int64_t seq) const;

  const std::string service_;
  const std::shared_ptr<Store> store_;
  const int partition_;
  const Invariants& invariants_;
  const std::map<std::string, const Reason*>& refusals_;
  const int32_t level_;
  const Zones& zones_;
  const size_t capacity_;
  const Hooks hooks_;
  std::unique_ptr<Session> session_;
  // Rows on their way to the store. Kept from batch to batch, so that their memory is.
  std::vector<rows::RowSet> sets_;
  std::atomic<int64_t> unnamed_reads_{0};

  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<uint64_t, std::deque<std::unique_ptr<Pending>>> flows_;
  std::list<uint64_t> turns_;  // flows that wait, in the order of their turn
  size_t waiting_ = 0;
  bool idle_ = true;
  bool stopping_ = false;
  std::chrono::steady_clock::time_point drain_until_{};
  std::thread thread_;
};

}  // namespace songsang::engine
