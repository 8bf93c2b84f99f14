#include "reporting/rules_ageing.h"

#include <algorithm>

namespace songsang::reporting {

size_t BucketOfDays(int64_t overdue) {
  constexpr int64_t kLast[] = {0, 30, 60, 90, 180, 365};
  size_t bucket = 0;
  for (const int64_t last : kLast) bucket += overdue > last ? 1 : 0;
  return bucket;
}

void OpenItems::Add(const OpenVersion& version) {
  const uint32_t party = PartyOf(version);
  Last& last = last_[version.id];
  if (last.open != 0 && (last.party != party || last.due_day != version.due_day)) {
    Move(version.from_at, last.party, last.due_day, -last.open);
    last.open = 0;
  }
  if (version.open != last.open) Move(version.from_at, party, version.due_day, version.open - last.open);
  last = {party, version.due_day, version.open};
}

std::vector<Buckets> OpenItems::At(int64_t known_at, int32_t day) const {
  std::vector<Buckets> sums(parties_.size(), Buckets{});
  const auto end = static_cast<size_t>(std::upper_bound(at_.begin(), at_.end(), known_at) - at_.begin());
  // The bucket of every number of days up to the last that makes a difference.
  constexpr int64_t kMostDays = 366;
  std::array<uint8_t, kMostDays + 1> buckets{};
  for (int64_t days = 0; days <= kMostDays; ++days)
    buckets[static_cast<size_t>(days)] = static_cast<uint8_t>(BucketOfDays(days));
  for (size_t i = 0; i < end; ++i) {
    const int64_t overdue = std::clamp<int64_t>(int64_t{day} - due_day_[i], 0, kMostDays);
    sums[party_[i]][buckets[static_cast<size_t>(overdue)]] += change_[i];
  }
  return sums;
}

void OpenItems::Move(int64_t at, uint32_t party, int32_t due_day, int64_t change) {
  at_.push_back(at);
  party_.push_back(party);
  due_day_.push_back(due_day);
  change_.push_back(change);
}

uint32_t OpenItems::PartyOf(const OpenVersion& version) {
  const std::string key = version.account_id + "/" + version.unit_id + "/" + version.currency;
  const auto [found, fresh] = party_of_.emplace(key, static_cast<uint32_t>(parties_.size()));
  if (fresh) parties_.push_back({version.account_id, version.unit_id, version.currency});
  return found->second;
}

}  // namespace songsang::reporting
