// gRPC as it is on the wire, on HTTP/2 of our own making: the client must cost as little beside the server as pgbench's
// does beside the database, or it is the client that is measured.
#include "performance/load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include "adapters/grpc_client/preferred.h"
#include "adapters/token/token.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::performance {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kExecute[] = "/songsang.v1.BatchService/Execute";
constexpr int32_t kWindow = 64 << 20;

// What all connections of a run share.
struct Run {
  const Options& options;
  std::string name, bearer;
  Clock::time_point begin, end;
  Measured measured;
  std::vector<float> millis;
  int under_way = 0;
};

// Sends a call, waits for its answer, sends the next.
struct Caller {
  Run* run = nullptr;
  std::string name;
  uint64_t number = 0;
  std::string request, reply;  // as they travel: behind five bytes that say their length
  size_t sent = 0;
  std::string status, message;
  Clock::time_point since;

  void Next() {
    const int items = run->options.items;
    std::string bytes;
    if (items == 0) {
      bytes = run->options.make(name + std::to_string(number), number);
    } else {
      v1::ExecuteRequest execute;
      execute.set_request_id(name + std::to_string(number));
      for (int i = 0; i < items; ++i) {
        auto* item = execute.add_items();
        item->set_method(run->options.method.substr(1));
        item->set_request(run->options.make("", number * 1'000 + static_cast<uint64_t>(i)));
      }
      bytes = execute.SerializeAsString();
    }
    ++number;
    const uint32_t length = htonl(static_cast<uint32_t>(bytes.size()));
    request.assign(5, '\0');
    std::memcpy(request.data() + 1, &length, sizeof length);
    request += bytes;
    reply.clear();
    status.clear();
    message.clear();
    sent = 0;
    since = Clock::now();
  }

  int Failed() {
    const int commands = std::max(run->options.items, 1);
    if (status != "0") {
      run->measured.first_failure = message.empty() ? "the connection was lost" : message;
      return commands;
    }
    if (run->options.items == 0) return 0;
    v1::ExecuteResponse response;
    if (reply.size() < 5 || !response.ParseFromArray(reply.data() + 5, static_cast<int>(reply.size()) - 5))
      return commands;
    int failed = 0;
    for (const auto& result : response.results()) {
      if (!result.has_error()) continue;
      ++failed;
      run->measured.first_failure = result.error().message();
    }
    return failed;
  }

  // Whether to go on.
  bool Answered() {
    const auto now = Clock::now();
    if (now >= run->begin && now < run->end) {
      run->millis.push_back(std::chrono::duration<float, std::milli>(now - since).count());
      run->measured.commands += std::max(run->options.items, 1);
      run->measured.failed += Failed();
    }
    if (now < run->end) return true;
    --run->under_way;
    return false;
  }
};

class Connection {
 public:
  Connection(Run* run, std::string where) : run_(run), authority_(std::move(where)) {
    const size_t colon = authority_.rfind(':');
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(static_cast<uint16_t>(std::stoi(authority_.substr(colon + 1))));
    inet_pton(AF_INET, authority_.substr(0, colon).c_str(), &server.sin_addr);
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&server), sizeof server) != 0)
      throw std::runtime_error("nobody listens at " + authority_);
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Open();
  }
  ~Connection() {
    nghttp2_session_del(session_);
    close(socket_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int socket_number() const { return socket_; }

  void Send(Caller* caller) {
    caller->Next();
    const auto header = [](const char* name, const std::string& value) {
      return nghttp2_nv{reinterpret_cast<uint8_t*>(const_cast<char*>(name)),
                        reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), std::strlen(name), value.size(),
                        NGHTTP2_NV_FLAG_NO_COPY_NAME};
    };
    static const std::string post = "POST", http = "http", type = "application/grpc", trailers = "trailers",
                             timeout = "30S", execute = kExecute;
    const nghttp2_nv headers[] = {header(":method", post),
                                  header(":scheme", http),
                                  header(":path", run_->options.items == 0 ? run_->options.method : execute),
                                  header(":authority", authority_),
                                  header("te", trailers),
                                  header("content-type", type),
                                  header("grpc-timeout", timeout),
                                  header("authorization", run_->bearer)};
    nghttp2_data_provider body{{.ptr = caller}, Read};
    if (nghttp2_submit_request(session_, nullptr, headers, std::size(headers), &body, caller) < 0)
      throw std::runtime_error("no request can be sent");
  }

  // Sends all that waits, in as few writes as there can be.
  void Flush() {
    out_.clear();
    const uint8_t* data = nullptr;
    for (ssize_t length; (length = nghttp2_session_mem_send(session_, &data)) > 0;)
      out_.append(reinterpret_cast<const char*>(data), static_cast<size_t>(length));
    for (size_t at = 0; at < out_.size();) {
      const ssize_t written = send(socket_, out_.data() + at, out_.size() - at, MSG_NOSIGNAL);
      if (written <= 0) throw std::runtime_error("the server has closed the connection");
      at += static_cast<size_t>(written);
    }
  }

  void Receive() {
    static thread_local std::vector<uint8_t> buffer(256 << 10);
    const ssize_t length = recv(socket_, buffer.data(), buffer.size(), 0);
    if (length <= 0) throw std::runtime_error("the server has closed the connection");
    if (nghttp2_session_mem_recv(session_, buffer.data(), static_cast<size_t>(length)) < 0)
      throw std::runtime_error("the server does not speak HTTP/2");
    for (Caller* caller : answered_)
      if (caller->Answered()) Send(caller);
    answered_.clear();
    Flush();
  }

 private:
  void Open() {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, Header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Closed);
    nghttp2_session_client_new(&session_, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindow},
                                               {NGHTTP2_SETTINGS_ENABLE_PUSH, 0}};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
    nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kWindow);
  }

  static Caller* CallerOf(nghttp2_session* session, int32_t stream) {
    return static_cast<Caller*>(nghttp2_session_get_stream_user_data(session, stream));
  }
  static ssize_t Read(nghttp2_session*, int32_t, uint8_t* buffer, size_t length, uint32_t* flags,
                      nghttp2_data_source* source, void*) {
    auto* caller = static_cast<Caller*>(source->ptr);
    const size_t count = std::min(length, caller->request.size() - caller->sent);
    std::memcpy(buffer, caller->request.data() + caller->sent, count);
    caller->sent += count;
    if (caller->sent == caller->request.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(count);
  }
  static int Header(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name, size_t name_length,
                    const uint8_t* value, size_t value_length, uint8_t, void*) {
    const std::string_view key(reinterpret_cast<const char*>(name), name_length);
    Caller* caller = CallerOf(session, frame->hd.stream_id);
    if (caller && key == "grpc-status") caller->status.assign(reinterpret_cast<const char*>(value), value_length);
    if (caller && key == "grpc-message") caller->message.assign(reinterpret_cast<const char*>(value), value_length);
    return 0;
  }
  static int Data(nghttp2_session* session, uint8_t, int32_t stream, const uint8_t* data, size_t length, void*) {
    if (Caller* caller = CallerOf(session, stream)) caller->reply.append(reinterpret_cast<const char*>(data), length);
    return 0;
  }
  static int Closed(nghttp2_session* session, int32_t stream, uint32_t, void* self) {
    if (Caller* caller = CallerOf(session, stream)) static_cast<Connection*>(self)->answered_.push_back(caller);
    return 0;
  }

  Run* run_;
  const std::string authority_;
  int socket_ = -1;
  nghttp2_session* session_ = nullptr;
  std::string out_;
  std::vector<Caller*> answered_;
};

