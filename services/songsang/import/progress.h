// How far an import has come, on a terminal as one line that changes, elsewhere as a line now and then.
#pragma once

#include <chrono>
#include <ostream>
#include <string>

#include "songsang/import/importer.h"

namespace songsang::importer {

class Progress {
 public:
  Progress(std::ostream& out, bool terminal, bool korean);
  // Says where the run stands if it is time to: `rows` have been read, which took `read` of the file's `total` bytes
  // (0: unknown).
  void Show(const Counts& counts, int64_t rows, int64_t read, int64_t total);
  // Ends the changing line.
  void End();
  double seconds() const;

 private:
  std::ostream& out_;
  const bool terminal_, korean_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point due_;
  bool shown_ = false;
};

// `12,345`
std::string Grouped(int64_t number);
// What became of the rows, line by line.
std::string Summary(const Counts& counts, double seconds, bool dry_run, bool korean);

}  // namespace songsang::importer
