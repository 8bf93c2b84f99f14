#include "core/result.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace songsang {
namespace {

std::vector<const Reason*>& Registry() {
  static auto* reasons = new std::vector<const Reason*>;
  return *reasons;
}

bool Before(const Reason* a, std::string_view name) { return std::string_view(a->name) < name; }

}  // namespace

Reason::Reason(const char* n, Code c, const char* en, const char* ko) : name(n), code(c), english(en), korean(ko) {
  auto& all = Registry();
  auto place = std::lower_bound(all.begin(), all.end(), std::string_view(n), Before);
  if (place != all.end() && std::strcmp((*place)->name, n) == 0) {
    std::fprintf(stderr, "reason %s is declared twice\n", n);
    std::abort();
  }
  all.insert(place, this);
}

const std::vector<const Reason*>& AllReasons() { return Registry(); }

const Reason* FindReason(std::string_view name) {
  auto& all = Registry();
  auto place = std::lower_bound(all.begin(), all.end(), name, Before);
  return place != all.end() && name == (*place)->name ? *place : nullptr;
}

Refusal Reason::With(std::string variable, std::string value) const {
  return Refusal(*this).With(std::move(variable), std::move(value));
}

Refusal Reason::At(std::string field) const { return Refusal(*this).At(std::move(field)); }

Refusal Refusal::With(std::string variable, std::string value) const {
  Refusal more = *this;
  more.variables.emplace_back(std::move(variable), std::move(value));
  return more;
}

Refusal Refusal::At(std::string field) const {
  Refusal more = *this;
  more.violations.push_back({std::move(field), more.Sentence(false)});
  return more;
}

std::string Refusal::Sentence(bool in_korean) const {
  std::string sentence = in_korean ? reason->korean : reason->english;
  for (const auto& [variable, value] : variables) {
    const std::string hole = "{" + variable + "}";
    for (size_t at = sentence.find(hole); at != std::string::npos; at = sentence.find(hole, at + value.size()))
      sentence.replace(at, hole.size(), value);
  }
  return sentence;
}

}  // namespace songsang
