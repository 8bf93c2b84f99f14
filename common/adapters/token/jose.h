// libcjose and jansson behind owners that free, for the files of this folder.
#pragma once

#include <cjose/cjose.h>
#include <jansson.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace songsang::token {

struct Free {
  void operator()(json_t* json) const { json_decref(json); }
  void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
  void operator()(char* text) const { std::free(text); }
};
using Json = std::unique_ptr<json_t, Free>;
using Jwk = std::unique_ptr<cjose_jwk_t, Free>;
using Jws = std::unique_ptr<cjose_jws_t, Free>;
using Text = std::unique_ptr<char, Free>;

// An object without repeated names; null if the text is not one.
inline Json ParseObject(std::string_view text) {
  Json json(json_loadb(text.data(), text.size(), JSON_REJECT_DUPLICATES, nullptr));
  return json_is_object(json.get()) ? std::move(json) : nullptr;
}

// A member that is a string; null if there is none.
inline const char* StringOf(const json_t* object, const char* name) {
  return json_string_value(json_object_get(object, name));
}

inline std::string Dump(const json_t* json) {
  const Text text(json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS));
  return text.get();
}

inline std::optional<std::string> FromBase64Url(std::string_view text) {
  uint8_t* bytes = nullptr;
  size_t size = 0;
  if (!cjose_base64url_decode(text.data(), text.size(), &bytes, &size, nullptr)) return std::nullopt;
  const Text owner(reinterpret_cast<char*>(bytes));
  return std::string(owner.get(), size);
}

inline std::string ToBase64Url(std::string_view bytes) {
  char* text = nullptr;
  size_t size = 0;
  if (!cjose_base64url_encode(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), &text, &size, nullptr))
    return "";
  const Text owner(text);
  return std::string(owner.get(), size);
}

}  // namespace songsang::token
