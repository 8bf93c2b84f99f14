// Checks a request against what its proto declares, all at once.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace songsang::rows {

// Every violation (the first hundred) of `(check)`, `(ref)` (an id or ext:<system>:<key>), open enums (defined values
// only), UTF-8, NUL and other control characters, timestamps outside 1900 to 2199, and, on a method's request,
// `request_id`: so an idempotency key that serves in its place is put there before. Field paths are those of proto
// JSON in snake case: `lines[2].price.minor`.
//
// An unset value breaks no rule but `required`. An `optional` field that is present and empty clears the value it
// stands for: only `required` and `min_len` forbid that.
std::vector<FieldViolation> Violations(const google::protobuf::Message& request);

// Why these bytes are no message of this type, when parsing them has failed: the path of a string that is not valid
// UTF-8, or nothing where the bytes are no message at all.
std::string FindInvalidText(const google::protobuf::Descriptor& type, std::string_view bytes);

}  // namespace songsang::rows
