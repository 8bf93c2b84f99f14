#pragma once

#include <optional>
#include <string>

namespace songsang::redis {

struct Url {
  std::string host, password;
  int port = 6379;
  int database = 0;
};
std::optional<Url> ParseUrl(std::string_view text);

}  // namespace songsang::redis
