// Values of a row as queries read them: NULL is empty, or 0.
#pragma once

#include <cstdint>
#include <string>

#include "engine/store.h"

namespace songsang::workforce {

inline std::string Text(const engine::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : *text;
}
inline int64_t Number(const engine::Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

}  // namespace songsang::workforce
