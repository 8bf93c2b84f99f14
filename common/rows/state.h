// An entity's state as others' BI takes it: one flat JSON object, every column of its table always present.
//
//   {"tenant":"acme","id":"…","version":7,"deleted":false,"status":"qualified",…,"total_minor":1200000,
//    "total_currency":"KRW","due_date":"2026-12-31","event_id":"…",…,"event_changed":["status"]}
//
// Names and values as in rows/json.h: null where unset, enums in lower case, numbers as numbers, instants in ISO 8601.
// What is repeated or nested is a text that holds JSON. Names that begin with `event_` are the event's.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/dates.h"

namespace songsang::rows {

// The event that made an entity what it is.
struct StateOf {
  std::string_view tenant, event_id, event_type, actor;
  int64_t epoch = 0, seq = 0;
  int32_t partition = 0;
  Instant at;
  std::string_view changed;  // of the whole event, as ChangedJson tells it, by entity
};

std::string StateJson(const google::protobuf::Message& entity, const StateOf& state);

// The names of what changed of one entity, in an event's `changed`: {"<id>":{"field":[old,new],…},…}.
std::vector<std::string> ChangedNames(std::string_view changed, std::string_view id);

}  // namespace songsang::rows
