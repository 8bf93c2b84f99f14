#include "adapters/sqlite_store/sqlite_store.h"

#include <algorithm>

#include "adapters/sqlite_store/migrate.h"
#include "adapters/sqlite_store/session.h"

namespace songsang {
namespace sqlite_store {
namespace {

using std::chrono::steady_clock;

// A read holds the WAL back, so that it grows: after this long a read ends, whatever its caller would allow.
constexpr std::chrono::seconds kLongestRead{5};
constexpr size_t kMostReaders = 8;

StoreError Away(std::string message) { return {StoreError::Kind::kAway, "", std::move(message)}; }

class Store : public engine::Store {
 public:
  explicit Store(std::shared_ptr<Files> files) : files_(std::move(files)) {}

  StoreError Migrate(std::span<const rows::Table* const> tables, int partitions, bool dry_run,
                     engine::Migration* migration) override {
    std::string failed;
    const auto connection = files_->Connect(Access::kWrite, &failed);
    if (connection == nullptr) return Away(failed);
    if (!files_->turn.Take(steady_clock::now() + std::chrono::seconds(30))) return Away("the store is being written");
    StoreError error = sqlite_store::Migrate(*connection, tables, partitions, dry_run, migration);
    files_->turn.Give();
    if (error.ok() && !dry_run) partitions_ = partitions;
    return error;
  }

  bool IsMigrated(std::span<const rows::Table* const> tables, std::string* what) override {
    std::string failed;
    const auto connection = files_->Connect(Access::kWrite, &failed);
    if (connection == nullptr) {
      *what = failed;
      return false;
    }
    return sqlite_store::IsMigrated(*connection, tables, what);
  }

  std::unique_ptr<engine::Session> OpenSession() override { return std::make_unique<Session>(files_); }

  StoreError Query(const std::string& sql, std::span<const rows::Cell> parameters, steady_clock::time_point deadline,
                   engine::Rows* rows) override {
    *rows = {};
    deadline = std::min(deadline, steady_clock::now() + kLongestRead);
    std::string failed;
    std::unique_ptr<Connection> reader = TakeReader(deadline, &failed);
    if (reader == nullptr) return Away(failed);
    reader->SetDeadline(deadline);
    StoreError error = Fetch(*reader, sql, parameters, rows);
    GiveReader(std::move(reader));
    return error;
  }

  const std::string& schema() const override { return schema_; }

  int partitions() const override {
    if (partitions_ == 0) {
      std::string failed;
      const auto connection = files_->Connect(Access::kWrite, &failed);
      if (connection != nullptr) partitions_ = CountPartitions(*connection);
    }
    return partitions_;
  }

  const char* kind() const override { return "sqlite"; }

 private:
  static StoreError Fetch(Connection& reader, const std::string& sql, std::span<const rows::Cell> parameters,
                          engine::Rows* rows) {
    Statement statement = reader.Prepare(sql);
    if (!statement) return reader.Error();
    statement.BindNumbered(parameters);
    return statement.Fetch(rows);
  }

  std::unique_ptr<Connection> TakeReader(steady_clock::time_point deadline, std::string* error) {
    std::unique_lock lock(mutex_);
    if (!free_.wait_until(lock, deadline, [&] { return !idle_.empty() || readers_ < kMostReaders; })) {
      *error = "all readers of the store are busy";
      return nullptr;
    }
    if (!idle_.empty()) {
      auto reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
    ++readers_;
    lock.unlock();
    auto reader = files_->Connect(Access::kRead, error);
    if (reader == nullptr) GiveReader(nullptr);
    return reader;
  }

  void GiveReader(std::unique_ptr<Connection> reader) {
    std::lock_guard lock(mutex_);
    if (reader == nullptr) {
      --readers_;
    } else {
      idle_.push_back(std::move(reader));
    }
    free_.notify_one();
  }

  const std::string schema_ = "main";
  std::shared_ptr<Files> files_;
  mutable std::atomic<int> partitions_ = 0;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<std::unique_ptr<Connection>> idle_;
  size_t readers_ = 0;
};

}  // namespace
}  // namespace sqlite_store

std::shared_ptr<engine::Store> OpenSqlite(const std::string& file, std::string* error) {
  auto files = sqlite_store::Files::Open(file, true, "", error);
  return files == nullptr ? nullptr : std::make_shared<sqlite_store::Store>(std::move(files));
}

std::shared_ptr<engine::Store> OpenSqliteMemory(const std::string& name, std::string* error) {
  std::string ignored;
  if (error == nullptr) error = &ignored;
  const std::string folder = sqlite_store::TemporaryFolder(name, error);
  if (folder.empty()) return nullptr;
  auto files = sqlite_store::Files::Open(folder + "/store.db", false, folder, error);
  return files == nullptr ? nullptr : std::make_shared<sqlite_store::Store>(std::move(files));
}

}  // namespace songsang
