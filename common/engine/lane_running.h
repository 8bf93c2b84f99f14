// A batch under way in a lane: what it has read, decided and written so far. Only lane.cpp needs it.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/lane.h"

namespace songsang::engine {

inline std::string KeyText(const RequestKey& key) { return key.tenant + '\n' + key.client + '\n' + key.request_id; }

// One recorded command: what the lane writes for it.
struct Written {
  Pending* pending;
  JournalEntry entry;
  std::vector<Touch> touches;
  std::shared_ptr<const std::string> payload;
};

struct Lane::Running {
  Batch* batch = nullptr;
  Overlay overlay;
  Opening opening;
  Instant now;
  StoreError error;  // of a read within deciding: the batch cannot go on
  // The chain's end, and what was written since the savepoint.
  int64_t seq = 0;
  Digest hash{};
  std::deque<Written> written;
  size_t cut = 0;   // how many of the batch were decided
  size_t mark = 0;  // of the overlay, at the savepoint
  int64_t kept_seq = 0;
  Digest kept_hash{};
  std::unordered_map<std::string, const Written*> by_key;  // in this batch
  std::unordered_map<std::string, std::pair<Digest, Outcome>> kept_by_key;

  void Revert() {
    overlay.RevertTo(mark);
    written.clear();
    by_key.clear();
    seq = kept_seq;
    hash = kept_hash;
  }
  void Keep() {
    for (const Written& w : written) kept_by_key[KeyText(w.pending->key)] = {w.pending->body_hash, w.pending->outcome};
    mark = overlay.Mark();
    written.clear();
    by_key.clear();
    kept_seq = seq;
    kept_hash = hash;
  }
};

}  // namespace songsang::engine
