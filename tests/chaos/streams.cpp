#include "chaos/streams.h"

#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <random>
#include <stdexcept>
#include <thread>

#include "adapters/grpc_client/client.h"
#include "adapters/kafka_stream/kafka_stream.h"
#include "adapters/token/token.h"
#include "audit/audit.h"
#include "audit/stores.h"
#include "chaos/process.h"
#include "host/relay.h"
#include "songsang/v1/engine.pb.h"
#include "support/server.h"

namespace songsang::chaos {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kPrefix[] = "chaos.";
// Those that the load writes: a Kafka that was killed looks through every partition it has before it is back.
constexpr char kStates[] =
    "leads.lead,leads.hand_off,leads.opportunity,accounts.account,accounts.contact,workforce.person,workforce.unit,"
    "workforce.membership,billing.product,billing.price_list,billing.price";

milliseconds Since(Clock::time_point begin) { return std::chrono::duration_cast<milliseconds>(Clock::now() - begin); }

// Something that can be killed. While it comes back, others may be killed.
struct Victim {
  std::string name;
  int share = 0;  // of 20 kills
  // A process of ours ends with the thread that has started it, so that is the main one; whoever awaits it may be another.
  std::function<void()> kill, start, await;
  std::future<void> back;
  int killed = 0;
  milliseconds longest{0};  // from its start until it answered
};

class Run {
 public:
  explicit Run(const StreamsOptions& options)
      : options_(options), random_(options.seed), postgres_("postgres"), kafka_("kafka"), redis_("redis") {
    folder_ = (std::filesystem::temp_directory_path() / "songsang-chaos-XXXXXX").string();
    if (!mkdtemp(folder_.data())) throw std::runtime_error("no temporary folder");
    for (const char* service : {"leads", "accounts", "workforce"}) homes_[service] = 0;
    for (const char* service : {"billing", "training", "reporting"}) homes_[service] = 1;
    for (std::string& address : addresses_) address = "127.0.0.1:" + std::to_string(FreePort());
    if (const auto key = token::Key::OfFolder(folder_); !key.ok())
      throw std::runtime_error(key.refusal().Sentence(false));
    Songsang({"migrate", "--store", postgres_.address(), "--partitions", "2"});
    Songsang({"topics", "apply", "--store", postgres_.address(), "--partitions", "2", "--kafka", kafka_.address(),
              "--topic-prefix", kPrefix, "--state-topics", kStates});
  }

