// The stores of a system that is stopped, as the audit reads them.
#pragma once

#include <string>
#include <vector>

#include "audit/audit.h"

namespace songsang::audit {

// `store` is what `serve --store` takes: `sqlite:FOLDER`, `postgresql://…`. Empty, and why in `error`, if one cannot be
// opened.
std::vector<Audited> OpenStores(const std::string& store, std::string* error);

}  // namespace songsang::audit
