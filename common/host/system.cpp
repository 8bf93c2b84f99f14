// Assembly: from configuration and modules to a running system, and down again in order.
#include <fmt/format.h>
#include <sysexits.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <thread>

#include "adapters/grpc_door/grpc_door.h"
#include "adapters/http_port/http_port.h"
#include "adapters/kafka_stream/kafka_stream.h"
#include "adapters/local_cache/local_cache.h"
#include "adapters/redis_cache/redis_cache.h"
#include "host/host.h"
#include "host/log.h"
#include "host/peers.h"
#include "host/relay.h"
#include "host/stop.h"
#include "host/stores.h"
#include "host/version.h"

namespace songsang::host {

namespace {

constexpr std::chrono::milliseconds kDoorGrace{5000};

// No two processes are called the same, wherever they run.
std::string NameOfReplica() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}", random(), random(), random());
}

class Assembled : public System {
 public:
  Failure Assemble(const Config& config, const std::vector<Module>& modules) {
    config_ = config;
    for (const auto& step : {&Assembled::MakeVerifier, &Assembled::OpenEngine, &Assembled::OpenDoor})
      if (Failure failure = (this->*step)(modules); failure.exit_code != 0) return failure;
    door_->SetServing(true);
    return {};
  }
  ~Assembled() override { Stop(); }

  engine::Engine& engine() override { return *engine_; }
  int port() const override { return door_->port(); }
  const std::string& address() const override { return address_; }
  const std::vector<std::string>& services() const override { return services_; }
  std::string stopped() const override {
    std::string why = engine_->stopped();
    for (const auto& running : running_) why += running->stopped();
    for (const auto& relay : relays_) why += relay->stopped();
    return why;
  }
  std::string trouble() const override {
    std::string what = engine_->trouble();
    for (const auto& running : running_) what += running->trouble();
    for (const auto& relay : relays_) what += relay->trouble();
    for (const auto& [service, hearing] : hearings_) what += hearing->trouble();
    if (cache_ != nullptr) what += cache_->trouble();
    return what;
  }
  const token::Key* key() const override { return key_ ? &*key_ : nullptr; }

  void Stop() override {
    if (stopped_) return;
    stopped_ = true;
    if (door_ != nullptr) {
      door_->SetServing(false);
      const int pause_ms = config_.drain_ms >= 0 ? config_.drain_ms : config_.loopback() ? 0 : 5000;
      std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
    }
    running_.clear();
    if (engine_ != nullptr) engine_->Stop();
    relays_.clear();
    if (door_ != nullptr) door_->Stop(kDoorGrace);
    if (engine_ != nullptr) SayKept();
    // Whoever still waits for the cache is answered through the engine.
    cache_.reset();
    door_.reset();
    engine_.reset();
  }

 private:
  Failure MakeVerifier(const std::vector<Module>&) {
    if (!config_.keys.empty()) {
      auto verifier = token::VerifierOfFile(config_.keys);
      if (!verifier.ok())
        return {EX_CONFIG, fmt::format("--keys {}: {}", config_.keys, verifier.refusal().Sentence(false))};
      verifier_ = std::move(*verifier);
      return {};
    }
    std::error_code code;
    std::filesystem::create_directories(config_.home, code);
    if (code) return {EX_CANTCREAT, fmt::format("the folder {} cannot be made: {}", config_.home, code.message())};
    auto key = token::Key::OfFolder(config_.home);
    if (!key.ok()) return {EX_CONFIG, key.refusal().Sentence(false)};
    key_ = *key;
    auto verifier = token::VerifierOf(*key);
    if (!verifier.ok()) return {EX_CONFIG, verifier.refusal().Sentence(false)};
    verifier_ = std::move(*verifier);
    return {};
  }

