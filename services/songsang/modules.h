// The list of what there is: every service of Songsang, as a process hosts it.
#pragma once

#include <vector>

#include "host/host.h"

namespace songsang {

std::vector<host::Module> Modules();

}  // namespace songsang
