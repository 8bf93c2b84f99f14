#include "adapters/grpc_client/client.h"

#include <absl/synchronization/mutex.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>

#include "adapters/grpc_client/details.h"

namespace songsang::client {

namespace {

constexpr int kMaxMessageBytes = 16 << 20;

grpc::ByteBuffer ToBuffer(std::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return grpc::ByteBuffer(&slice, 1);
}

std::string FromBuffer(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const auto& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

std::string Find(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
}

// A call on its way, and what it came to.
struct Flight {
  grpc::ClientContext context;
  grpc::ByteBuffer request, reply;
  Answer answer;

  void Land(const grpc::Status& status) {
    answer.code = static_cast<Code>(status.error_code());
    answer.message = status.error_message();
    if (status.ok()) answer.reply = FromBuffer(reply);
    ReadDetails(status.error_details(), &answer);
    for (const auto* metadata : {&context.GetServerInitialMetadata(), &context.GetServerTrailingMetadata()}) {
      if (auto position = Find(*metadata, "songsang-position"); !position.empty()) answer.position = position;
      if (Find(*metadata, "songsang-replayed") == "true") answer.replayed = true;
      if (Find(*metadata, "songsang-cached") == "true") answer.cached = true;
    }
    // The library's own words for "no connection": no server that answered would send neither metadata nor details.
    answer.unreachable = answer.code == Code::kUnavailable && answer.reason.empty() &&
                         context.GetServerInitialMetadata().empty() && context.GetServerTrailingMetadata().empty();
  }
};

}  // namespace

struct Client::Impl {
  std::string token;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<grpc::GenericStub> stub;

  // Calls that nobody waits for one by one.
  std::mutex mutex;
  std::condition_variable landed;
  int under_way = 0;
  int most_under_way = 256;

