// Journals of services that other processes host.
#include "host/peers.h"

#include <map>
#include <thread>

#include "adapters/grpc_client/client.h"
#include "engine/reasons.h"
#include "host/log.h"

namespace songsang::host {

namespace {

const Reason kPeerAway("PEER_AWAY", Code::kUnavailable, "The service {service} did not answer: {detail}",
                       "서비스 {service}이(가) 응답하지 않습니다: {detail}");

constexpr std::chrono::seconds kTokenLife{3600};

class Peers {
 public:
  Peers(const Config& config, const token::Key* key) : config_(config), key_(key) {}

  Result<std::vector<v1::JournalEvent>> Read(const v1::Position& after, int limit, std::chrono::milliseconds wait) {
    const auto client = ClientOf(after.service());
    if (client == nullptr) return engine::kServiceUnknown.With("service", after.service());
    v1::ReadEventsRequest request;
    *request.mutable_after() = after;
    request.set_limit(limit);
    request.set_wait_ms(static_cast<int32_t>(wait.count()));
    request.set_format(v1::ReadEventsRequest::FORMAT_PROTO);
    client::Options options;
    options.timeout = wait + std::chrono::seconds(10);
    const auto answer = client->Call("songsang.v1.EventService/ReadEvents", request.SerializeAsString(), options);
    v1::ReadEventsResponse response;
    if (!answer.ok()) {
      if (const Reason* reason = FindReason(answer.reason); reason != nullptr) return Refusal(*reason);
      return kPeerAway.With("service", after.service()).With("detail", answer.message);
    }
    if (!response.ParseFromString(answer.reply))
      return kPeerAway.With("service", after.service()).With("detail", "its answer is not a ReadEventsResponse");
    return std::vector<v1::JournalEvent>(response.events().begin(), response.events().end());
  }

  std::optional<std::pair<int64_t, Instant>> Beat(const std::string& service, int partition) {
    const auto client = ClientOf(service);
    if (client == nullptr) return std::nullopt;
    v1::GetHeadsRequest request;
    request.set_service(service);
    request.add_partitions(partition);
    request.set_complete(true);
    const auto answer = client->Call("songsang.v1.EventService/GetHeads", request.SerializeAsString());
    v1::GetHeadsResponse response;
    if (!answer.ok() || !response.ParseFromString(answer.reply) || response.complete_up_to_size() != 1)
      return std::nullopt;
    return std::pair(response.heads(0).seq(), FromTimestamp(response.complete_up_to(0)));
  }

 private:
  // A connection whose token is good for a while yet.
  std::shared_ptr<client::Client> ClientOf(const std::string& service) {
    const std::lock_guard lock(mutex_);
    const auto address = config_.peers.find(service);
    if (address == config_.peers.end()) return nullptr;
    auto& [client, made] = clients_[service];
    const auto now = std::chrono::steady_clock::now();
    if (client != nullptr && now - made < kTokenLife / 2) return client;
    std::string token;
    if (!config_.peer_token.empty()) {
      token = ReadFile(config_.peer_token);
      while (!token.empty() && std::isspace(static_cast<unsigned char>(token.back())) != 0) token.pop_back();
    } else if (key_ != nullptr)
      token = key_->Mint({"songsang", "system", 1u << v1::ROLE_SERVICE, "songsang-" + service, kTokenLife});
    client = std::make_shared<client::Client>(address->second, token, ReadFile(config_.tls_ca));
    made = now;
    return client;
  }

  const Config config_;
  const token::Key* const key_;
  std::mutex mutex_;
  std::map<std::string, std::pair<std::shared_ptr<client::Client>, std::chrono::steady_clock::time_point>> clients_;
};

}  // namespace

Journals JournalsOf(engine::Engine& engine, const Config& config, const token::Key* key) {
  auto peers = std::make_shared<Peers>(config, key);
  Journals journals;
  journals.read = [&engine, peers](const v1::Position& after, int limit, std::chrono::milliseconds wait) {
    return engine.StoreOf(after.service()) != nullptr ? engine.ReadJournal(after, limit, wait)
                                                      : peers->Read(after, limit, wait);
  };
  journals.beat = [peers](const std::string& service, int partition) { return peers->Beat(service, partition); };
  return journals;
}

}  // namespace songsang::host
