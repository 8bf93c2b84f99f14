// `songsang import`: a file, through a mapping, into a running system.
#pragma once

#include <chrono>
#include <ostream>
#include <string>
#include <vector>

#include "adapters/grpc_client/client.h"

namespace songsang::importer {

struct ImportOptions {
  std::string file;      // `-` is standard input; gzip is read as it is
  std::string mapping;   // a mapping file, or the name of a shipped one
  std::string errors;    // where refused rows go; empty: <file>.<mapping>.refused.csv in the current directory
  std::string encoding;  // overrides the mapping's, for example `cp949`
  bool bom = false;      // begin the error file with a mark that spreadsheets know UTF-8 by
  bool dry_run = false;
  bool korean = false;
  bool quiet = false;  // no progress
  int in_flight = 4;
  int batch = 500;
  std::chrono::milliseconds patience{120'000};
};

// What the process ends with.
enum ImportExit {
  kAllImported = 0,  // or already there
  kSomeRefused = 1,  // the error file says which and why
  kNotBegun = 2,     // the file, the mapping or the options are wrong; nothing was sent
  kBrokenOff = 3,    // the server stayed away or does not let this caller in; the same command goes on from here
};

// Runs an import: the summary goes to `out`, progress and what went wrong to `err`.
int Import(const ImportOptions& options, client::Client& client, std::ostream& out, std::ostream& err);

// The mappings that ship with the product, a line each.
void ListMappings(bool korean, std::ostream& out);
// A shipped mapping's text, to begin another from.
int PrintMapping(const std::string& name, bool korean, std::ostream& out, std::ostream& err);

struct SketchOptions {
  std::string file;
  std::string encoding;
  char delimiter = ',';
  std::vector<std::string> methods;  // `songsang.leads.v1.LeadService/CaptureLead`
  bool korean = false;
};
// Writes the beginning of a mapping for a file never seen before: its columns with examples, and for each method a
// step with every field that may be set.
int SketchMapping(const SketchOptions& options, std::ostream& out, std::ostream& err);

}  // namespace songsang::importer
