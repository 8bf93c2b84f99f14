// The port by which a door learns who calls.
#pragma once

#include <string_view>

#include "core/context.h"
#include "core/result.h"

namespace songsang::engine {

class Verifier {
 public:
  virtual ~Verifier() = default;
  // The caller a bearer token speaks for, or UNAUTHENTICATED. From any thread; quick, since it runs before every call.
  virtual Result<Caller> Verify(std::string_view token) = 0;
};

}  // namespace songsang::engine
