// Bearer tokens: JWT signed with ES256. Claims: `sub` (the actor), `tenant`, `roles` (["SALES_REP", …]), `azp` (the
// client), `aud`, `exp`, and `nbf` if given.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/context.h"
#include "core/result.h"
#include "engine/verifier.h"

namespace songsang::token {

inline constexpr const char* kAudience = "songsang";

struct Claims {
  std::string subject;
  std::string tenant;
  uint32_t roles = 0;  // bits (1 << Role)
  std::string client;
  std::chrono::seconds lifetime{12 * 3600};
};

// A key that signs.
class Key {
 public:
  // The development key of a data folder: the file `token-key.json`, readable by its owner alone; made when absent.
  // Refused if the file is readable by others or does not hold a key.
  static Result<Key> OfFolder(const std::string& folder);
  static Key Fresh();  // lives in memory only

  std::string Mint(const Claims& claims) const;
  // {"keys":[…]}: the public half.
  std::string Jwks() const;

 private:
  struct Impl;
  explicit Key(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

inline const Reason kTokenKeyUnusable{"TOKEN_KEY_UNUSABLE", Code::kFailedPrecondition,
                                      "The token key {file} cannot be used: {detail}.",
                                      "토큰 키 {file}을(를) 사용할 수 없습니다: {detail}."};

struct Options {
  std::string audience = kAudience;
  std::string issuer;  // where set, `iss` must be this
  size_t cached_tokens = 20'000;
  // For tests; the wall clock by default. Seconds since 1970.
  int64_t (*now)() = nullptr;
};

// Accepts tokens signed by the key.
Result<std::unique_ptr<engine::Verifier>> VerifierOf(const Key& key, Options options = {});
// Accepts tokens signed by any key of a JWKS file. A changed file is read again: at once when a token names a key that
// is not known, else within 30 s of the next call. So keys are rotated, and withdrawn, without a restart.
Result<std::unique_ptr<engine::Verifier>> VerifierOfFile(const std::string& jwks_file, Options options = {});
// Accepts tokens signed by any key of this JWKS text.
Result<std::unique_ptr<engine::Verifier>> VerifierOfJwks(const std::string& jwks, Options options = {});

// `SALES_REP` of ROLE_SALES_REP, and back (ROLE_UNSPECIFIED if there is none). `sales_rep` is taken too.
std::string RoleName(v1::Role role);
v1::Role ParseRole(std::string_view name);

}  // namespace songsang::token
