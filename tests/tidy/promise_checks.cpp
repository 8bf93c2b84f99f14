#include "tidy/promise_checks.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace songsang::tidy {
namespace {

// Reads a string literal, and those that the compiler would join to it, from `at` on.
std::string Literal(const std::string& text, size_t& at) {
  std::string value;
  while ((at = text.find_first_not_of(" \n\t", at)) != std::string::npos && text[at] == '"') {
    for (++at; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      value += text[at];
    }
    ++at;
  }
  return value;
}

void SkipComma(const std::string& text, size_t& at) { at = std::min(text.find(',', at), text.size() - 1) + 1; }

std::set<std::string> Variables(const std::string& sentence) {
  static const std::regex kVariable("\\{([a-z_]+)\\}");
  std::set<std::string> names;
  for (std::sregex_iterator found(sentence.begin(), sentence.end(), kVariable), end; found != end; ++found)
    names.insert((*found)[1]);
  return names;
}

// Hangul syllables lie between U+AC00 (EA B0 80) and U+D7A3 (ED 9E A3).
bool HasHangul(const std::string& text) {
  for (size_t i = 0; i + 2 < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0xEA && byte <= 0xED) return true;
  }
  return false;
}

}  // namespace

std::vector<Declared> DeclaredReasons(const Tree& tree) {
  static const std::regex kDeclaration("\\bReason\\s+k\\w+\\s*[({]\\s*(?=\")");
  static const std::regex kCode("^\\s*(?:songsang::)?Code::(k\\w+)");
  std::vector<Declared> reasons;
  for (const File& file : tree) {
    if (!file.path.starts_with("common/") && !file.path.starts_with("services/")) continue;
    for (std::sregex_iterator found(file.text.begin(), file.text.end(), kDeclaration), end; found != end; ++found) {
      const auto start = static_cast<size_t>(found->position());
      size_t at = start + static_cast<size_t>(found->length());
      Declared reason{fmt::format("{}:{}", file.path, LineOf(file.text, start)), Literal(file.text, at), "", "", ""};
      SkipComma(file.text, at);
      std::smatch code;
      const std::string rest = file.text.substr(at, 80);
      if (std::regex_search(rest, code, kCode)) reason.code = code[1];
      SkipComma(file.text, at);
      reason.english = Literal(file.text, at);
      SkipComma(file.text, at);
      reason.korean = Literal(file.text, at);
      reasons.push_back(reason);
    }
  }
  return reasons;
}

Findings ReasonSentences(const Tree& tree) {
  static const std::regex kName("[A-Z][A-Z0-9_]{2,62}");
  Findings findings;
  std::map<std::string, std::string> places;
  for (const Declared& reason : DeclaredReasons(tree)) {
    const std::string place = reason.place + ": " + reason.name + " ";
    if (!std::regex_match(reason.name, kName)) findings.push_back(place + "is not a name in capitals");
    if (const auto [first, fresh] = places.emplace(reason.name, reason.place); !fresh)
      findings.push_back(place + "is declared at " + first->second + " too");
    if (reason.code.empty()) findings.push_back(place + "has no code");
    if (reason.english.empty() || HasHangul(reason.english)) findings.push_back(place + "has no English sentence");
    if (!HasHangul(reason.korean)) findings.push_back(place + "has no Korean sentence");
    if (Variables(reason.english) != Variables(reason.korean))
      findings.push_back(place + "names other variables in Korean than in English");
  }
  return findings;
}

Findings ReleasedReasons(const Tree& tree, const std::string& released) {
  std::map<std::string, std::string> codes;
  for (const Declared& reason : DeclaredReasons(tree)) codes[reason.name] = reason.code;
  Findings findings;
  std::istringstream lines(released);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    std::string code;
    if (line.starts_with("#") || !(words >> name >> code)) continue;
    if (!codes.contains(name))
      findings.push_back(name + ": was released and is gone; clients may wait for it");
    else if (codes[name] != code)
      findings.push_back(fmt::format("{}: was released as {} and is {} now", name, code, codes[name]));
  }
  return findings;
}

Findings CapabilitiesAndTests(const Tree& tree, const std::string& capabilities) {
  static const std::regex kTest("\\bTEST(?:_F|_P)?\\s*\\(\\s*([LABTWR][0-9]+)_");
  static const std::regex kRow("^\\| ([LABTWR][0-9]+) \\|.*\\| (built|begun|planned) \\|$");
  std::set<std::string> tested;
  for (const File& file : tree) {
    if (!file.path.starts_with("tests/acceptance/")) continue;
    for (std::sregex_iterator found(file.text.begin(), file.text.end(), kTest), end; found != end; ++found)
      tested.insert((*found)[1]);
  }
  Findings findings;
  std::set<std::string> listed;
  std::istringstream lines(capabilities);
  for (std::string line; std::getline(lines, line);) {
    std::smatch row;
    if (!std::regex_match(line, row, kRow)) continue;
    const std::string id = row[1];
    if (!listed.insert(id).second) findings.push_back("docs/capabilities.md: " + id + " is listed twice");
    if (row[2] != "planned" && !tested.contains(id))
      findings.push_back(
          fmt::format("docs/capabilities.md: {} is marked {}, and no acceptance test bears its ID", id, row[2].str()));
    if (row[2] == "planned" && tested.contains(id))
      findings.push_back("docs/capabilities.md: " + id + " is marked planned, and has acceptance tests");
  }
  for (const std::string& id : tested)
    if (!listed.contains(id)) findings.push_back("docs/capabilities.md: does not list " + id + ", which is tested");
  return findings;
}

Findings DeadLinks(const Tree& documents, const std::function<bool(const std::string& path)>& exists) {
  static const std::regex kLink("\\]\\(([^)#:\\s]+)(#[^)]*)?\\)");
  Findings findings;
  for (const File& file : documents)
    for (std::sregex_iterator found(file.text.begin(), file.text.end(), kLink), end; found != end; ++found) {
      const auto target = std::filesystem::path(file.path).parent_path() / (*found)[1].str();
      if (!exists(target.lexically_normal().generic_string()))
        findings.push_back(fmt::format("{}:{}: leads to {}, which is not there", file.path,
                                       LineOf(file.text, static_cast<size_t>(found->position())), (*found)[1].str()));
    }
  return findings;
}

}  // namespace songsang::tidy
