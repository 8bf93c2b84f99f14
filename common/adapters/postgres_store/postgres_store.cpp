#include "adapters/postgres_store/postgres_store.h"

#include <algorithm>
#include <atomic>

#include "adapters/postgres_store/migrate.h"
#include "adapters/postgres_store/readers.h"
#include "adapters/postgres_store/session.h"

namespace songsang {
namespace postgres_store {
namespace {

class Store : public engine::Store {
 public:
  Store(const std::string& url, const std::string& schema) : url_(url), schema_(schema), readers_(url, schema) {}

  StoreError Migrate(std::span<const rows::Table* const> tables, int partitions, bool dry_run,
                     engine::Migration* migration) override {
    StoreError error = postgres_store::Migrate(url_, schema_, tables, partitions, dry_run, migration);
    if (error.ok() && !dry_run) partitions_ = partitions;
    return error;
  }

  bool IsMigrated(std::span<const rows::Table* const> tables, std::string* what) override {
    int partitions = 0;
    const bool migrated = postgres_store::IsMigrated(url_, schema_, tables, what, &partitions);
    // From here on it is known, also while the server is away.
    if (migrated) partitions_ = partitions;
    return migrated;
  }

  std::unique_ptr<engine::Session> OpenSession() override { return std::make_unique<Session>(url_, schema_); }

  StoreError Query(const std::string& sql, std::span<const rows::Cell> parameters, steady_clock::time_point deadline,
                   engine::Rows* rows) override {
    return readers_.Query(sql, parameters, deadline, rows);
  }

  const std::string& schema() const override { return schema_; }

  int partitions() const override {
    if (partitions_ == 0) partitions_ = CountPartitions(url_, schema_);
    return partitions_;
  }

  const char* kind() const override { return "postgres"; }

 private:
  const std::string url_, schema_;
  Readers readers_;
  mutable std::atomic<int> partitions_ = 0;
};

bool IsName(const std::string& name) {
  return !name.empty() && name.size() <= 63 && name.front() >= 'a' && name.front() <= 'z' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace
}  // namespace postgres_store

std::shared_ptr<engine::Store> OpenPostgres(const std::string& url, const std::string& schema, std::string* error) {
  char* wrong = nullptr;
  PQconninfoOption* options = PQconninfoParse(url.c_str(), &wrong);
  if (options == nullptr) {
    *error = std::string("the store's URL is not one of PostgreSQL's: ") + (wrong == nullptr ? "" : wrong);
    PQfreemem(wrong);
    return nullptr;
  }
  PQconninfoFree(options);
  if (!postgres_store::IsName(schema)) {
    *error = "`" + schema + "` is no name of a schema: lower-case letters, digits and _, a letter first, at most 63";
    return nullptr;
  }
  return std::make_shared<postgres_store::Store>(url, schema);
}

}  // namespace songsang
