#include "engine/catalogue.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor_database.h>

#include <algorithm>
#include <set>

#include "core/ids.h"
#include "engine/effects.h"
#include "engine/tables.h"
#include "songsang/v1/options.pb.h"

namespace songsang::engine {
namespace pb = google::protobuf;
namespace {

std::string MethodName(const pb::MethodDescriptor* method) {
  return method->service()->full_name() + "/" + method->name();
}

uint32_t RolesOf(const pb::MethodDescriptor* method) {
  uint32_t roles = 1u << v1::ROLE_ADMIN;
  for (const int role : method->options().GetExtension(v1::access).roles()) roles |= 1u << role;
  return roles;
}

CommandPlan PlanOf(const Service& service, const pb::Descriptor* request, const pb::Descriptor* event) {
  CommandPlan plan;
  plan.request_id = request->FindFieldByName("request_id");
  plan.external_ref = request->FindFieldByName("external_ref");
  plan.expected_version = request->FindFieldByName("expected_version");
  plan.occurred_at = request->FindFieldByName("occurred_at");
  const auto* first = event->FindFieldByNumber(1);
  if (first && first->message_type() && rows::IsEntity(first->message_type())) plan.resource = first->message_type();
  for (int i = 0; i < request->field_count(); ++i) {
    const auto* field = request->field(i);
    if (field->is_repeated()) continue;
    const auto* entity = EntityNamed(field);
    if (entity == nullptr) continue;
    if (rows::ServiceOf(entity) != service.name()) {
      const auto& mirrors = service.mirrors();
      if (std::find(mirrors.begin(), mirrors.end(), entity) != mirrors.end()) plan.mirrored.push_back({field, entity});
      continue;
    }
    plan.references.push_back({field, entity});
    if (entity == plan.resource && plan.resource_reference == nullptr) plan.resource_reference = field;
  }
  return plan;
}

// Whether the request names all the entities that its rule takes, so that they are fetched with the batch.
bool NamesAll(const CommandPlan& plan, std::vector<const pb::Descriptor*> taken) {
  for (const auto* references : {&plan.references, &plan.mirrored})
    for (const auto& reference : *references)
      if (const auto one = std::find(taken.begin(), taken.end(), reference.entity); one != taken.end())
        taken.erase(one);
  return taken.empty();
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
  const std::string kind = named.find('.') == std::string::npos
                               ? std::string(rows::ServiceOf(field->containing_type())) + "." + named
                               : named;
  return ReferenceId(tenant, kind, external);
}

}  // namespace

const pb::Descriptor* EntityNamed(const pb::FieldDescriptor* reference) {
  thread_local std::unordered_map<const pb::FieldDescriptor*, const pb::Descriptor*> known;
  const auto [place, fresh] = known.try_emplace(reference, nullptr);
  if (!fresh) return place->second;
  const std::string& named = reference->options().GetExtension(v1::ref);
  if (named.empty()) return nullptr;
  const size_t dot = named.find('.');
  const std::string name = dot == std::string::npos
                               ? reference->file()->package() + "." + named
                               : "songsang." + named.substr(0, dot) + ".v1." + named.substr(dot + 1);
  return place->second = pb::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
}

const pb::MethodDescriptor* MethodTaking(const pb::Descriptor* request) {
  // A service and its messages may stand in files of their own.
  static const auto& known = *new auto([] {
    std::unordered_map<const pb::Descriptor*, const pb::MethodDescriptor*> methods;
    std::vector<std::string> files;
    pb::DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
    for (const std::string& name : files) {
      if (name.rfind("songsang/", 0) != 0) continue;
      const auto* file = pb::DescriptorPool::generated_pool()->FindFileByName(name);
      for (int s = 0; s < file->service_count(); ++s)
        for (int m = 0; m < file->service(s)->method_count(); ++m)
          methods[file->service(s)->method(m)->input_type()] = file->service(s)->method(m);
    }
    return methods;
  }());
  const auto found = known.find(request);
  return found == known.end() ? nullptr : found->second;
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
  CheckReactions(service, &problems);
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
    if (line->decide) method->plan = PlanOf(service, descriptor->input_type(), descriptor->output_type());
    if (line->decide && method->plan.request_id == nullptr) problems->push_back(method->name + " takes no request_id");
    std::vector<const pb::Descriptor*> entities;
    const auto taken = service.taken_.find(line->request);
    if (taken != service.taken_.end())
      for (const auto& one : taken->second)
        if (!one.is_list && rows::IsEntity(one.type)) entities.push_back(one.type);
    if (taken == service.taken_.end() || !NamesAll(method->plan, entities)) method->read = line->read;
    const auto names = service.names_.find(line->request);
    if (names != service.names_.end()) method->names = names->second;
    const auto gather = service.gathers_.find(line->request);
    if (gather != service.gathers_.end()) std::tie(method->gathers, method->ask) = gather->second;
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
  by_request_[place->second->descriptor->input_type()] = place->second.get();
}

// What a service does by itself must be able to do it: a timer that fires into nothing would be found out in a year.
void Catalogue::CheckReactions(const Service& service, std::vector<std::string>* problems) const {
  const auto own_command = [&](const pb::Descriptor* request, const std::string& whose) {
    const BoundMethod* method = Taking(request);
    if (method == nullptr || method->kind != Method::Kind::kCommand || method->service_name != service.name())
      problems->push_back(fmt::format("{}: no command of the service takes {}", whose, request->full_name()));
    else if ((method->roles >> v1::ROLE_SERVICE & 1) == 0)
      problems->push_back(fmt::format("{}: {} is not for ROLE_SERVICE", whose, method->name));
  };
  const auto timer_field = [&](const pb::Descriptor* entity, const std::string& name, const std::string& whose) {
    const auto* field = entity->FindFieldByName(name);
    if (field == nullptr || !field->options().GetExtension(v1::timer))
      problems->push_back(fmt::format("{}: {} has no (timer) field {}", whose, entity->full_name(), name));
  };
  for (const TimerLine& timer : service.timers()) {
    timer_field(timer.entity, timer.field, "timer " + timer.field);
    own_command(timer.request, "timer " + timer.field);
  }
  for (const EffectLine& effect : service.effects()) {
    timer_field(effect.entity, effect.field, "effect " + effect.port);
    own_command(effect.start_request, "effect " + effect.port);
    own_command(effect.settle_request, "effect " + effect.port);
    if (CallStateOf(effect.entity) == nullptr)
      problems->push_back(fmt::format("effect {}: {} has no CallState", effect.port, effect.entity->full_name()));
  }
  for (const auto& [request, taken] : service.taken_) {
    for (const auto& [type, is_list] : taken) {
      const auto& mirrors = service.mirrors();
      if (rows::IsEntity(type)) {
        if (rows::ServiceOf(type) != service.name() && std::find(mirrors.begin(), mirrors.end(), type) == mirrors.end())
          problems->push_back(
              fmt::format("the rule that takes {} needs a mirror of {}", request->full_name(), type->full_name()));
      } else if (service.gathers_.count(request) == 0) {
        problems->push_back(fmt::format("the rule that takes {} also takes {}, which nothing gathers",
                                        request->full_name(), type->full_name()));
      }
    }
  }
  std::set<std::string> names;
  for (const PolicyLine& policy : service.policies())
    if (!names.insert(policy.name).second) problems->push_back("two policies are named " + policy.name);
}

const BoundMethod* Catalogue::Taking(const pb::Descriptor* request) const {
  const auto place = by_request_.find(request);
  return place == by_request_.end() ? nullptr : place->second;
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
  std::vector<const rows::Table*> tables = {&HeadTable(),   &JournalTable(),  &RequestTable(), &TouchTable(),
                                            &TenantTable(), &PositionTable(), &ParkedTable(),  &LeaseTable()};
  for (const Service& s : services_) {
    if (s.name() != service) continue;
    tables.insert(tables.end(), s.tables_.begin(), s.tables_.end());
    for (const auto* entity : s.mirrors_) tables.push_back(&rows::MirrorOf(entity));
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
