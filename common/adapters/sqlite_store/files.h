// The files of one store, and what everyone who uses them shares: the turn to write, the growth of the WAL.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "adapters/sqlite_store/connection.h"
#include "adapters/sqlite_store/turn.h"

namespace songsang::sqlite_store {

class Files {
 public:
  // Locks and opens `file`. `folder`, unless empty, is removed in the end.
  static std::shared_ptr<Files> Open(const std::string& file, bool durable, const std::string& folder,
                                     std::string* error);
  ~Files();

  // A connection that writes reports the WAL's length after each of its commits.
  std::unique_ptr<Connection> Connect(Access access, std::string* error);

  Turn turn;

 private:
  Files() = default;
  bool Lock(std::string* error);
  void Checkpoints();
  void Checkpoint();
  static int Committed(void* self, sqlite3* db, const char* name, int pages);

  std::string file_, folder_;
  bool durable_ = true;
  int lock_ = -1;
  std::unique_ptr<Connection> checkpointer_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::atomic<int> wal_pages_ = 0;
  std::thread thread_;
};

// A new folder below the system's temporary one; those that died with their process are removed.
std::string TemporaryFolder(const std::string& name, std::string* error);

}  // namespace songsang::sqlite_store
