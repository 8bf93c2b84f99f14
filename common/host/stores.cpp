// Which store a service gets, and when its schema is brought up to date.
#include "host/stores.h"

#include <fmt/format.h>
#include <sysexits.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "adapters/postgres_store/postgres_store.h"
#include "adapters/sqlite_store/sqlite_store.h"
#include "engine/catalogue.h"
#include "host/log.h"

namespace songsang::host {

std::shared_ptr<engine::Store> OpenStore(const Config& config, const std::string& service, std::string* error) {
  if (config.store == "memory:") return OpenSqliteMemory(service, error);
  if (!config.embedded()) return OpenPostgres(config.store, service, error);
  const std::string folder = config.store.substr(std::string("sqlite:").size());
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code) {
    *error = fmt::format("the folder {} cannot be made: {}", folder, code.message());
    return nullptr;
  }
  return OpenSqlite(folder + "/" + service + ".db", error);
}

std::vector<const rows::Table*> TablesOf(const Module& module) {
  return engine::Catalogue({module.service()}).TablesOf(module.name);
}

std::vector<Module> Chosen(const Config& config, const std::vector<Module>& modules, Failure* failure) {
  if (config.services.empty()) return modules;
  std::vector<Module> chosen;
  for (const std::string& name : config.services) {
    size_t before = chosen.size();
    for (const Module& module : modules)
      if (module.name == name) chosen.push_back(module);
    if (chosen.size() != before) continue;
    std::string known;
    for (const Module& module : modules) known += (known.empty() ? "" : ", ") + module.name;
    *failure = {EX_USAGE, fmt::format("there is no service \"{}\"; there are: {}", name, known)};
    return {};
  }
  return chosen;
}

Failure Ready(const Config& config, const std::string& service, engine::Store& store,
              const std::vector<const rows::Table*>& tables, const std::function<bool()>& give_up) {
  if (config.embedded() || config.migrate) {
    engine::Migration migration;
    const auto error = store.Migrate(tables, config.partitions, false, &migration);
    if (error.ok()) return {};
    return {EX_UNAVAILABLE,
            fmt::format("the schema of {} could not be brought up to date: {}", service, error.message)};
  }
  std::string said;
  for (;;) {
    std::string what;
    if (store.IsMigrated(tables, &what)) return {};
    if (what != said) {
      Log(Level::kWarn, "waiting for the store: run `songsang migrate` if its schema is old",
          {{"service", service}, {"store", config.ShownStore()}, {"what", what}});
      said = what;
    }
    for (int i = 0; i < 10; ++i) {
      if (give_up && give_up())
        return {EX_TEMPFAIL, fmt::format("stopped while waiting for the store of {}: {}", service, what)};
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
}

}  // namespace songsang::host
