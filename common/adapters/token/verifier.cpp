// Accepting tokens. What is verified is remembered by the token's digest until it expires: a signature costs 70 µs,
// and the same token comes with every call.
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "adapters/token/jose.h"
#include "adapters/token/token.h"
#include "core/hash.h"
#include "engine/reasons.h"

namespace songsang::token {
namespace {

constexpr size_t kMostBytes = 8192;  // of a token
constexpr int64_t kLeeway = 60;      // seconds by which clocks may differ
constexpr int64_t kLookEvery = 30;   // seconds between looks at the key file
constexpr size_t kShards = 16;

Refusal Refuse(const char* detail) { return engine::kUnauthenticated.With("detail", detail); }

int64_t WallClock() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Tokens found good, by digest.
class Remembered {
 public:
  explicit Remembered(size_t most) : most_per_shard_(most / kShards + 1) {}

  std::optional<Caller> Find(const Digest& digest, int64_t now) {
    Shard& shard = Of(digest);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.tokens.find(digest);
    if (found == shard.tokens.end()) return std::nullopt;
    if (found->second.until > now) return found->second.caller;
    shard.tokens.erase(found);
    return std::nullopt;
  }

  void Put(const Digest& digest, const Caller& caller, int64_t until, int64_t now) {
    Shard& shard = Of(digest);
    const std::lock_guard lock(shard.mutex);
    if (shard.tokens.size() >= most_per_shard_)
      std::erase_if(shard.tokens, [now](const auto& token) { return token.second.until <= now; });
    if (shard.tokens.size() >= most_per_shard_) shard.tokens.erase(shard.tokens.begin());
    shard.tokens[digest] = {caller, until};
  }

  void Clear() {
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      shard.tokens.clear();
    }
  }

 private:
  struct Good {
    Caller caller;
    int64_t until = 0;
  };
  struct Hash {
    size_t operator()(const Digest& digest) const {
      size_t hash = 0;
      std::copy_n(digest.begin(), sizeof hash, reinterpret_cast<unsigned char*>(&hash));
      return hash;
    }
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<Digest, Good, Hash> tokens;
  };

  Shard& Of(const Digest& digest) { return shards_[digest.back() % kShards]; }

  const size_t most_per_shard_;
  std::array<Shard, kShards> shards_;
};

using Ring = std::map<std::string, Jwk, std::less<>>;

// The keys that may verify ES256: P-256, named, not meant for anything else. Keys of other kinds are left out, so that
// a token's header can never choose another algorithm for a key.
std::optional<Ring> ReadRing(const std::string& jwks) {
  const Json json = ParseObject(jwks);
  const json_t* keys = json_object_get(json.get(), "keys");
  if (!json_is_array(keys)) return std::nullopt;
  Ring ring;
  size_t index = 0;
  json_t* entry = nullptr;
  json_array_foreach(keys, index, entry) {
    const auto is = [entry](const char* name, std::string_view value, bool or_absent) {
      const char* text = StringOf(entry, name);
      return text != nullptr ? text == value : or_absent && json_object_get(entry, name) == nullptr;
    };
    if (!is("kty", "EC", false) || !is("crv", "P-256", false)) continue;
    if (!is("alg", CJOSE_HDR_ALG_ES256, true) || !is("use", "sig", true)) continue;
    const char* name = StringOf(entry, "kid");
    const std::string text = Dump(entry);
    Jwk key(cjose_jwk_import(text.data(), text.size(), nullptr));
    if (name != nullptr && *name != '\0' && key) ring[name] = std::move(key);
  }
  if (ring.empty()) return std::nullopt;
  return ring;
}

// By what a changed file is known: when it was written, its size, its inode.
using FileMark = std::array<int64_t, 4>;

FileMark MarkOf(const std::string& file) {
  struct stat found {};
  if (file.empty() || ::stat(file.c_str(), &found) != 0) return {};
  return {found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_size, static_cast<int64_t>(found.st_ino)};
}

// Visible, and short enough to be a column and a log line.
bool IsName(const char* text, size_t most) {
  if (text == nullptr || *text == '\0') return false;
  const std::string_view name(text);
  if (name.size() > most) return false;
  for (const char c : name)
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return false;
  return true;
}

bool HasAudience(const json_t* claim, const std::string& audience) {
  if (json_is_string(claim)) return audience == json_string_value(claim);
  size_t index = 0;
  json_t* entry = nullptr;
  json_array_foreach(claim, index, entry) {
    if (json_is_string(entry) && audience == json_string_value(entry)) return true;
  }
  return false;
}

// Bits of the roles that the claim names; names that are not ours grant nothing. Negative if it is no list of names.
int64_t RolesOf(const json_t* claim) {
  if (!json_is_array(claim)) return -1;
  uint32_t roles = 0;
  size_t index = 0;
  json_t* entry = nullptr;
  json_array_foreach(claim, index, entry) {
    if (!json_is_string(entry)) return -1;
    if (const v1::Role role = ParseRole(json_string_value(entry)); role != v1::ROLE_UNSPECIFIED) roles |= 1u << role;
  }
  return roles;
}

class JwtVerifier : public engine::Verifier {
 public:
  JwtVerifier(Options options, std::string file, Ring ring)
      : options_(std::move(options)),
        file_(std::move(file)),
        ring_(std::move(ring)),
        read_(MarkOf(file_)),
        good_(options_.cached_tokens) {}

