#include "tidy/proto_checks.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include "songsang/v1/options.pb.h"

namespace songsang::tidy {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

// The importer's options hold ours as unknown fields: parsed again, they become the generated extension.
template <class Option, class Descriptor, class Extension>
bool Has(const Descriptor& descriptor, const Extension& extension) {
  Option option;
  option.ParseFromString(descriptor.options().SerializeAsString());
  return option.HasExtension(extension);
}

v1::Access AccessOf(const google::protobuf::MethodDescriptor& method) {
  google::protobuf::MethodOptions options;
  options.ParseFromString(method.options().SerializeAsString());
  return options.GetExtension(v1::access);
}

v1::Check CheckOf(const FieldDescriptor& field) {
  google::protobuf::FieldOptions options;
  options.ParseFromString(field.options().SerializeAsString());
  return options.GetExtension(v1::check);
}

bool IsEntity(const Descriptor& message) { return Has<google::protobuf::MessageOptions>(message, v1::table); }

template <class Descriptor>
std::string Place(const Descriptor& descriptor) {
  google::protobuf::SourceLocation location;
  descriptor.GetSourceLocation(&location);
  return fmt::format("proto/{}:{}: {}", descriptor.file()->name(), location.start_line + 1, descriptor.full_name());
}

template <class Descriptor>
bool HasComment(const Descriptor& descriptor) {
  google::protobuf::SourceLocation location;
  return descriptor.GetSourceLocation(&location) &&
         location.leading_comments.find_first_not_of(" \n") != std::string::npos;
}

void EachMessage(const Protos& protos, const std::function<void(const Descriptor&)>& visit) {
  const std::function<void(const Descriptor&)> walk = [&](const Descriptor& message) {
    visit(message);
    for (int i = 0; i < message.nested_type_count(); ++i) walk(*message.nested_type(i));
  };
  for (const FileDescriptor* file : protos.files())
    for (int i = 0; i < file->message_type_count(); ++i) walk(*file->message_type(i));
}

// The entity that lies somewhere inside this message; null if none.
const Descriptor* EntityInside(const Descriptor& message, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&message).second) return nullptr;
  for (int i = 0; i < message.field_count(); ++i) {
    const Descriptor* inner = message.field(i)->message_type();
    if (inner == nullptr) continue;
    if (IsEntity(*inner)) return inner;
    if (const Descriptor* entity = EntityInside(*inner, seen)) return entity;
  }
  return nullptr;
}

std::string Upper(const std::string& camel) {
  std::string upper;
  for (size_t i = 0; i < camel.size(); ++i) {
    if (i > 0 && isupper(static_cast<unsigned char>(camel[i])) != 0) upper += '_';
    upper += static_cast<char>(toupper(static_cast<unsigned char>(camel[i])));
  }
  return upper;
}

// songsang.leads.v1 -> songsang.io/api/songsang/leads/v1;leadsv1, io.songsang.leads.v1
std::pair<std::string, std::string> PackageOptions(const std::string& package) {
  std::string path = package;
  std::replace(path.begin(), path.end(), '.', '/');
  std::string name = package;
  name.erase(std::remove(name.begin(), name.end(), '.'), name.end());
  if (package != "songsang.v1") name = name.substr(std::string("songsang").size());
  return {"songsang.io/api/" + path + ";" + name, "io." + package};
}

Findings EnumShape(const EnumDescriptor& type) {
  Findings findings;
  const std::string prefix = Upper(type.name()) + "_";
  for (int i = 0; i < type.value_count(); ++i)
    if (!type.value(i)->name().starts_with(prefix))
      findings.push_back(Place(type) + ": value " + type.value(i)->name() + " does not begin with " + prefix);
  if (type.value(0)->number() != 0 || type.value(0)->name() != prefix + "UNSPECIFIED")
    findings.push_back(Place(type) + ": zero is not " + prefix + "UNSPECIFIED");
  return findings;
}

Findings FieldType(const FieldDescriptor& field) {
  Findings findings;
  const auto type = field.type();
  if (type == FieldDescriptor::TYPE_DOUBLE || type == FieldDescriptor::TYPE_FLOAT)
    findings.push_back(Place(field) + ": floating point; Money, Decimal or an integer with its unit in the name");
  // What a reply shows was checked when it was recorded.
  const Descriptor& message = *field.containing_type();
  const bool given = IsEntity(message) || message.name().ends_with("Request");
  if (given && field.name().ends_with("_on") && type == FieldDescriptor::TYPE_STRING &&
      CheckOf(field).format() != v1::Check::FORMAT_DATE)
    findings.push_back(Place(field) + ": a date without (check) = {format: FORMAT_DATE}");
  const bool instant =
      field.message_type() != nullptr && field.message_type()->full_name() == "google.protobuf.Timestamp";
  if (field.name().ends_with("_at") && !instant)
    findings.push_back(Place(field) + ": an instant is a google.protobuf.Timestamp");
  return findings;
}

}  // namespace

class Protos::Sources : public google::protobuf::compiler::SourceTree {
 public:
  Sources(std::string root, const Tree& files) : root_(std::move(root)) {
    for (const File& file : files) texts_[file.path.substr(std::string("proto/").size())] = file.text;
  }

