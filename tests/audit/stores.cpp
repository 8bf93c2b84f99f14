#include "audit/stores.h"

#include "songsang/modules.h"

namespace songsang::audit {

std::vector<Audited> OpenStores(const std::string& store, std::string* error) {
  host::Config config;
  config.store = store;
  std::vector<Audited> stores;
  for (const host::Module& module : Modules()) {
    auto opened = host::OpenStore(config, module.name, error);
    if (!opened) return {};
    const auto tables = host::TablesOf(module);
    std::string what;
    // Also tells the store how many partitions it has.
    if (!opened->IsMigrated(tables, &what)) {
      *error = "the store of " + module.name + " is not whole: " + what;
      return {};
    }
    stores.push_back({module.name, std::move(opened), tables});
  }
  return stores;
}

}  // namespace songsang::audit
