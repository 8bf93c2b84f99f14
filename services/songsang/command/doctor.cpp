// songsang doctor: walks everything that can be wrong; for each, fine, or what is wrong and the next command.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sysexits.h>

#include <cstdio>
#include <filesystem>

#include "core/dates.h"
#include "host/host.h"
#include "songsang/command/command.h"
#include "songsang/modules.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::command {

namespace {

constexpr const char* kExamples = R"(Examples:
  songsang doctor                                              the server of this machine
  songsang doctor --address leads:7400 --token "$TOKEN"        another; needs the roles ADMIN or SERVICE
  songsang doctor --store postgresql://songsang@db/songsang    its store too

Exit code 0: nothing is wrong (there may be advice). 1: something is; each line ends with what to do next.)";

constexpr int64_t kGiB = int64_t{1} << 30;
constexpr double kLateReportsMs = 2000;

class Doctor {
 public:
  Doctor(const Options& options, host::Config config) : options_(options), config_(std::move(config)) {}

  int Examine() {
    Home();
    Disk();
    Files();
    Outside();
    const bool served = wrong_ == 0 && Server();
    if (served) Journals();
    if (served) Parked();
    if (served) Reports();
    // An embedded store belongs to its server while that runs.
    if (!served || !config_.embedded()) Stores();
    fmt::print("\n{}\n", wrong_ == 0 ? "Nothing is wrong." : fmt::format("{} to mend.", wrong_));
    return wrong_ == 0 ? 0 : 1;
  }

 private:
  static void Fine(const std::string& what, const std::string& text) { fmt::print("fine    {:<10} {}\n", what, text); }
  static void Advise(const std::string& what, const std::string& text, const std::string& next) {
    fmt::print("advice  {:<10} {}\n                   {}\n", what, text, next);
  }
  void Wrong(const std::string& what, const std::string& text, const std::string& next) {
    ++wrong_;
    fmt::print("WRONG   {:<10} {}\n                   {}\n", what, text, next);
  }

  void Home() {
    struct stat status {};
    const std::string key = config_.home + "/token-key.json";
    if (!std::filesystem::exists(config_.home))
      return Advise("home", fmt::format("there is no folder {} yet", config_.home), "`songsang serve` makes it");
    if (!config_.keys.empty()) return Fine("keys", fmt::format("tokens are verified with {}", config_.keys));
    if (stat(key.c_str(), &status) != 0)
      return Advise("key", fmt::format("there is no development key in {} yet", config_.home),
                    "`songsang serve` makes it");
    if ((status.st_mode & 077) != 0)
      return Wrong("key", fmt::format("{} can be read by others: whoever does can be anyone", key), "chmod 600 " + key);
    Fine("key", fmt::format("development key in {}, readable by its owner alone", config_.home));
  }

  void Disk() {
    std::string folder = config_.store.starts_with("sqlite:") ? config_.store.substr(7) : config_.home;
    while (!std::filesystem::exists(folder) && folder.size() > 1)
      folder = std::filesystem::path(folder).parent_path().string();
    struct statvfs status {};
    if (statvfs(folder.empty() ? "." : folder.c_str(), &status) != 0) return;
    const auto free = static_cast<int64_t>(status.f_bavail) * static_cast<int64_t>(status.f_frsize);
    const std::string text =
        fmt::format("{:.1f} GiB free at {}", static_cast<double>(free) / static_cast<double>(kGiB), folder);
    if (free < kGiB / 4)
      return Wrong("disk", text, "make room: when it is full, commands are refused (nothing is lost)");
    if (free < 2 * kGiB) return Advise("disk", text, "make room before it is needed");
    Fine("disk", text);
  }

