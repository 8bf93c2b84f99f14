#include "adapters/grpc_door/known_files.h"

#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <cstring>
#include <stdexcept>

namespace songsang::grpc_door {
namespace {

// The part of googleapis' file that is answered here (engine/status.cpp writes it), so that tools can show it.
constexpr const char* kErrorDetails = R"(
syntax = "proto3";
package google.rpc;
import "google/protobuf/duration.proto";
message ErrorInfo {
  string reason = 1;
  string domain = 2;
  map<string, string> metadata = 3;
}
message RetryInfo {
  google.protobuf.Duration retry_delay = 1;
}
message BadRequest {
  message FieldViolation {
    string field = 1;
    string description = 2;
  }
  repeated FieldViolation field_violations = 1;
}
message LocalizedMessage {
  string locale = 1;
  string message = 2;
}
)";

constexpr const char* kHealth = R"(
syntax = "proto3";
package grpc.health.v1;
message HealthCheckRequest {
  string service = 1;
}
message HealthCheckResponse {
  enum ServingStatus {
    UNKNOWN = 0;
    SERVING = 1;
    NOT_SERVING = 2;
    SERVICE_UNKNOWN = 3;
  }
  ServingStatus status = 1;
}
service Health {
  rpc Check(HealthCheckRequest) returns (HealthCheckResponse);
  rpc Watch(HealthCheckRequest) returns (stream HealthCheckResponse);
}
)";

void Add(const char* name, const char* text, google::protobuf::DescriptorPool* pool) {
  google::protobuf::io::ArrayInputStream in(text, static_cast<int>(std::strlen(text)));
  google::protobuf::io::Tokenizer tokenizer(&in, nullptr);
  google::protobuf::compiler::Parser parser;
  google::protobuf::FileDescriptorProto file;
  file.set_name(name);
  if (!parser.Parse(&tokenizer, &file) || pool->BuildFile(file) == nullptr) throw std::logic_error(name);
}

}  // namespace

const google::protobuf::DescriptorPool& KnownFiles() {
  static const auto* known = [] {
    google::protobuf::Duration::descriptor();  // links in the file that is imported
    auto* pool = new google::protobuf::DescriptorPool(google::protobuf::DescriptorPool::generated_pool());
    Add("google/rpc/error_details.proto", kErrorDetails, pool);
    Add("grpc/health/v1/health.proto", kHealth, pool);
    return pool;
  }();
  return *known;
}

}  // namespace songsang::grpc_door
