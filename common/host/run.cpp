// A process from start to end.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "host/host.h"
#include "host/log.h"
#include "host/stop.h"
#include "host/version.h"

namespace songsang::host {

namespace {

void SayServing(const Config& config, const System& system, std::chrono::milliseconds took) {
  const std::string services = fmt::format("{}", fmt::join(system.services(), ","));
  const std::string store = config.ShownStore();
  Log(Level::kInfo, "serving",
      {{"address", system.address()},
       {"services", services},
       {"store", store},
       {"start_ms", static_cast<int64_t>(took.count())}});
  if (config.store == "memory:") Log(Level::kWarn, "nothing is kept: the store goes when this process ends");
  if (system.key() == nullptr) return;
  if (config.loopback()) {
    Log(Level::kInfo, "listening on this machine only; tokens are signed by the development key",
        {{"home", config.home}});
  } else {
    Log(Level::kWarn,
        "listening beyond this machine with the development key: whoever reads it can be anyone; give --keys",
        {{"home", config.home}});
  }
}

}  // namespace

int Run(const Config& config, const std::vector<Module>& modules) {
  const auto begin = std::chrono::steady_clock::now();
  Signals signals;
  RaiseFileLimit();
  StartLog(config.log_format, config.log_level);
  Failure failure;
  auto system = System::Start(config, modules, &failure);
  if (system == nullptr) {
    Log(Level::kError, failure.message);
    if (!LogIsText()) std::fprintf(stderr, "songsang: %s\n", failure.message.c_str());
    return failure.exit_code;
  }
  SayServing(config, *system,
             std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin));
  auto watchdog = std::make_unique<Watchdog>(
      config.watchdog ? system->address() : "", [&system] { return system->stopped(); },
      [&system] { return system->trouble(); });
  const int signal = signals.Wait();
  watchdog.reset();
  Log(Level::kInfo, "stopping: no new commands; what is under way is finished", {{"signal", int64_t{signal}}});
  const Deadline deadline(std::chrono::seconds(60), "stopping");
  system->Stop();
  system.reset();
  Log(Level::kInfo, "stopped");
  return 0;
}

}  // namespace songsang::host
