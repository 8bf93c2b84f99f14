// Text as it is stored: UTF-8 without NUL.
#pragma once

#include <string>
#include <string_view>

namespace songsang {

bool IsUtf8(std::string_view text);
// Code points of valid UTF-8.
size_t CountCodePoints(std::string_view text);
// `FooBarBaz` -> `foo_bar_baz`; `STATUS_NEW` is left to Lower.
std::string Snake(std::string_view camel);
std::string Lower(std::string_view ascii);
std::string Upper(std::string_view ascii);

}  // namespace songsang