  void Prepare(const Options& options, grpc::ClientContext* context) const {
    const auto timeout = options.timeout.count() > 0 ? options.timeout : std::chrono::milliseconds(10'000);
    context->set_deadline(std::chrono::system_clock::now() + timeout);
    if (!token.empty()) context->AddMetadata("authorization", "Bearer " + token);
    if (options.validate_only) context->AddMetadata("songsang-validate-only", "true");
    if (!options.idempotency_key.empty()) context->AddMetadata("idempotency-key", options.idempotency_key);
    if (!options.language.empty()) context->AddMetadata("accept-language", options.language);
    if (!options.after.empty()) context->AddMetadata("songsang-after", options.after);
    if (!options.trace.empty()) context->AddMetadata("traceparent", options.trace);
    for (const auto& [key, value] : options.metadata) context->AddMetadata(key, value);
  }
};

Client::Client(const std::string& address, std::string token, const std::string& roots)
    : address_(address), impl_(std::make_unique<Impl>()) {
  // Debian builds abseil with a search for lock cycles in every lock: an eighth of what a call costs.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // Its own connection, not one that this process happens to have already.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  impl_->token = std::move(token);
  auto credentials = grpc::InsecureChannelCredentials();
  if (!roots.empty()) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = roots;
    credentials = grpc::SslCredentials(options);
  }
  impl_->channel = grpc::CreateCustomChannel(address, credentials, arguments);
  impl_->stub = std::make_unique<grpc::GenericStub>(impl_->channel);
}

Client::~Client() { Drain(); }

Answer Client::Call(std::string_view method, std::string_view request, const Options& options) {
  return std::move(CallAll(method, {std::string(request)}, options).front());
}

std::vector<Answer> Client::CallAll(std::string_view method, const std::vector<std::string>& requests,
                                    const Options& options) {
  const std::string path = (method.starts_with('/') ? "" : "/") + std::string(method);
  std::vector<std::unique_ptr<Flight>> flights;
  std::mutex mutex;
  std::condition_variable landed;
  size_t under_way = requests.size();
  for (const auto& request : requests) {
    auto& flight = *flights.emplace_back(std::make_unique<Flight>());
    impl_->Prepare(options, &flight.context);
    flight.request = ToBuffer(request);
    impl_->stub->UnaryCall(&flight.context, path, grpc::StubOptions(), &flight.request, &flight.reply,
                           [&flight, &mutex, &landed, &under_way](const grpc::Status& status) {
                             flight.Land(status);
                             const std::lock_guard lock(mutex);
                             if (--under_way == 0) landed.notify_one();
                           });
  }
  std::unique_lock lock(mutex);
  landed.wait(lock, [&] { return under_way == 0; });
  std::vector<Answer> answers;
  answers.reserve(flights.size());
  for (auto& flight : flights) answers.push_back(std::move(flight->answer));
  return answers;
}

void Client::CallAsync(std::string_view method, std::string_view request, const Options& options,
                       std::function<void(Answer)> done) {
  {
    std::unique_lock lock(impl_->mutex);
    impl_->landed.wait(lock, [this] { return impl_->under_way < impl_->most_under_way; });
    ++impl_->under_way;
  }
  auto* flight = new Flight;
  impl_->Prepare(options, &flight->context);
  flight->request = ToBuffer(request);
  const std::string path = (method.starts_with('/') ? "" : "/") + std::string(method);
  impl_->stub->UnaryCall(&flight->context, path, grpc::StubOptions(), &flight->request, &flight->reply,
                         [flight, impl = impl_.get(), done = std::move(done)](const grpc::Status& status) {
                           flight->Land(status);
                           done(std::move(flight->answer));
                           delete flight;
                           const std::lock_guard lock(impl->mutex);
                           --impl->under_way;
                           impl->landed.notify_all();
                         });
}

void Client::SetInFlight(int most) {
  const std::lock_guard lock(impl_->mutex);
  impl_->most_under_way = most;
  impl_->landed.notify_all();
}

void Client::Drain() {
  std::unique_lock lock(impl_->mutex);
  impl_->landed.wait(lock, [this] { return impl_->under_way == 0; });
}

bool Client::Connect(std::chrono::milliseconds within) {
  return impl_->channel->WaitForConnected(std::chrono::system_clock::now() + within);
}

bool Client::IsServing(const std::string& service) {
  // grpc.health.v1.HealthCheckRequest{string service = 1}; the reply is {status = 1}, 1 is SERVING.
  std::string request;
  if (!service.empty()) request = std::string("\x0a") + static_cast<char>(service.size()) + service;
  Options options;
  options.timeout = std::chrono::milliseconds(2000);
  const Answer answer = Call("grpc.health.v1.Health/Check", request, options);
  return answer.ok() && answer.reply == std::string_view("\x08\x01", 2);
}

std::string CodeName(Code code) {
  static const std::map<Code, const char*> kNames = {
      {Code::kOk, "OK"},
      {Code::kCancelled, "CANCELLED"},
      {Code::kInvalidArgument, "INVALID_ARGUMENT"},
      {Code::kDeadlineExceeded, "DEADLINE_EXCEEDED"},
      {Code::kNotFound, "NOT_FOUND"},
      {Code::kAlreadyExists, "ALREADY_EXISTS"},
      {Code::kPermissionDenied, "PERMISSION_DENIED"},
      {Code::kResourceExhausted, "RESOURCE_EXHAUSTED"},
      {Code::kFailedPrecondition, "FAILED_PRECONDITION"},
      {Code::kAborted, "ABORTED"},
      {Code::kUnimplemented, "UNIMPLEMENTED"},
      {Code::kInternal, "INTERNAL"},
      {Code::kUnavailable, "UNAVAILABLE"},
      {Code::kUnauthenticated, "UNAUTHENTICATED"},
  };
  const auto found = kNames.find(code);
  return found == kNames.end() ? "UNKNOWN" : found->second;
}

std::string Answer::Explain() const {
  std::string text = CodeName(code) + (reason.empty() ? "" : " " + reason) + ": " + message;
  if (!localized.empty() && localized != message) text += "\n  " + localized;
  for (const auto& field : fields) text += "\n  at " + field.field + ": " + field.description;
  for (const auto& [variable, value] : variables) text += "\n  " + variable + " = " + value;
  return text;
}

void Seen::Add(std::string_view marks) {
  const std::lock_guard lock(mutex_);
  while (!marks.empty()) {
    const auto mark = marks.substr(0, marks.find(','));
    marks.remove_prefix(std::min(marks.size(), mark.size() + 1));
    const auto before_seq = mark.rfind('/');
    if (before_seq == std::string_view::npos || before_seq == 0) continue;
    const auto before_epoch = mark.rfind('/', before_seq - 1);
    if (before_epoch == std::string_view::npos) continue;
    std::pair<int64_t, int64_t> place;
    std::from_chars(mark.data() + before_epoch + 1, mark.data() + before_seq, place.first);
    std::from_chars(mark.data() + before_seq + 1, mark.data() + mark.size(), place.second);
    auto& newest = newest_[std::string(mark.substr(0, before_epoch))];
    newest = std::max(newest, place);
  }
}

std::string Seen::Text() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& [journal, place] : newest_) {
    if (!text.empty()) text += ',';
    text += journal + '/' + std::to_string(place.first) + '/' + std::to_string(place.second);
  }
  return text;
}

}  // namespace songsang::client
