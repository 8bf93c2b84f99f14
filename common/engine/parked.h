// What a policy stumbled over. An event that a policy cannot answer for a bug is parked, and so is every later event
// about the same entity, in order, until somebody says `retry` or `skip`; all else goes on.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/result.h"
#include "engine/store.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::engine {

// For whoever looks after them: what is parked in a service's store, and what is to become of it.
Result<v1::ListParkedResponse> ListParked(Store& store);
Status ReleaseParked(Store& store, const v1::ReleaseParkedRequest& request);

class Parked {
 public:
  explicit Parked(Store& store) : store_(store) {}

  // Reads what is parked. Refused if the store is away.
  Status Load();
  bool any() const { return !places_.empty(); }
  bool Blocks(const std::string& follower, const v1::JournalEvent& event) const;
  Status Park(const std::string& follower, const v1::JournalEvent& event, const Refusal& why);

  // Something that was released: `skip`, or to be tried again.
  struct Release {
    std::string follower;
    int32_t partition = 0;
    int64_t seq = 0;
    bool skip = false;
  };
  // What has been released since, oldest first. Asks the store only while something is parked.
  Result<std::vector<Release>> Released() const;
  // It is done with; what waited behind it about the same entity is to be tried next.
  Status Forget(const Release& release);

 private:
  using Subject = std::pair<std::string, std::string>;  // tenant, id
  using Place = std::pair<int32_t, int64_t>;            // partition, seq

  Store& store_;
  std::map<std::string, std::map<Place, Subject>> places_;  // by follower
};

}  // namespace songsang::engine
