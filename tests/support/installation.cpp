#include "support/installation.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "adapters/grpc_client/client.h"

namespace songsang {
namespace {

std::string TestKafka() {
  const char* brokers = std::getenv("SONGSANG_TEST_KAFKA");
  return brokers == nullptr ? "" : brokers;
}

void Add(std::vector<std::string>* command, std::initializer_list<std::string> words) {
  command->insert(command->end(), words);
}

}  // namespace

int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no free port");
  close(listener);
  return ntohs(address.sin_port);
}

Installation::Installation(Options options) : options_(std::move(options)) {
  static std::atomic<int> last{0};
  kafka_ = options_.kafka.empty() ? TestKafka() : options_.kafka;
  prefix_ = "t" + std::to_string(getpid()) + "-" + std::to_string(++last) + ".";
  store_ = "sqlite:" + folder_.path() + "/store";
  if (options_.postgres) {
    database_ = std::make_unique<Database>();
    store_ = database_->url();
  }
  for (const auto& services : {options_.services, options_.later})
    for (const std::string& service : services) addresses_[service] = "127.0.0.1:" + std::to_string(FreePort());
  (void)key();  // made once, before several processes look for it
  for (const auto& [words, streams] : {std::pair(std::vector<std::string>{"migrate"}, false),
                                       std::pair(std::vector<std::string>{"topics", "apply"}, true)}) {
    if (streams && !options_.streams) continue;
    const Ran ran = Run(words, streams);
    if (ran.exit_code != 0) throw std::runtime_error(words.front() + ": " + ran.out + ran.err);
  }
  for (const std::string& service : options_.services) Start(service);
  for (const std::string& service : options_.services) AwaitServing(service);
}

Installation::~Installation() {
  // All at once, so that none waits for another.
  for (const auto& [service, process] : processes_) process->Signal(SIGTERM);
  for (const auto& [service, process] : processes_) process->Wait();
}

token::Key Installation::key() const {
  const auto key = token::Key::OfFolder(folder_.path());
  if (!key.ok()) throw std::runtime_error(key.refusal().Sentence(false));
  return *key;
}

void Installation::Start(const std::string& service) {
  std::vector<std::string> command = {options_.program,
                                      "serve",
                                      service,
                                      "--home",
                                      folder_.path(),
                                      "--store",
                                      store_,
                                      "--listen",
                                      addresses_.at(service),
                                      "--partitions",
                                      std::to_string(database_ ? options_.partitions : 1)};
  for (const auto& [peer, address] : addresses_)
    if (peer != service) Add(&command, {"--peer", peer + "=" + address});
  if (options_.streams)
    Add(&command, {"--kafka", kafka_, "--topic-prefix", prefix_, "--state-topics", options_.states});
  if (const auto more = options_.more.find(service); more != options_.more.end())
    command.insert(command.end(), more->second.begin(), more->second.end());
  processes_[service] = std::make_unique<Process>(command);
}

void Installation::AwaitServing(const std::string& service) const {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!client::Client(addresses_.at(service), "").IsServing()) {
    if (std::chrono::steady_clock::now() > until) throw std::runtime_error(service + " does not answer");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void Installation::Kill(const std::string& service) {
  processes_.at(service)->Signal(SIGKILL);
  processes_.at(service)->Wait();
}

Ran Installation::Stop(const std::string& service) {
  processes_.at(service)->Signal(SIGTERM);
  return processes_.at(service)->Wait();
}

Ran Installation::Run(std::vector<std::string> words, bool streams) const {
  words.insert(words.begin(), options_.program);
  std::map<std::string, std::string> settings = {{"SONGSANG_HOME", folder_.path()}, {"SONGSANG_STORE", store_}};
  if (database_) settings["SONGSANG_PARTITIONS"] = std::to_string(options_.partitions);
  if (streams) {
    settings["SONGSANG_KAFKA"] = kafka_;
    settings["SONGSANG_TOPIC_PREFIX"] = prefix_;
    settings["SONGSANG_STATE_TOPICS"] = options_.states;
  }
  return RunProgram(words, settings);
}

}  // namespace songsang
