// Reads a whole table, in the order of its key, page by page.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/store.h"

namespace songsang::audit {

// `each` is given the row in the order of the table's columns. Answers what went wrong, or an empty string.
std::string Scan(engine::Store& store, const rows::Table& table,
                 const std::function<void(const std::vector<engine::Value>& row)>& each);

const std::string& Text(const engine::Value& value);
int64_t Number(const engine::Value& value);
bool Same(const rows::Cell& cell, const engine::Value& value);
std::string Shown(const engine::Value& value);
std::string Shown(const rows::Cell& cell);

}  // namespace songsang::audit
