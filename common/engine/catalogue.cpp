#include "engine/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/ids.h"
#include "engine/tables.h"
#include "songsang/v1/options.pb.h"

namespace songsang::engine {
namespace pb = google::protobuf;
namespace {

std::string MethodName(const pb::MethodDescriptor* method) {
  return method->service()->full_name() + "/" + method->name();
}

std::string ServiceNameOf(const pb::FileDescriptor* file) {
  const std::string& package = file->package();
  const size_t first = package.find('.') + 1;
  return package.substr(first, package.find('.', first) - first);
}

uint32_t RolesOf(const pb::MethodDescriptor* method) {
  uint32_t roles = 1u << v1::ROLE_ADMIN;
  for (const int role : method->options().GetExtension(v1::access).roles()) roles |= 1u << role;
  return roles;
}

CommandPlan PlanOf(const pb::Descriptor* request, const pb::Descriptor* event) {
  CommandPlan plan;
  plan.request_id = request->FindFieldByName("request_id");
  plan.external_ref = request->FindFieldByName("external_ref");
  plan.expected_version = request->FindFieldByName("expected_version");
  plan.occurred_at = request->FindFieldByName("occurred_at");
  const auto* first = event->FindFieldByNumber(1);
  if (first && first->message_type() && rows::IsEntity(first->message_type())) plan.resource = first->message_type();
  for (int i = 0; i < request->field_count(); ++i) {
    const auto* field = request->field(i);
    if (field->is_repeated() || field->options().GetExtension(v1::ref).empty()) continue;
    const auto* entity = EntityNamed(field);
    if (entity == nullptr) continue;
    plan.references.push_back({field, entity});
    if (entity == plan.resource && plan.resource_reference == nullptr) plan.resource_reference = field;
  }
  return plan;
}

// The fields of a message through which references are reached: the references themselves, and nested messages.
const std::vector<const pb::FieldDescriptor*>& PathsToReferences(const pb::Descriptor* message) {
  thread_local std::unordered_map<const pb::Descriptor*, std::vector<const pb::FieldDescriptor*>> known;
  auto [place, fresh] = known.try_emplace(message);
  if (!fresh) return place->second;
  std::vector<const pb::FieldDescriptor*> fields;
  for (int i = 0; i < message->field_count(); ++i) {
    const auto* field = message->field(i);
    const bool nested =
        field->message_type() && !field->is_map() && field->message_type()->file()->package() != "google.protobuf";
    if (nested ? !PathsToReferences(field->message_type()).empty() : !field->options().GetExtension(v1::ref).empty())
      fields.push_back(field);
  }
  return known[message] = std::move(fields);
}

std::string Resolved(const std::string& tenant, const pb::FieldDescriptor* field, const std::string& value) {
  common::v1::ExternalRef external;
  if (!ParseExternal(value, &external)) return value;
  const std::string& named = field->options().GetExtension(v1::ref);
  const std::string kind = named.find('.') == std::string::npos ? ServiceNameOf(field->file()) + "." + named : named;
  return ReferenceId(tenant, kind, external);
}

}  // namespace

const pb::Descriptor* EntityNamed(const pb::FieldDescriptor* reference) {
  const std::string& named = reference->options().GetExtension(v1::ref);
  if (named.find('.') != std::string::npos) return nullptr;
  return pb::DescriptorPool::generated_pool()->FindMessageTypeByName(reference->file()->package() + "." + named);
}

void ResolveReferences(const std::string& tenant, Message* request) {
  const auto* reflection = request->GetReflection();
  for (const auto* field : PathsToReferences(request->GetDescriptor())) {
    if (field->message_type()) {
      if (!field->is_repeated()) {
        if (reflection->HasField(*request, field))
          ResolveReferences(tenant, reflection->MutableMessage(request, field));
        continue;
      }
      for (int i = 0; i < reflection->FieldSize(*request, field); ++i)
        ResolveReferences(tenant, reflection->MutableRepeatedMessage(request, field, i));
    } else if (field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(*request, field); ++i)
        reflection->SetRepeatedString(request, field, i,
                                      Resolved(tenant, field, reflection->GetRepeatedString(*request, field, i)));
    } else {
      const std::string& value = reflection->GetStringReference(*request, field, nullptr);
      if (value.compare(0, 4, "ext:") == 0) reflection->SetString(request, field, Resolved(tenant, field, value));
    }
  }
}

Catalogue::Catalogue(std::vector<Service> services) : services_(std::move(services)) {
  for (const Service& service : services_) Bind(service);
}

