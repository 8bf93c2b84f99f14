#include "adapters/redis_cache/url.h"

#include <fmt/format.h>

#include <charconv>

#include "adapters/redis_cache/redis_cache.h"

namespace songsang::redis {
namespace {

bool ParseNumber(std::string_view text, int least, int most, int* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() && *number >= least && *number <= most;
}

// `p%40ss` -> `p@ss`
std::optional<std::string> Decoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    unsigned byte = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
    if (error != std::errc() || end != text.data() + i + 3) return std::nullopt;
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

}  // namespace

std::optional<Url> ParseUrl(std::string_view text) {
  constexpr std::string_view kScheme = "redis://";
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  Url url;
  if (const size_t at = text.rfind('@'); at != std::string_view::npos) {
    const auto password = text.front() == ':' ? Decoded(text.substr(1, at - 1)) : std::nullopt;
    if (!password) return std::nullopt;
    url.password = *password;
    text.remove_prefix(at + 1);
  }
  if (const size_t slash = text.find('/'); slash != std::string_view::npos) {
    const auto database = text.substr(slash + 1);
    if (!database.empty() && !ParseNumber(database, 0, 9999, &url.database)) return std::nullopt;
    text = text.substr(0, slash);
  }
  // `[::1]:6379` is an address of IPv6.
  const size_t bracket = text.rfind(']');
  const size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    if (!ParseNumber(text.substr(colon + 1), 1, 65535, &url.port)) return std::nullopt;
    text = text.substr(0, colon);
  }
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  if (text.empty()) return std::nullopt;
  url.host = text;
  return url;
}

std::string CheckUrl(const std::string& url) {
  if (ParseUrl(url)) return "";
  return "it is not redis://[:password@]HOST:PORT[/DATABASE]";
}

}  // namespace songsang::redis
