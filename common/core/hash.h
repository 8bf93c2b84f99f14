// SHA-256, and the framing under which several values are hashed as one: each with its length before it, so that
// ("ab","c") and ("a","bc") differ.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace songsang {

using Digest = std::array<unsigned char, 32>;

Digest Sha256(std::string_view bytes);

inline std::string_view AsBytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Collects values, each behind its length as 32 bits, big-endian.
class Framed {
 public:
  Framed& Add(std::string_view value);
  Framed& Add(int64_t value);  // as eight bytes, big-endian
  std::string_view bytes() const { return bytes_; }
  Digest Hash() const { return Sha256(bytes_); }
  void Clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

std::string ToHex(std::string_view bytes);
std::string FromHex(std::string_view hex);  // empty if it is not hex

}  // namespace songsang
