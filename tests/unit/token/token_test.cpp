#include "adapters/token/token.h"

#include <gmock/gmock.h>
#include <openssl/hmac.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "adapters/token/jose.h"

namespace songsang::tests {
namespace {

using testing::HasSubstr;
using token::FromBase64Url;
using token::Key;
using token::ToBase64Url;

constexpr int64_t kNow = 2'000'000'000;

std::unique_ptr<engine::Verifier> Accepts(const Key& key, token::Options options = {}) {
  auto verifier = token::VerifierOf(key, std::move(options));
  EXPECT_TRUE(verifier.ok());
  return std::move(*verifier);
}

std::string Why(engine::Verifier& verifier, const std::string& token) {
  const auto caller = verifier.Verify(token);
  if (caller.ok()) return "";
  EXPECT_STREQ(caller.refusal().reason->name, "UNAUTHENTICATED");
  EXPECT_EQ(caller.refusal().reason->code, Code::kUnauthenticated);
  return caller.refusal().Sentence(false);
}

token::Claims Kim() {
  token::Claims claims;
  claims.subject = "kim";
  claims.tenant = "acme";
  claims.roles = 1u << v1::ROLE_SALES_REP | 1u << v1::ROLE_ANALYST;
  claims.client = "cli";
  return claims;
}

// A token of these very texts, signed by a key whose private half is known: what no honest issuer would make.
class Forge {
 public:
  Forge() : key_(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, nullptr)) {
    cjose_jwk_set_kid(key_.get(), "forge", 5, nullptr);
  }

  std::string Jwks() const {
    return R"({"keys":[)" + std::string(token::Text(cjose_jwk_to_json(key_.get(), false, nullptr)).get()) + "]}";
  }
  std::unique_ptr<engine::Verifier> Verifier(token::Options options = {}) const {
    if (options.now == nullptr) options.now = [] { return kNow; };
    auto verifier = token::VerifierOfJwks(Jwks(), std::move(options));
    EXPECT_TRUE(verifier.ok());
    return std::move(*verifier);
  }
  // libcjose signs header and payload as ES256; further header members and any payload text are its caller's.
  std::string Sign(const std::string& payload, const std::string& header = R"({"alg":"ES256","kid":"forge"})") const {
    const token::Json json(json_loads(header.c_str(), 0, nullptr));
    const token::Jws jws(cjose_jws_sign(key_.get(), json.get(), reinterpret_cast<const uint8_t*>(payload.data()),
                                        payload.size(), nullptr));
    const char* compact = nullptr;
    EXPECT_TRUE(jws && cjose_jws_export(jws.get(), &compact, nullptr)) << header;
    return compact == nullptr ? "" : compact;
  }

