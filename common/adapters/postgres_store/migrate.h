#pragma once

#include <span>
#include <string>

#include "engine/store.h"

namespace songsang::postgres_store {

engine::StoreError Migrate(const std::string& url, const std::string& schema,
                           std::span<const rows::Table* const> tables, int partitions, bool dry_run,
                           engine::Migration* migration);
// Where it is, `partitions` tells how many it has.
bool IsMigrated(const std::string& url, const std::string& schema, std::span<const rows::Table* const> tables,
                std::string* what, int* partitions);
// 0 in a schema that has not been migrated, or where the server cannot be reached.
int CountPartitions(const std::string& url, const std::string& schema);

}  // namespace songsang::postgres_store
