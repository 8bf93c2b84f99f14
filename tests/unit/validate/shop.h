// A proto file of its own, so that every rule of `(check)` has a field to be broken on.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>

namespace songsang::tests {

// A message of package `shop` (see shop.cpp) from text format; enums may be numbers that the proto does not define.
std::unique_ptr<google::protobuf::Message> Shop(const std::string& type, const std::string& text);

}  // namespace songsang::tests