 private:
  token::Jwk key_;
};

std::string Payload(const std::string& more = "", const std::string& expiry = "\"exp\":2000000100") {
  return R"({"sub":"kim","tenant":"acme","roles":["SALES_REP"],"azp":"cli","aud":"songsang",)" + expiry + more + "}";
}

TEST(Token, TellsWhoCalls) {
  const Key key = Key::Fresh();
  const auto verifier = Accepts(key);
  for (int i = 0; i < 3; ++i) {
    const auto caller = verifier->Verify(key.Mint(Kim()));
    ASSERT_TRUE(caller.ok());
    EXPECT_EQ(caller->actor, "kim");
    EXPECT_EQ(caller->tenant, "acme");
    EXPECT_EQ(caller->client, "cli");
    EXPECT_EQ(caller->roles, 1u << v1::ROLE_SALES_REP | 1u << v1::ROLE_ANALYST);
  }
}

TEST(Token, OfAnotherKeyIsRefused) {
  const auto verifier = Accepts(Key::Fresh());
  EXPECT_THAT(Why(*verifier, Key::Fresh().Mint(Kim())), HasSubstr("not signed by a key that is known"));
}

TEST(Token, MayNotBeChangedInASingleByte) {
  const Key key = Key::Fresh();
  const auto verifier = Accepts(key);
  const std::string token = key.Mint(Kim());
  ASSERT_EQ(Why(*verifier, token), "");
  // The last character of the signature bears two bits that mean nothing.
  for (size_t i = 0; i + 1 < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(Why(*verifier, changed), "") << i;
  }
}

TEST(Token, MayNotBeLongerThanItsSignature) {
  const Key key = Key::Fresh();
  const auto verifier = Accepts(key);
  const std::string token = key.Mint(Kim());
  for (const char* more : {"A", "AA", "=", ".", ".A"}) EXPECT_NE(Why(*verifier, token + more), "") << more;
}

TEST(Token, WithoutAnAlgorithmIsRefused) {
  const Forge forge;
  const auto verifier = forge.Verifier();
  ASSERT_EQ(Why(*verifier, forge.Sign(Payload())), "");
  for (const std::string algorithm :
       {"none", "None", "nOnE", "NONE", "", "HS256", "RS256", "ES384", "es256", "PS256"}) {
    const std::string header = ToBase64Url(R"({"alg":")" + algorithm + R"(","kid":"forge"})");
    const std::string body = header + "." + ToBase64Url(Payload()) + ".";
    EXPECT_THAT(Why(*verifier, body), HasSubstr("not signed with ES256")) << algorithm;
    EXPECT_NE(Why(*verifier, body + ToBase64Url(std::string(64, '\0'))), "") << algorithm;
  }
}

TEST(Token, SignedWithThePublicKeyAsASecretIsRefused) {
  const Forge forge;
  const auto verifier = forge.Verifier();
  const std::string secret = forge.Jwks();
  for (const std::string algorithm : {"HS256", "ES256"}) {
    const std::string body =
        ToBase64Url(R"({"alg":")" + algorithm + R"(","kid":"forge"})") + "." + ToBase64Url(Payload());
    unsigned char mac[32];
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(body.data()), body.size(), mac, &size);
    EXPECT_NE(Why(*verifier, body + "." + ToBase64Url({reinterpret_cast<char*>(mac), size})), "");
  }
}

TEST(Token, WithASignatureOfZerosIsRefused) {
  const Forge forge;
  const std::string body = ToBase64Url(R"({"alg":"ES256","kid":"forge"})") + "." + ToBase64Url(Payload()) + ".";
  for (const size_t size : {0, 1, 32, 63, 64, 65, 1000})
    EXPECT_NE(Why(*forge.Verifier(), body + ToBase64Url(std::string(size, '\0'))), "") << size;
}

TEST(Token, MustNameAKeyThatIsKnown) {
  const Forge forge;
  const auto verifier = forge.Verifier();
  EXPECT_THAT(Why(*verifier, forge.Sign(Payload(), R"({"alg":"ES256"})")), HasSubstr("does not name its key"));
  for (const std::string name : {"other", "", "../../etc/passwd", "' OR 1=1 --", "Forge"})
    EXPECT_NE(Why(*verifier, forge.Sign(Payload(), R"({"alg":"ES256","kid":")" + name + "\"}")), "") << name;
  EXPECT_NE(Why(*verifier, forge.Sign(Payload(), R"({"alg":"ES256","kid":7})")), "");
}

TEST(Token, MayNotBringItsOwnKeyOrExtensions) {
  const Forge forge;
  for (const std::string member : {R"("jwk":{})", R"("jku":"http://x")", R"("x5u":"http://x")", R"("x5c":[])",
                                   R"("crit":["b64"])", R"("b64":false)"})
    EXPECT_THAT(Why(*forge.Verifier(), forge.Sign(Payload(), R"({"alg":"ES256","kid":"forge",)" + member + "}")),
                HasSubstr("asks for what is not accepted"))
        << member;
}

struct Odd {
  std::string payload;
  std::string why;
  friend void PrintTo(const Odd& odd, std::ostream* out) { *out << odd.payload.substr(0, 200); }
};
class OddClaims : public testing::TestWithParam<Odd> {};

