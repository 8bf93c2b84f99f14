// songsang token
#include "adapters/token/token.h"

#include <fmt/format.h>
#include <sysexits.h>

#include <cstdio>
#include <filesystem>

#include "songsang/command/command.h"

namespace songsang::command {

namespace {

constexpr const char* kExamples = R"HELP(Examples:
  songsang token --tenant acme --as SALES_REP --actor kim
  grpcurl -plaintext -H "authorization: Bearer $(songsang token)" 127.0.0.1:7400 list
  songsang token --jwks > jwks.json       the public key, for `songsang serve --keys jwks.json` elsewhere

Tokens minted here are for development: whoever can read the key file can be anyone. A production server verifies
tokens of your identity provider (--keys), with the claims sub, tenant, roles, azp, aud = songsang, exp.)HELP";

struct Token {
  std::string client = "songsang-cli";
  int hours = 12;
  bool jwks = false;
};

int RunToken(const Token& given, const Options& options) {
  const auto config = Configured(options);
  if (!config) return EX_CONFIG;
  std::error_code code;
  std::filesystem::create_directories(config->home, code);
  const auto key = token::Key::OfFolder(config->home);
  if (!key.ok()) return Fail(EX_NOPERM, key.refusal().Sentence(SpeaksKorean(options)));
  if (given.jwks) {
    std::puts(key->Jwks().c_str());
    return 0;
  }
  token::Claims claims;
  claims.client = given.client;
  claims.tenant = options.tenant.empty() ? host::FromEnvironment("SONGSANG_TENANT").value_or("demo") : options.tenant;
  claims.subject = options.actor.empty() ? host::FromEnvironment("USER").value_or("operator") : options.actor;
  claims.lifetime = std::chrono::hours(given.hours);
  std::string wrong;
  claims.roles = RolesOf(options, &wrong);
  if (!wrong.empty()) return Fail(EX_USAGE, wrong);
  std::puts(key->Mint(claims).c_str());
  return 0;
}

}  // namespace

void AddToken(CLI::App* line, Options* options) {
  auto* app = line->add_subcommand("token", "Mint a token from the development key of this machine's server");
  auto token = std::make_shared<Token>();
  app->add_option("--client", token->client, "the application (azp) it is for")->type_name("NAME");
  app->add_option("--hours", token->hours, "how long it is good; default: 12")
      ->type_name("N")
      ->check(CLI::Range(1, 24 * 366));
  app->add_flag("--jwks", token->jwks, "print the public key instead, as a JWK set");
  AddCallerOptions(app, options);
  app->footer(kExamples);
  app->callback([=] { options->run = [=] { return RunToken(*token, *options); }; });
}

}  // namespace songsang::command
