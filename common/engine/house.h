// Commands of the system's own: what policies, timers and effects have decided, on their way through the lanes like any
// caller's, under an id that makes each of them happen once.
#pragma once

#include <string>
#include <vector>

#include "engine/catalogue.h"
#include "engine/engine.h"
#include "engine/zones.h"

namespace songsang::engine {

// What reactions work with. All of it outlives them.
struct Reacting {
  Engine& engine;
  const Catalogue& catalogue;
  const Zones& zones;
  const Surroundings& world;
  const Service& service;
  const Lease& lease;
};

// The caller's name in journals and request ids of the house.
inline constexpr char kHouseClient[] = "songsang";

struct HouseCommand {
  const Message* request = nullptr;  // not owned
  std::string tenant;
  std::string actor;  // `policy/note_order`
  std::string id;     // `evt/<event id>/note_order/0`
  std::string trace;
  int32_t hops = 0;
};

// Runs commands of one service, those of a tenant in the order given, and waits for all outcomes.
std::vector<Outcome> RunHouse(const Reacting& reacting, const std::vector<HouseCommand>& commands);

// What to make of an outcome.
enum class Settled {
  kYes,     // recorded, whether done, refused or nothing to do
  kLater,   // the store or the lane is away: the same id again, later
  kNeeded,  // a bug: somebody has to look at it
};
Settled SettledOf(const Outcome& outcome);

}  // namespace songsang::engine
