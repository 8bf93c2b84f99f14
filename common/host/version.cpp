#include "host/version.h"

namespace songsang::host {

const char* Version() { return SONGSANG_VERSION; }

}  // namespace songsang::host
