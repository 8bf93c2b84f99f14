// `songsang demo`: fills a tenant with a year of a plausible Korean sales organisation, through the API, and shows what
// can be asked of it.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "adapters/grpc_client/client.h"

namespace songsang::demo {

struct DemoOptions {
  uint64_t seed = 1;
  int leads = 2'000;
  bool reports = true;  // print the reports an executive would ask for
  bool korean = false;
  bool quiet = false;
  // Somebody else, who approves what the caller asks for; null: that keeps waiting.
  client::Client* approver = nullptr;
  // How the reader reaches this server, for what is printed last: `--tenant demo`.
  std::string flags;
};

// The caller must bear ADMIN and IMPORTER: a year of the past is written. 0; 1 if something was refused; 3 if the server
// is away. Run again it changes nothing.
int Demo(const DemoOptions& options, client::Client& client, std::ostream& out, std::ostream& err);

}  // namespace songsang::demo
