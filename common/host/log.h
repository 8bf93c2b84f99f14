// The process's log: one line an occurrence, in words or as a JSON object. No personal data: whoever writes a line
// names tenants, methods, reasons and places, never what is in a request. The journal is the audit log.
#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/result.h"

namespace songsang::host {

enum class Level { kDebug, kInfo, kWarn, kError };

// `format` is `text` or `json`; empty is text on a terminal, else JSON. Call once, before other threads run.
void StartLog(const std::string& format, const std::string& level);
bool LogIsText();

using LogValue = std::variant<std::string_view, int64_t, double, bool>;
using LogField = std::pair<std::string_view, LogValue>;
// `message` is a constant sentence; what varies goes into fields.
void Log(Level level, std::string_view message, std::initializer_list<LogField> fields = {});

// One line for every call that was refused, failed or slow, and for one in a hundred of the rest; those refused because
// there were too many (RESOURCE_EXHAUSTED) belong to the rest.
struct CallLine {
  std::string_view method, tenant, trace, reason;
  Code code = Code::kOk;
  bool replayed = false;
  bool kept = false;
  std::chrono::microseconds took{0};
};
void LogCall(const CallLine& call, std::chrono::milliseconds slow);

}  // namespace songsang::host
