#pragma once

#include <string>

namespace songsang::host {

// `0.1.0`
const char* Version();

// Another for every build of this program: what one build has computed, another does not take for its own.
const std::string& BuildId();

}  // namespace songsang::host