TEST_P(OddClaims, AreRefused) {
  const Forge forge;
  const std::string why = Why(*forge.Verifier(), forge.Sign(GetParam().payload));
  if (GetParam().why.empty()) {
    EXPECT_EQ(why, "");
  } else {
    EXPECT_THAT(why, HasSubstr(GetParam().why));
  }
}

std::string Replaced(const std::string& old, const std::string& by) {
  std::string payload = Payload();
  payload.replace(payload.find(old), old.size(), by);
  return payload;
}

INSTANTIATE_TEST_SUITE_P(
    Times, OddClaims,
    testing::Values(Odd{Payload("", "\"exp\":1999999941"), ""}, Odd{Payload("", "\"exp\":1999999940"), "has expired"},
                    Odd{Payload("", "\"exp\":2000000100.5"), ""}, Odd{Payload("", "\"x\":1"), "when it expires"},
                    Odd{Payload("", "\"exp\":\"2000000100\""), "when it expires"},
                    Odd{Payload("", "\"exp\":-1"), "when it expires"}, Odd{Payload("", "\"exp\":0"), "when it expires"},
                    Odd{Payload("", "\"exp\":1e300"), "when it expires"},
                    Odd{Payload("", "\"exp\":null"), "when it expires"}, Odd{Payload(",\"nbf\":2000000060"), ""},
                    Odd{Payload(",\"nbf\":2000000061"), "not valid yet"}, Odd{Payload(",\"nbf\":\"x\""), "nbf"},
                    Odd{Payload(",\"nbf\":1e300"), "nbf"}));

INSTANTIATE_TEST_SUITE_P(Shapes, OddClaims,
                         testing::Values(Odd{"", "not a JSON object"}, Odd{"[]", "not a JSON object"},
                                         Odd{"{}", "when it expires"}, Odd{"\"x\"", "not a JSON object"},
                                         Odd{Payload(",\"tenant\":\"other\""), "not a JSON object"},
                                         Odd{Payload(",\"exp\":9999999999"), "not a JSON object"},
                                         Odd{Payload() + "{}", "not a JSON object"},
                                         Odd{Replaced("\"kim\"", "\"k\\u0000im\""), "not a JSON object"},
                                         Odd{Replaced("\"kim\"", "\"\xff\""), "not a JSON object"},
                                         Odd{std::string(3000, '['), "not a JSON object"}));

INSTANTIATE_TEST_SUITE_P(
    Names, OddClaims,
    testing::Values(Odd{Replaced("\"kim\"", "\"\""), "sub names nobody"},
                    Odd{Replaced("\"kim\"", "7"), "sub names nobody"},
                    Odd{Replaced("\"kim\"", "\"a b\""), "sub names nobody"},
                    Odd{Replaced("\"kim\"", "\"" + std::string(201, 'x') + "\""), "sub names nobody"},
                    Odd{Replaced("\"kim\"", "\"홍길동@acme.kr\""), ""}, Odd{Replaced("\"acme\"", "\"\""), "tenant"},
                    Odd{Replaced("\"acme\"", "[\"acme\"]"), "tenant"}, Odd{Replaced("\"acme\"", "\"a/b\""), "tenant"},
                    Odd{Replaced("\"acme\"", "\"a\\nb\""), "tenant"},
                    Odd{Replaced("\"acme\"", "\"" + std::string(65, 'x') + "\""), "tenant"},
                    Odd{Replaced("\"cli\"", "\"\""), "azp"}, Odd{Replaced("\"azp\"", "\"client\""), "azp"}));

INSTANTIATE_TEST_SUITE_P(Grants, OddClaims,
                         testing::Values(Odd{Replaced("\"songsang\"", "\"other\""), "another audience"},
                                         Odd{Replaced("\"songsang\"", "[\"other\",\"songsang\"]"), ""},
                                         Odd{Replaced("\"songsang\"", "[]"), "another audience"},
                                         Odd{Replaced("\"aud\"", "\"x\""), "audience"},
                                         Odd{Replaced("[\"SALES_REP\"]", "\"SALES_REP\""), "roles"},
                                         Odd{Replaced("[\"SALES_REP\"]", "[\"SALES_REP\",7]"), "roles"},
                                         Odd{Replaced("[\"SALES_REP\"]", "[\"offline_access\"]"), ""},
                                         Odd{Replaced("\"roles\"", "\"groups\""), "roles"}));

