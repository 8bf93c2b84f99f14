// songsang authority
#include "songsang/authority/authority.h"

#include <fmt/format.h>
#include <signal.h>
#include <sysexits.h>

#include <cstdio>

#include "songsang/command/command.h"

namespace songsang::command {

namespace {

constexpr const char* kExamples = R"(Examples:
  songsang authority --port 7480                            one that behaves
  songsang serve --outside tax_authority=http://127.0.0.1:7480
  songsang authority --port 7480 --manner time_out          takes every invoice and never says so
  songsang authority --manner fine,drop,lie                 the first is fine, the second dropped, the third denied …

Manners: fine, time_out (takes it, says nothing), drop (takes it, hangs up), lose (hangs up, does not take it),
duplicate (takes it, says it had it already), lie (takes it, says nothing, then denies it twice), refuse.
It answers on loopback only, and keeps what it took in its folder. `curl 127.0.0.1:7480/documents` lists that.)";

struct Wanted {
  int port = 0;
  std::string folder;
  std::vector<std::string> manners = {"fine"};
  int silence_ms = 10'000;
};

int RunAuthority(const Wanted& wanted, const Options& options) {
  authority::Settings settings;
  settings.port = wanted.port;
  settings.silence_ms = wanted.silence_ms;
  settings.manners.clear();
  for (const std::string& name : wanted.manners) {
    std::string known;
    if (!authority::MannerNamed(name, &settings.manners.emplace_back(), &known))
      return Fail(EX_USAGE, fmt::format("there is no manner {}; there are: {}", name, known));
  }
  const auto config = Configured(options);
  if (!config) return EX_CONFIG;
  settings.folder = wanted.folder.empty() ? config->home + "/authority" : wanted.folder;
  // Blocked before any thread runs, so that all inherit it and the signal is waited for here.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::string error;
  const auto running = authority::Authority::Start(settings, &error);
  if (running == nullptr) return Fail(EX_CANTCREAT, error);
  fmt::print("the tax authority (a stand-in) answers at http://127.0.0.1:{}\n", running->port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}

}  // namespace

void AddAuthority(CLI::App* line, Options* options) {
  auto* app = line->add_subcommand("authority", "Play the tax authority, well or badly, for development and tests");
  auto wanted = std::make_shared<Wanted>();
  app->add_option("--port", wanted->port, "where to answer, on loopback; default: any free one");
  app->add_option("--folder", wanted->folder, "where to keep what is taken; default: authority in the home folder");
  app->add_option("--manner", wanted->manners,
                  "how to treat the documents that come, one after another, and round again")
      ->delimiter(',')
      ->type_name("NAMES");
  app->add_option("--silence-ms", wanted->silence_ms, "how long it says nothing when it does not answer");
  AddSettings(app, options, {"home"});
  app->footer(kExamples);
  app->callback([=] { options->run = [=] { return RunAuthority(*wanted, *options); }; });
}

}  // namespace songsang::command
