#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/postgres_store/inserts.h"
#include "adapters/postgres_store/pipe.h"

namespace songsang::postgres_store {

class Session : public engine::Session {
 public:
  Session(std::string url, std::string schema) : url_(std::move(url)), schema_(std::move(schema)), inserts_(schema_) {}
  ~Session() override { Session::Rollback(); }

  StoreError BeginLane(int partition, std::span<const engine::RequestKey> requests,
                       std::span<const engine::Lookup> lookups, engine::Opening* opening) override;
  StoreError Begin() override;
  StoreError Read(std::span<const engine::Lookup> lookups, std::vector<engine::Bodies>* bodies) override;
  StoreError Write(std::span<const rows::RowSet> sets) override;
  StoreError Execute(const std::string& sql, std::span<const rows::Cell> parameters) override;
  StoreError Query(const std::string& sql, std::span<const rows::Cell> parameters, engine::Rows* rows) override;
  StoreError Undo() override;
  StoreError Keep() override;
  StoreError Commit(std::span<const rows::RowSet> sets) override;
  void Rollback() override;
  StoreError HoldLease(const std::string& name, const std::string& holder, std::chrono::milliseconds life,
                       bool* held) override;

 private:
  // Look-ups of one table by the same columns share a statement.
  using Groups = std::map<std::pair<const rows::Table*, std::vector<int>>, std::vector<size_t>>;

  StoreError Connect();
  StoreError Opened(const std::function<StoreError()>& open);
  // One try of BeginLane.
  StoreError Open(int partition, std::span<const engine::RequestKey> requests, std::span<const engine::Lookup> lookups,
                  engine::Opening* opening);
  void QueueRequests(std::span<const engine::RequestKey> requests);
  Groups QueueLookups(std::span<const engine::Lookup> lookups);
  static void TakeBodies(const Groups& groups, std::span<const Answer> answers, std::vector<engine::Bodies>* bodies);
  void QueueRows(const rows::RowSet& set);
  // Ends the session of whoever holds this partition's lock and does nothing.
  void TerminateStalled(int partition);
  StoreError Fly(std::vector<Answer>* answers);
  std::string Name(std::string_view table) const;

  const std::string url_, schema_;
  std::unique_ptr<Pipe> pipe_;
  bool open_ = false;  // in a transaction
  Inserts inserts_;
};

}  // namespace songsang::postgres_store