TEST(Token, OfUnknownRolesGrantsNothing) {
  const Forge forge;
  const auto caller =
      forge.Verifier()->Verify(forge.Sign(Replaced("[\"SALES_REP\"]", R"(["UNSPECIFIED","ADMINS","analyst"])")));
  ASSERT_TRUE(caller.ok());
  EXPECT_EQ(caller->roles, 1u << v1::ROLE_ANALYST);
}

TEST(Token, MustBeOfTheTrustedIssuerWhereOneIsSet) {
  const Forge forge;
  token::Options options;
  options.issuer = "https://login.acme.kr";
  const auto verifier = forge.Verifier(options);
  EXPECT_THAT(Why(*verifier, forge.Sign(Payload())), HasSubstr("issuer"));
  EXPECT_THAT(Why(*verifier, forge.Sign(Payload(",\"iss\":\"https://evil\""))), HasSubstr("issuer"));
  EXPECT_EQ(Why(*verifier, forge.Sign(Payload(",\"iss\":\"https://login.acme.kr\""))), "");
}

TEST(Token, ThatIsHugeOrNoTokenIsRefused) {
  const Forge forge;
  const auto verifier = forge.Verifier();
  EXPECT_THAT(Why(*verifier, ""), HasSubstr("none was sent"));
  EXPECT_THAT(Why(*verifier, std::string(1 << 20, 'x')), HasSubstr("longer than 8 KiB"));
  EXPECT_THAT(Why(*verifier, forge.Sign(Payload(",\"x\":\"" + std::string(8000, 'x') + "\""))), HasSubstr("8 KiB"));
  const std::string good = forge.Sign(Payload());
  for (const std::string& text : {std::string("x"), std::string("."), std::string(".."), std::string("..."),
                                  std::string("a.b.c"), "." + good, good + ".", good + "." + good,
                                  std::string(8192, '.'), std::string("\0\0.\0", 4), std::string("\xff.\xff.\xff")})
    EXPECT_NE(Why(*verifier, text), "") << text;
}

int64_t shifting_now = kNow;

TEST(Token, IsForgottenWhenItExpires) {
  const Forge forge;
  token::Options options;
  options.now = [] { return shifting_now; };
  const auto verifier = forge.Verifier(options);
  const std::string token = forge.Sign(Payload());
  shifting_now = kNow;
  EXPECT_EQ(Why(*verifier, token), "");
  shifting_now = kNow + 101;
  EXPECT_EQ(Why(*verifier, token), "");  // within the leeway
  shifting_now = kNow + 160;
  EXPECT_THAT(Why(*verifier, token), HasSubstr("has expired"));
}

TEST(Token, IsRememberedInBoundedRoom) {
  const Forge forge;
  token::Options options;
  options.cached_tokens = 32;
  const auto verifier = forge.Verifier(options);
  std::vector<std::string> tokens;
  for (int i = 0; i < 200; ++i) tokens.push_back(forge.Sign(Payload(",\"n\":" + std::to_string(i))));
  for (int round = 0; round < 2; ++round)
    for (const auto& token : tokens) EXPECT_EQ(Why(*verifier, token), "");
}

TEST(Token, IsLookedUpTwentyThousandTimesASecond) {
  const Key key = Key::Fresh();
  const auto verifier = Accepts(key);
  const std::string token = key.Mint(Kim());
  constexpr int kRounds = 20'000;
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < kRounds / 2; ++n) EXPECT_TRUE(verifier->Verify(token).ok());
    });
  for (auto& thread : threads) thread.join();
  const auto taken = std::chrono::steady_clock::now() - begin;
  RecordProperty("nanoseconds_each", static_cast<int>(std::chrono::nanoseconds(taken).count() / kRounds));
  EXPECT_LT(taken, std::chrono::seconds(1));
}

class InFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "songsang-token-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
};

TEST_F(InFolder, TheKeyIsMadeOnceAndKeptToItself) {
  const auto first = Key::OfFolder(folder_ + "/new");
  const auto second = Key::OfFolder(folder_ + "/new");
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->Jwks(), second->Jwks());
  EXPECT_EQ(Why(*Accepts(*first), second->Mint(Kim())), "");
  struct stat found {};
  ASSERT_EQ(::stat((folder_ + "/new/token-key.json").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ + "/new"), {}), 1);
}

TEST_F(InFolder, AKeyThatOthersMayReadIsRefused) {
  ASSERT_TRUE(Key::OfFolder(folder_).ok());
  ::chmod((folder_ + "/token-key.json").c_str(), 0644);
  EXPECT_THAT(Key::OfFolder(folder_).refusal().Sentence(false), HasSubstr("others may read it"));
}

TEST_F(InFolder, AFileThatHoldsNoKeyIsRefused) {
  for (const std::string text : {"", "{}", "nonsense", R"({"kty":"oct","kid":"x","k":"c2VjcmV0"})"}) {
    const std::string file = folder_ + "/token-key.json";
    std::ofstream(file, std::ios::trunc) << text;
    ::chmod(file.c_str(), 0600);
    EXPECT_FALSE(Key::OfFolder(folder_).ok()) << text;
  }
}

TEST_F(InFolder, KeysAreRotatedWithoutARestart) {
  const std::string file = folder_ + "/jwks.json";
  const auto write = [&file](const std::string& text) {
    std::ofstream(file + ".new", std::ios::trunc) << text;
    std::filesystem::rename(file + ".new", file);
  };
  EXPECT_FALSE(token::VerifierOfFile(file).ok());
  const Key old_key = Key::Fresh(), new_key = Key::Fresh();
  write(old_key.Jwks());
  auto verifier = token::VerifierOfFile(file);
  ASSERT_TRUE(verifier.ok());
  const std::string old_token = old_key.Mint(Kim());
  EXPECT_EQ(Why(**verifier, old_token), "");
  EXPECT_NE(Why(**verifier, new_key.Mint(Kim())), "");
  write("{}");  // an accident
  EXPECT_EQ(Why(**verifier, old_key.Mint(Kim())), "");
  EXPECT_NE(Why(**verifier, new_key.Mint(Kim())), "");
  EXPECT_EQ(Why(**verifier, old_token), "");
  write(new_key.Jwks());
  EXPECT_EQ(Why(**verifier, new_key.Mint(Kim())), "");
  EXPECT_NE(Why(**verifier, old_token), "");  // though it was remembered
}

TEST(Jwks, KeysOfOtherKindsAreLeftOut) {
  for (const std::string text :
       {"", "{}", R"({"keys":[]})", R"({"keys":{}})", R"({"keys":[{"kty":"oct","kid":"a","k":"c2VjcmV0"}]})",
        R"({"keys":[7,"x",null]})", R"({"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AA","y":"AA"}]})"})
    EXPECT_FALSE(token::VerifierOfJwks(text).ok()) << text;
}

TEST(Roles, HaveTheirNames) {
  EXPECT_EQ(token::RoleName(v1::ROLE_SALES_REP), "SALES_REP");
  EXPECT_EQ(token::ParseRole("SALES_REP"), v1::ROLE_SALES_REP);
  EXPECT_EQ(token::ParseRole("sales_rep"), v1::ROLE_SALES_REP);
  EXPECT_EQ(token::ParseRole("ROLE_SALES_REP"), v1::ROLE_UNSPECIFIED);
  EXPECT_EQ(token::ParseRole(""), v1::ROLE_UNSPECIFIED);
}

}  // namespace
}  // namespace songsang::tests
