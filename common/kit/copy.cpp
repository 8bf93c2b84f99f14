#include "kit/copy.h"

#include <map>
#include <utility>
#include <vector>

namespace songsang::kit {
namespace pb = google::protobuf;
namespace {

using Pairs = std::vector<std::pair<const pb::FieldDescriptor*, const pb::FieldDescriptor*>>;

bool SameType(const pb::FieldDescriptor* a, const pb::FieldDescriptor* b) {
  return a->type() == b->type() && a->message_type() == b->message_type() && a->enum_type() == b->enum_type() &&
         !a->is_repeated() && !b->is_repeated();
}

// Found once for a pair of types and thread: commands do this thousands of times a second.
const Pairs& PairsOf(const pb::Descriptor* request, const pb::Descriptor* entity) {
  thread_local std::map<std::pair<const pb::Descriptor*, const pb::Descriptor*>, Pairs> known;
  auto [place, fresh] = known.try_emplace({request, entity});
  for (int i = 0; fresh && i < request->field_count(); ++i) {
    const auto* to = entity->FindFieldByName(request->field(i)->name());
    if (to && SameType(request->field(i), to)) place->second.emplace_back(request->field(i), to);
  }
  return place->second;
}

void CopyField(const pb::Message& request, const pb::FieldDescriptor* from, pb::Message* entity,
               const pb::FieldDescriptor* to) {
  const auto* read = request.GetReflection();
  const auto* write = entity->GetReflection();
  switch (from->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_STRING:
      return write->SetString(entity, to, read->GetStringReference(request, from, nullptr));
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      return write->SetEnumValue(entity, to, read->GetEnumValue(request, from));
    case pb::FieldDescriptor::CPPTYPE_INT32:
      return write->SetInt32(entity, to, read->GetInt32(request, from));
    case pb::FieldDescriptor::CPPTYPE_INT64:
      return write->SetInt64(entity, to, read->GetInt64(request, from));
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      return write->SetBool(entity, to, read->GetBool(request, from));
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      return write->MutableMessage(entity, to)->CopyFrom(read->GetMessage(request, from));
    default:
      return;  // Floating point and unsigned numbers are not used in entities.
  }
}

}  // namespace

void CopyWhatIsSet(const pb::Message& request, pb::Message* entity) {
  for (const auto& [from, to] : PairsOf(request.GetDescriptor(), entity->GetDescriptor()))
    if (request.GetReflection()->HasField(request, from)) CopyField(request, from, entity, to);
}

}  // namespace songsang::kit
