// PostgreSQL as the store of one service: one schema, over direct connections (no transaction-pooling proxy between).
#pragma once

#include <memory>
#include <string>

#include "engine/store.h"

namespace songsang {

// `url` is a libpq connection string. Does not wait for the server: sessions connect when first used, and again after
// a loss. Null, and what is wrong in `error`, if the URL or the schema's name (`[a-z][a-z0-9_]*`) is.
std::shared_ptr<engine::Store> OpenPostgres(const std::string& url, const std::string& schema, std::string* error);

}  // namespace songsang
