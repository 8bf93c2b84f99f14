// What the commands of `songsang` share: their options, a session with a server, how they fail.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/grpc_client/client.h"
#include "host/config.h"
#include "host/methods.h"

namespace songsang::command {

struct Options {
  std::string config_file;
  host::Given settings;  // flags that are lines of host::Settings()

  // Towards a server.
  std::string address, tenant, token, actor, language;
  std::vector<std::string> roles;
  double timeout_s = 10;

  // What the command that was given does; answers the exit code.
  std::function<int()> run;
};

// `--store`, `--listen` and the rest of host::Settings(), of which only `names` where given.
void AddSettings(CLI::App* app, Options* options, const std::vector<std::string>& names = {});
// `--tenant`, `--as`, `--actor`, `--home`.
void AddCallerOptions(CLI::App* app, Options* options, const std::string& role = "ADMIN");
// Those, and `--address`, `--token`, `--lang`, `--timeout`.
void AddServerOptions(CLI::App* app, Options* options, const std::string& role = "ADMIN");

// The configuration, or nothing, said on standard error.
std::optional<host::Config> Configured(const Options& options);
// Bits (1 << Role) of `--as`; `*wrong` says if one is none.
uint32_t RolesOf(const Options& options, std::string* wrong);
// HOST:PORT of the running server.
std::string AddressOf(const Options& options, const host::Config& config);

// Speaks to a server as the caller that the options name.
class Session {
 public:
  // Null, said on standard error, if no token can be had. Does not connect yet.
  static std::unique_ptr<Session> Open(const Options& options, int* exit_code);

  // Whether anyone answers at the address; if not, says so on standard error.
  bool Reach(const Options& options, int* exit_code);

  client::Answer Call(const std::string& method, const google::protobuf::Message& request,
                      const client::Options& more = {});
  client::Client& client() { return *client_; }
  const std::string& tenant() const { return tenant_; }

 private:
  std::string tenant_, language_;
  std::chrono::milliseconds timeout_{0};
  std::unique_ptr<client::Client> client_;
};

// Prints `songsang: …` on standard error; answers the exit code.
int Fail(int exit_code, const std::string& message);
// Prints a refusal as a person reads it; answers the exit code that tells a program what kind it is.
int FailWith(const client::Answer& answer, const Session& session, const Options& options);
int ExitCodeOf(const client::Answer& answer);

// Korean where `--lang`, SONGSANG_LANG or the terminal's locale says so.
bool SpeaksKorean(const Options& options);

// One a family; each adds its commands to the line.
void AddServe(CLI::App* line, Options* options);
void AddCall(CLI::App* line, Options* options);
void AddEvents(CLI::App* line, Options* options);
void AddExport(CLI::App* line, Options* options);
void AddStores(CLI::App* line, Options* options);  // migrate, journal verify, rebuild
void AddTopics(CLI::App* line, Options* options);
void AddParked(CLI::App* line, Options* options);
void AddDoctor(CLI::App* line, Options* options);
void AddExplain(CLI::App* line, Options* options);
void AddToken(CLI::App* line, Options* options);
void AddAbout(CLI::App* line, Options* options);  // version, completion
void AddImport(CLI::App* line, Options* options);
void AddReport(CLI::App* line, Options* options);
void AddDemo(CLI::App* line, Options* options);
void AddAuthority(CLI::App* line, Options* options);

}  // namespace songsang::command
