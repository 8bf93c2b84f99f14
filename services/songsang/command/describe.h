// What descriptors tell a person about methods and messages.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

namespace songsang::command {

// Every method, by service, with the roles that may call it.
std::string ListMethods();
// A method's request and reply, field by field, with what is checked.
std::string DescribeMethod(const google::protobuf::MethodDescriptor& method);

}  // namespace songsang::command
