// The tree of sources as text, for checks that read it without building it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace songsang::tidy {

struct File {
  std::string path;  // from the root of the tree: `services/leads/leads.h`
  std::string text;
};
using Tree = std::vector<File>;

// One a line that breaks a rule: `path:line: what is wrong`.
using Findings = std::vector<std::string>;

// The text files of the named folders and files under `root`, in order of their paths.
Tree ReadTree(const std::string& root, const std::vector<std::string>& places);

// The same text, line for line, with comments and the insides of literals turned to blanks.
std::string CodeOnly(std::string_view text);

size_t LineOf(std::string_view text, size_t offset);
Findings& operator+=(Findings& all, Findings more);

}  // namespace songsang::tidy
