#include "adapters/grpc_client/client.h"

#include <absl/synchronization/mutex.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <deque>

#include "adapters/grpc_client/details.h"
#include "adapters/grpc_client/preferred.h"

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

// What a server says that is shutting down: nothing was recorded.
constexpr char kStopping[] = "STOPPING";
// A replica that is frozen is connected, and says nothing: it is asked for a sign of life each second while a call waits,
// and passed over once none came for another second and a half.
constexpr int kAskAliveMs = 1000, kAliveWithinMs = 1500, kConnectWithinMs = 1000;

// One replica.
struct Place {
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<grpc::GenericStub> stub;
  std::atomic<bool> away{false};

  // Known to be away, and not yet back.
  bool Away() { return away && channel->GetState(/*try_to_connect=*/true) != GRPC_CHANNEL_READY; }
};

// A call on its way, and what it came to.
struct Flight {
  std::string path;
  grpc::ByteBuffer request;
  Options options;
  std::chrono::system_clock::time_point deadline;
  std::vector<size_t> order;  // of the places, those that are still to be tried
  std::function<void(Answer)> done;

  std::unique_ptr<grpc::ClientContext> context;
  Place* place = nullptr;
  grpc::ByteBuffer reply;
  Answer answer;

  void Land(const grpc::Status& status) {
    answer = {};
    answer.code = static_cast<Code>(status.error_code());
    answer.message = status.error_message();
    if (status.ok()) answer.reply = FromBuffer(reply);
    ReadDetails(status.error_details(), &answer);
    for (const auto* metadata : {&context->GetServerInitialMetadata(), &context->GetServerTrailingMetadata()}) {
      if (auto position = Find(*metadata, "songsang-position"); !position.empty()) answer.position = position;
      if (Find(*metadata, "songsang-replayed") == "true") answer.replayed = true;
      if (Find(*metadata, "songsang-cached") == "true") answer.cached = true;
    }
    // The library's own words for "no connection": no server that answered would send neither metadata nor details.
    answer.unreachable = answer.code == Code::kUnavailable && answer.reason.empty() &&
                         context->GetServerInitialMetadata().empty() && context->GetServerTrailingMetadata().empty();
  }
};

}  // namespace

struct Client::Impl {
  std::string token, tenant;
  std::vector<std::string> addresses;
  std::deque<Place> places;

  // Calls that nobody waits for one by one.
  std::mutex mutex;
  std::condition_variable landed;
  int under_way = 0;
  int most_under_way = 256;

  std::unique_ptr<grpc::ClientContext> ContextOf(const Flight& flight) const {
    const Options& options = flight.options;
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(flight.deadline);
    if (!token.empty()) context->AddMetadata("authorization", "Bearer " + token);
    if (options.validate_only) context->AddMetadata("songsang-validate-only", "true");
    if (!options.idempotency_key.empty()) context->AddMetadata("idempotency-key", options.idempotency_key);
    if (!options.language.empty()) context->AddMetadata("accept-language", options.language);
    if (!options.after.empty()) context->AddMetadata("songsang-after", options.after);
    if (!options.trace.empty()) context->AddMetadata("traceparent", options.trace);
    for (const auto& [key, value] : options.metadata) context->AddMetadata(key, value);
    return context;
  }

