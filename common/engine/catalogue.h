// Binds the lines of the services to their descriptors: which methods there are, who may call them, what their
// requests refer to.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/engine.h"
#include "engine/service.h"

namespace songsang::engine {

// What follows from a command's request and event types, worked out once.
struct CommandPlan {
  struct Reference {
    const google::protobuf::FieldDescriptor* field = nullptr;
    const google::protobuf::Descriptor* entity = nullptr;
  };
  const google::protobuf::FieldDescriptor* request_id = nullptr;
  const google::protobuf::FieldDescriptor* external_ref = nullptr;
  const google::protobuf::FieldDescriptor* expected_version = nullptr;
  const google::protobuf::FieldDescriptor* occurred_at = nullptr;
  // Top-level references to entities of the same service: they must exist.
  std::vector<Reference> references;
  // Those to entities that the service keeps a mirror of: read with the batch, and the rule's to judge.
  std::vector<Reference> mirrored;
  // The event's field 1, and the reference to it, if the request has one.
  const google::protobuf::Descriptor* resource = nullptr;
  const google::protobuf::FieldDescriptor* resource_reference = nullptr;
};

struct BoundMethod : Method {
  CommandPlan plan;
  const google::protobuf::Message* request_prototype = nullptr;
};

class Catalogue {
 public:
  // Throws std::logic_error, with everything that is wrong, if a method is bound by no line or a line to no method.
  explicit Catalogue(std::vector<Service> services);

  const BoundMethod* Find(std::string_view name) const;
  const std::vector<const Method*>& methods() const { return list_; }
  // Entities of the service's package, the service's own further tables, the engine's tables.
  std::vector<const rows::Table*> TablesOf(const std::string& service) const;
  const std::vector<std::pair<std::string, Invariant>>& InvariantsOf(const std::string& service) const;
  const std::vector<Service>& services() const { return services_; }
  // The method of any hosted service that takes this request; null if there is none.
  const BoundMethod* Taking(const google::protobuf::Descriptor* request) const;

  // Adds a method of the engine itself.
  void AddEngineMethod(const google::protobuf::MethodDescriptor* descriptor,
                       std::function<void(std::unique_ptr<Call>)> run);

 private:
  void Bind(const Service& service);
  void BindMethod(const Service& service, const google::protobuf::MethodDescriptor* descriptor,
                  std::vector<std::string>* problems);
  void CheckReactions(const Service& service, std::vector<std::string>* problems) const;
  void Insert(std::unique_ptr<BoundMethod> method);

  std::vector<Service> services_;
  std::unordered_map<std::string, std::unique_ptr<BoundMethod>> methods_;
  std::unordered_map<const google::protobuf::Descriptor*, const BoundMethod*> by_request_;
  std::vector<const Method*> list_;
};

// Replaces `ext:<system>:<key>` by the id it computes to, in every `(ref)` field of the request.
void ResolveReferences(const std::string& tenant, Message* request);

// The method that takes this request, by descriptors alone, wherever it is hosted; null if there is none.
const google::protobuf::MethodDescriptor* MethodTaking(const google::protobuf::Descriptor* request);

// Get, List and History of an entity, from descriptors; empty if the method is none of them.
std::optional<Respond> BindByName(const google::protobuf::MethodDescriptor* method);

// The entity that a field refers to with `(ref)`, of whatever service; null where it is no reference.
const google::protobuf::Descriptor* EntityNamed(const google::protobuf::FieldDescriptor* reference);

}  // namespace songsang::engine
