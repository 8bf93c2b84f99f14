#include "host/log.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>

#include "core/dates.h"
#include "host/version.h"

namespace songsang::host {

namespace {

bool text_lines = false;

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      escaped += '\\';
      escaped += c;
    } else if (c == '\n') {
      escaped += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      escaped += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string Shown(const LogValue& value, bool json) {
  if (const auto* text = std::get_if<std::string_view>(&value))
    return json ? fmt::format("\"{}\"", Escaped(*text)) : std::string(*text);
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{:.3f}", *real);
  return std::get<bool>(value) ? "true" : "false";
}

const char* Name(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarn:
      return "warn";
    case Level::kError:
      return "error";
  }
  return "error";
}

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string Line(Level level, std::string_view message, std::initializer_list<LogField> fields) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::string ts = ToIso(Instant{std::chrono::duration_cast<std::chrono::microseconds>(now).count()});
  if (text_lines) {
    std::string line = fmt::format("{} {:5} {}", ts.substr(11, 12), Name(level), message);
    for (const auto& [key, value] : fields)
      if (std::string shown = Shown(value, false); !shown.empty()) line += fmt::format("  {}={}", key, shown);
    return line;
  }
  std::string line = fmt::format(R"({{"ts":"{}","level":"{}","msg":"{}","version":"{}")", ts, Name(level),
                                 Escaped(message), Version());
  for (const auto& [key, value] : fields) line += fmt::format(R"(,"{}":{})", key, Shown(value, true));
  return line + "}";
}

}  // namespace

void StartLog(const std::string& format, const std::string& level) {
  text_lines = format.empty() ? isatty(STDOUT_FILENO) == 1 : format == "text";
  auto logger = std::make_shared<spdlog::logger>("songsang", std::make_shared<spdlog::sinks::stdout_sink_mt>());
  logger->set_pattern("%v");
  logger->set_level(spdlog::level::from_str(level == "error" ? "err" : level));
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
}

bool LogIsText() { return text_lines; }

void Log(Level level, std::string_view message, std::initializer_list<LogField> fields) {
  auto* logger = spdlog::default_logger_raw();
  if (!logger->should_log(ToSpdlog(level))) return;
  logger->log(ToSpdlog(level), "{}", Line(level, message, fields));
}

void LogCall(const CallLine& call, std::chrono::milliseconds slow) {
  static std::atomic<uint64_t> calls{0};
  // What is refused because there is too much of it would be too much here too.
  const bool refused = call.code != Code::kOk && call.code != Code::kResourceExhausted;
  const bool notable = refused || call.took >= slow;
  if (!notable && calls.fetch_add(1, std::memory_order_relaxed) % 100 != 0) return;
  const bool failed = call.code == Code::kInternal || call.code == Code::kUnavailable;
  const double millis = static_cast<double>(call.took.count()) / 1000.0;
  const auto method = call.method.substr(call.method.starts_with('/') ? 1 : 0);
  Log(failed    ? Level::kError
      : notable ? Level::kWarn
                : Level::kInfo,
      "call",
      {{"rpc", method},
       {"code", static_cast<int64_t>(call.code)},
       {"reason", call.reason},
       {"dur_ms", millis},
       {"tenant", call.tenant},
       {"trace", call.trace},
       {"replayed", call.replayed},
       {"cached", call.kept}});
}

}  // namespace songsang::host
