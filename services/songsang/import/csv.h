// Reads comma-separated values as a stream: RFC 4180, and what spreadsheets make of it. A row that cannot be read is
// handed out with the reason, and reading goes on with the next.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace songsang::importer {

struct CsvOptions {
  char delimiter = ',';
  // What the file is written in: `utf-8`, or a name that iconv knows (`cp949` is what Korean Excel saves).
  std::string encoding = "utf-8";
  // Names of the columns of a file that has no header line.
  std::vector<std::string> header;
  // Space around each value is dropped.
  bool trim = false;
  // A row larger than this is refused; so much memory is needed at most.
  size_t max_row_bytes = 1 << 20;
};

struct CsvRow {
  int64_t line = 0;  // where the row begins, from 1
  std::vector<std::string> cells;
  std::optional<Refusal> problem;  // set where the row could not be read; `cells` is then what could
};

class CsvReader {
 public:
  CsvReader();
  ~CsvReader();
  CsvReader(CsvReader&&) noexcept;
  CsvReader& operator=(CsvReader&&) noexcept;

  // Opens a file (plain or gzip; `-` is standard input) and reads its header. Refused with what is wrong.
  static Result<CsvReader> Open(const std::string& path, const CsvOptions& options);

  const std::vector<std::string>& header() const;
  // False at the end of the file, or where reading failed: then `failure` says why.
  bool Next(CsvRow* row);
  const std::optional<Refusal>& failure() const;
  // How much of the file the rows so far have taken (of a gzip file about), and its size; 0 if not known.
  int64_t bytes_read() const;
  int64_t bytes_total() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A value as RFC 4180 writes it: quoted where it must be.
std::string CsvQuoted(std::string_view value, char delimiter = ',');

}  // namespace songsang::importer