  static void Files() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    const std::string text = fmt::format("{} open files allowed", limit.rlim_max);
    if (limit.rlim_max < 4096)
      return Advise("files", text, "allow more (`ulimit -Hn 65536`, LimitNOFILE=): each caller is one");
    Fine("files", text);
  }

  // Who answers for the outside world, as the configuration of this home says.
  void Outside() {
    const auto authority = config_.ports.find("tax_authority");
    if (authority == config_.ports.end())
      return Advise("outside", "no tax authority is named: tax invoices that are issued wait for one",
                    "songsang serve --outside tax_authority=http://HOST:PORT (`songsang authority` plays one)");
    Fine("outside", fmt::format("the tax authority is at {}", authority->second));
  }

  bool Server() {
    Options options = options_;
    if (options.roles.empty()) options.roles = {"ADMIN", "SERVICE"};
    int exit_code = 0;
    if (!std::filesystem::exists(config_.home + "/token-key.json") && options.token.empty() &&
        !host::FromEnvironment("SONGSANG_TOKEN")) {
      Advise("server", "not asked: there is no key to mint a token with", "songsang serve, or give --token");
      return false;
    }
    session_ = Session::Open(options, &exit_code);
    if (session_ == nullptr) {
      ++wrong_;
      return false;
    }
    const std::string address = session_->client().address();
    if (!session_->client().Connect(std::chrono::milliseconds(1500))) {
      Wrong("server", fmt::format("nobody answers at {}", address), "songsang serve");
      return false;
    }
    if (!session_->client().IsServing()) {
      Wrong("server",
            fmt::format("{} answers, but is not serving: it is starting, stopping or waiting for its store", address),
            "read the server's log; `songsang migrate` if it waits for a schema");
      return false;
    }
    Fine("server", fmt::format("{} answers", address));
    return true;
  }

  // The heads of every service hosted there; whether clocks agree.
  void Journals() {
    const auto now =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
    for (const auto& module : Modules()) {
      v1::GetHeadsRequest request;
      request.set_service(module.name);
      const auto answer = session_->Call("songsang.v1.EventService/GetHeads", request);
      v1::GetHeadsResponse heads;
      if (answer.reason == "SERVICE_UNKNOWN") continue;
      if (!answer.ok() || !heads.ParseFromString(answer.reply)) {
        Wrong("journal", fmt::format("{}: {}", module.name, answer.Explain()),
              fmt::format("songsang explain {}", answer.reason));
        if (answer.code == Code::kUnauthenticated || answer.code == Code::kPermissionDenied) return;
        continue;
      }
      int64_t entries = 0, last = 0;
      for (const auto& head : heads.heads()) {
        entries += head.seq();
        if (head.seq() > 0) last = std::max(last, RecordedAt(head));
        seen_.Add(fmt::format("{}/{}/{}/{}", head.service(), head.partition(), head.epoch(), head.seq()));
      }
      if (last > now.count() + 5'000'000)
        Wrong("clock",
              fmt::format("{} recorded its last entry at {}, which is yet to come here", module.name,
                          ToIso(Instant{last})),
              "set this machine's clock, or the store's, by NTP");
      Fine("journal", fmt::format("{}: {} entries{}", module.name, entries,
                                  last == 0 ? "" : ", the last at " + ToIso(Instant{last}).substr(0, 19) + "Z"));
    }
  }

  void Parked() {
    for (const auto& module : Modules()) {
      v1::ListParkedRequest request;
      request.set_service(module.name);
      const auto answer = session_->Call("songsang.v1.PolicyService/ListParked", request);
      v1::ListParkedResponse response;
      if (!answer.ok() || !response.ParseFromString(answer.reply) || response.parked().empty()) continue;
      Wrong("policies",
            fmt::format("{}: {} events are parked, the first for {}", module.name, response.parked_size(),
                        response.parked(0).reason()),
            "songsang parked");
    }
  }

  int64_t RecordedAt(const v1::Position& head) {
    v1::ReadEventsRequest request;
    *request.mutable_after() = head;
    request.mutable_after()->set_seq(head.seq() - 1);
    request.mutable_after()->clear_hash();
    request.set_limit(1);
    const auto answer = session_->Call("songsang.v1.EventService/ReadEvents", request);
    v1::ReadEventsResponse response;
    if (!answer.ok() || !response.ParseFromString(answer.reply) || response.events().empty()) return 0;
    return FromTimestamp(response.events(0).recorded_at()).micros;
  }

  // How far reports are behind: asks one to wait for all journals' heads, and takes the time.
  void Reports() {
    const auto* method = methods::Find("songsang.reporting.v1.ReportService/ListMetrics");
    if (method == nullptr) return;
    client::Options how;
    how.after = seen_.Text();
    const auto begin = std::chrono::steady_clock::now();
    const auto answer = session_->Call(methods::NameOf(*method), *methods::NewRequest(*method), how);
    const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    if (answer.code == Code::kUnimplemented) return;
    if (answer.reason == "NOT_YET_VISIBLE")
      return Wrong("reports", "the reporting replica has not caught up with the journals within the time given",
                   "read the server's log for \"follower\"; `songsang doctor --timeout 60` waits longer");
    if (!answer.ok()) return Wrong("reports", answer.Explain(), fmt::format("songsang explain {}", answer.reason));
    const std::string text = fmt::format("they hold all that was recorded {:.0f} ms ago", ms);
    if (ms > kLateReportsMs)
      return Advise("reports", text, "run `songsang doctor` again: if that stays, the machine is too small");
    Fine("reports", text);
  }

  void Stores() {
    if (config_.store == "memory:") return;
    for (const auto& module : Modules()) {
      std::string error, what;
      if (config_.embedded() && !std::filesystem::exists(config_.store.substr(7) + "/" + module.name + ".db")) {
        Advise("store", fmt::format("{}: none yet in {}", module.name, config_.store.substr(7)),
               "`songsang serve` makes it");
        continue;
      }
      const auto store = host::OpenStore(config_, module.name, &error);
      if (store == nullptr)
        Wrong("store", fmt::format("{}: {}", module.name, error),
              "is another server using it? `songsang doctor --address …` asks that");
      else if (!store->IsMigrated(host::TablesOf(module), &what))
        Wrong("store", fmt::format("{}: {}", module.name, what),
              config_.embedded() ? "`songsang serve` brings it up to date"
                                 : "songsang migrate --store " + config_.ShownStore());
      else
        Fine("store", fmt::format("{}: schema up to date ({})", module.name, store->kind()));
    }
  }

  const Options& options_;
  const host::Config config_;
  std::unique_ptr<Session> session_;
  client::Seen seen_;
  int wrong_ = 0;
};

}  // namespace

void AddDoctor(CLI::App* line, Options* options) {
  auto* app = line->add_subcommand("doctor", "Look for what is wrong, and say what to do next");
  AddServerOptions(app, options, "ADMIN, SERVICE");
  AddSettings(app, options, {"store", "keys", "outside"});
  app->footer(kExamples);
  app->callback([=] {
    options->run = [=] {
      const auto config = Configured(*options);
      return config ? Doctor(*options, *config).Examine() : EX_CONFIG;
    };
  });
}

}  // namespace songsang::command
