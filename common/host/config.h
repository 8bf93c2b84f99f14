// How a process is told what to be: flag, else environment, else file, else default. Every setting is a line of one
// table, from which flags, environment names, `--print-config` and the help text follow.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace songsang::host {

struct Config {
  std::string home;                       // folder of the key and the embedded store
  std::string store;                      // `sqlite:FOLDER`, `memory:`, `postgresql://…`
  std::string listen = "127.0.0.1:7400";  // port 0: any free one
  std::vector<std::string> services;      // empty: all
  int partitions = 0;                     // 0: 1 embedded, 8 on a server
  std::string zone = "Asia/Seoul";
  std::map<std::string, std::string> zones;  // tenant -> zone
  std::map<std::string, std::string> peers;  // service -> addresses, comma-separated
  std::map<std::string, std::string> ports;  // what effects call -> URL
  std::string kafka;                         // brokers; empty: journals are read, not heard
  std::string topic_prefix = "songsang.";
  std::string state_topics = "all";  // entities whose state is published
  std::string keys;                  // public keys of tokens (JWK set); empty: the development key
  std::string log_format;            // text, json; empty: text on a terminal
  std::string log_level = "info";
  int slow_ms = 500;
  int query_threads = 2;
  int queue_commands = 20'000;
  int rate_limit = 0;  // commands a second of a client; 0: any number
  std::string redis;   // `redis://[:password@]HOST:PORT[/DATABASE]`; empty: nothing is shared with other processes
  int drain_ms = -1;   // -1: 0 on loopback, 5,000 beyond
  std::string tls_certificate, tls_key;
  std::string tls_ca;      // of servers that this process asks
  std::string peer_token;  // file of a token; empty: minted by the development key
  bool migrate = false;
  bool reflection = true;
  bool watchdog = true;

  bool embedded() const { return !store.starts_with("postgres"); }
  bool loopback() const;
  // The store's URL without its password.
  std::string ShownStore() const;
};

struct Setting {
  const char* name;         // `listen`: flag --listen, environment SONGSANG_LISTEN, file `listen = `
  const char* value;        // how the help names its value; empty for a switch
  const char* description;  // one line
  // Takes a text; answers what is wrong with it, or nothing.
  std::function<std::string(Config*, const std::string&)> set;
  std::function<std::string(const Config&)> show;
};
const std::vector<Setting>& Settings();

// What was given on the command line: setting -> texts, in order.
using Given = std::map<std::string, std::vector<std::string>>;
using Environment = std::function<std::optional<std::string>(const std::string&)>;
// The process's own.
std::optional<std::string> FromEnvironment(const std::string& name);

// Nothing, and `*error` in words that name the setting and where it was set, if something is wrong. `file` may be
// empty: then $SONGSANG_CONFIG, else <home>/songsang.toml where that exists.
std::optional<Config> LoadConfig(const std::string& file, const Given& flags, const Environment& environment,
                                 std::string* error);

// A file's text; empty if it cannot be read.
std::string ReadFile(const std::string& file);
// $SONGSANG_HOME, else ~/.local/share/songsang.
std::string DefaultHome(const Environment& environment);
// The configuration as a file that would make it, secrets hidden.
std::string PrintConfig(const Config& config);

}  // namespace songsang::host
