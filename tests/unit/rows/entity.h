// Entities for tests, from proto text at run time.
#pragma once

#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>

namespace songsang::rows {

// The messages of one proto text (everything after the imports), which may use options.proto, values.proto and
// timestamp.proto. Its package is `songsang.test.v1`.
class Schema {
 public:
  explicit Schema(const std::string& text);
  const google::protobuf::Descriptor* Find(const std::string& message) const;
  // From text format.
  std::unique_ptr<google::protobuf::Message> Make(const std::string& message, const std::string& text);

 private:
  // Tables are kept by descriptor for as long as the program runs, so the descriptors live as long.
  google::protobuf::DescriptorPool& pool_;
  google::protobuf::DynamicMessageFactory& factory_;
};

}  // namespace songsang::rows