  int All() {
    Say("made");
    for (const size_t place : {0, 1}) Start(place);
    for (const size_t place : {0, 1}) Await(place);
    MakeVictims();
    Say("serving");
    StartLoad();
    for (int kill = 0; kill < options_.kills; ++kill) {
      Sleep(300, 4'000);
      KillOne();
    }
    for (Victim& victim : victims_) Back(&victim);
    Say("killed");
    Sleep(500, 1'000);
    load_->Signal(SIGTERM);
    const int loaded = load_->Await(seconds(200));
    const auto ended = Clock::now();
    std::map<std::string, std::string> addresses;
    for (const auto& [service, home] : homes_) addresses[service] = addresses_.at(home);
    const bool caught_up = AwaitRelays(Publisher(), addresses, *token::Key::OfFolder(folder_), seconds(60));
    std::printf("the relays were at their journals' ends %lld ms after the load\n",
                static_cast<long long>(Since(ended).count()));
    bool stopped = true;
    for (const auto& process : processes_) process->Signal(SIGTERM);
    for (const auto& process : processes_) stopped = process->Await(seconds(70)) == 0 && stopped;
    Say("stopped");
    Tell();
    if (loaded != 0) std::printf("the load found something wrong (exit %d)\n", loaded);
    if (!caught_up) std::printf("the relays did not catch up within a minute\n");
    if (!stopped) std::printf("a server did not stop in order: see server0.log, server1.log\n");
    const bool good = Audited() && loaded == 0 && caught_up && stopped;
    if (good && !options_.keep)
      std::filesystem::remove_all(folder_);
    else
      std::printf("%s is kept\n", folder_.c_str());
    return good ? 0 : 1;
  }

 private:
  void Sleep(int from_ms, int to_ms) {
    std::this_thread::sleep_for(
        milliseconds(from_ms + static_cast<int>(random_() % static_cast<uint64_t>(to_ms - from_ms + 1))));
  }

  void Songsang(std::vector<std::string> words) const {
    words.insert(words.begin(), options_.server);
    const Ran ran = RunProgram(words, {{"SONGSANG_HOME", folder_}});
    if (ran.exit_code != 0) throw std::runtime_error(words[1] + ": " + ran.out + ran.err);
  }

  void Start(size_t place) {
    std::vector<std::string> words = {options_.server, "serve"};
    for (const auto& [service, home] : homes_)
      if (home == place) words.push_back(service);
    for (const auto& [service, home] : homes_)
      if (home != place) words.insert(words.end(), {"--peer", service + "=" + addresses_.at(home)});
    words.insert(words.end(), {"--home", folder_, "--store", postgres_.address(), "--partitions", "2", "--listen",
                               addresses_.at(place), "--kafka", kafka_.address(), "--topic-prefix", kPrefix,
                               "--state-topics", kStates, "--redis", redis_.address(), "--log-level", "warn"});
    processes_.at(place) = std::make_unique<Process>(words, folder_ + "/server" + std::to_string(place) + ".log");
  }

  void Await(size_t place) {
    const std::string log = "see " + folder_ + "/server" + std::to_string(place) + ".log";
    client::Client probe(addresses_.at(place));
    for (const auto begin = Clock::now(); !probe.IsServing();) {
      if (!processes_.at(place)->Runs()) throw std::runtime_error("a server does not start: " + log);
      // PostgreSQL may be away meanwhile.
      if (Since(begin) > seconds(90)) throw std::runtime_error("a server is not serving after 90 s: " + log);
      std::this_thread::sleep_for(milliseconds(5));
    }
  }

  void MakeVictims() {
    for (const size_t place : {0, 1})
      victims_.push_back({place == 0 ? "leads, accounts, workforce" : "billing, training, reporting",
                          6,
                          [this, place] { processes_.at(place)->Kill(); },
                          [this, place] { Start(place); },
                          [this, place] { Await(place); },
                          {},
                          0,
                          {}});
    for (const auto& [name, share, server] :
         {std::tuple("PostgreSQL", 3, &postgres_), std::tuple("Kafka", 3, &kafka_), std::tuple("Redis", 2, &redis_)})
      victims_.push_back({name,
                          share,
                          [server = server] { server->Kill(); },
                          [] {},
                          [server = server] { server->Start(); },
                          {},
                          0,
                          {}});
  }

  // By their shares; others may be killed while one comes back.
  void KillOne() {
    if (deck_.empty()) {
      for (Victim& victim : victims_) deck_.insert(deck_.end(), static_cast<size_t>(victim.share), &victim);
      std::shuffle(deck_.begin(), deck_.end(), random_);
    }
    Victim& victim = *deck_.back();
    deck_.pop_back();
    Back(&victim);
    victim.kill();
    ++victim.killed;
    Sleep(0, 1'000);
    victim.start();
    victim.back = std::async(std::launch::async, [&victim] {
      const auto begin = Clock::now();
      victim.await();
      victim.longest = std::max(victim.longest, Since(begin));
    });
  }
  // Throws where it did not come back.
  static void Back(Victim* victim) {
    if (victim->back.valid()) victim->back.get();
  }

  void StartLoad() {
    std::string addresses;
    for (const auto& [service, home] : homes_)
      addresses += (addresses.empty() ? "" : ",") + service + "=" + addresses_.at(home);
    load_ = std::make_unique<Process>(
        std::vector<std::string>{std::filesystem::canonical("/proc/self/exe").string(), "--load", addresses, "--home",
                                 folder_, "--record", folder_ + "/record", "--callers",
                                 std::to_string(options_.callers), "--seed", std::to_string(options_.seed)},
        folder_ + "/load.log");
  }

  host::Config Publisher() const {
    host::Config config;
    config.kafka = kafka_.address();
    config.topic_prefix = kPrefix;
    config.state_topics = kStates;
    config.partitions = 2;
    return config;
  }

  void Say(const char* what) const {
    std::printf("%6.1f s: %s\n", static_cast<double>(Since(begin_).count()) / 1000, what);
    std::fflush(stdout);
  }

  void Tell() const {
    std::ifstream load(folder_ + "/load.log");
    for (std::string line; std::getline(load, line);) std::printf("load: %s\n", line.c_str());
    for (const Victim& victim : victims_)
      std::printf("%-28s killed %2d times, back after %lld ms at most\n", victim.name.c_str(), victim.killed,
                  static_cast<long long>(victim.longest.count()));
  }

  bool Audited() {
    std::string error;
    const auto stores = audit::OpenStores(postgres_.address(), &error);
    audit::Record record;
    if (error.empty()) record = audit::ReadRecord(folder_ + "/record", &error);
    if (!error.empty()) {
      std::printf("%s\n", error.c_str());
      return false;
    }
    const audit::Published published{kafka::OpenKafka(kafka_.address()), Publisher()};
    const audit::Report report = audit::Audit(stores, record, &published);
    std::fputs(report.Text().c_str(), stdout);
    return report.clean() && report.acknowledged > 0 && report.published > 0;
  }

  const StreamsOptions options_;
  const Clock::time_point begin_ = Clock::now();
  std::mt19937_64 random_;
  std::string folder_;
  const Server postgres_, kafka_, redis_;
  std::map<std::string, size_t> homes_;  // service -> process
  std::array<std::string, 2> addresses_;
  std::array<std::unique_ptr<Process>, 2> processes_;
  std::vector<Victim> victims_;
  std::vector<Victim*> deck_;
  std::unique_ptr<Process> load_;
};

}  // namespace

namespace {

// Whether what is recorded now has been published.
bool Published(client::Client& client, engine::Stream* stream, const host::Publication& publication) {
  v1::GetHeadsRequest request;
  request.set_service(publication.service);
  const auto answer = client.Call("songsang.v1.EventService/GetHeads", request.SerializeAsString());
  v1::GetHeadsResponse response;
  const auto positions = host::ReadRelayPositions(*stream, publication);
  if (!answer.ok() || !response.ParseFromString(answer.reply) || !positions.ok()) return false;
  return std::all_of(response.heads().begin(), response.heads().end(), [&positions](const v1::Position& head) {
    const auto at = positions->find(head.partition());
    return head.seq() == (at == positions->end() ? 0 : at->second.seq());
  });
}

}  // namespace

bool AwaitRelays(const host::Config& publisher, const std::map<std::string, std::string>& addresses,
                 const token::Key& key, seconds within) {
  const auto stream = kafka::OpenKafka(publisher.kafka);
  token::Claims claims;
  claims.subject = claims.client = "chaos";
  claims.tenant = "system";
  claims.roles = 1u << v1::ROLE_SERVICE;
  const std::string token = key.Mint(claims);
  const auto begin = Clock::now();
  for (const auto& [service, address] : addresses) {
    client::Client client(address, token);
    const host::Publication publication = host::PublicationOf(publisher, service);
    while (!Published(client, stream.get(), publication)) {
      if (Since(begin) > within) return false;
      std::this_thread::sleep_for(milliseconds(100));
    }
  }
  return true;
}

int Streams(const StreamsOptions& options) {
  std::printf("two processes, PostgreSQL, Kafka and Redis, %d kills, seed %llu\n", options.kills,
              static_cast<unsigned long long>(options.seed));
  std::fflush(stdout);
  const auto begin = Clock::now();
  Run run(options);
  const int code = run.All();
  std::printf("%s: %d kills in %.1f s\n", code == 0 ? "passed" : "FAILED", options.kills,
              std::chrono::duration<double>(Clock::now() - begin).count());
  return code;
}

}  // namespace songsang::chaos
