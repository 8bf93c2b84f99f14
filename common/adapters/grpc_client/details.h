// The error model of google.rpc, read from its bytes.
#pragma once

#include <string_view>

#include "adapters/grpc_client/client.h"

namespace songsang::client {

// Fills reason, domain, variables, fields, localized and retry_after_ms from `grpc-status-details-bin`.
void ReadDetails(std::string_view status, Answer* answer);

}  // namespace songsang::client
