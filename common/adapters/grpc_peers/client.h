// Calls a Songsang server: unary, by full method name. No generated stubs: descriptors are linked in.
#pragma once

#include <google/protobuf/message.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/status.h"

namespace songsang::peers {

struct ClientOptions {
  // Sends again what was answered UNAVAILABLE, three attempts in all: every command is safe to repeat.
  bool retry = true;
  // Clients share connections to one address unless they want their own.
  bool own_connection = false;
  // Asynchronous calls under way; the next one waits.
  int in_flight = 256;
  std::string accept_language = "en";
  // PEM text of the authority that the server's certificate is checked with; plain text where empty.
  std::string tls_authority;
};

struct CallOptions {
  std::chrono::milliseconds timeout{10'000};
  std::string idempotency_key;
  bool validate_only = false;
  std::string after;            // positions to wait for: `leads/0/0/17`
  std::string accept_language;  // instead of the client's
  std::string traceparent;
  std::map<std::string, std::string> metadata;
};

// What a call was answered.
struct Answer {
  std::string reply;  // the serialised message
  std::optional<engine::Failure> failure;
  std::string position;  // `songsang-position`
  bool replayed = false;

  bool ok() const { return !failure.has_value(); }
};

class Client {
 public:
  // `address`: host:port. The token is sent as bearer with every call; empty sends none.
  Client(const std::string& address, std::string token, ClientOptions options = {});
  ~Client();  // Drain()
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  void SetToken(std::string token);
  // Whether the server can be reached now; waits up to `timeout`.
  bool WaitForConnection(std::chrono::milliseconds timeout);

  // `method`: `songsang.leads.v1.LeadService/CaptureLead`, with or without a leading slash.
  Answer Call(std::string_view method, const google::protobuf::Message& request, const CallOptions& options = {});
  Answer CallBytes(std::string_view method, std::string_view request, const CallOptions& options = {});

  // Calls `done` once, from a gRPC thread, which must not be held up. Waits while `in_flight` calls are under way.
  void CallAsync(std::string_view method, std::string_view request, const CallOptions& options,
                 std::function<void(Answer)> done);
  // Waits until no asynchronous call is under way.
  void Drain();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The method of that name in the linked-in descriptors; null if there is none. With or without a leading slash, and
// by any unambiguous tail: `LeadService/CaptureLead`, `CaptureLead`.
const google::protobuf::MethodDescriptor* FindMethod(std::string_view name);
// An empty message of that type.
std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor* type);

}  // namespace songsang::peers
