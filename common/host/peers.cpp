// Journals of services that other processes host.
#include "host/peers.h"

#include <algorithm>
#include <map>
#include <thread>

#include "adapters/grpc_client/client.h"
#include "engine/reasons.h"
#include "host/log.h"
#include "host/methods.h"
#include "rows/table.h"

namespace songsang::host {

namespace {

const Reason kPeerAway("PEER_AWAY", Code::kUnavailable, "The service {service} did not answer: {detail}",
                       "서비스 {service}이(가) 응답하지 않습니다: {detail}");

constexpr std::chrono::seconds kTokenLife{3600};
constexpr int kPage = 1000;  // events of a journal at once

}  // namespace

class Peers {
 public:
  Peers(const Config& config, const token::Key* key) : config_(config), key_(key) {}

  Result<std::vector<v1::JournalEvent>> Read(const v1::Position& after, int limit, std::chrono::milliseconds wait) {
    v1::ReadEventsRequest request;
    *request.mutable_after() = after;
    request.set_limit(limit);
    request.set_wait_ms(static_cast<int32_t>(wait.count()));
    request.set_format(v1::ReadEventsRequest::FORMAT_PROTO);
    client::Options options;
    options.timeout = wait + std::chrono::seconds(10);
    v1::ReadEventsResponse response;
    const auto asked = Ask(after.service(), "songsang.v1.EventService/ReadEvents", request, options, &response);
    if (!asked.ok()) return asked.refusal();
    return std::vector<v1::JournalEvent>(response.events().begin(), response.events().end());
  }

  // What a journal holds of these types.
  Result<engine::Reading> ReadWanted(const v1::Position& after, const std::set<std::string>& types) {
    v1::ReadEventsRequest request;
    *request.mutable_after() = after;
    request.set_limit(kPage);
    for (const std::string& type : types) request.add_types(type);
    v1::ReadEventsResponse response;
    const auto asked = Ask(after.service(), "songsang.v1.EventService/ReadEvents", request, {}, &response);
    if (!asked.ok()) return asked.refusal();
    return engine::Reading{{response.events().begin(), response.events().end()}, response.position()};
  }

  Result<std::vector<v1::Position>> Heads(const std::string& service) {
    v1::GetHeadsRequest request;
    request.set_service(service);
    v1::GetHeadsResponse response;
    const auto asked = Ask(service, "songsang.v1.EventService/GetHeads", request, {}, &response);
    if (!asked.ok()) return asked.refusal();
    return std::vector<v1::Position>(response.heads().begin(), response.heads().end());
  }

  // A query in the name of a caller: the peer trusts a process of the system to say whose tenant it asks about.
  engine::Reply Query(const google::protobuf::MethodDescriptor* method, const google::protobuf::Message& request,
                      const Caller& caller, std::chrono::steady_clock::time_point deadline) {
    client::Options options;
    options.timeout =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    options.tenant = caller.tenant;
    options.metadata = {{"songsang-tenant", caller.tenant}, {"songsang-actor", caller.actor}};
    auto reply = methods::NewReply(*method);
    const std::string service(rows::ServiceOf(method->input_type()));
    const auto asked = Ask(service, methods::NameOf(*method), request, options, reply.get());
    if (!asked.ok()) return asked.refusal();
    return reply;
  }

  std::optional<std::pair<int64_t, Instant>> Beat(const std::string& service, int partition) {
    v1::GetHeadsRequest request;
    request.set_service(service);
    request.add_partitions(partition);
    request.set_complete(true);
    v1::GetHeadsResponse response;
    const auto asked = Ask(service, "songsang.v1.EventService/GetHeads", request, {}, &response);
    if (!asked.ok() || response.complete_up_to_size() != 1) return std::nullopt;
    return std::pair(response.heads(0).seq(), FromTimestamp(response.complete_up_to(0)));
  }

