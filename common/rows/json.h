// Values as JSON with the names and values of columns: snake_case, numbers as numbers (proto JSON writes int64 as
// text), enums in lower case without prefix, instants in ISO 8601, maps ordered by key.
#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>

#include "core/dates.h"

namespace songsang::rows {

// The instant, if the message is a google.protobuf.Timestamp.
std::optional<Instant> InstantOf(const google::protobuf::Message& message);

void AppendJsonText(std::string_view text, std::string* json);
// The whole field, repeated and map fields included; `null` where it is unset, or empty text, or an enum's zero.
void AppendJsonField(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field,
                     std::string* json);

}  // namespace songsang::rows
