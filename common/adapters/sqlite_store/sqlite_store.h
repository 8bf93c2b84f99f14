// SQLite as the store of one service: one file, written by this process alone. Local disks only.
#pragma once

#include <memory>
#include <string>

#include "engine/store.h"

namespace songsang {

// Opens or makes the file, and holds `<file>.lock` for as long as the store lives: a second process is refused. Null,
// and what went wrong in `error`, if it cannot be.
std::shared_ptr<engine::Store> OpenSqlite(const std::string& file, std::string* error);

// A store in a temporary folder, without fsync; the folder goes with the store. `name` only helps whoever finds it.
std::shared_ptr<engine::Store> OpenSqliteMemory(const std::string& name, std::string* error = nullptr);

}  // namespace songsang
