// songsang serve
#include <fmt/format.h>
#include <sysexits.h>

#include <cstdio>

#include "host/host.h"
#include "songsang/command/command.h"
#include "songsang/modules.h"

namespace songsang::command {

namespace {

constexpr const char* kExamples = R"(Examples:
  songsang serve                          everything, on this machine, kept in ~/.local/share/songsang
  songsang serve --memory                 everything, kept nowhere: a test double for integrators
  songsang serve --home /srv/songsang --listen 127.0.0.1:7500
  songsang serve leads accounts --store postgresql://songsang@db/songsang --listen 0.0.0.0:7400 --keys /etc/songsang/jwks.json
  songsang serve reporting --store postgresql://songsang@db/songsang --peer leads=leads:7400 --peer accounts=accounts:7400

Then, in another terminal:
  songsang call                           what can be called
  songsang doctor                         is everything fine?
The server stops in order on SIGTERM or Ctrl-C: what was accepted is finished first. A second Ctrl-C ends it at once.)";

struct Serve {
  std::vector<std::string> services;
  bool memory = false;
  bool print_config = false, check_config = false;
};

int RunServe(const Serve& serve, Options* options) {
  if (!serve.services.empty()) options->settings["services"] = {fmt::format("{}", fmt::join(serve.services, ","))};
  if (serve.memory) options->settings["store"] = {"memory:"};
  const auto config = Configured(*options);
  if (!config) return EX_CONFIG;
  if (serve.print_config) {
    std::fputs(host::PrintConfig(*config).c_str(), stdout);
    return 0;
  }
  if (serve.check_config) {
    host::Failure failure;
    host::Chosen(*config, Modules(), &failure);
    if (failure.exit_code != 0) return Fail(failure.exit_code, failure.message);
    std::puts("the configuration is sound");
    return 0;
  }
  return host::Run(*config, Modules());
}

}  // namespace

void AddServe(CLI::App* line, Options* options) {
  auto* app = line->add_subcommand("serve", "Run the system: all services in one process, or those named");
  auto serve = std::make_shared<Serve>();
  app->add_option("services", serve->services, "only these services; default: all")->type_name("NAMES");
  app->add_flag("--memory", serve->memory, "keep nothing: the same as --store memory:");
  app->add_flag("--print-config", serve->print_config, "print the configuration in force, as a file, and end");
  app->add_flag("--check-config", serve->check_config, "say whether the configuration is sound, and end");
  AddSettings(app, options);
  app->footer(kExamples);
  app->callback([=] { options->run = [=] { return RunServe(*serve, options); }; });
}

}  // namespace songsang::command
