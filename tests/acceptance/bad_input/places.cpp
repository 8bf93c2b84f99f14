#include "acceptance/bad_input/places.h"

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <regex>
#include <stdexcept>

namespace songsang::tests {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Reflection;

constexpr int64_t kFineSecond = 1'790'000'000;  // in 2026

bool IsLeaf(const FieldDescriptor& field) {
  return field.type() != FieldDescriptor::TYPE_MESSAGE ||
         field.message_type()->well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
}

int64_t FineNumber(const FieldDescriptor& field) {
  const v1::Check& check = field.options().GetExtension(v1::check);
  if (check.has_gte() && check.gte() > 1) return check.gte();
  if (check.has_lte() && check.lte() < 1) return check.lte();
  return 1;
}

void FillNumber(Message* message, const FieldDescriptor* field, int64_t number) {
  const Reflection* reflection = message->GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return field->is_repeated() ? reflection->AddInt32(message, field, static_cast<int32_t>(number))
                                  : reflection->SetInt32(message, field, static_cast<int32_t>(number));
    case FieldDescriptor::CPPTYPE_INT64:
      return field->is_repeated() ? reflection->AddInt64(message, field, number)
                                  : reflection->SetInt64(message, field, number);
    case FieldDescriptor::CPPTYPE_BOOL:
      return field->is_repeated() ? reflection->AddBool(message, field, number != 0)
                                  : reflection->SetBool(message, field, number != 0);
    case FieldDescriptor::CPPTYPE_ENUM:
      return field->is_repeated() ? reflection->AddEnumValue(message, field, static_cast<int>(number))
                                  : reflection->SetEnumValue(message, field, static_cast<int>(number));
    default:
      throw std::logic_error(field->full_name() + " is of a type that requests have not had: teach it to places.cpp");
  }
}

void FillText(Message* message, const FieldDescriptor* field, const std::string& text) {
  const Reflection* reflection = message->GetReflection();
  field->is_repeated() ? reflection->AddString(message, field, text) : reflection->SetString(message, field, text);
}

void Collect(const Descriptor& type, std::vector<const FieldDescriptor*>* path, std::vector<Place>* places) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->is_map()) throw std::logic_error(field->full_name() + " is a map: teach it to places.cpp");
    const auto same = [field](const FieldDescriptor* above) {
      return !IsLeaf(*above) && !IsLeaf(*field) && above->message_type() == field->message_type();
    };
    if (std::any_of(path->begin(), path->end(), same)) continue;  // a type within itself
    path->push_back(field);
    places->emplace_back(*path);
    if (!IsLeaf(*field)) Collect(*field->message_type(), path, places);
    path->pop_back();
  }
}

}  // namespace

std::string AbsentId() {
  static std::atomic<int> last{0};
  char id[40];
  std::snprintf(id, sizeof id, "01935c1e-7c1e-7abc-8def-%012x", ++last);
  return id;
}

// What is asked for by patterns: a year, a month, a time of day, a hash, a media type, …
static std::string TextLike(const std::string& field, const std::string& pattern) {
  static const std::string kTexts[] = {"2026",     "2026-11", "2026-11-22",         "09:00",          "0001",
                                       "20261122", "key",     std::string(64, 'a'), "application/pdf"};
  for (const std::string& text : kTexts)
    if (std::regex_match(text, std::regex(pattern))) return text;
  throw std::logic_error(field + " has a pattern: teach places.cpp a text that matches it");
}

std::string FineText(const FieldDescriptor& field) {
  const v1::Check& check = field.options().GetExtension(v1::check);
  if (field.name() == "request_id") return "bad-input-" + AbsentId();
  if (!field.options().GetExtension(v1::ref).empty()) return AbsentId();
  // What rules ask of a field though its proto does not.
  static const std::map<std::string, std::string> kKnown = {{"brn", "2208162517"}, {"corporate_no", "1101111234567"}};
  if (const auto known = kKnown.find(field.name()); known != kKnown.end()) return known->second;
  switch (check.format()) {
    case v1::Check::FORMAT_DATE:
      return "2026-11-22";
    case v1::Check::FORMAT_CURRENCY:
      return "KRW";
    case v1::Check::FORMAT_EMAIL:
      return "kim@example.co.kr";
    case v1::Check::FORMAT_PHONE:
      return "+82 2 123 4567";
    case v1::Check::FORMAT_KEY:
      return "key";
    case v1::Check::FORMAT_COUNTRY:
      return "KR";
    default:
      break;
  }
  if (!check.pattern().empty()) return TextLike(field.full_name(), check.pattern());
  return std::string(std::max(check.min_len(), 1U), 'x');
}

std::string Place::Name() const {
  std::string name;
  for (const FieldDescriptor* field : path_)
    name += (name.empty() ? "" : ".") + field->name() + (field->is_repeated() ? "[0]" : "");
  return name;
}

Message* Place::Holder(Message* request) const {
  Message* holder = request;
  for (size_t i = 0; i + 1 < path_.size(); ++i) {
    const Reflection* reflection = holder->GetReflection();
    if (!path_[i]->is_repeated()) {
      holder = reflection->MutableMessage(holder, path_[i]);
    } else if (reflection->FieldSize(*holder, path_[i]) > 0) {
      holder = reflection->MutableRepeatedMessage(holder, path_[i], 0);
    } else {
      holder = reflection->AddMessage(holder, path_[i]);
    }
  }
  return holder;
}

void Place::SetText(Message* request, const std::string& text) const {
  Clear(request);
  FillText(Holder(request), field(), text);
}

void Place::SetNumber(Message* request, int64_t number) const {
  Clear(request);
  FillNumber(Holder(request), field(), number);
}

void Place::Clear(Message* request) const {
  Message* holder = Holder(request);
  holder->GetReflection()->ClearField(holder, field());
}

std::string TestNameOf(const MethodDescriptor& method) {
  const std::string& package = method.file()->package();
  const size_t first = package.find('.') + 1;
  return package.substr(first, package.find('.', first) - first) + "_" + method.service()->name() + "_" + method.name();
}

std::vector<Place> PlacesOf(const MethodDescriptor& method) {
  std::vector<Place> places;
  std::vector<const FieldDescriptor*> path;
  Collect(*method.input_type(), &path, &places);
  return places;
}

std::unique_ptr<Message> FullRequest(const MethodDescriptor& method) {
  const auto* factory = google::protobuf::MessageFactory::generated_factory();
  std::unique_ptr<Message> request(
      const_cast<google::protobuf::MessageFactory*>(factory)->GetPrototype(method.input_type())->New());
  for (const Place& place : PlacesOf(method)) {
    const FieldDescriptor* field = place.field();
    Message* holder = place.Holder(request.get());
    // Of several that exclude each other, the first.
    if (field->real_containing_oneof() != nullptr && field->index_in_oneof() > 0) continue;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      FillText(holder, field, FineText(*field));
    } else if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
      Message* inner = field->is_repeated() ? holder->GetReflection()->AddMessage(holder, field)
                                            : holder->GetReflection()->MutableMessage(holder, field);
      if (auto* time = dynamic_cast<google::protobuf::Timestamp*>(inner)) time->set_seconds(kFineSecond);
    } else if (field->type() == FieldDescriptor::TYPE_ENUM) {
      FillNumber(holder, field,
                 field->enum_type()->value(std::min(1, field->enum_type()->value_count() - 1))->number());
    } else {
      FillNumber(holder, field, FineNumber(*field));
    }
  }
  return request;
}

}  // namespace songsang::tests
