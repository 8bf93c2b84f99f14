#include "tidy/tree.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace songsang::tidy {
namespace {

namespace fs = std::filesystem;

bool IsText(const fs::path& path) {
  static constexpr std::array<std::string_view, 9> kExtensions = {".h",   ".cpp",  ".proto", ".md",   ".sh",
                                                                  ".txt", ".toml", ".yaml",  ".cmake"};
  const std::string extension = path.extension().string();
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

File ReadFile(const fs::path& root, const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {fs::relative(path, root).generic_string(), std::string(std::istreambuf_iterator<char>(stream), {})};
}

void Blank(std::string& code, size_t from, size_t to) {
  for (size_t i = from; i < std::min(to, code.size()); ++i)
    if (code[i] != '\n') code[i] = ' ';
}

// Where the literal that opens at `from` ends (the place behind its closing quote).
size_t EndOfLiteral(std::string_view text, size_t from) {
  const char quote = text[from];
  for (size_t i = from + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote || text[i] == '\n') {
      return i + 1;
    }
  }
  return text.size();
}

size_t EndOfRawString(std::string_view text, size_t quote) {
  const size_t open = text.find('(', quote);
  if (open == std::string_view::npos) return text.size();
  const std::string close = ")" + std::string(text.substr(quote + 1, open - quote - 1)) + "\"";
  const size_t end = text.find(close, open);
  return end == std::string_view::npos ? text.size() : end + close.size();
}

bool IsDigitSeparator(std::string_view text, size_t at) {
  return at > 0 && at + 1 < text.size() && isalnum(static_cast<unsigned char>(text[at - 1])) != 0 &&
         isalnum(static_cast<unsigned char>(text[at + 1])) != 0;
}

}  // namespace

Tree ReadTree(const std::string& root, const std::vector<std::string>& places) {
  Tree tree;
  for (const std::string& place : places) {
    const fs::path path = fs::path(root) / place;
    if (fs::is_regular_file(path)) tree.push_back(ReadFile(root, path));
    if (!fs::is_directory(path)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(path))
      if (entry.is_regular_file() && IsText(entry.path())) tree.push_back(ReadFile(root, entry.path()));
  }
  std::sort(tree.begin(), tree.end(), [](const File& a, const File& b) { return a.path < b.path; });
  return tree;
}

std::string CodeOnly(std::string_view text) {
  std::string code(text);
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    size_t end = i;
    if (rest.starts_with("//")) {
      end = std::min(text.find('\n', i), text.size());
      Blank(code, i, end);
    } else if (rest.starts_with("/*")) {
      end = text.find("*/", i + 2);
      end = end == std::string_view::npos ? text.size() : end + 2;
      Blank(code, i, end);
    } else if (rest.starts_with("R\"")) {
      end = EndOfRawString(text, i + 1);
      Blank(code, i + 2, end - 1);
    } else if (text[i] == '"' || (text[i] == '\'' && !IsDigitSeparator(text, i))) {
      end = EndOfLiteral(text, i);
      Blank(code, i + 1, end - 1);
    }
    if (end > i) i = end - 1;
  }
  return code;
}

size_t LineOf(std::string_view text, size_t offset) {
  return 1 + static_cast<size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

Findings& operator+=(Findings& all, Findings more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return all;
}

}  // namespace songsang::tidy
