// What the contract suite runs on: both stores, hand-made tables, and rows for them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/store.h"
#include "engine/tables.h"

namespace songsang::contract {

using engine::Lookup;
using engine::Opening;
using engine::RequestKey;
using engine::Rows;
using engine::Session;
using engine::Store;
using engine::StoreError;
using Kind = engine::StoreError::Kind;
using rows::Cell;
using rows::RowSet;

constexpr char kTenant[] = "acme";

// A table like an entity's: thing(tenant, id, version, name, code, owner_id, count, body), `code` unique.
rows::Table MakeThings();
const rows::Table& Things();

struct Thing {
  std::string id;
  int64_t version = 1;
  std::string name = {}, code = {}, owner_id = {};
  int64_t count = 0;
  std::string body = {};  // by default the name
};
RowSet ThingRows(const std::vector<Thing>& things, const rows::Table& table = Things());
// Journal rows from `seq` on, each with its request row and the payload `p<seq>`.
std::vector<RowSet> Entries(int partition, int64_t seq, int count, const std::string& request_prefix);

// PostgreSQL for this run: a database of its own, dropped in the end. Null where SONGSANG_TEST_POSTGRES is not set.
class Server {
 public:
  static Server* Get();
  ~Server();
  const std::string& url() const { return url_; }
  // Runs a statement on a connection apart from the store's; answers the first column of its first row.
  std::string Run(const std::string& sql);

 private:
  Server() = default;
  std::string admin_url_, url_, database_;
};

// One store, migrated with two partitions, anew for every test.
class StoreTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override;
  void TearDown() override;

  bool postgres() const { return GetParam() == "postgres"; }
  std::shared_ptr<Store> Open(std::string* error);
  static std::vector<const rows::Table*> Tables();

  // Answers one number or text of the store, through its readers.
  int64_t Count(const std::string& sql);
  std::string Text(const std::string& sql);
  // Saves things in a transaction of their own.
  StoreError Save(const std::vector<Thing>& things);

  std::filesystem::path folder_;
  std::string schema_;
  std::shared_ptr<Store> store_;
};

std::chrono::steady_clock::time_point In(std::chrono::milliseconds time);
std::string TestName();

MATCHER(Ok, "") {
  *result_listener << "kind " << static_cast<int>(arg.kind) << ", " << arg.constraint << ": " << arg.message;
  return arg.ok();
}
MATCHER_P(Fails, kind, "") {
  *result_listener << "kind " << static_cast<int>(arg.kind) << ", " << arg.constraint << ": " << arg.message;
  return arg.kind == kind;
}

}  // namespace songsang::contract
