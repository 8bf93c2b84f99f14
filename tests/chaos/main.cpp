// songsang_chaos: the real server under load, killed with SIGKILL at random moments and started again; then the audit.
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <thread>

#include "adapters/grpc_client/client.h"
#include "audit/audit.h"
#include "audit/stores.h"
#include "chaos/database.h"
#include "chaos/load.h"
#include "chaos/process.h"
#include "chaos/streams.h"

namespace songsang::chaos {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kSkipped = 77;

struct Options {
  std::string server;
  std::string store = "sqlite";
  int kills = 5;
  uint64_t seed = 0;
  int callers = 32;
  bool keep = false;
  bool streams = false;
};

class Run {
 public:
  explicit Run(const Options& options) : options_(options), random_(options.seed) {
    folder_ = (std::filesystem::temp_directory_path() / "songsang-chaos-XXXXXX").string();
    if (!mkdtemp(folder_.data())) throw std::runtime_error("no temporary folder");
    store_ = "sqlite:" + folder_ + "/store";
    if (options.store == "postgres") {
      database_ = std::make_unique<Database>(std::getenv("SONGSANG_TEST_POSTGRES"));
      store_ = database_->url();
    }
    address_ = "127.0.0.1:" + std::to_string(FreePort());
  }

  int All() {
    StartServer();
    StartLoad();
    for (int kill = 0; kill < options_.kills; ++kill) {
      Sleep(60, 500);
      if (database_ && random_() % 3 == 0) {
        database_->EndSomeConnection(static_cast<unsigned>(random_()));
        Sleep(10, 150);
      }
      server_->Kill();
      Sleep(0, 40);
      StartServer();
    }
    Sleep(200, 300);
    load_->Signal(SIGTERM);
    const int loaded = load_->Await(std::chrono::seconds(150));
    server_->Signal(SIGTERM);
    const int stopped = server_->Await(std::chrono::seconds(30));
    if (loaded != 0)
      std::printf("the load found something wrong (exit %d): see %s/load.log\n", loaded, folder_.c_str());
    if (stopped != 0)
      std::printf("the server did not stop in order (exit %d): see %s/server.log\n", stopped, folder_.c_str());
    const bool clean = Audited();
    const bool good = clean && loaded == 0 && stopped == 0;
    if (good && !options_.keep) std::filesystem::remove_all(folder_);
    return good ? 0 : 1;
  }
  std::string Starts() {
    std::sort(starts_.begin(), starts_.end());
    char text[120];
    std::snprintf(text, sizeof text, "serving again after %.0f ms (median), %.0f ms (at most)",
                  starts_[starts_.size() / 2], starts_.back());
    return text;
  }

 private:
  void Sleep(int from_ms, int to_ms) {
    const auto ms = from_ms + static_cast<int>(random_() % static_cast<uint64_t>(to_ms - from_ms + 1));
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
  }

  void StartServer() {
    const auto begin = Clock::now();
    server_ = std::make_unique<Process>(
        std::vector<std::string>{options_.server, "serve", "--home", folder_, "--store", store_, "--listen", address_,
                                 "--partitions", database_ ? "2" : "1", "--migrate", "--log-level", "warn"},
        folder_ + "/server.log");
    client::Client probe(address_);
    while (!probe.IsServing()) {
      if (!server_->Runs()) throw std::runtime_error("the server does not start: see " + folder_ + "/server.log");
      if (Clock::now() - begin > std::chrono::seconds(60))
        throw std::runtime_error("the server is not serving after 60 s: see " + folder_ + "/server.log");
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    starts_.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
  }

  void StartLoad() {
    load_ = std::make_unique<Process>(
        std::vector<std::string>{std::filesystem::canonical("/proc/self/exe").string(), "--load", address_, "--home",
                                 folder_, "--record", folder_ + "/record", "--callers",
                                 std::to_string(options_.callers), "--seed", std::to_string(options_.seed)},
        folder_ + "/load.log");
  }

  bool Audited() {
    std::string error;
    const auto stores = audit::OpenStores(store_, &error);
    audit::Record record;
    if (error.empty()) record = audit::ReadRecord(folder_ + "/record", &error);
    if (!error.empty()) {
      std::printf("%s (%s is kept)\n", error.c_str(), folder_.c_str());
      return false;
    }
    const audit::Report report = audit::Audit(stores, record);
    std::fputs(report.Text().c_str(), stdout);
    if (!report.clean()) std::printf("%s is kept\n", folder_.c_str());
    return report.clean() && report.acknowledged > 0;
  }

  const Options options_;
  std::mt19937_64 random_;
  std::string folder_, store_, address_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Process> server_, load_;
  std::vector<double> starts_;
};

int Chaos(const Options& options) {
  if (options.streams) {
    // Whoever has started Kafka for the tests has its jars.
    if (std::getenv("SONGSANG_TEST_KAFKA"))
      return Streams({options.server, options.kills, options.seed, options.callers, options.keep});
    std::printf("skipped: SONGSANG_TEST_KAFKA is not set, so Kafka may not be had here\n");
    return kSkipped;
  }
  if (options.store == "postgres" && !std::getenv("SONGSANG_TEST_POSTGRES")) {
    std::printf("skipped: SONGSANG_TEST_POSTGRES names no PostgreSQL server\n");
    return kSkipped;
  }
  std::printf("store %s, %d kills, seed %llu\n", options.store.c_str(), options.kills,
              static_cast<unsigned long long>(options.seed));
  std::fflush(stdout);
  const auto begin = Clock::now();
  Run run(options);
  const int code = run.All();
  std::printf("%s: %d kills in %.1f s, %s\n", code == 0 ? "passed" : "FAILED", options.kills,
              std::chrono::duration<double>(Clock::now() - begin).count(), run.Starts().c_str());
  return code;
}

}  // namespace
}  // namespace songsang::chaos

int main(int count, char** words) {
  using namespace songsang::chaos;
  CLI::App line("Kills the server under load, starts it again, and audits what is left.");
  Options options;
  LoadOptions load;
  options.seed = std::random_device()();
  line.add_option("--server", options.server, "the program `songsang`");
  line.add_option("--store", options.store, "sqlite, or postgres at SONGSANG_TEST_POSTGRES");
  line.add_flag("--streams", options.streams,
                "two processes with PostgreSQL, Kafka and Redis of their own, all of which are killed; needs "
                "SONGSANG_TEST_KAFKA to be set");
  line.add_option("--kills", options.kills, "how often");
  line.add_option("--seed", options.seed, "what random moments and commands follow from; by default another each time");
  line.add_option("--callers", options.callers, "how many send at once");
  line.add_flag("--keep", options.keep, "keep the folder also where nothing was wrong");
  line.add_option("--load", load.address, "only be the load, on this address (used by itself)");
  line.add_option("--home", load.home, "of --load: the server's home");
  line.add_option("--record", load.record, "of --load: where the callers keep their record");
  CLI11_PARSE(line, count, words);
  signal(SIGPIPE, SIG_IGN);
  load.callers = options.callers;
  load.seed = options.seed;
  try {
    return load.address.empty() ? Chaos(options) : Load(load);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "songsang_chaos: %s\n", error.what());
    return 2;
  }
}
