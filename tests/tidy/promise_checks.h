// Checks that what the documents promise is what the tree holds: capabilities and their tests, reasons and their words.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tidy/tree.h"

namespace songsang::tidy {

// A refusal as it is declared in the code.
struct Declared {
  std::string place;  // path:line
  std::string name;
  std::string code;  // kFailedPrecondition
  std::string english;
  std::string korean;
};
std::vector<Declared> DeclaredReasons(const Tree& tree);

// Every reason is named in capitals once, and has an English and a Korean sentence with the same variables.
Findings ReasonSentences(const Tree& tree);
// Every reason of docs/released_reasons.txt (`NAME kCode` a line) is still declared with its code.
Findings ReleasedReasons(const Tree& tree, const std::string& released);
// docs/capabilities.md: a capability is `built` (or, in part, `begun`) exactly if acceptance tests bear its ID.
Findings CapabilitiesAndTests(const Tree& tree, const std::string& capabilities);

// Links between documents lead somewhere: `exists` tells whether a path from the root is a file or a folder.
Findings DeadLinks(const Tree& documents, const std::function<bool(const std::string& path)>& exists);

}  // namespace songsang::tidy
