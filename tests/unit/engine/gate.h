// A store that can be held shut, so that commands gather behind it and become one batch; that can fail, be blind or
// tell another time when a test says so; and that is otherwise the store it stands before.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/store.h"

namespace songsang::engine {

class Gate : public Store {
 public:
  explicit Gate(std::shared_ptr<Store> store) : store_(std::move(store)) {}

  // Transactions of lanes wait before they begin.
  void Shut();
  void Open();
  // Returns once a lane waits before the gate.
  void AwaitSomeone();

  // Asked before each step of a lane's transaction (`begin`, `read`, `write`, `undo`, `keep`, `commit`).
  std::function<StoreError(const std::string& step)> fails;
  // Asked for each look-up: true hides what the store holds.
  std::function<bool(const Lookup&)> blind;
  std::atomic<int64_t> clock_shift{0};  // microseconds

  // What was asked of the store so far.
  struct Counts {
    std::atomic<int> begins{0}, reads{0}, writes{0}, undos{0}, commits{0};
    std::atomic<int> last_batch{0};  // request ids asked for
  } counts;

  StoreError Migrate(std::span<const rows::Table* const> tables, int partitions, bool dry_run,
                     Migration* migration) override {
    return store_->Migrate(tables, partitions, dry_run, migration);
  }
  bool IsMigrated(std::span<const rows::Table* const> tables, std::string* what) override {
    return store_->IsMigrated(tables, what);
  }
  std::unique_ptr<Session> OpenSession() override;
  StoreError Query(const std::string& sql, std::span<const rows::Cell> parameters,
                   std::chrono::steady_clock::time_point deadline, Rows* rows) override {
    return store_->Query(sql, parameters, deadline, rows);
  }
  const std::string& schema() const override { return store_->schema(); }
  int partitions() const override { return store_->partitions(); }
  const char* kind() const override { return store_->kind(); }

 private:
  friend class GatedSession;
  void Pass();
  StoreError Ask(const char* step) const { return fails ? fails(step) : StoreError{}; }

  std::shared_ptr<Store> store_;
  std::mutex mutex_;
  std::condition_variable moved_;
  bool open_ = true;
  int waiting_ = 0;
};

}  // namespace songsang::engine
