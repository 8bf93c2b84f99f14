// One call's way from gRPC to the engine and back.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>

#include "adapters/grpc_door/grpc_door.h"
#include "engine/engine.h"
#include "engine/verifier.h"

namespace songsang::grpc_door {

// Bytes of a request, and of a reply.
inline constexpr size_t kMostMessage = 4 << 20;

// What every call needs; outlives them all.
struct Desk {
  std::function<void(std::unique_ptr<engine::Call>)> execute;
  engine::Verifier* verifier = nullptr;
  std::function<void(const CallSeen&)> seen;
};

// Hands a call to the engine and returns at once; the reactor is finished when the engine has an outcome.
grpc::ServerUnaryReactor* Take(const Desk& desk, const engine::Method& method, grpc::CallbackServerContext* context,
                               const grpc::ByteBuffer* request, grpc::ByteBuffer* reply);

// What gRPC is told of a refusal: code, English sentence, and google.rpc.Status in `grpc-status-details-bin`.
grpc::Status ToGrpc(const Refusal& refusal, std::string_view service, std::string_view accept_language);

// The value of a metadata key; empty if there is none.
std::string_view MetadataOf(const grpc::CallbackServerContext& context, const char* key);

}  // namespace songsang::grpc_door
