#pragma once

#include <map>
#include <memory>
#include <string>

#include "adapters/sqlite_store/connection.h"
#include "adapters/sqlite_store/files.h"

namespace songsang::sqlite_store {

class Session : public engine::Session {
 public:
  explicit Session(std::shared_ptr<Files> files) : files_(std::move(files)) {}
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
  // The texts that write one table.
  struct Texts {
    std::string insert;
    std::string erase;     // of the row with this key; empty where rows are not taken out first
    std::vector<int> key;  // places of the key's columns
  };
  const Texts& TextsOf(const rows::Table* table, bool fresh);
  StoreError OpenPartition(int partition, engine::Opening* opening);
  StoreError FindRequest(const engine::RequestKey& key, engine::RequestFound* found);
  StoreError WriteSet(const rows::RowSet& set);
  StoreError LookUp(const engine::Lookup& lookup, engine::Bodies* bodies);
  bool InTransaction() const { return holds_turn_; }

  std::shared_ptr<Files> files_;
  std::unique_ptr<Connection> connection_;
  bool holds_turn_ = false;
  // A savepoint costs copies of the pages that change after it. Until Keep there is nothing before it, and the turn
  // keeps others out, so that Undo may as well end the transaction and begin another.
  bool savepoint_ = false;
  std::map<std::pair<const rows::Table*, bool>, Texts> texts_;  // by table and whether its rows are fresh
};

}  // namespace songsang::sqlite_store
