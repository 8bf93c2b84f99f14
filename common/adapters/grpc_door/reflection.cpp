#include "adapters/grpc_door/reflection.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "adapters/grpc_door/known_files.h"

namespace songsang::grpc_door {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::internal::WireFormatLite;

constexpr int kNotFound = 5;

void PutVarint(uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) *out += static_cast<char>(value | 0x80);
  *out += static_cast<char>(value);
}

void Put(int number, std::string_view bytes, std::string* out) {
  PutVarint(static_cast<uint64_t>(number) << 3 | 2, out);
  PutVarint(bytes.size(), out);
  *out += bytes;
}

void PutInt(int number, int value, std::string* out) {
  PutVarint(static_cast<uint64_t>(number) << 3, out);
  PutVarint(static_cast<uint64_t>(value), out);
}

// What is asked: the field of the request's oneof, and its text.
struct Question {
  int field = 0;
  std::string text;
  int extension = 0;
};

bool Read(std::string_view bytes, Question* question) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  while (const uint32_t tag = in.ReadTag()) {
    const int field = WireFormatLite::GetTagFieldNumber(tag);
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&in, tag)) return false;
      continue;
    }
    uint32_t length = 0;
    std::string text;
    if (!in.ReadVarint32(&length) || !in.ReadString(&text, static_cast<int>(length))) return false;
    if (field < 3 || field > 7) continue;
    question->field = field;
    question->text = std::move(text);
  }
  return in.ConsumedEntireMessage() && question->field != 0;
}

// ExtensionRequest {containing_type = 1, extension_number = 2}
bool ReadExtension(Question* question) {
  const std::string bytes = std::move(question->text);
  question->text.clear();
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  while (const uint32_t tag = in.ReadTag()) {
    uint32_t value = 0;
    if (!in.ReadVarint32(&value)) return false;
    if (tag == (1 << 3 | 2)) {
      if (!in.ReadString(&question->text, static_cast<int>(value))) return false;
    } else if (tag == 2 << 3) {
      question->extension = static_cast<int>(value);
    } else {
      return false;
    }
  }
  return true;
}

const FileDescriptor* FileOf(const Question& question) {
  const auto* pool = &KnownFiles();
  if (question.field == 3) return pool->FindFileByName(question.text);
  if (question.field == 4) return pool->FindFileContainingSymbol(question.text);
  const auto* type = pool->FindMessageTypeByName(question.text);
  const auto* extension = type == nullptr ? nullptr : pool->FindExtensionByNumber(type, question.extension);
  return extension == nullptr ? nullptr : extension->file();
}

// A file and what it imports, imports first.
void PutFiles(const FileDescriptor& file, std::set<std::string>* sent, std::string* out) {
  if (!sent->insert(file.name()).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) PutFiles(*file.dependency(i), sent, out);
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  Put(1, proto.SerializeAsString(), out);
}

std::string Error(const std::string& what) {
  std::string error, response;
  PutInt(1, kNotFound, &error);
  Put(2, what, &error);
  Put(7, error, &response);
  return response;
}

std::string Extensions(const std::string& name) {
  const auto* pool = &KnownFiles();
  const auto* type = pool->FindMessageTypeByName(name);
  if (type == nullptr) return Error("there is no message " + name);
  std::vector<const google::protobuf::FieldDescriptor*> extensions;
  pool->FindAllExtensions(type, &extensions);
  std::string numbers, response;
  Put(1, name, &numbers);
  for (const auto* extension : extensions) PutInt(2, extension->number(), &numbers);
  Put(5, numbers, &response);
  return response;
}

}  // namespace

std::string Reflection::Answer(std::string_view request) {
  Question question;
  if (!Read(request, &question)) return "";
  if (question.field == 5 && !ReadExtension(&question)) return "";
  std::string response, body;
  Put(2, request, &response);
  if (question.field == 7) {
    for (const std::string& service : *services_) {
      std::string name;
      Put(1, service, &name);
      Put(1, name, &body);
    }
    Put(6, body, &response);
  } else if (question.field == 6) {
    response += Extensions(question.text);
  } else if (const FileDescriptor* file = FileOf(question)) {
    // What is asked for is answered even if it was sent before.
    sent_.erase(file->name());
    PutFiles(*file, &sent_, &body);
    Put(4, body, &response);
  } else {
    response += Error("there is no " + question.text);
  }
  return response;
}

}  // namespace songsang::grpc_door
