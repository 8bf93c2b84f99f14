// Checks of the proto files: access, comments, options, the shape of entities.
#pragma once

#include <google/protobuf/compiler/importer.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tidy/tree.h"

namespace songsang::tidy {

// Proto files parsed as protoc would: those given by path and text, their imports from the tree and from the system.
class Protos {
 public:
  Protos(const std::string& root, const Tree& files);
  ~Protos();
  const std::vector<const google::protobuf::FileDescriptor*>& files() const { return files_; }
  // What did not parse.
  const Findings& errors() const { return errors_; }

 private:
  class Sources;
  class Collector;
  Findings errors_;
  std::unique_ptr<Sources> sources_;
  std::unique_ptr<Collector> collector_;
  std::unique_ptr<google::protobuf::compiler::Importer> importer_;
  std::vector<const google::protobuf::FileDescriptor*> files_;
};

// Every method says who may call it.
Findings MethodsWithoutAccess(const Protos& protos);
// Services, methods and entities are the API reference: each has a comment.
Findings Uncommented(const Protos& protos);
// go_package, java_package, java_multiple_files, as the package says.
Findings FileOptions(const Protos& protos);
// An entity begins with id and version, and holds no other entity.
Findings EntityShapes(const Protos& protos);
// Enums nest in their message, values prefixed, zero UNSPECIFIED.
Findings EnumShapes(const Protos& protos);
// `_on` fields are checked as dates, instants are Timestamps, amounts are not floating.
Findings FieldTypes(const Protos& protos);

}  // namespace songsang::tidy
