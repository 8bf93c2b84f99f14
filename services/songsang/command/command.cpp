#include "songsang/command/command.h"

#include <fmt/format.h>
#include <sysexits.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "adapters/token/token.h"

namespace songsang::command {

namespace {

std::string EnvironmentNote(const std::string& name) {
  std::string variable = "SONGSANG_";
  for (const char c : name) variable += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return " [" + variable + "]";
}

std::string FromEnvironmentOr(const char* variable, const std::string& otherwise) {
  return host::FromEnvironment(variable).value_or(otherwise);
}

}  // namespace

void AddSettings(CLI::App* app, Options* options, const std::vector<std::string>& names) {
  app->add_option("--config", options->config_file,
                  "TOML file of the settings below [SONGSANG_CONFIG]; default: <home>/songsang.toml, if there is one")
      ->type_name("FILE")
      ->group("Settings (flag, else environment, else file, else default)");
  for (const auto& setting : host::Settings()) {
    const std::string name = setting.name;
    if (name == "services" || (!names.empty() && std::find(names.begin(), names.end(), name) == names.end())) continue;
    const std::string text = setting.description + EnvironmentNote(name);
    CLI::Option* option = nullptr;
    if (*setting.value == '\0') {
      // A switch that is on by default has a flag to turn it off, and the other way round.
      const bool on = setting.show(host::Config()) == "true";
      option = app->add_flag_function(
          on ? "--no-" + name : "--" + name,
          [options, name, on](int64_t) { options->settings[name].push_back(on ? "false" : "true"); },
          on ? "do not " + text : text);
    } else {
      option = app->add_option_function<std::vector<std::string>>(
                      "--" + name,
                      [options, name](const std::vector<std::string>& values) {
                        auto& given = options->settings[name];
                        given.insert(given.end(), values.begin(), values.end());
                      },
                      text)
                   ->type_name(setting.value)
                   ->expected(1)
                   ->take_all()
                   ->allow_extra_args(false);
    }
    option->group("Settings (flag, else environment, else file, else default)");
  }
}

namespace {
constexpr const char* kCallerGroup = "Who calls, and where";
}

void AddCallerOptions(CLI::App* app, Options* options, const std::string& role) {
  app->add_option("--tenant,-t", options->tenant, "whose data; default: demo [SONGSANG_TENANT]")
      ->type_name("NAME")
      ->group(kCallerGroup);
  app->add_option("--as", options->roles, "role, may be repeated; default: " + role + " [SONGSANG_AS]")
      ->type_name("ROLE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)
      ->group(kCallerGroup);
  app->add_option("--actor", options->actor, "who, as the journal records it; default: your login")
      ->type_name("NAME")
      ->group(kCallerGroup);
  app->add_option_function<std::string>(
         "--home", [options](const std::string& home) { options->settings["home"] = {home}; },
         "folder of the server's development key [SONGSANG_HOME]")
      ->type_name("FOLDER")
      ->group(kCallerGroup);
}

void AddServerOptions(CLI::App* app, Options* options, const std::string& role) {
  app->add_option_function<std::string>(
         "--tls-ca", [options](const std::string& file) { options->settings["tls-ca"] = {file}; },
         "PEM roots that vouch for the server; it is then spoken to by TLS [SONGSANG_TLS_CA]")
      ->type_name("FILE")
      ->group(kCallerGroup);
  app->add_option("--address", options->address,
                  "the server; default: what it is configured to listen on [SONGSANG_ADDRESS]")
      ->type_name("HOST:PORT[,HOST:PORT…]")
      ->group(kCallerGroup);
  AddCallerOptions(app, options, role);
  app->add_option("--token", options->token,
                  "a token of your own; default: one minted from the server's development key [SONGSANG_TOKEN]")
      ->type_name("JWT")
      ->group(kCallerGroup);
  app->add_option("--lang", options->language,
                  "language of refusals: en or ko; default: the terminal's [SONGSANG_LANG]")
      ->type_name("LANG")
      ->group(kCallerGroup);
  app->add_option("--timeout", options->timeout_s, "seconds to wait for an answer; default: 10")
      ->type_name("SECONDS")
      ->group(kCallerGroup);
}

uint32_t RolesOf(const Options& options, std::string* wrong) {
  auto names = options.roles;
  if (names.empty()) names.push_back(FromEnvironmentOr("SONGSANG_AS", "ADMIN"));
  uint32_t roles = 0;
  for (const std::string& name : names) {
    const v1::Role role = token::ParseRole(name);
    roles |= 1u << role;
    if (role != v1::ROLE_UNSPECIFIED) continue;
    std::string known;
    for (int r = 1; r <= v1::Role_MAX; ++r) known += (r > 1 ? ", " : "") + token::RoleName(static_cast<v1::Role>(r));
    *wrong = fmt::format("there is no role {}; there are: {}", name, known);
  }
  return roles;
}

std::optional<host::Config> Configured(const Options& options) {
  std::string error;
  auto config = host::LoadConfig(options.config_file, options.settings, host::FromEnvironment, &error);
  if (!config) Fail(EX_CONFIG, error);
  return config;
}

std::string AddressOf(const Options& options, const host::Config& config) {
  std::string address =
      options.address.empty() ? FromEnvironmentOr("SONGSANG_ADDRESS", config.listen) : options.address;
  if (address.starts_with("0.0.0.0:")) address = "127.0.0.1" + address.substr(7);
  if (address.starts_with("[::]:")) address = "[::1]" + address.substr(4);
  return address;
}

namespace {

// A token from the development key, or nothing, said on standard error.
std::string Mint(const Options& options, const host::Config& config, const std::string& tenant, int* exit_code) {
  if (!std::filesystem::exists(config.home + "/token-key.json")) {
    *exit_code =
        Fail(EX_NOPERM, fmt::format("no token: there is no development key in {}.\n"
                                    "  Start a server here with `songsang serve`; or name its folder with --home;\n"
                                    "  or, for a server with keys of its own, give --token or SONGSANG_TOKEN.",
                                    config.home));
    return "";
  }
  const auto key = token::Key::OfFolder(config.home);
  if (!key.ok()) {
    *exit_code = Fail(EX_NOPERM, key.refusal().Sentence(false));
    return "";
  }
  token::Claims claims;
  claims.subject = !options.actor.empty() ? options.actor : FromEnvironmentOr("USER", "operator");
  claims.tenant = tenant;
  claims.client = "songsang-cli";
  std::string wrong;
  claims.roles = RolesOf(options, &wrong);
  if (wrong.empty()) return key->Mint(claims);
  *exit_code = Fail(EX_USAGE, wrong);
  return "";
}

}  // namespace

std::unique_ptr<Session> Session::Open(const Options& options, int* exit_code) {
  const auto config = Configured(options);
  *exit_code = EX_CONFIG;
  if (!config) return nullptr;
  auto session = std::make_unique<Session>();
  session->tenant_ = options.tenant.empty() ? FromEnvironmentOr("SONGSANG_TENANT", "demo") : options.tenant;
  session->language_ = SpeaksKorean(options) ? "ko" : "en";
  session->timeout_ = std::chrono::milliseconds(static_cast<int64_t>(options.timeout_s * 1000));
  std::string token = options.token.empty() ? FromEnvironmentOr("SONGSANG_TOKEN", "") : options.token;
  if (token.empty()) token = Mint(options, *config, session->tenant_, exit_code);
  if (token.empty()) return nullptr;
  const std::string roots = config->tls_ca.empty() ? "" : host::ReadFile(config->tls_ca);
  if (roots.empty() && !config->tls_ca.empty()) {
    *exit_code = Fail(EX_NOINPUT, fmt::format("--tls-ca: {} cannot be read", config->tls_ca));
    return nullptr;
  }
  session->client_ = std::make_unique<client::Client>(AddressOf(options, *config), token, roots, session->tenant_);
  return session;
}

bool Session::Reach(const Options& options, int* exit_code) {
  const auto answer = client_->Call("grpc.health.v1.Health/Check", "");
  if (answer.unreachable) *exit_code = FailWith(answer, *this, options);
  return !answer.unreachable;
}

client::Answer Session::Call(const std::string& method, const google::protobuf::Message& request,
                             const client::Options& more) {
  client::Options options = more;
  if (options.language.empty()) options.language = language_;
  if (options.timeout.count() == 0) options.timeout = timeout_;
  return client_->Call(method, request.SerializeAsString(), options);
}

int Fail(int exit_code, const std::string& message) {
  std::fflush(stdout);
  std::fprintf(stderr, "songsang: %s\n", message.c_str());
  return exit_code;
}

int ExitCodeOf(const client::Answer& answer) {
  switch (answer.code) {
    case Code::kOk:
      return EX_OK;
    case Code::kUnauthenticated:
    case Code::kPermissionDenied:
      return EX_NOPERM;
    case Code::kUnavailable:
      return EX_UNAVAILABLE;
    case Code::kResourceExhausted:
    case Code::kDeadlineExceeded:
    case Code::kAborted:
      return EX_TEMPFAIL;
    case Code::kInternal:
      return EX_SOFTWARE;
    case Code::kUnimplemented:
      return EX_PROTOCOL;
    default:
      return EX_DATAERR;
  }
}

int FailWith(const client::Answer& answer, const Session& session, const Options& options) {
  const std::string& address = const_cast<Session&>(session).client().address();
  if (answer.unreachable) {
    // A port that is open but not understood is most often one that wants TLS, or does not.
    const bool refused = answer.message.find("refused") != std::string::npos;
    return Fail(
        EX_UNAVAILABLE,
        refused
            ? fmt::format("no server at {}: start one with `songsang serve`, or name another with --address.", address)
            : fmt::format("no answer from {}: {}\n  If it speaks TLS, give --tls-ca; if it does not, leave that out.",
                          address, answer.message));
  }
  const bool korean = SpeaksKorean(options) && !answer.localized.empty();
  std::string text = fmt::format("refused: {}", korean ? answer.localized : answer.message);
  for (const auto& field : answer.fields) text += fmt::format("\n  {}: {}", field.field, field.description);
  if (!answer.reason.empty())
    text += fmt::format("\n  reason {} ({}); see `songsang explain {}`", answer.reason, client::CodeName(answer.code),
                        answer.reason);
  if (answer.retry_after_ms) text += fmt::format("\n  trying again after {} ms may help", *answer.retry_after_ms);
  if (answer.code == Code::kUnauthenticated)
    text += fmt::format(
        "\n  Is {} a server that runs on this machine with the same --home? Otherwise give its --token.", address);
  return Fail(ExitCodeOf(answer), text);
}

bool SpeaksKorean(const Options& options) {
  if (!options.language.empty()) return options.language.starts_with("ko");
  for (const char* variable : {"SONGSANG_LANG", "LC_ALL", "LC_MESSAGES", "LANG"})
    if (const auto value = host::FromEnvironment(variable); value && !value->empty()) return value->starts_with("ko");
  return false;
}

}  // namespace songsang::command