  Result<Caller> Verify(std::string_view token) override {
    if (token.empty()) return Refuse("none was sent");
    if (token.size() > kMostBytes) return Refuse("it is longer than 8 KiB");
    const int64_t now = options_.now != nullptr ? options_.now() : WallClock();
    if (!file_.empty() && now - looked_at_.load(std::memory_order_relaxed) >= kLookEvery) {
      looked_at_.store(now, std::memory_order_relaxed);
      Reload();
    }
    const Digest digest = Sha256(token);
    if (auto caller = good_.Find(digest, now)) return *std::move(caller);
    int64_t until = 0;
    auto caller = VerifyNew(std::string(token), now, &until);
    if (caller.ok() && until > now) good_.Put(digest, *caller, until, now);
    return caller;
  }

 private:
  Result<Caller> VerifyNew(const std::string& token, int64_t now, int64_t* until) {
    const auto header = HeaderOf(token);
    if (!header.ok()) return header.refusal();
    // The library reads past what a signature of ES256 holds: 64 bytes, 86 characters.
    if (token.size() - token.rfind('.') - 1 != 86) return Refuse("it is not a JWT signed by ES256");
    const Jws jws(cjose_jws_import(token.data(), token.size(), nullptr));
    if (!jws) return Refuse("it is not a JWT");
    if (!IsSigned(jws.get(), *header)) return Refuse("it is not signed by a key that is known here");
    uint8_t* bytes = nullptr;
    size_t size = 0;
    if (!cjose_jws_get_plaintext(jws.get(), &bytes, &size, nullptr)) return Refuse("it is not a JWT");
    const Json claims = ParseObject({reinterpret_cast<const char*>(bytes), size});
    if (!claims) return Refuse("its claims are not a JSON object");
    if (const char* fault = TimeFault(claims.get(), now, until)) return Refuse(fault);
    return CallerOf(claims.get());
  }

  // The key's name, from a header that asks for nothing but ES256 by a key we hold.
  static Result<std::string> HeaderOf(const std::string& token) {
    const auto bytes = FromBase64Url(std::string_view(token).substr(0, token.find('.')));
    const Json header = bytes ? ParseObject(*bytes) : nullptr;
    if (!header) return Refuse("it is not a JWT");
    const char* algorithm = StringOf(header.get(), "alg");
    if (algorithm == nullptr || std::string_view(algorithm) != CJOSE_HDR_ALG_ES256)
      return Refuse("it is not signed with ES256");
    for (const char* name : {"crit", "b64", "jku", "jwk", "x5u", "x5c"})
      if (json_object_get(header.get(), name) != nullptr) return Refuse("its header asks for what is not accepted");
    const char* key = StringOf(header.get(), "kid");
    if (key == nullptr) return Refuse("it does not name its key");
    return std::string(key);
  }

