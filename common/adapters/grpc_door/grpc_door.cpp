#include "adapters/grpc_door/grpc_door.h"

#include <absl/synchronization/mutex.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/service_type.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <map>

#include "adapters/grpc_door/call.h"
#include "adapters/grpc_door/reflection.h"
#include "engine/reasons.h"

namespace songsang::grpc_door {
namespace {

using google::protobuf::ServiceDescriptor;

constexpr int kMostMetadata = 8 << 10;
constexpr int kMostCallsPerConnection = 1024;

// A gRPC service made at run time: what generated code does, from a descriptor.
class DescribedService : public grpc::Service {
 public:
  DescribedService(const Desk& desk, const std::vector<const engine::Method*>& methods) {
    for (size_t i = 0; i < methods.size(); ++i) {
      const engine::Method* method = methods[i];
      const std::string& name = names_.emplace_back("/" + method->name);
      AddMethod(new grpc::internal::RpcServiceMethod(name.c_str(), grpc::internal::RpcMethod::NORMAL_RPC,
                                                     /*handler=*/nullptr));
      MarkMethodRawCallback(
          static_cast<int>(i),
          new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
              [&desk, method](grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                              grpc::ByteBuffer* reply) { return Take(desk, *method, context, request, reply); }));
    }
  }

 private:
  std::deque<std::string> names_;  // gRPC keeps pointers to them
};

// A stream of reflection questions: one is read, answered, and then the next is read.
class ReflectionStream : public grpc::ServerGenericBidiReactor {
 public:
  explicit ReflectionStream(const std::vector<std::string>* services) : reflection_(services) { StartRead(&question_); }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    grpc::Slice slice;
    if (!question_.DumpToSingleSlice(&slice).ok()) return Finish(ToGrpc(engine::kMalformedRequest, "", ""));
    const std::string answer = reflection_.Answer({reinterpret_cast<const char*>(slice.begin()), slice.size()});
    if (answer.empty()) return Finish(ToGrpc(engine::kMalformedRequest, "", ""));
    const grpc::Slice bytes(answer.data(), answer.size());
    answer_ = grpc::ByteBuffer(&bytes, 1);
    StartWrite(&answer_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    question_.Clear();
    StartRead(&question_);
  }
  void OnDone() override { delete this; }

 private:
  Reflection reflection_;
  grpc::ByteBuffer question_, answer_;
};

// Everything that is not a method of this process: reflection, or a refusal.
class OtherMethods : public grpc::CallbackGenericService {
 public:
  OtherMethods(bool reflection, std::vector<std::string> services)
      : reflection_(reflection), services_(std::move(services)) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    if (reflection_)
      for (const auto method : kReflectionMethods)
        if (context->method() == method) return new ReflectionStream(&services_);
    return new Refused(*context);
  }

 private:
  class Refused : public grpc::ServerGenericBidiReactor {
   public:
    explicit Refused(const grpc::GenericCallbackServerContext& context) {
      const std::string method = context.method().substr(1);  // without its slash
      Finish(ToGrpc(engine::kMethodUnknown.With("method", method), "", MetadataOf(context, "accept-language")));
    }
    void OnDone() override { delete this; }
  };

  const bool reflection_;
  const std::vector<std::string> services_;
};

void SetLimits(const Options& options, grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(kMostMessage);
  builder->SetMaxSendMessageSize(kMostMessage);
  // gRPC unpacks a message before it looks at its size: a megabyte from anyone would become a gigabyte here.
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMostMetadata);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMostCallsPerConnection);
  // A second server on the port must fail, not share its callers.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder->AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10'000);
  const auto age = std::chrono::milliseconds(options.connection_age);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, static_cast<int>(age.count()));
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 30'000);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // A caller that could ask another replica asks for signs of life each second while it waits.
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 500);
}

class Opened : public GrpcDoor {
 public:
  Opened(Room room, engine::Verifier& verifier, Options options) : options_(std::move(options)) {
    desk_ = {std::move(room.execute), &verifier, options_.seen};
    std::map<const ServiceDescriptor*, std::vector<const engine::Method*>> grouped;
    for (const auto* method : room.methods) grouped[method->descriptor->service()].push_back(method);
    for (const auto& [service, methods] : grouped) {
      names_.push_back(service->full_name());
      services_.push_back(std::make_unique<DescribedService>(desk_, methods));
    }
    std::sort(names_.begin(), names_.end());
    auto listed = names_;
    listed.push_back("grpc.health.v1.Health");
    others_ = std::make_unique<OtherMethods>(options_.reflection, std::move(listed));
  }
  ~Opened() override { Stop(std::chrono::milliseconds(0)); }

  Status Listen() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    SetLimits(options_, &builder);
    builder.AddListeningPort(options_.address, Credentials(), &port_);
    for (const auto& service : services_) builder.RegisterService(service.get());
    builder.RegisterCallbackGenericService(others_.get());
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) return kDoorNotOpened.With("address", options_.address);
    SetServing(true);
    return Done{};
  }

  int port() const override { return port_; }

  void SetServing(bool serving) override {
    auto* health = server_->GetHealthCheckService();
    if (health == nullptr) return;
    for (const std::string& name : names_) health->SetServingStatus(name, serving);
    health->SetServingStatus(serving);
  }

  void Stop(std::chrono::milliseconds grace) override {
    if (server_ == nullptr || stopped_) return;
    stopped_ = true;
    SetServing(false);
    server_->Shutdown(std::chrono::system_clock::now() + grace);
    server_->Wait();
  }

 private:
  std::shared_ptr<grpc::ServerCredentials> Credentials() const {
    if (options_.tls_certificate.empty() || options_.tls_key.empty()) return grpc::InsecureServerCredentials();
    grpc::SslServerCredentialsOptions tls;
    tls.pem_key_cert_pairs.push_back({options_.tls_key, options_.tls_certificate});
    return grpc::SslServerCredentials(tls);
  }

  const Options options_;
  Desk desk_;
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<DescribedService>> services_;
  std::unique_ptr<OtherMethods> others_;
  int port_ = 0;
  bool stopped_ = false;
  // Last, so that it goes first.
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

Result<std::unique_ptr<GrpcDoor>> GrpcDoor::Open(engine::Engine& engine, engine::Verifier& verifier, Options options) {
  const auto execute = [&engine](std::unique_ptr<engine::Call> call) { engine.Execute(std::move(call)); };
  return Open(Room{engine.methods(), execute}, verifier, std::move(options));
}

Result<std::unique_ptr<GrpcDoor>> GrpcDoor::Open(Room room, engine::Verifier& verifier, Options options) {
  // A peer that hangs up must not end the process.
  std::signal(SIGPIPE, SIG_IGN);
  // Debian builds abseil with a search for lock cycles in every lock: an eighth of what a call costs here.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // The libraries would write lines of their own, one for every request that does not parse. What matters is answered.
  google::protobuf::SetLogHandler(nullptr);
  if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args*) {});
  auto door = std::make_unique<Opened>(std::move(room), verifier, std::move(options));
  const Status listening = door->Listen();
  if (!listening.ok()) return listening.refusal();
  return std::unique_ptr<GrpcDoor>(std::move(door));
}

}  // namespace songsang::grpc_door