 private:
  Status Ask(const std::string& service, const std::string& method, const google::protobuf::Message& request,
             const client::Options& options, google::protobuf::Message* reply) {
    const auto client = ClientOf(service);
    if (client == nullptr) return engine::kServiceUnknown.With("service", service);
    const auto answer = client->Call(method, request.SerializeAsString(), options);
    if (!answer.ok()) {
      const Reason* reason = FindReason(answer.reason);
      if (reason == nullptr) return kPeerAway.With("service", service).With("detail", answer.message);
      Refusal refusal(*reason);
      refusal.variables.assign(answer.variables.begin(), answer.variables.end());
      return refusal;
    }
    if (reply->ParseFromString(answer.reply)) return Done{};
    return kPeerAway.With("service", service)
        .With("detail", "its answer is not a " + reply->GetDescriptor()->full_name());
  }

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

std::shared_ptr<Peers> PeersOf(const Config& config, const token::Key* key) {
  return std::make_shared<Peers>(config, key);
}

namespace {

Hearing* Find(const Hearings& hearings, const std::string& service) {
  const auto at = hearings.find(service);
  return at == hearings.end() ? nullptr : at->second.get();
}

// Those of these types, and the place up to which it was looked through.
Result<engine::Reading> Only(Result<std::vector<v1::JournalEvent>> heard, const v1::Position& after,
                             const std::set<std::string>& types) {
  if (!heard.ok()) return heard.refusal();
  engine::Reading reading{{}, after};
  if (!heard->empty()) reading.position = heard->back().position();
  std::erase_if(*heard, [&types](const auto& event) { return !types.contains(event.type()); });
  reading.events = std::move(*heard);
  return reading;
}

}  // namespace

Hearings HearingsOf(const Config& config, const std::vector<std::string>& here,
                    const std::shared_ptr<engine::Stream>& stream, const std::shared_ptr<Peers>& peers) {
  Hearings hearings;
  if (stream == nullptr) return hearings;
  for (const auto& [service, address] : config.peers) {
    if (std::find(here.begin(), here.end(), service) != here.end()) continue;
    const auto ask = [peers](const v1::Position& after, int limit) {
      return peers->Read(after, limit, std::chrono::milliseconds(0));
    };
    hearings[service] = std::make_unique<Hearing>(stream, config.topic_prefix, service, config.partitions, ask);
  }
  return hearings;
}

Journals JournalsOf(engine::Engine& engine, const std::shared_ptr<Peers>& peers, const Hearings& hearings) {
  Journals journals;
  journals.read = [&engine, peers, &hearings](const v1::Position& after, int limit, std::chrono::milliseconds wait) {
    if (engine.StoreOf(after.service()) != nullptr) return engine.ReadJournal(after, limit, wait);
    Hearing* hearing = Find(hearings, after.service());
    return hearing != nullptr ? hearing->Read(after, limit) : peers->Read(after, limit, wait);
  };
  journals.beat = [peers](const std::string& service, int partition) { return peers->Beat(service, partition); };
  return journals;
}

engine::Surroundings SurroundingsOf(const std::shared_ptr<Peers>& peers, const Hearings& hearings) {
  engine::Surroundings surroundings;
  surroundings.read = [peers, &hearings](const v1::Position& after, const std::set<std::string>& types, bool now) {
    Hearing* hearing = Find(hearings, after.service());
    if (hearing == nullptr || now) {
      auto read = peers->ReadWanted(after, types);
      if (hearing == nullptr || read.ok() || read.refusal().reason->code != Code::kUnavailable) return read;
    }
    return Only(hearing->Read(after, kPage), after, types);
  };
  surroundings.heads = [peers](const std::string& service) { return peers->Heads(service); };
  surroundings.ask = [peers](const google::protobuf::MethodDescriptor* method, const google::protobuf::Message& request,
                             const Caller& caller, std::chrono::steady_clock::time_point deadline) {
    return peers->Query(method, request, caller, deadline);
  };
  return surroundings;
}

}  // namespace songsang::host