  bool IsSigned(cjose_jws_t* jws, const std::string& name) {
    {
      const std::shared_lock lock(ring_mutex_);
      const auto key = ring_.find(name);
      if (key != ring_.end()) return cjose_jws_verify(jws, key->second.get(), nullptr);
    }
    if (file_.empty() || !Reload()) return false;
    const std::shared_lock lock(ring_mutex_);
    const auto key = ring_.find(name);
    return key != ring_.end() && cjose_jws_verify(jws, key->second.get(), nullptr);
  }

  // Reads the file again if it has changed. A key that has gone takes its tokens with it; a file that holds no key is
  // an accident, and the old keys serve on.
  bool Reload() {
    const std::unique_lock lock(ring_mutex_);
    const FileMark mark = MarkOf(file_);
    if (mark == read_) return false;
    std::ifstream in(file_, std::ios::binary);
    auto ring = ReadRing({std::istreambuf_iterator<char>(in), {}});
    if (!ring) return false;
    read_ = mark;
    ring_ = std::move(*ring);
    good_.Clear();
    return true;
  }

  static const char* TimeFault(const json_t* claims, int64_t now, int64_t* until) {
    const json_t* expiry = json_object_get(claims, "exp");
    const double most = 1e12;
    if (!json_is_number(expiry) || !(json_number_value(expiry) > 0) || json_number_value(expiry) > most)
      return "it does not say when it expires";
    *until = static_cast<int64_t>(json_number_value(expiry));
    if (*until + kLeeway <= now) return "it has expired";
    const json_t* begin = json_object_get(claims, "nbf");
    if (begin == nullptr) return nullptr;
    if (!json_is_number(begin) || !(json_number_value(begin) <= most)) return "its nbf is not a time";
    return json_number_value(begin) > static_cast<double>(now + kLeeway) ? "it is not valid yet" : nullptr;
  }

  Result<Caller> CallerOf(const json_t* claims) const {
    if (!HasAudience(json_object_get(claims, "aud"), options_.audience))
      return Refuse("it is meant for another audience");
    const char* issuer = StringOf(claims, "iss");
    if (!options_.issuer.empty() && (issuer == nullptr || options_.issuer != issuer))
      return Refuse("it is not from the issuer that is trusted here");
    const char* subject = StringOf(claims, "sub");
    const char* tenant = StringOf(claims, "tenant");
    const char* client = StringOf(claims, "azp");
    const int64_t roles = RolesOf(json_object_get(claims, "roles"));
    if (!IsName(subject, 200)) return Refuse("its sub names nobody");
    if (!IsName(tenant, 64) || std::string_view(tenant).find_first_of("/:,\"\\") != std::string_view::npos)
      return Refuse("its tenant is not a tenant's name");
    if (!IsName(client, 200)) return Refuse("its azp does not name a client");
    if (roles < 0) return Refuse("its roles are not a list of names");
    return Caller{tenant, subject, client, static_cast<uint32_t>(roles)};
  }

  const Options options_;
  const std::string file_;
  std::shared_mutex ring_mutex_;
  Ring ring_;
  FileMark read_;
  std::atomic<int64_t> looked_at_{0};
  Remembered good_;
};

Result<std::unique_ptr<engine::Verifier>> Make(const std::string& jwks, const std::string& file, Options options) {
  auto ring = ReadRing(jwks);
  if (!ring) return kTokenKeyUnusable.With("file", file).With("detail", "it holds no named P-256 key for ES256");
  return std::unique_ptr<engine::Verifier>(std::make_unique<JwtVerifier>(std::move(options), file, std::move(*ring)));
}

}  // namespace

Result<std::unique_ptr<engine::Verifier>> VerifierOf(const Key& key, Options options) {
  return VerifierOfJwks(key.Jwks(), std::move(options));
}

Result<std::unique_ptr<engine::Verifier>> VerifierOfJwks(const std::string& jwks, Options options) {
  return Make(jwks, "", std::move(options));
}

Result<std::unique_ptr<engine::Verifier>> VerifierOfFile(const std::string& jwks_file, Options options) {
  std::ifstream in(jwks_file, std::ios::binary);
  if (!in) return kTokenKeyUnusable.With("file", jwks_file).With("detail", "it cannot be read");
  return Make({std::istreambuf_iterator<char>(in), {}}, jwks_file, std::move(options));
}

}  // namespace songsang::token
