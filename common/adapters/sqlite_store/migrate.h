#pragma once

#include <span>
#include <string>

#include "adapters/sqlite_store/connection.h"

namespace songsang::sqlite_store {

// The caller holds the turn to write.
StoreError Migrate(Connection& connection, std::span<const rows::Table* const> tables, int partitions, bool dry_run,
                   engine::Migration* migration);
bool IsMigrated(Connection& connection, std::span<const rows::Table* const> tables, std::string* what);
// 0 in a store that has not been migrated.
int CountPartitions(Connection& connection);

}  // namespace songsang::sqlite_store
