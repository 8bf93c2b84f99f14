#include "host/config.h"

#include <date/tz.h>
#include <fmt/format.h>
#include <toml++/toml.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "adapters/http_port/http_port.h"
#include "adapters/kafka_stream/kafka_stream.h"
#include "adapters/redis_cache/redis_cache.h"
#include "core/text.h"
#include "host/topics.h"

namespace songsang::host {

namespace {

using Setter = std::function<std::string(Config*, const std::string&)>;

Setting Text(const char* name, const char* value, const char* description, std::string Config::*field) {
  return {name, value, description,
          [field](Config* config, const std::string& text) {
            config->*field = text;
            return std::string();
          },
          [field](const Config& config) { return fmt::format("\"{}\"", config.*field); }};
}

Setting Number(const char* name, const char* description, int Config::*field, int least, int most) {
  return {name, "N", description,
          [=](Config* config, const std::string& text) {
            int number = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
            if (error != std::errc() || end != text.data() + text.size() || number < least || number > most)
              return fmt::format("\"{}\" is not a number from {} to {}", text, least, most);
            config->*field = number;
            return std::string();
          },
          [field](const Config& config) { return std::to_string(config.*field); }};
}

Setting Switch(const char* name, const char* description, bool Config::*field) {
  return {name, "", description,
          [field](Config* config, const std::string& text) {
            static const std::set<std::string> kYes = {"true", "1", "yes", "on", ""};
            static const std::set<std::string> kNo = {"false", "0", "no", "off"};
            if (!kYes.contains(text) && !kNo.contains(text))
              return fmt::format("\"{}\" is neither true nor false", text);
            config->*field = kYes.contains(text);
            return std::string();
          },
          [field](const Config& config) { return std::string(config.*field ? "true" : "false"); }};
}

Setting OneOf(const char* name, const char* value, const char* description, std::string Config::*field,
              std::set<std::string> allowed) {
  Setting setting = Text(name, value, description, field);
  setting.set = [=](Config* config, const std::string& text) {
    if (!allowed.contains(text)) return fmt::format("\"{}\" is none of {}", text, value);
    config->*field = text;
    return std::string();
  };
  return setting;
}

// NAME=VALUE, several separated by commas. Where `lists`, what follows a comma without a name is one more value of the
// name before it.
Setting Pairs(const char* name, const char* value, const char* description,
              std::map<std::string, std::string> Config::*field,
              std::function<std::string(const std::string& value)> check, bool lists = false) {
  return {name, value, description,
          [=](Config* config, const std::string& text) {
            std::string* last = nullptr;
            for (size_t begin = 0; begin < text.size();) {
              const size_t end = std::min(text.find(',', begin), text.size());
              const std::string pair = text.substr(begin, end - begin);
              const size_t equals = pair.find('=');
              const bool more = lists && last != nullptr && equals == std::string::npos;
              if (!more && (equals == 0 || equals == std::string::npos))
                return fmt::format("\"{}\" is not {}", pair, value);
              const std::string held = more ? pair : pair.substr(equals + 1);
              if (std::string wrong = check(held); !wrong.empty()) return wrong;
              if (!more) last = &(config->*field)[pair.substr(0, equals)];
              *last = more ? *last + "," + held : held;
              begin = end + 1;
            }
            return std::string();
          },
          [field](const Config& config) {
            std::string text;
            for (const auto& [key, held] : config.*field) text += (text.empty() ? "" : ",") + key + "=" + held;
            return fmt::format("\"{}\"", text);
          }};
}

std::string CheckZone(const std::string& zone) {
  try {
    date::locate_zone(zone);
    return "";
  } catch (const std::exception&) {
    return fmt::format("\"{}\" is not a time zone that this machine knows (for example Asia/Seoul, UTC)", zone);
  }
}

std::string CheckAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  int port = -1;
  if (colon != std::string::npos) std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
  if (colon == 0 || colon == std::string::npos || port < 0 || port > 65535)
    return fmt::format("\"{}\" is not HOST:PORT (for example 127.0.0.1:7400)", address);
  return "";
}

std::string CheckStore(const std::string& url) {
  if (url == "memory:" || url.starts_with("postgresql://") || url.starts_with("postgres://")) return "";
  if (url.starts_with("sqlite:") && url.size() > 7) return "";
  return fmt::format("\"{}\" is none of sqlite:FOLDER, memory:, postgresql://USER@HOST/DATABASE", url);
}

std::string CheckPrefix(const std::string& prefix) {
  const bool plain = std::all_of(prefix.begin(), prefix.end(),
                                 [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '-'; });
  return plain && prefix.size() <= 100 ? "" : fmt::format("\"{}\" is not of letters, digits, dots and hyphens", prefix);
}

Setting Checked(Setting setting, std::string (*check)(const std::string&)) {
  setting.set = [inner = setting.set, check](Config* config, const std::string& text) {
    std::string wrong = check(text);
    return wrong.empty() ? inner(config, text) : wrong;
  };
  return setting;
}

std::string HidePassword(const std::string& url) {
  const size_t scheme = url.find("://");
  const size_t at = url.rfind('@');
  if (scheme == std::string::npos || at == std::string::npos) return url;
  const size_t colon = url.find(':', scheme + 3);
  return colon == std::string::npos || colon > at ? url : url.substr(0, colon) + ":***" + url.substr(at);
}

Setting Services() {
  return {"services", "NAMES", "only these services, comma-separated; all by default",
          [](Config* config, const std::string& text) {
            config->services.clear();
            for (size_t begin = 0; begin < text.size();) {
              const size_t end = std::min(text.find(',', begin), text.size());
              config->services.push_back(text.substr(begin, end - begin));
              begin = end + 1;
            }
            return std::string();
          },
          [](const Config& config) { return fmt::format("\"{}\"", fmt::join(config.services, ",")); }};
}

// A TOML value as the text that a flag would bear.
std::optional<std::string> AsText(const toml::node& node) {
  if (const auto* text = node.as_string()) return **text;
  if (const auto* number = node.as_integer()) return std::to_string(**number);
  if (const auto* yes = node.as_boolean()) return **yes ? "true" : "false";
  if (const auto* list = node.as_array()) {
    std::string joined;
    for (const auto& element : *list) {
      const auto text = AsText(element);
      if (!text) return std::nullopt;
      joined += (joined.empty() ? "" : ",") + *text;
    }
    return joined;
  }
  if (const auto* table = node.as_table()) {
    std::string joined;
    for (const auto& [key, value] : *table) {
      const auto text = AsText(value);
      if (!text) return std::nullopt;
      joined += (joined.empty() ? "" : ",") + std::string(key.str()) + "=" + *text;
    }
    return joined;
  }
  return std::nullopt;
}

// `[tenants.acme] zone = "UTC"` is the same as `tenant-zone = { acme = "UTC" }`.
std::string TakeTenants(const toml::table& tenants, Config* config) {
  for (const auto& [tenant, node] : tenants) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return fmt::format("[tenants.{}] is not a table", std::string(tenant.str()));
    for (const auto& [key, value] : *table) {
      if (key.str() != "zone" || !value.is_string())
        return fmt::format("[tenants.{}] knows zone = \"…\" only, not {}", std::string(tenant.str()),
                           std::string(key.str()));
      const std::string zone = **value.as_string();
      if (std::string wrong = CheckZone(zone); !wrong.empty()) return wrong;
      config->zones[std::string(tenant.str())] = zone;
    }
  }
  return "";
}

