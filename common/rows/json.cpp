#include "rows/json.h"

#include <google/protobuf/timestamp.pb.h>

#include <charconv>
#include <map>

#include "core/dates.h"
#include "rows/table.h"
#include "songsang/v1/options.pb.h"

namespace songsang::rows {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void AppendNumber(int64_t number, std::string* json) {
  char digits[24];
  json->append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void AppendBase64(std::string_view bytes, std::string* json) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  json->push_back('"');
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) group = group << 8 | (i + j < bytes.size() ? uint8_t(bytes[i + j]) : 0);
    for (size_t j = 0; j < 4; ++j) json->push_back(i + j <= bytes.size() ? kAlphabet[group >> (18 - 6 * j) & 63] : '=');
  }
  json->push_back('"');
}

void AppendEnum(const FieldDescriptor* field, int number, std::string* json) {
  const auto* value = field->enum_type()->FindValueByNumber(number);
  if (value == nullptr) return AppendNumber(number, json);
  const std::string_view text = EnumText(value);
  if (text.empty()) {
    *json += "null";
  } else {
    AppendJsonText(text, json);
  }
}

void AppendMessage(const Message& message, std::string* json) {
  if (const auto instant = InstantOf(message)) return AppendJsonText(ToIso(*instant), json);
  const auto* descriptor = message.GetDescriptor();
  const bool whole = descriptor->options().GetExtension(v1::inlined);
  json->push_back('{');
  bool first = true;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    const bool set = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) > 0
                                          : message.GetReflection()->HasField(message, field);
    if (!set && !whole) continue;
    if (!first) json->push_back(',');
    first = false;
    AppendJsonText(field->name(), json);
    json->push_back(':');
    AppendJsonField(message, field, json);
  }
  json->push_back('}');
}

void AppendElement(const Message& message, const FieldDescriptor* field, int i, std::string* json) {
  const Reflection* reflection = message.GetReflection();
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return AppendNumber(reflection->GetRepeatedInt32(message, field, i), json);
    case FieldDescriptor::CPPTYPE_INT64:
      return AppendNumber(reflection->GetRepeatedInt64(message, field, i), json);
    case FieldDescriptor::CPPTYPE_UINT32:
      return AppendNumber(reflection->GetRepeatedUInt32(message, field, i), json);
    case FieldDescriptor::CPPTYPE_UINT64:
      return AppendNumber(static_cast<int64_t>(reflection->GetRepeatedUInt64(message, field, i)), json);
    case FieldDescriptor::CPPTYPE_BOOL:
      *json += reflection->GetRepeatedBool(message, field, i) ? "true" : "false";
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      return AppendEnum(field, reflection->GetRepeatedEnumValue(message, field, i), json);
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string& text = reflection->GetRepeatedStringReference(message, field, i, &scratch);
      return field->type() == FieldDescriptor::TYPE_BYTES ? AppendBase64(text, json) : AppendJsonText(text, json);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return AppendMessage(reflection->GetRepeatedMessage(message, field, i), json);
    default:
      *json += "null";
  }
}

// A map's keys are written as text; its order in memory is accidental.
void AppendMap(const Message& message, const FieldDescriptor* field, std::string* json) {
  std::map<std::string, std::string> entries;
  const Reflection* reflection = message.GetReflection();
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    const Message& entry = reflection->GetRepeatedMessage(message, field, i);
    std::string key, value;
    AppendJsonField(entry, entry.GetDescriptor()->map_key(), &key);
    if (key == "null") key = "\"\"";
    if (key.front() != '"') key = '"' + key + '"';
    AppendJsonField(entry, entry.GetDescriptor()->map_value(), &value);
    entries[std::move(key)] = std::move(value);
  }
  char before = '{';
  for (const auto& [key, value] : entries) {
    json->push_back(before);
    json->append(key).append(":").append(value);
    before = ',';
  }
  json->push_back('}');
}

void AppendSingle(const Message& message, const FieldDescriptor* field, std::string* json) {
  const Reflection* reflection = message.GetReflection();
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return AppendNumber(reflection->GetInt32(message, field), json);
    case FieldDescriptor::CPPTYPE_INT64:
      return AppendNumber(reflection->GetInt64(message, field), json);
    case FieldDescriptor::CPPTYPE_UINT32:
      return AppendNumber(reflection->GetUInt32(message, field), json);
    case FieldDescriptor::CPPTYPE_UINT64:
      return AppendNumber(static_cast<int64_t>(reflection->GetUInt64(message, field)), json);
    case FieldDescriptor::CPPTYPE_BOOL:
      *json += reflection->GetBool(message, field) ? "true" : "false";
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      return AppendEnum(field, reflection->GetEnumValue(message, field), json);
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string& text = reflection->GetStringReference(message, field, &scratch);
      if (text.empty()) {
        *json += "null";
        return;
      }
      return field->type() == FieldDescriptor::TYPE_BYTES ? AppendBase64(text, json) : AppendJsonText(text, json);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return AppendMessage(reflection->GetMessage(message, field), json);
    default:
      *json += "null";
  }
}

}  // namespace

std::optional<Instant> InstantOf(const Message& message) {
  using google::protobuf::Timestamp;
  if (message.GetDescriptor() != Timestamp::descriptor()) return std::nullopt;
  if (const auto* timestamp = google::protobuf::DynamicCastToGenerated<Timestamp>(&message))
    return FromTimestamp(*timestamp);
  Timestamp copy;  // of a message made at run time, from a descriptor
  copy.ParseFromString(message.SerializeAsString());
  return FromTimestamp(copy);
}

void AppendJsonText(std::string_view text, std::string* json) {
  constexpr char kHex[] = "0123456789abcdef";
  json->push_back('"');
  size_t plain = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = text[i];
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    json->append(text, plain, i - plain);
    plain = i + 1;
    json->push_back('\\');
    switch (c) {
      case '\n':
        json->push_back('n');
        break;
      case '\r':
        json->push_back('r');
        break;
      case '\t':
        json->push_back('t');
        break;
      case '"':
      case '\\':
        json->push_back(static_cast<char>(c));
        break;
      default:
        json->append("u00").append({kHex[c >> 4], kHex[c & 15]});
    }
  }
  json->append(text, plain, text.size() - plain);
  json->push_back('"');
}

void AppendJsonField(const Message& message, const FieldDescriptor* field, std::string* json) {
  const Reflection* reflection = message.GetReflection();
  if (field->is_map()) return AppendMap(message, field, json);
  if (field->is_repeated()) {
    char before = '[';
    const int size = reflection->FieldSize(message, field);
    for (int i = 0; i < size; ++i) {
      json->push_back(before);
      AppendElement(message, field, i, json);
      before = ',';
    }
    if (size == 0) json->push_back('[');
    json->push_back(']');
    return;
  }
  if (field->has_presence() && !reflection->HasField(message, field)) {
    *json += "null";
    return;
  }
  AppendSingle(message, field, json);
}

}  // namespace songsang::rows
