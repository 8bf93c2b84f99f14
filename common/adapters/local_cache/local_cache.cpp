#include "adapters/local_cache/local_cache.h"

#include <list>
#include <map>
#include <mutex>
#include <unordered_map>

namespace songsang {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kOverhead = 200;  // of an entry, beside its key and value
constexpr size_t kMostBuckets = 10'000;

int64_t Micros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch()).count();
}

class LocalCache : public engine::Cache {
 public:
  explicit LocalCache(size_t most_bytes) : most_bytes_(most_bytes) {}

  std::optional<std::string> Get(const std::string& key) override {
    const std::lock_guard lock(values_mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    if (found->second->until <= Clock::now()) {
      Forget(found->second);
      return std::nullopt;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->value;
  }

  void Set(const std::string& key, const std::string& value, std::chrono::milliseconds life) override {
    const std::lock_guard lock(values_mutex_);
    if (const auto found = by_key_.find(key); found != by_key_.end()) Forget(found->second);
    if (value.size() > kLargestValue || life.count() <= 0) return;
    entries_.push_front({key, value, Clock::now() + life});
    by_key_[key] = entries_.begin();
    bytes_ += SizeOf(entries_.front());
    while (bytes_ > most_bytes_) Forget(std::prev(entries_.end()));
  }

  void Take(const std::string& key, const engine::Rate& rate, int64_t want,
            std::function<void(std::optional<int64_t>)> then) override {
    int64_t taken = 0;
    {
      const std::lock_guard lock(buckets_mutex_);
      const int64_t now = Micros();
      // What is full again is as good as new.
      if (buckets_.size() > kMostBuckets)
        std::erase_if(buckets_, [now](const auto& bucket) { return bucket.second.full_at_micros() <= now; });
      taken = buckets_[key].Take(rate, want, now);
    }
    then(taken);
  }

  void Publish(const std::string& channel, const std::string& message) override {
    const std::lock_guard lock(hearing_->mutex);
    for (const auto& [number, ear] : hearing_->ears)
      if (ear.first == channel) ear.second(message);
  }

  Subscription Subscribe(const std::string& channel, std::function<void(const std::string&)> hear) override {
    const std::lock_guard lock(hearing_->mutex);
    const int number = ++hearing_->last;
    hearing_->ears[number] = {channel, std::move(hear)};
    return {nullptr, [hearing = hearing_, number](void*) {
              const std::lock_guard guard(hearing->mutex);
              hearing->ears.erase(number);
            }};
  }

 private:
  struct Entry {
    std::string key, value;
    Clock::time_point until;
  };
  using Entries = std::list<Entry>;
  // Outlives the cache where a subscription does.
  struct Hearing {
    std::mutex mutex;
    std::map<int, std::pair<std::string, std::function<void(const std::string&)>>> ears;
    int last = 0;
  };

  static size_t SizeOf(const Entry& entry) { return 2 * entry.key.size() + entry.value.size() + kOverhead; }
  void Forget(Entries::iterator entry) {
    bytes_ -= SizeOf(*entry);
    by_key_.erase(entry->key);
    entries_.erase(entry);
  }

  const size_t most_bytes_;
  std::mutex values_mutex_;
  Entries entries_;  // what was read last comes first
  std::unordered_map<std::string, Entries::iterator> by_key_;
  size_t bytes_ = 0;

  std::mutex buckets_mutex_;
  std::unordered_map<std::string, engine::Bucket> buckets_;

  const std::shared_ptr<Hearing> hearing_ = std::make_shared<Hearing>();
};

}  // namespace

std::unique_ptr<engine::Cache> OpenLocalCache(size_t most_bytes) { return std::make_unique<LocalCache>(most_bytes); }

}  // namespace songsang
