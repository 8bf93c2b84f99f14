// The moves of a tenant's open items as columns in the order they were recorded, so that what was open at any instant,
// by the days it was due, is one pass over numbers.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace songsang::reporting {

// One version of a receivable.
struct OpenVersion {
  std::string id, account_id, unit_id, currency;
  int32_t due_day = 0;  // days since 1970-01-01
  int64_t open = 0;
  int64_t from_at = 0;
};

// current, 1-30, 31-60, 61-90, 91-180, 181-365, over.
inline constexpr size_t kBuckets = 7;
using Buckets = std::array<int64_t, kBuckets>;
// Which bucket an item is in that is so many days overdue.
size_t BucketOfDays(int64_t overdue);

class OpenItems {
 public:
  // In the order of (from_at, id, version).
  void Add(const OpenVersion& version);

  // Whose open items are added up together.
  struct Party {
    std::string account_id, unit_id, currency;
  };
  const std::vector<Party>& parties() const { return parties_; }
  // What was open by an instant, of each party, by the days it was overdue on a day.
  std::vector<Buckets> At(int64_t known_at, int32_t day) const;
  size_t moves() const { return at_.size(); }

 private:
  struct Last {
    uint32_t party = 0;
    int32_t due_day = 0;
    int64_t open = 0;
  };
  void Move(int64_t at, uint32_t party, int32_t due_day, int64_t change);
  uint32_t PartyOf(const OpenVersion& version);

  std::vector<int64_t> at_, change_;
  std::vector<uint32_t> party_;
  std::vector<int32_t> due_day_;
  std::vector<Party> parties_;
  std::unordered_map<std::string, uint32_t> party_of_;
  // The latest version of each receivable that still may move.
  std::unordered_map<std::string, Last> last_;
};

}  // namespace songsang::reporting
