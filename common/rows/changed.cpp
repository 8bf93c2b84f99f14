// What differs between two versions of an entity.
#include "rows/json.h"
#include "rows/table.h"

namespace songsang::rows {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Whether a single plain field holds the same in both; false, too, for what only its JSON can tell.
bool SamePlain(const Message& a, const Reflection* ra, const Message& b, const Reflection* rb,
               const FieldDescriptor* field) {
  if (field->has_presence() && ra->HasField(a, field) != rb->HasField(b, field)) return false;
  std::string scratch_a, scratch_b;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return ra->GetInt32(a, field) == rb->GetInt32(b, field);
    case FieldDescriptor::CPPTYPE_INT64:
      return ra->GetInt64(a, field) == rb->GetInt64(b, field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return ra->GetUInt32(a, field) == rb->GetUInt32(b, field);
    case FieldDescriptor::CPPTYPE_UINT64:
      return ra->GetUInt64(a, field) == rb->GetUInt64(b, field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return ra->GetBool(a, field) == rb->GetBool(b, field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return ra->GetEnumValue(a, field) == rb->GetEnumValue(b, field);
    case FieldDescriptor::CPPTYPE_STRING:
      return ra->GetStringReference(a, field, &scratch_a) == rb->GetStringReference(b, field, &scratch_b);
    default:
      return false;
  }
}

bool IsSet(const Message& message, const Reflection* reflection, const FieldDescriptor* field) {
  return field->is_repeated() ? reflection->FieldSize(message, field) > 0 : reflection->HasField(message, field);
}

}  // namespace

std::string ChangedJson(const Message* before, const Message& after) {
  std::string json = "{";
  std::string old_value, new_value;
  const auto* descriptor = after.GetDescriptor();
  const Reflection* reads_after = after.GetReflection();
  const Reflection* reads_before = before == nullptr ? nullptr : before->GetReflection();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (field->number() <= 2) continue;  // id, version
    const bool was = before != nullptr && IsSet(*before, reads_before, field);
    if (!was && !IsSet(after, reads_after, field)) continue;
    const bool plain = !field->is_repeated() && field->message_type() == nullptr;
    if (plain && before != nullptr && SamePlain(*before, reads_before, after, reads_after, field)) continue;
    old_value.clear();
    new_value.clear();
    if (before == nullptr || (!plain && !was)) {
      old_value = "null";
    } else {
      AppendJsonField(*before, field, &old_value);
    }
    if (!plain && !IsSet(after, reads_after, field)) {
      new_value = "null";
    } else {
      AppendJsonField(after, field, &new_value);
    }
    if (old_value == new_value) continue;
    if (json.size() > 1) json.push_back(',');
    AppendJsonText(field->name(), &json);
    json.append(":[").append(old_value).append(",").append(new_value).append("]");
  }
  json.push_back('}');
  return json;
}

}  // namespace songsang::rows
