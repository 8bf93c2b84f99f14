// The gRPC door: every method of the engine, served from descriptors, with health and reflection.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "engine/engine.h"
#include "engine/verifier.h"

namespace songsang::grpc_door {

// What a call came to, for logs and metrics. Views are valid during the callback only.
struct CallSeen {
  std::string_view method;  // songsang.leads.v1.LeadService/CaptureLead
  std::string_view tenant;  // empty where the caller is not known
  std::string_view trace;
  Code code = Code::kOk;
  std::string_view reason;  // empty where ok
  bool replayed = false;
  bool kept = false;
  std::chrono::microseconds took{0};
};

struct Options {
  // `127.0.0.1:7400`; port 0 takes a free one.
  std::string address = "127.0.0.1:7400";
  // Answers server reflection, so that grpcurl works without proto files.
  bool reflection = true;
  // PEM texts; TLS where both are set.
  std::string tls_certificate, tls_key;
  std::chrono::seconds connection_age{300};
  // Called once a call when it is answered, from any thread; must not block. The host logs with it.
  std::function<void(const CallSeen&)> seen;
};

// What stands behind a door: methods, and who runs calls of them.
struct Room {
  std::vector<const engine::Method*> methods;
  std::function<void(std::unique_ptr<engine::Call>)> execute;
};

class GrpcDoor {
 public:
  // Listens at once. Refused with DOOR_NOT_OPENED if the address is taken or wrong. Engine and verifier outlive it.
  static Result<std::unique_ptr<GrpcDoor>> Open(engine::Engine& engine, engine::Verifier& verifier, Options options);
  static Result<std::unique_ptr<GrpcDoor>> Open(Room room, engine::Verifier& verifier, Options options);
  virtual ~GrpcDoor() = default;  // stops at once

  virtual int port() const = 0;
  // What the health service answers for "" and for every gRPC service.
  virtual void SetServing(bool serving) = 0;
  // Takes no new calls, waits for those under way, cancels what is left after `grace`. Call from an ordinary thread.
  virtual void Stop(std::chrono::milliseconds grace) = 0;
};

inline const Reason kDoorNotOpened{
    "DOOR_NOT_OPENED", Code::kUnavailable,
    "The gRPC door could not listen on {address}: is another server running there?",
    "gRPC 주소 {address}을(를) 열 수 없습니다. 다른 서버가 이미 사용 중인지 확인하세요."};

inline const Reason kReplyTooLarge{
    "REPLY_TOO_LARGE", Code::kResourceExhausted,
    "The reply would have {size} bytes; a message has at most 4194304. Ask for less at once. What was recorded stands.",
    "응답이 {size}바이트로 최대 4194304바이트를 넘습니다. 한 번에 더 적게 요청하세요. 이미 기록된 것은 그대로 "
    "유지됩니다."};

}  // namespace songsang::grpc_door
