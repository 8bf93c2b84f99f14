// Requests made from descriptors alone: one that breaks no declared rule, and every place in it where one can be
// broken.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

#include "songsang/v1/options.pb.h"

namespace songsang::tests {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// A field of a request, or of a message within it.
class Place {
 public:
  explicit Place(std::vector<const FieldDescriptor*> path) : path_(std::move(path)) {}

  const FieldDescriptor* field() const { return path_.back(); }
  const v1::Check& check() const { return field()->options().GetExtension(v1::check); }
  const std::string& ref() const { return field()->options().GetExtension(v1::ref); }
  bool is_text() const { return field()->type() == FieldDescriptor::TYPE_STRING; }
  bool is_request_id() const { return path_.size() == 1 && field()->name() == "request_id"; }
  // As violations name it, with index 0 in every repeated field: `lines[0].price.minor`.
  std::string Name() const;
  // The message that holds the field, made where absent. A repeated message has one element then.
  Message* Holder(Message* request) const;

  void SetText(Message* request, const std::string& text) const;  // string or bytes; of a repeated one, the first
  void SetNumber(Message* request, int64_t number) const;         // integers and enums
  void Clear(Message* request) const;

 private:
  std::vector<const FieldDescriptor*> path_;
};

// `accounts_AccountService_GetAccount`: two services may name theirs alike.
std::string TestNameOf(const MethodDescriptor& method);

// Every field that a caller can fill, messages within messages included (each type once a path).
std::vector<Place> PlacesOf(const MethodDescriptor& method);

// A request in which everything is set, and which breaks no rule that the proto declares.
std::unique_ptr<Message> FullRequest(const MethodDescriptor& method);

// A value that satisfies the field's rules.
std::string FineText(const FieldDescriptor& field);
// An id that nothing has.
std::string AbsentId();

}  // namespace songsang::tests
