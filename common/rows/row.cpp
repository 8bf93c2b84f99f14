// From an entity to its row. Text and bytes are views into the message; only JSON is made anew.
#include <memory>
#include <mutex>
#include <unordered_map>

#include "core/text.h"
#include "rows/json.h"
#include "rows/table.h"

namespace songsang::rows {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string MakeEnumText(const EnumValueDescriptor* value) {
  if (value->number() == 0) return {};
  const std::string prefix = Upper(Snake(value->type()->name())) + "_";
  const std::string& name = value->name();
  return Lower(name.rfind(prefix, 0) == 0 && name.size() > prefix.size() ? name.substr(prefix.size()) : name);
}

Cell Own(std::string text, std::deque<std::string>* owned) { return Cell::Text(owned->emplace_back(std::move(text))); }

Cell ReadEnum(const FieldDescriptor* field, int number, std::deque<std::string>* owned) {
  if (number == 0) return Cell::Null();
  const EnumValueDescriptor* value = field->enum_type()->FindValueByNumber(number);
  // A value that only a newer release knows: its number, so that it is not lost from sight.
  if (value == nullptr) return Own(std::to_string(number), owned);
  return Cell::Text(EnumText(value));
}

Cell ReadSingle(const Message& message, const Reflection* reflection, const FieldDescriptor* field,
                std::deque<std::string>* owned) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Cell::Int(reflection->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return Cell::Int(reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Cell::Int(reflection->GetUInt32(message, field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Cell::Int(static_cast<int64_t>(reflection->GetUInt64(message, field)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Cell::Int(reflection->GetBool(message, field) ? 1 : 0);
    case FieldDescriptor::CPPTYPE_ENUM:
      return ReadEnum(field, reflection->GetEnumValue(message, field), owned);
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& text = reflection->GetStringReference(message, field, &scratch);
      if (text.empty()) return Cell::Null();
      const std::string_view view = &text == &scratch ? owned->emplace_back(std::move(scratch)) : text;
      return field->type() == FieldDescriptor::TYPE_BYTES ? Cell::Bytes(view) : Cell::Text(view);
    }
    default:
      return Cell::Null();
  }
}

Cell ReadMessage(const Message& message, const FieldDescriptor* field, std::deque<std::string>* owned) {
  if (const auto instant = InstantOf(message.GetReflection()->GetMessage(message, field)))
    return Cell::Int(instant->micros);
  std::string json;
  AppendJsonField(message, field, &json);
  return Own(std::move(json), owned);
}

// Asking a message for its reflection costs as much as reading a field: it is asked once a row.
Cell ReadWith(const Reflection* reflection, const Column& column, const Message& entity,
              std::deque<std::string>* owned) {
  const FieldDescriptor* field = column.path.front();
  if (column.path.size() > 1) {
    if (!reflection->HasField(entity, field)) return Cell::Null();
    const Message& part = reflection->GetMessage(entity, field);
    return ReadSingle(part, part.GetReflection(), column.path[1], owned);
  }
  if (field->is_repeated()) {
    if (reflection->FieldSize(entity, field) == 0) return Cell::Null();
    std::string json;
    AppendJsonField(entity, field, &json);
    return Own(std::move(json), owned);
  }
  if (field->has_presence() && !reflection->HasField(entity, field)) return Cell::Null();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return ReadMessage(entity, field, owned);
  return ReadSingle(entity, reflection, field, owned);
}

}  // namespace

std::string_view EnumText(const EnumValueDescriptor* value) {
  // The texts live as long as the program; each thread keeps its own way to them, so that none waits.
  thread_local std::unordered_map<const EnumValueDescriptor*, std::string_view> known;
  const auto found = known.find(value);
  if (found != known.end()) return found->second;
  static std::mutex mutex;
  static auto& texts = *new std::unordered_map<const EnumValueDescriptor*, std::unique_ptr<const std::string>>;
  std::lock_guard lock(mutex);
  auto& text = texts[value];
  if (text == nullptr) text = std::make_unique<const std::string>(MakeEnumText(value));
  return known[value] = *text;
}

Cell ReadColumn(const Column& column, const Message& entity, std::deque<std::string>* owned) {
  return ReadWith(entity.GetReflection(), column, entity, owned);
}

void AppendRow(std::string_view tenant, const Message& entity, std::string_view body, RowSet* set) {
  const Reflection* reflection = entity.GetReflection();
  for (const Column& column : set->table->columns) {
    if (!column.path.empty()) {
      set->cells.push_back(ReadWith(reflection, column, entity, &set->owned));
    } else if (column.name == "tenant") {
      set->cells.push_back(Cell::Text(tenant));
    } else {
      set->cells.push_back(Cell::Bytes(body));
    }
  }
}

}  // namespace songsang::rows