const Setting* FindSetting(std::string_view name) {
  for (const Setting& setting : Settings())
    if (setting.name == name) return &setting;
  return nullptr;
}

std::string TakeFile(const std::string& file, Config* config) {
  toml::table table;
  try {
    table = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    return fmt::format("{}:{}: {}", file, error.source().begin.line, std::string(error.description()));
  }
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    if (name == "tenants" && node.is_table()) {
      if (std::string wrong = TakeTenants(*node.as_table(), config); !wrong.empty()) return file + ": " + wrong;
      continue;
    }
    const Setting* setting = FindSetting(name);
    const auto text = AsText(node);
    if (setting == nullptr)
      return fmt::format("{}: there is no setting \"{}\" (see `songsang serve --help`)", file, name);
    if (!text) return fmt::format("{}: {} has a value of the wrong kind", file, name);
    if (std::string wrong = setting->set(config, *text); !wrong.empty())
      return fmt::format("{}: {}: {}", file, name, wrong);
  }
  return "";
}

std::string EnvironmentName(const std::string& setting) {
  std::string name = "SONGSANG_" + Upper(setting);
  for (char& c : name)
    if (c == '-') c = '_';
  return name;
}

// SONGSANG_STORE, or the contents of the file that SONGSANG_STORE_FILE names: so are secrets handed to containers.
std::string TakeEnvironment(const Setting& setting, const Environment& environment, Config* config) {
  const std::string name = EnvironmentName(setting.name);
  auto text = environment(name);
  if (const auto file = environment(name + "_FILE"); !text && file) {
    std::ifstream in(*file);
    std::string line;
    if (!std::getline(in, line)) return fmt::format("{}_FILE: {} cannot be read", name, *file);
    text = line;
  }
  if (!text) return "";
  std::string wrong = setting.set(config, *text);
  return wrong.empty() ? "" : name + ": " + wrong;
}

}  // namespace