double At(const std::vector<float>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(share * static_cast<double>(sorted.size())))];
}

void Drive(Run* run, std::vector<std::unique_ptr<Connection>>* connections) {
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  for (auto& connection : *connections) {
    epoll_event event{EPOLLIN, {.ptr = connection.get()}};
    epoll_ctl(poll, EPOLL_CTL_ADD, connection->socket_number(), &event);
    connection->Flush();
  }
  const auto deadline = run->end + std::chrono::seconds(30);
  while (run->under_way > 0) {
    epoll_event events[16];
    const int ready = epoll_wait(poll, events, 16, 1'000);
    for (int i = 0; i < ready; ++i) static_cast<Connection*>(events[i].data.ptr)->Receive();
    if (Clock::now() > deadline) throw std::runtime_error("calls are not answered");
  }
  close(poll);
}

}  // namespace

std::string TokenOf(const Options& options, const std::string& tenant) {
  const auto key = token::Key::OfFolder(options.home);
  if (!key.ok()) throw std::runtime_error(key.refusal().Sentence(false));
  token::Claims claims;
  claims.subject = "bench";
  claims.client = "bench";
  claims.tenant = tenant;
  claims.roles = 1u << v1::ROLE_ADMIN;
  return key->Mint(claims);
}

std::string CaptureOf(const std::string& request_id, uint64_t number) {
  leads::v1::CaptureLeadRequest request;
  request.set_request_id(request_id);
  request.set_channel(leads::v1::Lead::CHANNEL_WEB);
  request.set_source("organic_search");
  request.set_campaign("autumn");
  request.set_name("김하늘");
  request.set_company("송상무역 주식회사");
  request.set_phone("010-1234-5678");
  request.set_email("haneul.kim@example.co.kr");
  char owner[40];
  std::snprintf(owner, sizeof owner, "01935c00-0000-7000-8000-%012llx", static_cast<unsigned long long>(number % 50));
  request.set_owner_id(owner);
  return request.SerializeAsString();
}

Measured Load(const Options& options) {
  const auto seconds = [](double count) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(count));
  };
  Run run{options, {}, "Bearer " + TokenOf(options, options.tenant), {}, {}, {}, {}, options.callers};
  run.name = "b" + std::to_string(getpid()) + "-" +
             std::to_string(Clock::now().time_since_epoch().count() % 1'000'000'000) + "-";
  run.begin = Clock::now() + seconds(options.warm_up);
  run.end = run.begin + seconds(options.seconds);
  run.millis.reserve(1'000'000);
  const auto addresses = client::SplitAddresses(options.address);
  const auto preferred = client::Preferred(addresses, options.tenant);
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < std::min(options.connections, options.callers); ++i) {
    const size_t place = options.spread ? static_cast<size_t>(i) % addresses.size() : preferred.front();
    connections.push_back(std::make_unique<Connection>(&run, addresses[place]));
  }
  std::vector<Caller> callers(static_cast<size_t>(options.callers));
  for (size_t i = 0; i < callers.size(); ++i) {
    callers[i].run = &run;
    callers[i].name = run.name + std::to_string(i) + "-";
    connections[i % connections.size()]->Send(&callers[i]);
  }
  Drive(&run, &connections);
  Measured& measured = run.measured;
  std::sort(run.millis.begin(), run.millis.end());
  measured.per_second = static_cast<double>(measured.commands - measured.failed) / options.seconds;
  measured.p50_ms = At(run.millis, 0.5);
  measured.p99_ms = At(run.millis, 0.99);
  measured.worst_ms = run.millis.empty() ? 0 : run.millis.back();
  return measured;
}

}  // namespace songsang::performance
