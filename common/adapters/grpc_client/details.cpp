#include "adapters/grpc_client/details.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <functional>

namespace songsang::client {

namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Calls `take(field, number, bytes)` for every field of a message; messages and texts are `bytes`, integers `number`.
void ForEachField(std::string_view message, const std::function<void(int, uint64_t, std::string_view)>& take) {
  CodedInputStream in(reinterpret_cast<const uint8_t*>(message.data()), static_cast<int>(message.size()));
  while (const uint32_t tag = in.ReadTag()) {
    const int field = WireFormatLite::GetTagFieldNumber(tag);
    if (WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_VARINT) {
      uint64_t number = 0;
      if (!in.ReadVarint64(&number)) return;
      take(field, number, {});
    } else if (WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      std::string bytes;
      uint32_t length = 0;
      if (!in.ReadVarint32(&length) || !in.ReadString(&bytes, static_cast<int>(length))) return;
      take(field, 0, bytes);
    } else if (!WireFormatLite::SkipField(&in, tag)) {
      return;
    }
  }
}

void ReadErrorInfo(std::string_view message, Answer* answer) {
  ForEachField(message, [&](int field, uint64_t, std::string_view bytes) {
    if (field == 1) answer->reason = bytes;
    if (field == 2) answer->domain = bytes;
    if (field != 3) return;
    std::string key, value;
    ForEachField(bytes, [&](int part, uint64_t, std::string_view text) { (part == 1 ? key : value) = text; });
    answer->variables[key] = value;
  });
}

void ReadBadRequest(std::string_view message, Answer* answer) {
  ForEachField(message, [&](int field, uint64_t, std::string_view bytes) {
    if (field != 1) return;
    auto& violation = answer->fields.emplace_back();
    ForEachField(bytes, [&](int part, uint64_t, std::string_view text) {
      if (part == 1) violation.field = text;
      if (part == 2) violation.description = text;
    });
  });
}

void ReadRetryInfo(std::string_view message, Answer* answer) {
  answer->retry_after_ms = 0;
  ForEachField(message, [&](int field, uint64_t, std::string_view bytes) {
    if (field != 1) return;
    ForEachField(bytes, [&](int part, uint64_t number, std::string_view) {
      *answer->retry_after_ms += static_cast<int>(part == 1 ? number * 1000 : number / 1'000'000);
    });
  });
}

void ReadDetail(std::string_view any, Answer* answer) {
  std::string url, value;
  ForEachField(any, [&](int field, uint64_t, std::string_view bytes) { (field == 1 ? url : value) = bytes; });
  const std::string type = url.substr(url.rfind('/') + 1);
  if (type == "google.rpc.ErrorInfo") ReadErrorInfo(value, answer);
  if (type == "google.rpc.BadRequest") ReadBadRequest(value, answer);
  if (type == "google.rpc.RetryInfo") ReadRetryInfo(value, answer);
  if (type == "google.rpc.LocalizedMessage") {
    ForEachField(value, [&](int field, uint64_t, std::string_view bytes) {
      if (field == 2) answer->localized = bytes;
    });
  }
}

}  // namespace

void ReadDetails(std::string_view status, Answer* answer) {
  ForEachField(status, [&](int field, uint64_t, std::string_view bytes) {
    if (field == 3) ReadDetail(bytes, answer);
  });
}

}  // namespace songsang::client
