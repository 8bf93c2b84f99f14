#include "kit/reach.h"

#include "core/text.h"

namespace songsang::kit {

std::string NormalPhone(std::string_view text) {
  std::string phone;
  for (const char c : text)
    if ((c >= '0' && c <= '9') || (c == '+' && phone.empty())) phone += c;
  return phone;
}

std::string NormalEmail(std::string_view text) {
  const size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return Lower(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

}  // namespace songsang::kit
