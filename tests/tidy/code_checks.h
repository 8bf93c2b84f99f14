// Checks of our own C++: who includes what, which words are not used, how long things are.
#pragma once

#include "tidy/tree.h"

namespace songsang::tidy {

// The include rules of the rooms (ARCHITECTURE.md).
Findings ForbiddenIncludes(const Tree& tree);
// Words that mean a habit we do not have, each with the room it is forbidden in.
Findings ForbiddenWords(const Tree& tree);
// Files over 500 lines.
Findings LongFiles(const Tree& tree);
// Functions over 70 lines, signature included; tables of data inside them do not count.
Findings LongFunctions(const Tree& tree);
// Headers without `#pragma once`.
Findings UnguardedHeaders(const Tree& tree);

}  // namespace songsang::tidy
