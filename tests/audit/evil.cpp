#include "audit/evil.h"

#include <deque>

#include "engine/tables.h"

namespace songsang::audit {

using engine::StoreError;

class EvilSession : public engine::Session {
 public:
  EvilSession(Evil* evil, std::unique_ptr<engine::Session> session) : evil_(evil), session_(std::move(session)) {}

  StoreError BeginLane(int partition, std::span<const engine::RequestKey> requests,
                       std::span<const engine::Lookup> lookups, engine::Opening* opening) override {
    const StoreError error = session_->BeginLane(partition, requests, lookups, opening);
    if (Is(Bug::kClockGoesBack)) {
      opening->last_recorded_at = {};
      if (evil_->Now(5)) opening->clock.micros -= 60'000'000;
    }
    return error;
  }
  StoreError Begin() override { return session_->Begin(); }
  StoreError Read(std::span<const engine::Lookup> lookups, std::vector<engine::Bodies>* bodies) override {
    return session_->Read(lookups, bodies);
  }
  StoreError Write(std::span<const rows::RowSet> sets) override {
    const auto spoilt = Spoil(sets);
    return session_->Write(spoilt.empty() ? sets : std::span<const rows::RowSet>(spoilt));
  }
  StoreError Execute(const std::string& sql, std::span<const rows::Cell> parameters) override {
    return session_->Execute(sql, parameters);
  }
  StoreError Query(const std::string& sql, std::span<const rows::Cell> parameters, engine::Rows* rows) override {
    return session_->Query(sql, parameters, rows);
  }
  StoreError Undo() override { return session_->Undo(); }
  StoreError Keep() override {
    if (Is(Bug::kNeighbourDropped) && evil_->Now(2)) {
      const StoreError error = session_->Undo();
      if (!error.ok()) return error;
    }
    return session_->Keep();
  }
  StoreError Commit(std::span<const rows::RowSet> sets) override {
    if (Is(Bug::kAcknowledgedBeforeCommit) && evil_->Now(9)) {
      session_->Rollback();
      return {};
    }
    if (Is(Bug::kPositionOutside) && !sets.empty() && evil_->Now(4)) return CommitPositionAlone(sets);
    const auto spoilt = Spoil(sets);
    return session_->Commit(spoilt.empty() ? sets : std::span<const rows::RowSet>(spoilt));
  }
  void Rollback() override { session_->Rollback(); }
  StoreError HoldLease(const std::string& name, const std::string& holder, std::chrono::milliseconds life,
                       bool* held) override {
    return session_->HoldLease(name, holder, life, held);
  }

 private:
  bool Is(Bug bug) const { return evil_->bug_ == bug; }

  // The position is stored; what it stands for is lost with the connection.
  StoreError CommitPositionAlone(std::span<const rows::RowSet> sets) {
    session_->Rollback();
    StoreError error = session_->Begin();
    if (error.ok()) error = session_->Commit(sets);
    return error.ok() ? StoreError{StoreError::Kind::kAway, "", "the connection was lost"} : error;
  }

  static void DropRow(rows::RowSet* set, size_t row) {
    const auto width = static_cast<ptrdiff_t>(set->table->columns.size());
    const auto begin = set->cells.begin() + static_cast<ptrdiff_t>(row) * width;
    set->cells.erase(begin, begin + width);
  }

  // The rows as they are written instead; empty where they are left as they are.
  std::vector<rows::RowSet> Spoil(std::span<const rows::RowSet> sets) {
    std::vector<rows::RowSet> spoilt;
    for (const rows::RowSet& set : sets) {
      rows::RowSet& copy = spoilt.emplace_back();
      copy.table = set.table;
      copy.cells = set.cells;
      copy.fresh = set.fresh;
      if (set.rows() > 0) SpoilSet(&copy);
    }
    std::erase_if(spoilt, [](const rows::RowSet& set) { return set.rows() == 0; });
    return spoilt;
  }
  void SpoilSet(rows::RowSet* set) {
    const std::string& name = set->table->name;
    if (Is(Bug::kRequestRowMissing) && name == "request" && evil_->Now(7)) DropRow(set, 0);
    if (Is(Bug::kTouchRowMissing) && name == "touch" && evil_->Now(7)) DropRow(set, set->rows() - 1);
    if (Is(Bug::kOtherBytesStored) && name == "journal" && evil_->Now(7)) {
      auto& payload = set->cells[static_cast<size_t>(set->table->Find("payload"))];
      payload.bytes = set->Own(std::string(payload.bytes) + "\xf8\x7f\x01");  // a field that nobody reads
    }
    if (Is(Bug::kRowLeftBehind) && set->table->entity) {
      const auto version = static_cast<size_t>(set->table->Find("version"));
      for (size_t row = set->rows(); row-- > 0;)
        if (set->cells[row * set->table->columns.size() + version].number > 1 && evil_->Now(7)) DropRow(set, row);
    }
  }

  Evil* evil_;
  std::unique_ptr<engine::Session> session_;
};

std::unique_ptr<engine::Session> Evil::OpenSession() {
  return std::make_unique<EvilSession>(this, store_->OpenSession());
}

const char* ToText(Bug bug) {
  switch (bug) {
    case Bug::kNone:
      return "none";
    case Bug::kAcknowledgedBeforeCommit:
      return "acknowledged_before_commit";
    case Bug::kRequestRowMissing:
      return "request_row_missing";
    case Bug::kTouchRowMissing:
      return "touch_row_missing";
    case Bug::kRowLeftBehind:
      return "row_left_behind";
    case Bug::kOtherBytesStored:
      return "other_bytes_stored";
    case Bug::kPositionOutside:
      return "position_outside";
    case Bug::kNeighbourDropped:
      return "neighbour_dropped";
    case Bug::kClockGoesBack:
      return "clock_goes_back";
  }
  return "";
}

}  // namespace songsang::audit
