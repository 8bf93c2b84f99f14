// A store that breaks one promise on purpose, now and then: so that the audit can be seen to notice.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "engine/store.h"

namespace songsang::audit {

enum class Bug {
  kNone,
  kAcknowledgedBeforeCommit,  // the caller hears OK, and then the transaction is lost
  kRequestRowMissing,         // the request id is not remembered
  kTouchRowMissing,           // a version is not in the index of versions
  kRowLeftBehind,             // the event is recorded, the entity's row stays at the version before
  kOtherBytesStored,          // the hash covers bytes that are not those stored
  kPositionOutside,           // the replica's position is not in the transaction of its effect
  kNeighbourDropped,          // of a batch that is halved, a half that was kept is lost
  kClockGoesBack,             // the store's clock is trusted, and the last row's time is not looked at
};
const char* ToText(Bug bug);

class Evil : public engine::Store {
 public:
  Evil(Bug bug, std::shared_ptr<engine::Store> store) : bug_(bug), store_(std::move(store)) {}

  // How often it has broken its promise.
  int done() const { return done_; }

  engine::StoreError Migrate(std::span<const rows::Table* const> tables, int partitions, bool dry_run,
                             engine::Migration* migration) override {
    return store_->Migrate(tables, partitions, dry_run, migration);
  }
  bool IsMigrated(std::span<const rows::Table* const> tables, std::string* what) override {
    return store_->IsMigrated(tables, what);
  }
  std::unique_ptr<engine::Session> OpenSession() override;
  engine::StoreError Query(const std::string& sql, std::span<const rows::Cell> parameters,
                           std::chrono::steady_clock::time_point deadline, engine::Rows* rows) override {
    return store_->Query(sql, parameters, deadline, rows);
  }
  const std::string& schema() const override { return store_->schema(); }
  int partitions() const override { return store_->partitions(); }
  const char* kind() const override { return store_->kind(); }

 private:
  friend class EvilSession;
  // True for one in `often` of the occasions.
  bool Now(int often) {
    if (++occasions_ % often != 0) return false;
    ++done_;
    return true;
  }

  const Bug bug_;
  const std::shared_ptr<engine::Store> store_;
  std::atomic<int> occasions_{0}, done_{0};
};

}  // namespace songsang::audit
