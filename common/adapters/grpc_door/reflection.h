// Server reflection (grpc.reflection.v1 and v1alpha, which are the same on the wire), so that grpcurl lists, describes
// and calls without proto files. gRPC's own is a synchronous service: it would bring threads of its own, and every
// caller could hold one.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace songsang::grpc_door {

inline constexpr std::string_view kReflectionMethods[] = {
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"};

// One stream of questions. A file is sent once a stream.
class Reflection {
 public:
  explicit Reflection(const std::vector<std::string>* services) : services_(services) {}
  // A serialised ServerReflectionRequest to its serialised response; empty if it is none.
  std::string Answer(std::string_view request);

 private:
  const std::vector<std::string>* services_;
  std::set<std::string> sent_;
};

}  // namespace songsang::grpc_door
