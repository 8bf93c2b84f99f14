// Finds the string that made parsing fail. protobuf refuses a whole message for one byte that is not UTF-8 and does
// not say where; the sender should be told.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <map>

#include "core/text.h"
#include "rows/validate.h"

namespace songsang::rows {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr int kDeepest = 100;  // as deep as the parser goes

std::string Search(const Descriptor& type, std::string_view bytes, int depth) {
  CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
  std::map<int, int> seen;  // elements of repeated fields so far
  while (const uint32_t tag = in.ReadTag()) {
    const auto* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED || field == nullptr) {
      if (!WireFormatLite::SkipField(&in, tag)) return "";
      continue;
    }
    uint32_t length = 0;
    if (!in.ReadVarint32(&length) || length > bytes.size() - static_cast<size_t>(in.CurrentPosition())) return "";
    const std::string_view value = bytes.substr(static_cast<size_t>(in.CurrentPosition()), length);
    in.Skip(static_cast<int>(length));
    std::string path = field->name();
    if (field->is_repeated()) path += "[" + std::to_string(seen[field->number()]++) + "]";
    if (field->type() == FieldDescriptor::TYPE_STRING && !IsUtf8(value)) return path;
    if (field->type() == FieldDescriptor::TYPE_MESSAGE && depth < kDeepest) {
      const std::string inner = Search(*field->message_type(), value, depth + 1);
      if (!inner.empty()) return path + "." + inner;
    }
  }
  return "";
}

}  // namespace

std::string FindInvalidText(const Descriptor& type, std::string_view bytes) { return Search(type, bytes, 0); }

}  // namespace songsang::rows