std::string Config::ShownStore() const { return HidePassword(store); }

bool Config::loopback() const {
  const std::string host = listen.substr(0, listen.rfind(':'));
  return host.starts_with("127.") || host == "localhost" || host == "[::1]" || host.starts_with("unix:");
}

const std::vector<Setting>& Settings() {
  static const std::vector<Setting> kSettings = [] {
    std::vector<Setting> settings = {
        Text("home", "FOLDER", "where the development key and the embedded store are kept", &Config::home),
        Checked(Text("store", "URL", "sqlite:FOLDER, memory: or postgresql://USER@HOST/DATABASE", &Config::store),
                CheckStore),
        Checked(Text("listen", "HOST:PORT", "where to answer gRPC; port 0 takes a free one", &Config::listen),
                CheckAddress),
        Services(),
        Number("partitions", "lanes a service, fixed when the store is made; 0: 1 embedded, 8 on PostgreSQL",
               &Config::partitions, 0, 1024),
        Checked(Text("zone", "ZONE", "time zone of tenants that name none", &Config::zone), CheckZone),
        Pairs("tenant-zone", "TENANT=ZONE", "time zone of one tenant; in a file: [tenants.NAME] zone = \"UTC\"",
              &Config::zones, CheckZone),
        Pairs("peer", "SERVICE=HOST:PORT[,HOST:PORT…]",
              "where a service that is not hosted here answers; of several replicas a tenant's calls prefer one",
              &Config::peers, CheckAddress, true),
        Pairs("outside", "NAME=URL",
              "where the outside world answers: tax_authority=http://HOST:PORT; none: invoices wait", &Config::ports,
              http::CheckPortUrl),
        Checked(Text("kafka", "HOST:PORT",
                     "Kafka's brokers, comma-separated; journals are then published and heard there", &Config::kafka),
                kafka::CheckBrokers),
        Checked(Text("topic-prefix", "TEXT", "what every topic's name begins with", &Config::topic_prefix),
                CheckPrefix),
        Checked(Text("state-topics", "NAMES", "entities whose state is published: all, none or leads.lead,…",
                     &Config::state_topics),
                CheckStates),
        Text("keys", "FILE", "public keys (JWK set) that tokens are verified with; default: the development key",
             &Config::keys),
        OneOf("log-format", "text|json", "one JSON object a line, or words; default: text on a terminal",
              &Config::log_format, {"text", "json"}),
        OneOf("log-level", "debug|info|warn|error", "the least that is logged", &Config::log_level,
              {"debug", "info", "warn", "error"}),
        Number("slow-ms", "calls that take longer are always logged", &Config::slow_ms, 0, 3'600'000),
        Number("query-threads", "threads that run queries", &Config::query_threads, 1, 256),
        Number("queue-commands", "commands that may wait in a lane before callers are pushed back",
               &Config::queue_commands, 1, 10'000'000),
        Number("rate-limit", "commands a second that a client of a tenant may send, on the average; 0: any number",
               &Config::rate_limit, 0, 1'000'000),
        Checked(Text("redis", "URL",
                     "redis://[:password@]HOST:PORT[/DB]: shares kept reports, limits and news between processes",
                     &Config::redis),
                redis::CheckUrl),
        Number("drain-ms",
               "after SIGTERM, how long calls are still taken while balancers notice; default: none on loopback",
               &Config::drain_ms, -1, 600'000),
        Text("tls-certificate", "FILE", "PEM certificate chain; the door then speaks TLS", &Config::tls_certificate),
        Text("tls-key", "FILE", "PEM key of the certificate", &Config::tls_key),
        Text("tls-ca", "FILE", "PEM roots that vouch for servers and peers; they are then spoken to by TLS",
             &Config::tls_ca),
        Text("peer-token", "FILE", "a token (role SERVICE) to ask peers with; default: by the development key",
             &Config::peer_token),
        Switch("migrate", "bring a PostgreSQL schema up to date at start (embedded stores always are)",
               &Config::migrate),
        Switch("reflection", "answer gRPC server reflection", &Config::reflection),
        Switch("watchdog", "end the process when its own door stops accepting connections", &Config::watchdog),
    };
    for (Setting& setting : settings)
      for (const auto& [name, url] : {std::pair("store", &Config::store), std::pair("redis", &Config::redis)})
        if (std::string_view(setting.name) == name)
          setting.show = [url = url](const Config& config) { return fmt::format("\"{}\"", HidePassword(config.*url)); };
    return settings;
  }();
  return kSettings;
}

std::optional<std::string> FromEnvironment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string ReadFile(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string DefaultHome(const Environment& environment) {
  if (const auto home = environment("SONGSANG_HOME"); home && !home->empty()) return *home;
  const auto home = environment("HOME");
  return (home && !home->empty() ? *home : std::string("/var/lib")) + "/.local/share/songsang";
}

std::optional<Config> LoadConfig(const std::string& file, const Given& flags, const Environment& environment,
                                 std::string* error) {
  Config config;
  config.home = DefaultHome(environment);
  if (const auto format = environment("LOG_FORMAT"); format && (*format == "json" || *format == "text"))
    config.log_format = *format;
  std::string path = !file.empty() ? file : environment("SONGSANG_CONFIG").value_or("");
  if (path.empty()) {
    const auto given = flags.find("home");
    const std::string home = given != flags.end() ? given->second.back() : config.home;
    if (std::filesystem::exists(home + "/songsang.toml")) path = home + "/songsang.toml";
  }
  if (!path.empty() && !std::filesystem::exists(path)) {
    *error = fmt::format("there is no configuration file {}", path);
    return std::nullopt;
  }
  if (!path.empty()) *error = TakeFile(path, &config);
  for (const Setting& setting : Settings())
    if (error->empty()) *error = TakeEnvironment(setting, environment, &config);
  for (const auto& [name, texts] : flags)
    for (const std::string& text : texts)
      if (const Setting* setting = FindSetting(name); setting != nullptr && error->empty())
        if (std::string wrong = setting->set(&config, text); !wrong.empty()) *error = "--" + name + ": " + wrong;
  if (!error->empty()) return std::nullopt;
  if (config.store.empty()) config.store = "sqlite:" + config.home + "/store";
  if (config.partitions == 0) config.partitions = config.embedded() ? 1 : 8;
  return config;
}

std::string PrintConfig(const Config& config) {
  std::string text;
  for (const Setting& setting : Settings())
    // What is unset is shown as a remark: most settings take no empty text.
    if (std::string_view(setting.name) != "tenant-zone")
      text += fmt::format("{}{} = {}  # {}\n", setting.show(config) == "\"\"" ? "# " : "", setting.name,
                          setting.show(config), setting.description);
  for (const auto& [tenant, zone] : config.zones) text += fmt::format("\n[tenants.{}]\nzone = \"{}\"\n", tenant, zone);
  return text;
}

}  // namespace songsang::host