  google::protobuf::io::ZeroCopyInputStream* Open(const std::string& name) override {
    if (!texts_.contains(name))
      for (const std::string& folder : {root_ + "/proto/", std::string("/usr/include/")}) {
        std::ifstream stream(folder + name, std::ios::binary);
        if (stream.good()) {
          texts_[name] = std::string(std::istreambuf_iterator<char>(stream), {});
          break;
        }
      }
    const auto found = texts_.find(name);
    if (found == texts_.end()) return nullptr;
    return new google::protobuf::io::ArrayInputStream(found->second.data(), static_cast<int>(found->second.size()));
  }

 private:
  std::string root_;
  std::map<std::string, std::string> texts_;
};

class Protos::Collector : public google::protobuf::compiler::MultiFileErrorCollector {
 public:
  explicit Collector(Findings* errors) : errors_(errors) {}
  void AddError(const std::string& name, int line, int /*column*/, const std::string& message) override {
    errors_->push_back(fmt::format("proto/{}:{}: {}", name, line + 1, message));
  }

 private:
  Findings* errors_;
};

Protos::Protos(const std::string& root, const Tree& files)
    : sources_(std::make_unique<Sources>(root, files)),
      collector_(std::make_unique<Collector>(&errors_)),
      importer_(std::make_unique<google::protobuf::compiler::Importer>(sources_.get(), collector_.get())) {
  for (const File& file : files) {
    if (!file.path.ends_with(".proto")) continue;
    const FileDescriptor* descriptor = importer_->Import(file.path.substr(std::string("proto/").size()));
    if (descriptor != nullptr) files_.push_back(descriptor);
  }
}

Protos::~Protos() = default;

Findings MethodsWithoutAccess(const Protos& protos) {
  Findings findings;
  for (const FileDescriptor* file : protos.files())
    for (int i = 0; i < file->service_count(); ++i)
      for (int j = 0; j < file->service(i)->method_count(); ++j)
        if (AccessOf(*file->service(i)->method(j)).roles_size() == 0)
          findings.push_back(Place(*file->service(i)->method(j)) + ": names no roles in (songsang.v1.access)");
  return findings;
}

Findings Uncommented(const Protos& protos) {
  Findings findings;
  for (const FileDescriptor* file : protos.files())
    for (int i = 0; i < file->service_count(); ++i) {
      if (!HasComment(*file->service(i))) findings.push_back(Place(*file->service(i)) + ": has no comment");
      for (int j = 0; j < file->service(i)->method_count(); ++j)
        if (!HasComment(*file->service(i)->method(j)))
          findings.push_back(Place(*file->service(i)->method(j)) + ": has no comment");
    }
  EachMessage(protos, [&](const Descriptor& message) {
    if (IsEntity(message) && !HasComment(message)) findings.push_back(Place(message) + ": has no comment");
  });
  return findings;
}

Findings FileOptions(const Protos& protos) {
  Findings findings;
  for (const FileDescriptor* file : protos.files()) {
    const auto [go, java] = PackageOptions(file->package());
    const std::string place = "proto/" + file->name() + ": ";
    if (file->options().go_package() != go) findings.push_back(place + "go_package is not " + go);
    if (file->options().java_package() != java) findings.push_back(place + "java_package is not " + java);
    if (!file->options().java_multiple_files()) findings.push_back(place + "java_multiple_files is not true");
  }
  return findings;
}

Findings EntityShapes(const Protos& protos) {
  Findings findings;
  EachMessage(protos, [&](const Descriptor& message) {
    if (!IsEntity(message)) return;
    const FieldDescriptor* id = message.FindFieldByNumber(1);
    const FieldDescriptor* version = message.FindFieldByNumber(2);
    if (id == nullptr || id->name() != "id" || id->type() != FieldDescriptor::TYPE_STRING || version == nullptr ||
        version->name() != "version" || version->type() != FieldDescriptor::TYPE_INT64)
      findings.push_back(Place(message) + ": does not begin with `string id = 1` and `int64 version = 2`");
    std::set<const Descriptor*> seen;
    if (const Descriptor* inner = EntityInside(message, seen))
      findings.push_back(Place(message) + ": holds the entity " + inner->full_name() + "; refer to it by its id");
  });
  return findings;
}

Findings EnumShapes(const Protos& protos) {
  Findings findings;
  for (const FileDescriptor* file : protos.files())
    for (int i = 0; i < file->enum_type_count(); ++i) {
      // What every process shares lies in songsang.v1 and belongs to no message.
      if (file->package() != "songsang.v1")
        findings.push_back(Place(*file->enum_type(i)) + ": stands alone; enums nest in their message");
      findings += EnumShape(*file->enum_type(i));
    }
  EachMessage(protos, [&](const Descriptor& message) {
    for (int i = 0; i < message.enum_type_count(); ++i) findings += EnumShape(*message.enum_type(i));
  });
  return findings;
}

Findings FieldTypes(const Protos& protos) {
  Findings findings;
  EachMessage(protos, [&](const Descriptor& message) {
    for (int i = 0; i < message.field_count(); ++i) findings += FieldType(*message.field(i));
  });
  return findings;
}

}  // namespace songsang::tidy
