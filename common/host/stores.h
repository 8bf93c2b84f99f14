#pragma once

#include <functional>
#include <string>
#include <vector>

#include "host/host.h"

namespace songsang::host {

// Brings an embedded store's schema up to date; waits for a PostgreSQL schema until it is (saying so), or brings it up
// to date too where the configuration says `migrate`. Ends early when `give_up` says so. Exit code 0 is ready.
Failure Ready(const Config& config, const std::string& service, engine::Store& store,
              const std::vector<const rows::Table*>& tables, const std::function<bool()>& give_up);

}  // namespace songsang::host
