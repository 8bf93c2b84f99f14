// Builds the replica anew from the journals, beside the one in use, compares the two byte for byte, and switches.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/result.h"
#include "reporting/follower.h"
#include "reporting/replica.h"

namespace songsang::reporting {

struct Rebuilt {
  int64_t events = 0;
  // Of the generation in use and of the one built, at the same positions.
  Digests before, after;
  // Tables whose bytes differ; none means that the replica was right.
  std::vector<std::string> different;
  bool switched = false;
};

// The one in use is caught up first, then the next is built to the same positions, compared, and put in its place in
// one transaction; `keep` leaves the one in use where it is. A Follower may go on meanwhile, as long as nothing is
// recorded: otherwise bytes differ, or the switch is refused (REPLICA_TAKEN).
Result<Rebuilt> Rebuild(engine::Store& store, const Sources& sources, bool keep = false,
                        const std::function<void(int64_t events)>& progress = nullptr);

}  // namespace songsang::reporting
