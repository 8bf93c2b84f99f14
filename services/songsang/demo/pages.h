// The pages at the end of the demo: what an executive, a branch manager, a representative and a receivables clerk ask
// for, each from queries that anyone may call.
#pragma once

#include <ostream>
#include <string>

#include "adapters/grpc_client/client.h"
#include "songsang/demo/story.h"

namespace songsang::demo {

struct PageOptions {
  bool korean = false;
  std::string after;           // positions to wait for
  std::string from_on, to_on;  // first and last day of the story
};

// False, said on `err`, if a query was refused.
bool PrintPages(const PageOptions& options, const Cast& cast, client::Client& client, std::ostream& out,
                std::ostream& err);

}  // namespace songsang::demo
