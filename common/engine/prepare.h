// What can be done for a command before it waits for its lane: validation, access, references, the identity of the
// request, the names of what it will read. Runs on the door's threads, so that the lane does only what must be serial.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/hash.h"
#include "engine/catalogue.h"
#include "engine/engine.h"
#include "engine/overlay.h"

namespace songsang::engine {

// A command on its way through a lane.
struct Pending {
  std::unique_ptr<Call> call;
  const BoundMethod* method = nullptr;
  RequestKey key;
  Digest body_hash{};  // of method, actor and request
  Digest seed{};       // of the request's identity
  std::vector<Lookup> lookups;
  size_t bytes = 0;
  size_t place = 0;   // in its batch
  uint64_t flow = 0;  // calls of one flow wait behind one another; flows take turns
  Outcome outcome;    // filled in by the lane
};

// Validates, checks access, resolves external references. A refusal is what the call is answered.
Status Admit(Call* call);

// Fills in the rest of a command that was admitted. What it names it names as of `now`; the lane's clock decides.
void Prepare(const class Zones& zones, Instant now, Pending* pending);

// The time of a command, and whether its `occurred_at` is allowed.
Status SetTimes(const BoundMethod& method, const Message& request, Instant now, const Zones& zones, Context* context);

}  // namespace songsang::engine
