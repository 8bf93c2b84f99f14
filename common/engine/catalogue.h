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

  // Adds a method of the engine itself.
  void AddEngineMethod(const google::protobuf::MethodDescriptor* descriptor,
                       std::function<void(std::unique_ptr<Call>)> run);

 private:
  void Bind(const Service& service);
  void BindMethod(const Service& service, const google::protobuf::MethodDescriptor* descriptor,
                  std::vector<std::string>* problems);
  void Insert(std::unique_ptr<BoundMethod> method);

  std::vector<Service> services_;
  std::unordered_map<std::string, std::unique_ptr<BoundMethod>> methods_;
  std::vector<const Method*> list_;
};

// Replaces `ext:<system>:<key>` by the id it computes to, in every `(ref)` field of the request.
void ResolveReferences(const std::string& tenant, Message* request);

// Get, List and History of an entity, from descriptors; empty if the method is none of them.
std::optional<Respond> BindByName(const google::protobuf::MethodDescriptor* method);

// The entity that a `(ref)` of a message in this file names; null for another service's.
const google::protobuf::Descriptor* EntityNamed(const google::protobuf::FieldDescriptor* reference);

}  // namespace songsang::engine
