#include "engine/service.h"

#include <fmt/format.h>

#include "core/ids.h"
#include "engine/catalogue.h"
#include "engine/reasons.h"
#include "songsang/v1/options.pb.h"

namespace songsang::engine {
namespace pb = google::protobuf;

namespace detail {

std::vector<std::pair<std::string, std::string>> ReferencesTo(const Message& request, const pb::Descriptor* entity) {
  std::vector<std::pair<std::string, std::string>> references;
  const auto* descriptor = request.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto* field = descriptor->field(i);
    if (field->is_repeated() || field->type() != pb::FieldDescriptor::TYPE_STRING) continue;
    if (EntityNamed(field) != entity) continue;
    references.emplace_back(field->name(), request.GetReflection()->GetString(request, field));
  }
  return references;
}

std::pair<std::string, std::string> NextReference(Fetching* fetching, const pb::Descriptor* entity) {
  const size_t place = fetching->taken[entity->full_name()]++;
  auto references = ReferencesTo(fetching->request, entity);
  for (size_t i = 0; references.empty() && i < fetching->loaded.size(); ++i)
    references = ReferencesTo(*fetching->loaded[i], entity);
  return place < references.size() ? references[place] : std::pair<std::string, std::string>();
}

std::vector<const Message*> NextList(Fetching* fetching, const pb::Descriptor* entity) {
  size_t place = fetching->taken["list of " + entity->full_name()]++;
  for (const Named& named : fetching->tx.Reads()) {
    const bool by_id = named.columns.size() == 1 && named.columns[0] == "id";
    if (named.entity == entity && !by_id && place-- == 0) return fetching->tx.ListEntities(named);
  }
  return {};
}

Refusal NotNamed(const pb::Descriptor* entity) { return kReferenceRequired.With("kind", KindOf(entity)); }

Refusal NotFound(const pb::Descriptor* entity, const std::string& field, const std::string& id) {
  return kNotFound.With("kind", KindOf(entity)).With("id", id).At(field);
}

}  // namespace detail

namespace {

// Sets a field of a message from a column's value.
void SetField(const Value& value, const pb::FieldDescriptor* field, Message* message) {
  const auto* reflection = message->GetReflection();
  const auto* number = std::get_if<int64_t>(&value);
  const auto* text = std::get_if<std::string>(&value);
  switch (field->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_STRING:
      if (text) reflection->SetString(message, field, *text);
      break;
    case pb::FieldDescriptor::CPPTYPE_INT64:
      if (number) reflection->SetInt64(message, field, *number);
      break;
    case pb::FieldDescriptor::CPPTYPE_INT32:
      if (number) reflection->SetInt32(message, field, static_cast<int32_t>(*number));
      break;
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      if (number) reflection->SetBool(message, field, *number != 0);
      break;
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      for (int i = 0; text && i < field->enum_type()->value_count(); ++i)
        if (rows::EnumText(field->enum_type()->value(i)) == *text)
          reflection->SetEnum(message, field, field->enum_type()->value(i));
      break;
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      // A column that is an entity's `body`.
      if (text) reflection->MutableMessage(message, field)->ParseFromString(*text);
      break;
    default:
      break;
  }
}

}  // namespace

void Service::FillRows(const Rows& rows, Message* response) {
  const pb::FieldDescriptor* list = nullptr;
  for (int i = 0; i < response->GetDescriptor()->field_count(); ++i) {
    const auto* field = response->GetDescriptor()->field(i);
    if (field->is_repeated() && field->message_type()) list = field;
  }
  if (list == nullptr) return;
  std::vector<const pb::FieldDescriptor*> fields;
  for (const std::string& column : rows.columns) fields.push_back(list->message_type()->FindFieldByName(column));
  for (const auto& row : rows.rows) {
    Message* item = response->GetReflection()->AddMessage(response, list);
    for (size_t i = 0; i < row.size(); ++i)
      if (fields[i]) SetField(row[i], fields[i], item);
  }
}

void Service::AddCommand(const pb::Descriptor* request, const pb::Descriptor* event, Decide decide, Read read) {
  lines_.push_back({request, event, std::move(decide), std::move(read), nullptr});
}

void Service::AddReads(const pb::Descriptor* request, Names names) { names_[request] = std::move(names); }

void Service::AddQuery(const pb::Descriptor* request, const pb::Descriptor* response, Respond respond) {
  lines_.push_back({request, response, nullptr, nullptr, std::move(respond)});
}

}  // namespace songsang::engine
