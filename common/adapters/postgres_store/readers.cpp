#include "adapters/postgres_store/readers.h"

namespace songsang::postgres_store {
namespace {

constexpr size_t kMostReaders = 8;
constexpr std::chrono::seconds kIdle{60};

}  // namespace

StoreError Readers::Query(const std::string& sql, std::span<const rows::Cell> parameters,
                          steady_clock::time_point deadline, engine::Rows* rows) {
  *rows = {};
  Parameters values;
  for (const rows::Cell& cell : parameters) values.Add(cell);
  // A connection that has idled may have been cut meanwhile, by a restart say; a read may simply be asked again.
  for (int tries = 1;; ++tries) {
    std::string failed;
    std::unique_ptr<Pipe> pipe = Take(deadline, &failed);
    if (pipe == nullptr) return {StoreError::Kind::kAway, "", failed};
    const bool fresh = pipe->fresh();
    pipe->Queue(sql, values, true);
    std::vector<Answer> answers;
    StoreError error = pipe->Fly(&answers, deadline);
    const bool late = steady_clock::now() >= deadline;
    if (pipe->broken()) {
      if (late) pipe->Cancel();
      Give(nullptr);
      if (!fresh && !late && tries == 1) continue;
    } else {
      Give(std::move(pipe));
    }
    return error.ok() ? answers.back().Fetch(rows) : error;
  }
}

std::unique_ptr<Pipe> Readers::Take(steady_clock::time_point deadline, std::string* error) {
  std::unique_lock lock(mutex_);
  if (!free_.wait_until(lock, deadline, [&] { return !idle_.empty() || readers_ < kMostReaders; })) {
    *error = "all readers of the store are busy";
    return nullptr;
  }
  if (!idle_.empty()) {
    auto pipe = std::move(idle_.back().pipe);
    idle_.pop_back();
    return pipe;
  }
  ++readers_;
  lock.unlock();
  auto pipe = Pipe::Connect(url_, ReadPurpose(schema_), error);
  if (pipe == nullptr) Give(nullptr);
  return pipe;
}

void Readers::Give(std::unique_ptr<Pipe> pipe) {
  std::vector<Idle> closed;
  std::lock_guard lock(mutex_);
  const auto now = steady_clock::now();
  if (pipe == nullptr) {
    --readers_;
  } else {
    idle_.push_back({std::move(pipe), now});
  }
  // The one used last is taken first, so those in front idle longest.
  while (idle_.size() > 1 && now - idle_.front().since > kIdle) {
    closed.push_back(std::move(idle_.front()));
    idle_.erase(idle_.begin());
    --readers_;
  }
  free_.notify_one();
}

}  // namespace songsang::postgres_store
