#include "adapters/grpc_door/call.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "core/text.h"
#include "engine/reasons.h"
#include "engine/status.h"

namespace songsang::grpc_door {
namespace {

using google::protobuf::Message;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kDefaultTime{10};  // of a call that brings no deadline
constexpr std::chrono::seconds kMostTime{60};
// Replies up to this size are copied into gRPC's slice, which costs less than sharing the string does.
constexpr size_t kCopied = 1024;

// What a call's metadata says that the engine does not read elsewhere.
struct Headers {
  std::string_view token, idempotency_key, after, language, trace, tenant, actor;
  bool validate_only = false;
  bool fresh = false;
  bool two_tokens = false;
};

std::string_view View(const grpc::string_ref& text) { return {text.data(), text.size()}; }

Headers ReadHeaders(const grpc::CallbackServerContext& context) {
  Headers headers;
  int tokens = 0;
  for (const auto& [name, text] : context.client_metadata()) {
    const std::string_view key = View(name), value = View(text);
    if (key == "authorization") {
      ++tokens;
      if (value.size() > 7 && Lower(value.substr(0, 7)) == "bearer ") headers.token = value.substr(7);
    } else if (key == "idempotency-key") {
      headers.idempotency_key = value;
    } else if (key == "songsang-validate-only") {
      headers.validate_only = value == "true" || value == "1";
    } else if (key == "cache-control") {
      headers.fresh = value == "no-cache";
    } else if (key == "songsang-tenant") {
      headers.tenant = value;
    } else if (key == "songsang-actor") {
      headers.actor = value;
    } else if (key == "songsang-after") {
      headers.after = value;
    } else if (key == "accept-language") {
      headers.language = value;
    } else if (key == "traceparent") {
      headers.trace = value;
    }
  }
  headers.two_tokens = tokens > 1;
  return headers;
}

// `00-<32 hex>-<16 hex>-<2 hex>` of W3C; anything else is not carried on.
bool IsTrace(std::string_view text) {
  if (text.size() != 55) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 2 || i == 35 || i == 52;
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !hex) return false;
  }
  return true;
}

Clock::time_point DeadlineOf(const grpc::CallbackServerContext& context) {
  const auto now = std::chrono::system_clock::now();
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return Clock::now() + kDefaultTime;
  const auto left = std::min(std::chrono::duration_cast<Clock::duration>(kMostTime),
                             std::chrono::duration_cast<Clock::duration>(deadline - now));
  return Clock::now() + left;
}

bool Parse(const grpc::ByteBuffer& buffer, Message* message) {
  grpc::Slice slice;
  if (buffer.TrySingleSlice(&slice).ok()) return message->ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
  grpc::ByteBuffer copy(buffer);  // the reader moves on in what it reads
  grpc::ProtoBufferReader reader(&copy);
  return reader.status().ok() && message->ParseFromZeroCopyStream(&reader);
}

// Why a request that did not parse is refused.
Refusal NotParsed(const grpc::ByteBuffer& buffer, const google::protobuf::Descriptor& type) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return engine::kMalformedRequest;
  return engine::NotParsed(type, {reinterpret_cast<const char*>(slice.begin()), slice.size()});
}

// Hands the engine's string to gRPC: shared where it is large, copied where that is cheaper.
void Write(std::shared_ptr<const std::string> reply, grpc::ByteBuffer* buffer) {
  if (reply->size() <= kCopied) {
    const grpc::Slice slice(reply->data(), reply->size());
    *buffer = grpc::ByteBuffer(&slice, 1);
    return;
  }
  auto* owner = new std::shared_ptr<const std::string>(std::move(reply));
  void* data = const_cast<char*>((*owner)->data());
  const auto release = [](void* owned) { delete static_cast<std::shared_ptr<const std::string>*>(owned); };
  const grpc::Slice slice(data, (*owner)->size(), release, owner);
  *buffer = grpc::ByteBuffer(&slice, 1);
}

// A call that the engine has. Ends itself when it is answered, which is once.
struct Open {
  const Desk* desk = nullptr;
  const engine::Method* method = nullptr;
  grpc::CallbackServerContext* context = nullptr;
  grpc::ByteBuffer* reply = nullptr;
  grpc::ServerUnaryReactor* reactor = nullptr;
  Clock::time_point begin;
  std::string tenant, trace;