void Catalogue::Bind(const Service& service) {
  std::set<const pb::FileDescriptor*> files = service.files_;
  for (const auto& line : service.lines_) files.insert(line.request->file());
  std::vector<std::string> problems;
  std::set<const pb::Descriptor*> requests;
  for (const auto* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        BindMethod(service, file->service(s)->method(m), &problems);
        requests.insert(file->service(s)->method(m)->input_type());
      }
    }
  }
  for (const auto& line : service.lines_)
    if (requests.count(line.request) == 0) problems.push_back("no method takes " + line.request->full_name());
  if (!problems.empty())
    throw std::logic_error(fmt::format("service {}: {}", service.name(), fmt::join(problems, "; ")));
}

void Catalogue::BindMethod(const Service& service, const pb::MethodDescriptor* descriptor,
                           std::vector<std::string>* problems) {
  auto method = std::make_unique<BoundMethod>();
  method->descriptor = descriptor;
  method->name = MethodName(descriptor);
  method->service_name = service.name();
  method->roles = RolesOf(descriptor);
  if (!descriptor->options().HasExtension(v1::access)) problems->push_back(method->name + " does not say its (access)");
  const auto line = std::find_if(service.lines_.begin(), service.lines_.end(),
                                 [&](const auto& l) { return l.request == descriptor->input_type(); });
  if (line != service.lines_.end()) {
    if (line->response != descriptor->output_type())
      problems->push_back(fmt::format("{} answers {}, but its line answers {}", method->name,
                                      descriptor->output_type()->full_name(), line->response->full_name()));
    method->kind = line->decide ? Method::Kind::kCommand : Method::Kind::kQuery;
    method->decide = line->decide;
    method->respond = line->respond;
    if (line->decide) method->plan = PlanOf(descriptor->input_type(), descriptor->output_type());
    if (line->decide && method->plan.request_id == nullptr) problems->push_back(method->name + " takes no request_id");
    const auto names = service.names_.find(line->request);
    if (names != service.names_.end()) method->names = names->second;
  } else if (auto respond = BindByName(descriptor)) {
    method->respond = *respond;
  } else {
    problems->push_back("no line binds " + method->name);
  }
  Insert(std::move(method));
}

void Catalogue::Insert(std::unique_ptr<BoundMethod> method) {
  method->request_prototype = pb::MessageFactory::generated_factory()->GetPrototype(method->descriptor->input_type());
  const std::string name = method->name;
  const auto [place, fresh] = methods_.emplace(name, std::move(method));
  if (!fresh) throw std::logic_error(name + " is bound by two services");
  list_.push_back(place->second.get());
}

void Catalogue::AddEngineMethod(const pb::MethodDescriptor* descriptor,
                                std::function<void(std::unique_ptr<Call>)> run) {
  auto method = std::make_unique<BoundMethod>();
  method->descriptor = descriptor;
  method->name = MethodName(descriptor);
  method->service_name = "songsang";
  method->kind = Method::Kind::kEngine;
  method->roles = RolesOf(descriptor);
  method->run = std::move(run);
  Insert(std::move(method));
}

const BoundMethod* Catalogue::Find(std::string_view name) const {
  if (!name.empty() && name[0] == '/') name.remove_prefix(1);
  const auto place = methods_.find(std::string(name));
  return place == methods_.end() ? nullptr : place->second.get();
}

std::vector<const rows::Table*> Catalogue::TablesOf(const std::string& service) const {
  std::vector<const rows::Table*> tables = {&HeadTable(),  &JournalTable(), &RequestTable(),
                                            &TouchTable(), &TenantTable(),  &PositionTable()};
  for (const Service& s : services_) {
    if (s.name() != service) continue;
    tables.insert(tables.end(), s.tables_.begin(), s.tables_.end());
    std::set<const pb::FileDescriptor*> files = s.files_;
    for (const auto& line : s.lines_) files.insert(line.request->file());
    for (const auto* file : files)
      for (int i = 0; i < file->message_type_count(); ++i)
        if (rows::IsEntity(file->message_type(i))) tables.push_back(&rows::TableOf(file->message_type(i)));
  }
  return tables;
}

const std::vector<std::pair<std::string, Invariant>>& Catalogue::InvariantsOf(const std::string& service) const {
  static const std::vector<std::pair<std::string, Invariant>> kNone;
  for (const Service& s : services_)
    if (s.name() == service) return s.invariants_;
  return kNone;
}

}  // namespace songsang::engine
