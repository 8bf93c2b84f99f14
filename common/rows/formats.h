// What the named formats of `(check)` mean. Each takes text that is not empty.
#pragma once

#include <string_view>

#include "songsang/v1/options.pb.h"

namespace songsang::rows {

bool IsEmail(std::string_view text);
bool IsPhone(std::string_view text);
bool IsKey(std::string_view text);
// ISO 3166-1 alpha-2, assigned codes.
bool IsCountry(std::string_view text);
// An id, or ext:<system>:<key>.
bool IsReference(std::string_view text);
// 1 to 64 visible ASCII characters, no slash: ids with a slash are the system's own.
bool IsRequestId(std::string_view text);

bool HasFormat(v1::Check::Format format, std::string_view text);
// "must be …"
const char* FormatRule(v1::Check::Format format);

}  // namespace songsang::rows
