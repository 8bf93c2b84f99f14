#include "unit/engine/gate.h"

namespace songsang::engine {

class GatedSession : public Session {
 public:
  GatedSession(Gate* gate, std::unique_ptr<Session> session) : gate_(gate), session_(std::move(session)) {}

  StoreError BeginLane(int partition, std::span<const RequestKey> requests, std::span<const Lookup> lookups,
                       Opening* opening) override {
    gate_->Pass();
    ++gate_->counts.begins;
    gate_->counts.last_batch = static_cast<int>(requests.size());
    if (const StoreError error = gate_->Ask("begin"); !error.ok()) return error;
    const StoreError error = session_->BeginLane(partition, requests, lookups, opening);
    opening->clock.micros += gate_->clock_shift;
    Hide(lookups, &opening->bodies);
    return error;
  }
  StoreError Begin() override { return session_->Begin(); }
  StoreError Read(std::span<const Lookup> lookups, std::vector<Bodies>* bodies) override {
    ++gate_->counts.reads;
    if (const StoreError error = gate_->Ask("read"); !error.ok()) return error;
    const StoreError error = session_->Read(lookups, bodies);
    Hide(lookups, bodies);
    return error;
  }
  StoreError Write(std::span<const rows::RowSet> sets) override {
    ++gate_->counts.writes;
    if (const StoreError error = gate_->Ask("write"); !error.ok()) return error;
    return session_->Write(sets);
  }
  StoreError Execute(const std::string& sql, std::span<const rows::Cell> parameters) override {
    return session_->Execute(sql, parameters);
  }
  StoreError Query(const std::string& sql, std::span<const rows::Cell> parameters, Rows* rows) override {
    return session_->Query(sql, parameters, rows);
  }
  StoreError Undo() override {
    ++gate_->counts.undos;
    if (const StoreError error = gate_->Ask("undo"); !error.ok()) return error;
    return session_->Undo();
  }
  StoreError Keep() override {
    if (const StoreError error = gate_->Ask("keep"); !error.ok()) return error;
    return session_->Keep();
  }
  StoreError Commit(std::span<const rows::RowSet> sets) override {
    ++gate_->counts.commits;
    if (const StoreError error = gate_->Ask("commit"); !error.ok()) return error;
    return session_->Commit(sets);
  }
  void Rollback() override { session_->Rollback(); }
  StoreError HoldLease(const std::string& name, const std::string& holder, std::chrono::milliseconds life,
                       bool* held) override {
    return session_->HoldLease(name, holder, life, held);
  }

 private:
  void Hide(std::span<const Lookup> lookups, std::vector<Bodies>* bodies) const {
    for (size_t i = 0; gate_->blind && i < bodies->size(); ++i)
      if (gate_->blind(lookups[i])) (*bodies)[i].clear();
  }

  Gate* gate_;
  std::unique_ptr<Session> session_;
};

std::unique_ptr<Session> Gate::OpenSession() { return std::make_unique<GatedSession>(this, store_->OpenSession()); }

void Gate::Shut() {
  std::lock_guard lock(mutex_);
  open_ = false;
}

void Gate::Open() {
  std::lock_guard lock(mutex_);
  open_ = true;
  moved_.notify_all();
}

void Gate::AwaitSomeone() {
  std::unique_lock lock(mutex_);
  moved_.wait(lock, [this] { return waiting_ > 0; });
}

void Gate::Pass() {
  std::unique_lock lock(mutex_);
  ++waiting_;
  moved_.notify_all();
  moved_.wait(lock, [this] { return open_; });
  --waiting_;
}

}  // namespace songsang::engine
