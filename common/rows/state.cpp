#include "rows/state.h"

#include "rows/json.h"
#include "rows/table.h"

namespace songsang::rows {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void AppendName(std::string_view name, std::string* json) {
  json->append(json->size() > 1 ? ",\"" : "\"").append(name).append("\":");
}

void AppendText(std::string_view name, std::string_view text, std::string* json) {
  AppendName(name, json);
  if (text.empty()) {
    *json += "null";
  } else {
    AppendJsonText(text, json);
  }
}

void AppendNumber(std::string_view name, int64_t number, std::string* json) {
  AppendName(name, json);
  *json += std::to_string(number);
}

// Whether a field's value is itself an object or a list, which a flat record holds as text.
bool IsNested(const FieldDescriptor* field) {
  return field->is_repeated() ||
         (field->message_type() != nullptr && field->message_type()->full_name() != "google.protobuf.Timestamp");
}

void AppendColumn(const Column& column, const Message& entity, std::string* json) {
  AppendName(column.name, json);
  const Message* holder = &entity;
  for (size_t i = 0; i + 1 < column.path.size(); ++i) {
    if (!holder->GetReflection()->HasField(*holder, column.path[i])) {
      *json += "null";
      return;
    }
    holder = &holder->GetReflection()->GetMessage(*holder, column.path[i]);
  }
  const FieldDescriptor* field = column.path.back();
  if (!IsNested(field)) return AppendJsonField(*holder, field, json);
  const bool set = field->is_repeated() ? holder->GetReflection()->FieldSize(*holder, field) > 0
                                        : holder->GetReflection()->HasField(*holder, field);
  if (!set) {
    *json += "null";
    return;
  }
  std::string nested;
  AppendJsonField(*holder, field, &nested);
  AppendJsonText(nested, json);
}

// The end of the JSON value that begins at `at`.
size_t EndOfValue(std::string_view json, size_t at) {
  int depth = 0;
  for (; at < json.size(); ++at) {
    const char c = json[at];
    if (c == '"') {
      for (++at; at < json.size() && json[at] != '"'; ++at)
        if (json[at] == '\\') ++at;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth-- == 0) return at;
    }
    if (depth == 0 && at + 1 < json.size() && (json[at + 1] == ',' || json[at + 1] == '}' || json[at + 1] == ']'))
      return at + 1;
  }
  return json.size();
}

}  // namespace

std::vector<std::string> ChangedNames(std::string_view changed, std::string_view id) {
  std::vector<std::string> names;
  const std::string key = "\"" + std::string(id) + "\":{";
  size_t at = changed.find(key);
  if (at == std::string_view::npos) return names;
  at += key.size();
  while (at < changed.size() && changed[at] == '"') {
    const size_t end = changed.find('"', at + 1);
    if (end == std::string_view::npos) break;
    names.emplace_back(changed.substr(at + 1, end - at - 1));
    at = EndOfValue(changed, end + 2);
    if (at < changed.size() && changed[at] == ',') ++at;
  }
  return names;
}

std::string StateJson(const Message& entity, const StateOf& state) {
  std::string json = "{";
  json.reserve(1024);
  AppendText("tenant", state.tenant, &json);
  for (const Column& column : TableOf(entity.GetDescriptor()).columns) {
    if (column.path.empty()) continue;  // tenant, body
    AppendColumn(column, entity, &json);
    if (column.name == "version") json += ",\"deleted\":false";
  }
  AppendText("event_id", state.event_id, &json);
  AppendText("event_type", state.event_type, &json);
  AppendNumber("event_partition", state.partition, &json);
  AppendNumber("event_seq", state.seq, &json);
  AppendNumber("event_epoch", state.epoch, &json);
  AppendText("event_time", ToIso(state.at), &json);
  AppendText("event_actor", state.actor, &json);
  AppendName("event_changed", &json);
  const auto* reflection = entity.GetReflection();
  char before = '[';
  const std::string id = reflection->GetString(entity, entity.GetDescriptor()->FindFieldByNumber(1));
  for (const std::string& name : ChangedNames(state.changed, id)) {
    json.push_back(before);
    AppendJsonText(name, &json);
    before = ',';
  }
  if (before == '[') json.push_back('[');
  json += "]}";
  return json;
}

}  // namespace songsang::rows
