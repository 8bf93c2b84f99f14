// Checks a request against what its proto declares, all at once.
#pragma once

#include <google/protobuf/message.h>

#include <vector>

#include "core/result.h"

namespace songsang::rows {

// Every violation of `(check)`, `(ref)` (an id or ext:<system>:<key>), open enums (defined values only), UTF-8, NUL,
// and, on a method's request, `request_id`. Field paths are those of proto JSON in snake case: `lines[2].price.minor`.
std::vector<FieldViolation> Violations(const google::protobuf::Message& request);

}  // namespace songsang::rows
