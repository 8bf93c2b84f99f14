#include "tidy/code_checks.h"

#include <fmt/format.h>

#include <regex>

namespace songsang::tidy {
namespace {

constexpr size_t kFileLines = 500;
constexpr size_t kFunctionLines = 70;

struct Rule {
  const char* where;   // paths it holds for
  const char* except;  // paths it does not hold for; empty: none
  const char* what;    // what is forbidden there
  const char* why;
};

constexpr const char* kPure = "common/(core|kit)/.*|services/[a-z]+/(rules_|policies).*";
constexpr const char* kOurs = "(common|services)/.*";

// What an #include may not name. A vendor's header belongs to one adapter, so that another can take its place
// (`songsang version` names their versions).
const Rule kIncludes[] = {
    {kPure, "", "(engine|rows|adapters|host)/.*", "rules and core know nothing of the engine"},
    {kPure, "", "(random|ctime|time\\.h|sys/time\\.h|thread|mutex|iostream|fstream|filesystem)",
     "rules and core are pure: no clock, no random, no input or output"},
    {"services/[a-z]+/(rules_|policies).*", "", "chrono", "a rule takes its times from the context"},
    {"common/(core|kit|rows|engine)/.*", "", "(adapters|host)/.*", "the engine knows ports, not adapters"},
    {"common/.*", "", "(leads|accounts|billing|training|workforce|reporting|gateway|songsang/(?!.*\\.pb\\.h)).*",
     "common knows no service"},
    {"services/.*", "services/(songsang|gateway)/.*|services/[a-z]+/main\\.cpp", "(adapters|host)/.*",
     "a service runs on the engine's ports, whatever the backend"},
    {kOurs, "common/adapters/sqlite_store/.*|services/songsang/command/about\\.cpp", "sqlite3.*",
     "SQLite is known to its adapter alone"},
    {kOurs, "common/adapters/postgres_store/.*", "(libpq-fe|postgres_ext|libpq/.*)\\.h",
     "libpq is known to its adapter alone"},
    {kOurs, "common/adapters/grpc_[a-z]+/.*|services/songsang/command/about\\.cpp", "(grpc|grpcpp|grpc\\+\\+)/.*",
     "gRPC is known to its adapters alone"},
    {kOurs, "common/adapters/token/.*", "(cjose/.*|jansson\\.h)", "cjose is known to its adapter alone"},
    {kOurs, "common/adapters/redis_cache/.*", "hiredis/.*", "Redis is known to its adapter alone"},
    {kOurs, "common/adapters/http_port/.*|services/songsang/authority/.*", "httplib\\.h",
     "HTTP is known to its adapter and to the stand-in alone"},
    {kOurs, "common/(host|adapters)/.*|services/(songsang|gateway)/.*|services/[a-z]+/follower\\.cpp", "spdlog/.*",
     "the host logs; rules and engine answer (a follower has nobody to answer to)"},
    {kOurs, "common/(core|adapters)/.*", "openssl/.*", "digests come from core/hash.h"},
};

// What the code may not say. Read with comments and literals blanked.
const Rule kCodeWords[] = {
    {kOurs, "services/songsang/.*", "std::cout|\\bprintf\\s*\\(", "the host logs; only the command line prints"},
    {kOurs, "", "\\bPQescape", "parameters are bound, never pasted"},
    {kOurs, "", "(Short|Utf8)?DebugString\\s*\\(", "it prints personal data"},
    {kOurs, "", "std::format\\b", "GCC 12 has none: fmt::format"},
    {"(common|services|tests)/.*", "", "\\busing namespace std\\s*;", "names of std are written out"},
    {"services/[a-z]+/(rules_|policies).*|common/core/(money|decimal|split).*", "", "\\b(double|float)\\b",
     "money and rules count in integers"},
    {kPure, "", "(system|steady|high_resolution)_clock|\\brandom_device\\b|\\bgetenv\\s*\\(",
     "rules and core are pure: no clock, no random, no environment"},
};

// What a source may not say anywhere, comments and SQL included.
const Rule kTextWords[] = {
    {".*", "", "\\b(TODO|FIXME|XXX)\\b", "what is not done is an issue, not a note in the code"},
    {kOurs, "", "\\bSELECT \\*(?! FROM unnest)", "columns are listed, so that code runs before and after a migration"},
    {"services/(?!songsang/).*\\.cpp", "", "\\b(AVG|ROUND)\\s*\\(|\\sLIKE\\s",
     "the engines differ there: C++ divides, rounds and matches"},
};

bool Holds(const Rule& rule, const std::string& path) {
  return std::regex_match(path, std::regex(rule.where)) &&
         (*rule.except == '\0' || !std::regex_match(path, std::regex(rule.except)));
}

bool IsCpp(const File& file) { return file.path.ends_with(".cpp") || file.path.ends_with(".h"); }
bool IsOwnTest(const File& file) { return file.path.starts_with("tests/tidy/"); }

Findings FindWords(const File& file, const std::string& text, const Rule& rule) {
  Findings findings;
  const std::regex word(rule.what);
  for (std::sregex_iterator found(text.begin(), text.end(), word), end; found != end; ++found)
    findings.push_back(fmt::format("{}:{}: '{}': {}", file.path, LineOf(text, static_cast<size_t>(found->position())),
                                   found->str(), rule.why));
  return findings;
}

// The service whose folder a path lies in, for headers of services: `leads/leads.h`, `services/leads/leads.h`.
std::string ServiceOf(const std::string& path) {
  static const std::regex kService("(?:services/)?(leads|accounts|billing|training|workforce|reporting|gateway)/.*");
  std::smatch match;
  return std::regex_match(path, match, kService) ? match[1].str() : "";
}

// Rules that compare the two paths: no adapter sees another, no service another's headers.
std::string ForbiddenNeighbour(const std::string& path, const std::string& include) {
  static const std::regex kAdapter("(?:common/)?adapters/([a-z_]+)/.*");
  std::smatch from;
  std::smatch to;
  if (std::regex_match(path, from, kAdapter) && std::regex_match(include, to, kAdapter) && from[1] != to[1])
    return "no adapter sees another";
  const bool in_service = path.starts_with("services/") && !ServiceOf(path).empty();
  if (in_service && !ServiceOf(include).empty() && ServiceOf(include) != ServiceOf(path))
    return "of another service only its proto is known";
  return "";
}

// The scopes that open braces make: only functions are measured, everything inside them belongs to them.
enum class Scope { kOuter, kFunction, kOther };

Scope ScopeOf(std::string head) {
  static const std::regex kTemplate("^\\s*template\\s*<[^{}]*?>\\s*(?=[a-zA-Z\\[])");
  static const std::regex kOuter(
      "^\\s*((public|private|protected)\\s*:\\s*)*(inline |typedef |static "
      ")*(namespace|extern|class|struct|union|enum)\\b.*");
  head = std::regex_replace(head, kTemplate, "");
  for (char& c : head)
    if (c == '\n') c = ' ';
  if (std::regex_match(head, kOuter)) return Scope::kOuter;
  return head.find(')') == std::string::npos ? Scope::kOther : Scope::kFunction;
}

// Preprocessor lines hold no braces of functions, and would glue their neighbours together.
std::string WithoutDirectives(std::string code) {
  bool at_line_start = true;
  bool directive = false;
  for (size_t i = 0; i < code.size(); ++i) {
    if (at_line_start && code[i] == '#') directive = true;
    if (code[i] == '\n') {
      directive = directive && i > 0 && code[i - 1] == '\\';
      at_line_start = true;
      continue;
    }
    if (code[i] != ' ') at_line_start = false;
    if (directive && code[i] != '\\') code[i] = ' ';
  }
  return code;
}

// An open brace, and what is known of what it holds.
struct Open {
  Scope scope = Scope::kOther;
  size_t line = 0;             // of the brace; of a function, where its signature begins
  bool has_statement = false;  // else it is a table of data
  size_t data_lines = 0;       // of tables inside it
};

Findings LongFunctionsOf(const File& file) {
  Findings findings;
  const std::string code = WithoutDirectives(CodeOnly(file.text));
  std::vector<Open> open;
  bool in_function = false;
  size_t head = 0;  // where the statement began that a brace would belong to
  for (size_t i = 0; i < code.size(); ++i) {
    if (code[i] == ';' && !open.empty()) open.back().has_statement = true;
    if (code[i] == '{') {
      const Scope scope = in_function ? Scope::kOther : ScopeOf(code.substr(head, i - head));
      in_function = in_function || scope == Scope::kFunction;
      const size_t begin = scope == Scope::kFunction ? std::min(code.find_first_not_of(" \n", head), i) : i;
      open.push_back({scope, LineOf(code, begin)});
    } else if (code[i] == '}' && !open.empty()) {
      const Open closed = open.back();
      open.pop_back();
      const size_t span = LineOf(code, i) - closed.line;
      if (!open.empty()) {
        open.back().data_lines += closed.has_statement ? closed.data_lines : span;
        open.back().has_statement = open.back().has_statement || closed.has_statement;
      }
      if (closed.scope == Scope::kFunction) {
        in_function = false;
        if (span + 1 - closed.data_lines > kFunctionLines)
          findings.push_back(fmt::format("{}:{}: a function of {} lines; {} are the most", file.path, closed.line,
                                         span + 1 - closed.data_lines, kFunctionLines));
      }
    }
    if (code[i] == ';' || code[i] == '{' || code[i] == '}') head = i + 1;
  }
  return findings;
}

}  // namespace

Findings ForbiddenIncludes(const Tree& tree) {
  static const std::regex kInclude("#\\s*include\\s*[<\"]([^>\"\n]+)[>\"]");
  Findings findings;
  for (const File& file : tree) {
    if (!IsCpp(file)) continue;
    for (std::sregex_iterator found(file.text.begin(), file.text.end(), kInclude), end; found != end; ++found) {
      const std::string include = (*found)[1];
      const size_t line = LineOf(file.text, static_cast<size_t>(found->position()));
      for (const Rule& rule : kIncludes)
        if (Holds(rule, file.path) && std::regex_match(include, std::regex(rule.what)))
          findings.push_back(fmt::format("{}:{}: includes {}: {}", file.path, line, include, rule.why));
      if (const std::string why = ForbiddenNeighbour(file.path, include); !why.empty())
        findings.push_back(fmt::format("{}:{}: includes {}: {}", file.path, line, include, why));
    }
  }
  return findings;
}

Findings ForbiddenWords(const Tree& tree) {
  Findings findings;
  for (const File& file : tree) {
    if (IsOwnTest(file) || file.path.ends_with(".md")) continue;
    for (const Rule& rule : kTextWords)
      if (Holds(rule, file.path)) findings += FindWords(file, file.text, rule);
    if (!IsCpp(file)) continue;
    const std::string code = CodeOnly(file.text);
    for (const Rule& rule : kCodeWords)
      if (Holds(rule, file.path)) findings += FindWords(file, code, rule);
  }
  return findings;
}

Findings LongFiles(const Tree& tree) {
  Findings findings;
  for (const File& file : tree) {
    const size_t lines = LineOf(file.text, file.text.size()) - 1;
    if (!file.path.ends_with(".md") && lines > kFileLines)
      findings.push_back(
          fmt::format("{}: {} lines; {} are the most: one file is one thought", file.path, lines, kFileLines));
  }
  return findings;
}

Findings LongFunctions(const Tree& tree) {
  Findings findings;
  for (const File& file : tree)
    if (IsCpp(file)) findings += LongFunctionsOf(file);
  return findings;
}

Findings UnguardedHeaders(const Tree& tree) {
  Findings findings;
  for (const File& file : tree)
    if (file.path.ends_with(".h") && file.text.find("\n#pragma once\n") == std::string::npos &&
        !file.text.starts_with("#pragma once\n"))
      findings.push_back(file.path + ": has no #pragma once");
  return findings;
}

}  // namespace songsang::tidy
