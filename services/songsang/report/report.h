// `songsang report`: figures from a running system, as a table, CSV or JSON.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "adapters/grpc_client/client.h"

namespace songsang::report {

enum class Output { kTable, kCsv, kJson };

struct ReportOptions {
  // A ready-made report (`funnel`); what else is given replaces its parts. Empty: `metrics` say what is asked for.
  std::string name;
  std::vector<std::string> metrics, dimensions;
  std::vector<std::string> filters;   // `origin=social,email`; `origin=` keeps what has no origin
  std::vector<std::string> order_by;  // `-won_value`
  std::string from_on, to_on;         // 2026-01-01: business time
  std::string bucket;                 // day, week, month, quarter, year
  std::string as_of;                  // only what had happened by the end of this day
  std::string known_on;               // 2026-01-31T09:00:00+09:00: only what had been recorded by then
  int limit = 0;
  Output output = Output::kTable;
  bool footer = true;  // of a table: definitions, known on, positions
  bool korean = false;
  // Positions to wait for, so that what was just recorded is in it; may be empty.
  std::string after;
};

// Asks and prints. 0; 64 if the options make no question; else what the server's refusal is worth (1).
int Report(const ReportOptions& options, client::Client& client, std::ostream& out, std::ostream& err);

// The ready-made reports, and the dictionary of figures and dimensions with their meaning.
int ListReports(const ReportOptions& options, client::Client& client, std::ostream& out, std::ostream& err);

}  // namespace songsang::report
