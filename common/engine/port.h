// A port to the outside world, as effects use it. An adapter speaks to one kind of system; what it sends bears the
// entity's id as its idempotency key.
#pragma once

#include <string>

#include "core/commands.h"

namespace songsang::engine {

class Port {
 public:
  virtual ~Port() = default;
  // Hands `body` over under `key`. May block for seconds; never throws.
  virtual PortAnswer Call(const std::string& key, const std::string& body) = 0;
  // What became of an earlier call under `key`.
  virtual PortAnswer Query(const std::string& key) = 0;
};

}  // namespace songsang::engine