  Failure OpenEngine(const std::vector<Module>& modules) {
    std::vector<engine::Hosted> hosted;
    for (const Module& module : modules) {
      std::string error;
      auto store = OpenStore(config_, module.name, &error);
      const bool busy = error.find("in use by another process") != std::string::npos;
      if (store == nullptr)
        return {busy ? EX_TEMPFAIL : EX_IOERR, fmt::format("the store of {} cannot be opened: {}", module.name, error)};
      hosted.push_back({module.service(), std::move(store)});
      services_.push_back(module.name);
    }
    for (size_t i = 0; i < modules.size(); ++i) {
      Failure failure = Ready(config_, modules[i].name, *hosted[i].store, TablesOf(modules[i]), StopAsked);
      if (failure.exit_code != 0) return failure;
    }
    engine::Settings settings;
    settings.replica = NameOfReplica();
    settings.zone = config_.zone;
    settings.zones = config_.zones;
    settings.query_threads = config_.query_threads;
    settings.queue_commands = static_cast<size_t>(config_.queue_commands);
    settings.rate_limit = config_.rate_limit;
    settings.release = BuildId();
    cache_ = config_.redis.empty() ? OpenLocalCache() : redis::OpenRedisCache(config_.redis);
    settings.cache = cache_.get();
    engine_ = std::make_unique<engine::Engine>(std::move(hosted), settings);
    const auto peers = PeersOf(config_, key());
    if (!config_.kafka.empty()) stream_ = kafka::OpenKafka(config_.kafka);
    hearings_ = HearingsOf(config_, services_, stream_, peers);
    journals_ = JournalsOf(*engine_, peers, hearings_);
    for (const Module& module : modules)
      if (module.follow) running_.push_back(module.follow(*engine_, *engine_->StoreOf(module.name), journals_));
    engine::Surroundings surroundings = SurroundingsOf(peers, hearings_);
    for (const auto& [name, url] : config_.ports) surroundings.ports[name] = http::OpenHttpPort(url);
    if (Failure failure = NotForked(); failure.exit_code != 0) return failure;
    engine_->Start(std::move(surroundings));
    if (stream_ != nullptr)
      for (const std::string& service : services_)
        relays_.push_back(std::make_unique<Relay>(*engine_, stream_, PublicationOf(config_, service)));
    return {};
  }

  // A journal that lacks what was published of it belongs to a database that was restored: any command it took now would
  // stand in the way of taking that back. Where the stream is away nothing is known, and commands are taken.
  Failure NotForked() {
    if (stream_ == nullptr) return {};
    for (const std::string& service : services_) {
      const auto compared = ComparePublished(*stream_, *engine_->StoreOf(service), PublicationOf(config_, service));
      if (compared.ok()) continue;
      if (compared.refusal().reason->code != Code::kUnavailable)
        return {EX_DATAERR, compared.refusal().Sentence(false)};
      if (compared.refusal().reason == &engine::kStreamAway) break;
    }
    return {};
  }

  Failure OpenDoor(const std::vector<Module>&) {
    grpc_door::Options options;
    options.address = config_.listen;
    options.reflection = config_.reflection;
    for (const auto& [file, text] :
         {std::pair(config_.tls_certificate, &options.tls_certificate), std::pair(config_.tls_key, &options.tls_key)}) {
      if (file.empty()) continue;
      *text = ReadFile(file);
      if (text->empty()) return {EX_NOINPUT, fmt::format("{} cannot be read", file)};
    }
    options.seen = [slow = std::chrono::milliseconds(config_.slow_ms)](const grpc_door::CallSeen& call) {
      LogCall({call.method, call.tenant, call.trace, call.reason, call.code, call.replayed, call.kept, call.took},
              slow);
    };
    auto door = grpc_door::GrpcDoor::Open(*engine_, *verifier_, options);
    if (!door.ok()) return {EX_UNAVAILABLE, door.refusal().Sentence(false)};
    door_ = std::move(*door);
    address_ = config_.listen.substr(0, config_.listen.rfind(':') + 1) + std::to_string(door_->port());
    return {};
  }

  void SayKept() const {
    const auto counts = engine_->kept();
    if (counts.hits + counts.misses == 0) return;
    Log(Level::kInfo, "reports answered from the cache",
        {{"hits", counts.hits}, {"misses", counts.misses}, {"spoiled", counts.spoiled}});
  }

  Config config_;
  std::vector<std::string> services_;
  std::string address_;
  std::optional<token::Key> key_;
  std::unique_ptr<engine::Verifier> verifier_;
  std::unique_ptr<engine::Cache> cache_;
  // What followers read from outlives them.
  std::shared_ptr<engine::Stream> stream_;
  Hearings hearings_;
  std::unique_ptr<engine::Engine> engine_;
  Journals journals_;
  std::vector<std::unique_ptr<Relay>> relays_;
  std::unique_ptr<grpc_door::GrpcDoor> door_;
  std::vector<std::unique_ptr<Running>> running_;
  bool stopped_ = false;
};

}  // namespace

std::unique_ptr<System> System::Start(const Config& config, const std::vector<Module>& modules, Failure* failure) {
  auto system = std::make_unique<Assembled>();
  const auto chosen = Chosen(config, modules, failure);
  if (failure->exit_code == 0) *failure = system->Assemble(config, chosen);
  const bool follows =
      std::any_of(chosen.begin(), chosen.end(), [](const Module& module) { return bool(module.follow); });
  for (const Module& module : modules) {
    const auto same = [&](const Module& other) { return other.name == module.name; };
    if (follows && !config.peers.contains(module.name) && std::none_of(chosen.begin(), chosen.end(), same))
      Log(Level::kWarn, "a service is neither here nor named by --peer: reports will lack it",
          {{"service", module.name}});
  }
  if (failure->exit_code != 0) return nullptr;
  return system;
}

}  // namespace songsang::host
