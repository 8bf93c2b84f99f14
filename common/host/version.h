#pragma once

namespace songsang::host {

// `0.1.0`
const char* Version();

}  // namespace songsang::host