  void Answer(engine::Outcome outcome) {
    const std::unique_ptr<Open> end(this);
    if (outcome.ok() && outcome.reply && outcome.reply->size() > kMostMessage)
      outcome.refusal = kReplyTooLarge.With("size", std::to_string(outcome.reply->size()));
    if (!outcome.marks.empty()) context->AddTrailingMetadata("songsang-position", engine::FormatMarks(outcome.marks));
    if (outcome.replayed) context->AddTrailingMetadata("songsang-replayed", "true");
    if (outcome.kept) context->AddTrailingMetadata("songsang-cached", "true");
    if (desk->seen) Tell(outcome);
    if (!outcome.ok()) {
      // What gRPC's own retries wait for.
      if (outcome.refusal->retry_after_ms)
        context->AddTrailingMetadata("grpc-retry-pushback-ms", std::to_string(*outcome.refusal->retry_after_ms));
      return reactor->Finish(ToGrpc(*outcome.refusal, method->service_name, MetadataOf(*context, "accept-language")));
    }
    if (outcome.reply) Write(std::move(outcome.reply), reply);
    if (!reply->Valid()) Write(std::make_shared<const std::string>(), reply);
    reactor->Finish(grpc::Status::OK);
  }

  void Tell(const engine::Outcome& outcome) const {
    CallSeen seen;
    seen.method = method->name;
    seen.tenant = tenant;
    seen.trace = trace;
    if (!outcome.ok()) {
      seen.code = outcome.refusal->reason->code;
      seen.reason = outcome.refusal->reason->name;
    }
    seen.replayed = outcome.replayed;
    seen.kept = outcome.kept;
    seen.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
    desk->seen(seen);
  }

  void Refuse(Refusal refusal) {
    engine::Outcome outcome;
    outcome.refusal = std::move(refusal);
    Answer(std::move(outcome));
  }
};

// Fills the call, or says why it cannot be made.
Status Read(const Desk& desk, const Headers& headers, const grpc::ByteBuffer& request, engine::Call* call) {
  if (headers.two_tokens) return engine::kUnauthenticated.With("detail", "more than one was sent");
  auto caller = desk.verifier->Verify(headers.token);
  if (!caller.ok()) return caller.refusal();
  call->caller = *std::move(caller);
  // A process of the system asks in the name of whoever called it.
  if (call->caller.Has(v1::ROLE_SERVICE) && !headers.tenant.empty()) {
    call->caller.tenant = headers.tenant;
    call->caller.actor = headers.actor;
  }
  const auto* type = call->method->descriptor->input_type();
  call->request.reset(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!Parse(request, call->request.get())) return NotParsed(request, *type);
  if (!headers.after.empty() && !engine::ParseMarks(headers.after, &call->after)) {
    Refusal refusal(engine::kInvalidRequest);
    refusal.violations.push_back({"songsang-after", "must be positions such as leads/0/0/17, separated by commas"});
    return refusal;
  }
  call->idempotency_key = headers.idempotency_key;
  call->validate_only = headers.validate_only;
  call->fresh = headers.fresh;
  if (IsTrace(headers.trace)) call->trace = headers.trace;
  return Done{};
}

}  // namespace

std::string_view MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string_view() : View(found->second);
}

grpc::Status ToGrpc(const Refusal& refusal, std::string_view service, std::string_view accept_language) {
  const v1::Status status = engine::ToStatus(refusal, service, engine::LanguageOf(accept_language));
  return {static_cast<grpc::StatusCode>(status.code()), status.message(), status.SerializeAsString()};
}

grpc::ServerUnaryReactor* Take(const Desk& desk, const engine::Method& method, grpc::CallbackServerContext* context,
                               const grpc::ByteBuffer* request, grpc::ByteBuffer* reply) {
  auto* open = new Open;
  open->desk = &desk;
  open->method = &method;
  open->context = context;
  open->reply = reply;
  auto* reactor = open->reactor = context->DefaultReactor();
  open->begin = Clock::now();

  auto call = std::make_unique<engine::Call>();
  call->method = &method;
  const Status read = Read(desk, ReadHeaders(*context), *request, call.get());
  open->tenant = call->caller.tenant;
  open->trace = call->trace;
  if (!read.ok()) {
    open->Refuse(read.refusal());
    return reactor;
  }
  call->deadline = DeadlineOf(*context);
  // Asked by whoever holds the call, who is also the one that will answer it: so never after the answer.
  call->cancelled = [context] { return context->IsCancelled(); };
  call->done = [open](engine::Outcome outcome) { open->Answer(std::move(outcome)); };
  desk.execute(std::move(call));
  return reactor;
}

}  // namespace songsang::grpc_door