  void Start(std::string_view method, std::string_view request, const Options& options,
             std::function<void(Answer)> done) {
    auto flight = std::make_unique<Flight>();
    flight->path = (method.starts_with('/') ? "" : "/") + std::string(method);
    flight->request = ToBuffer(request);
    flight->options = options;
    const auto timeout = options.timeout.count() > 0 ? options.timeout : std::chrono::milliseconds(10'000);
    flight->deadline = std::chrono::system_clock::now() + timeout;
    flight->done = std::move(done);
    if (places.size() > 1) flight->order = Preferred(addresses, options.tenant.empty() ? tenant : options.tenant);
    Send(std::move(flight));
  }

  // To the first that is not known to be away; where all are, to the first.
  void Send(std::unique_ptr<Flight> sent) {
    Flight* flight = sent.release();
    auto& order = flight->order;
    flight->place = &places.front();
    if (!order.empty()) {
      auto chosen = std::find_if(order.begin(), order.end(), [this](size_t place) { return !places[place].Away(); });
      if (chosen == order.end()) chosen = order.begin();
      flight->place = &places[*chosen];
      order.erase(chosen);
    }
    flight->context = ContextOf(*flight);
    flight->place->stub->UnaryCall(flight->context.get(), flight->path, grpc::StubOptions(), &flight->request,
                                   &flight->reply,
                                   [this, flight](const grpc::Status& status) { Landed(flight, status); });
  }

  void Landed(Flight* flight, const grpc::Status& status) {
    std::unique_ptr<Flight> landed(flight);
    landed->Land(status);
    const bool away = landed->answer.unreachable || landed->answer.reason == kStopping;
    landed->place->away = away;
    if (away && !landed->order.empty()) return Send(std::move(landed));
    // The call and its hold on the channel go first: who is told may be waiting to end the client.
    const auto done = std::move(landed->done);
    Answer answer = std::move(landed->answer);
    landed.reset();
    done(std::move(answer));
  }
};

Client::Client(const std::string& address, std::string token, const std::string& roots, std::string tenant)
    : address_(address), impl_(std::make_unique<Impl>()) {
  // Debian builds abseil with a search for lock cycles in every lock: an eighth of what a call costs.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  impl_->token = std::move(token);
  impl_->tenant = std::move(tenant);
  impl_->addresses = SplitAddresses(address);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // Its own connection, not one that this process happens to have already.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  if (impl_->addresses.size() > 1) {
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kAskAliveMs);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kAliveWithinMs);
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    // How long connecting may take, which is what the library makes of it.
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectWithinMs);
  }
  auto credentials = grpc::InsecureChannelCredentials();
  if (!roots.empty()) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = roots;
    credentials = grpc::SslCredentials(options);
  }
  for (const std::string& one : impl_->addresses) {
    Place& place = impl_->places.emplace_back();
    place.channel = grpc::CreateCustomChannel(one, credentials, arguments);
    place.stub = std::make_unique<grpc::GenericStub>(place.channel);
  }
}

Client::~Client() { Drain(); }

Answer Client::Call(std::string_view method, std::string_view request, const Options& options) {
  return std::move(CallAll(method, {std::string(request)}, options).front());
}

std::vector<Answer> Client::CallAll(std::string_view method, const std::vector<std::string>& requests,
                                    const Options& options) {
  std::vector<Answer> answers(requests.size());
  std::mutex mutex;
  std::condition_variable landed;
  size_t under_way = requests.size();
  for (size_t i = 0; i < requests.size(); ++i) {
    impl_->Start(method, requests[i], options, [&, i](Answer answer) {
      const std::lock_guard lock(mutex);
      answers[i] = std::move(answer);
      if (--under_way == 0) landed.notify_one();
    });
  }
  std::unique_lock lock(mutex);
  landed.wait(lock, [&] { return under_way == 0; });
  return answers;
}

void Client::CallAsync(std::string_view method, std::string_view request, const Options& options,
                       std::function<void(Answer)> done) {
  {
    std::unique_lock lock(impl_->mutex);
    impl_->landed.wait(lock, [this] { return impl_->under_way < impl_->most_under_way; });
    ++impl_->under_way;
  }
  impl_->Start(method, request, options, [impl = impl_.get(), done = std::move(done)](Answer answer) {
    done(std::move(answer));
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
  const auto until = std::chrono::system_clock::now() + within;
  for (Place& place : impl_->places) (void)place.channel->GetState(/*try_to_connect=*/true);
  return std::any_of(impl_->places.begin(), impl_->places.end(),
                     [&](Place& place) { return place.channel->WaitForConnected(until); });
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
