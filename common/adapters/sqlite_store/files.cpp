#include "adapters/sqlite_store/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace songsang::sqlite_store {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Pages of the WAL (4 KiB) from which the database takes it over; from which writers pause so that it can begin anew;
// from which they wait for readers too (these end within 5 s).
constexpr int kCopyFrom = 1'000;
constexpr int kRestartFrom = 4'000;
constexpr int kInsistFrom = 64'000;

constexpr char kFolderPrefix[] = "songsang-memory-";
constexpr char kMemoryFile[] = "store.db";

int OpenLock(const std::string& file, int flags) { return open((file + ".lock").c_str(), flags | O_CLOEXEC, 0644); }

}  // namespace

std::shared_ptr<Files> Files::Open(const std::string& file, bool durable, const std::string& folder,
                                   std::string* error) {
  std::shared_ptr<Files> files(new Files);
  files->file_ = file;
  files->durable_ = durable;
  files->folder_ = folder;
  if (!files->Lock(error)) return nullptr;
  files->checkpointer_ = files->Connect(Access::kWrite, error);
  // It also keeps the WAL open from one writer to the next: the last to leave would have to copy and delete it.
  if (files->checkpointer_ == nullptr || !files->checkpointer_->Run("SELECT 1 FROM sqlite_schema").ok()) return nullptr;
  files->thread_ = std::thread(&Files::Checkpoints, files.get());
  return files;
}

Files::~Files() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  checkpointer_.reset();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  if (lock_ >= 0) close(lock_);
}

// The lock is on a file of its own: closing a handle of the database's file would drop SQLite's locks on it.
bool Files::Lock(std::string* error) {
  lock_ = OpenLock(file_, O_RDWR | O_CREAT);
  if (lock_ < 0) {
    *error = file_ + ".lock: " + std::strerror(errno);
    return false;
  }
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    char holder[32] = "";
    const ssize_t length = pread(lock_, holder, sizeof holder - 1, 0);
    *error = file_ + " is in use by another process" +
             (length > 0 ? " (pid " + std::string(holder, static_cast<size_t>(length)) + ")" : "") +
             "; a SQLite store belongs to one process at a time";
    close(lock_);
    lock_ = -1;
    return false;
  }
  const std::string pid = std::to_string(getpid());
  if (ftruncate(lock_, 0) != 0 || pwrite(lock_, pid.data(), pid.size(), 0) < 0) {
    *error = file_ + ".lock: " + std::strerror(errno);
    return false;
  }
  return true;
}

std::unique_ptr<Connection> Files::Connect(Access access, std::string* error) {
  auto connection = Connection::Open(file_, access, durable_, error);
  if (connection != nullptr && access == Access::kWrite) sqlite3_wal_hook(connection->db(), &Files::Committed, this);
  return connection;
}

int Files::Committed(void* self, sqlite3*, const char*, int pages) {
  auto* files = static_cast<Files*>(self);
  const int before = files->wal_pages_.exchange(pages);
  if (pages >= kCopyFrom && before < kCopyFrom) files->wake_.notify_one();
  return SQLITE_OK;
}

void Files::Checkpoints() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    wake_.wait_for(lock, milliseconds(1'000), [&] { return stop_ || wal_pages_ >= kCopyFrom; });
    if (stop_ || wal_pages_ < kCopyFrom) continue;
    lock.unlock();
    Checkpoint();
    lock.lock();
    // What came meanwhile may gather for a moment, or the disk would never rest.
    wake_.wait_for(lock, milliseconds(100), [&] { return stop_; });
  }
}

void Files::Checkpoint() {
  int pages = 0, copied = 0;
  // A connection has no WAL before its first read, and a checkpoint without one does nothing, successfully.
  checkpointer_->Run("SELECT 1 FROM sqlite_schema");
  sqlite3_wal_checkpoint_v2(checkpointer_->db(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
  if (pages < kRestartFrom) return;
  // Under steady writing the WAL only begins anew if writers pause while its last pages are copied.
  if (!turn.Take(steady_clock::now() + std::chrono::seconds(1))) return;
  sqlite3_busy_timeout(checkpointer_->db(), pages < kInsistFrom ? 10 : 5'500);
  if (sqlite3_wal_checkpoint_v2(checkpointer_->db(), nullptr, SQLITE_CHECKPOINT_RESTART, &pages, &copied) == SQLITE_OK)
    wal_pages_ = 0;
  turn.Give();
}

std::string TemporaryFolder(const std::string& name, std::string* error) {
  std::error_code failed;
  const auto base = std::filesystem::temp_directory_path(failed);
  for (const auto& entry : std::filesystem::directory_iterator(base, failed)) {
    if (entry.path().filename().string().rfind(kFolderPrefix, 0) != 0) continue;
    const int lock = OpenLock((entry.path() / kMemoryFile).string(), O_RDWR);
    if (lock < 0) continue;
    // An empty lock is of a process that is about to take it: whoever holds one has written its pid there.
    char holder = 0;
    std::error_code ignored;
    if (pread(lock, &holder, 1, 0) == 1 && flock(lock, LOCK_EX | LOCK_NB) == 0)
      std::filesystem::remove_all(entry.path(), ignored);
    close(lock);
  }
  std::string safe;
  for (char c : name) safe += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  std::string folder = (base / (kFolderPrefix + safe + "-XXXXXX")).string();
  if (mkdtemp(folder.data()) == nullptr) {
    *error = folder + ": " + std::strerror(errno);
    return {};
  }
  return folder;
}

}  // namespace songsang::sqlite_store
