#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "adapters/token/jose.h"
#include "adapters/token/token.h"
#include "core/hash.h"
#include "core/text.h"

namespace songsang::token {
namespace {

// RFC 7638: a key's name is the digest of what makes it.
std::string Thumbprint(const json_t* key) {
  const Json essence(json_pack("{s:s, s:s, s:s, s:s}", "crv", StringOf(key, "crv"), "kty", StringOf(key, "kty"), "x",
                               StringOf(key, "x"), "y", StringOf(key, "y")));
  return essence ? ToBase64Url(AsBytes(Sha256(Dump(essence.get())))) : "";
}

std::string PrivateText(const cjose_jwk_t* key) { return Text(cjose_jwk_to_json(key, true, nullptr)).get(); }

Jwk NewKey() {
  Jwk key(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, nullptr));
  if (!key) throw std::logic_error("OpenSSL makes no P-256 key");
  const std::string name = Thumbprint(ParseObject(PrivateText(key.get())).get());
  cjose_jwk_set_kid(key.get(), name.data(), name.size(), nullptr);
  return key;
}

// Writes a file that is complete or absent, and does nothing where it exists: of two processes that start at once,
// both use the first one's key.
bool WriteOnce(const std::string& file, const std::string& text) {
  const std::string draft = file + "." + std::to_string(::getpid());
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  const bool linked = written && (::link(draft.c_str(), file.c_str()) == 0 || errno == EEXIST);
  ::unlink(draft.c_str());
  return linked;
}

}  // namespace

struct Key::Impl {
  Jwk key;
};

Key Key::Fresh() {
  auto impl = std::make_shared<Impl>();
  impl->key = NewKey();
  return Key(std::move(impl));
}

Result<Key> Key::OfFolder(const std::string& folder) {
  const std::string file = folder + "/token-key.json";
  const Refusal unusable = kTokenKeyUnusable.With("file", file);
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  if (::access(file.c_str(), F_OK) != 0 && !WriteOnce(file, PrivateText(NewKey().get())))
    return unusable.With("detail", std::string("it cannot be written: ") + std::strerror(errno));
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return unusable.With("detail", std::strerror(errno));
  if ((found.st_mode & 077) != 0) return unusable.With("detail", "others may read it; its mode must be 0600");
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto impl = std::make_shared<Impl>();
  impl->key.reset(cjose_jwk_import(text.data(), text.size(), nullptr));
  const Json json = ParseObject(text);
  if (!impl->key || !json || !StringOf(json.get(), "kid") || !StringOf(json.get(), "d") ||
      cjose_jwk_get_kty(impl->key.get(), nullptr) != CJOSE_JWK_KTY_EC ||
      cjose_jwk_EC_get_curve(impl->key.get(), nullptr) != CJOSE_JWK_EC_P_256)
    return unusable.With("detail", "it does not hold a named private P-256 key");
  return Key(std::move(impl));
}

std::string Key::Jwks() const {
  const Text text(cjose_jwk_to_json(impl_->key.get(), false, nullptr));
  return R"({"keys":[)" + std::string(text.get()) + "]}";
}

std::string Key::Mint(const Claims& claims) const {
  const int64_t now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  Json roles(json_array());
  for (int role = 1; role < 32; ++role)
    if ((claims.roles >> role & 1) != 0)
      json_array_append_new(roles.get(), json_string(RoleName(static_cast<v1::Role>(role)).c_str()));
  const Json payload(json_pack("{s:s, s:s, s:O, s:s, s:s, s:I, s:I}", "sub", claims.subject.c_str(), "tenant",
                               claims.tenant.c_str(), "roles", roles.get(), "azp", claims.client.c_str(), "aud",
                               kAudience, "iat", static_cast<json_int_t>(now), "exp",
                               static_cast<json_int_t>(now + claims.lifetime.count())));
  if (!payload) throw std::logic_error("a token's claims must be UTF-8");
  const Json header(json_pack("{s:s, s:s, s:s}", "alg", CJOSE_HDR_ALG_ES256, "kid",
                              cjose_jwk_get_kid(impl_->key.get(), nullptr), "typ", "JWT"));
  const std::string text = Dump(payload.get());
  const Jws jws(cjose_jws_sign(impl_->key.get(), header.get(), reinterpret_cast<const uint8_t*>(text.data()),
                               text.size(), nullptr));
  const char* compact = nullptr;
  if (!jws || !cjose_jws_export(jws.get(), &compact, nullptr)) throw std::logic_error("OpenSSL does not sign");
  return compact;
}

std::string RoleName(v1::Role role) {
  return v1::Role_IsValid(role) ? v1::Role_Name(role).substr(std::strlen("ROLE_")) : "";
}

v1::Role ParseRole(std::string_view name) {
  v1::Role role = v1::ROLE_UNSPECIFIED;
  return v1::Role_Parse("ROLE_" + Upper(name), &role) ? role : v1::ROLE_UNSPECIFIED;
}

}  // namespace songsang::token
