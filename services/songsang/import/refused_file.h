// The error file: one line for each thing that was refused, with the row as it was, so that it can be mended and
// imported again as it stands.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "songsang/import/importer.h"

namespace songsang::importer {

class RefusedFile {
 public:
  RefusedFile(std::string path, std::vector<std::string> header, bool bom);

  // An error file of an earlier run would be taken for this run's. Any other file there is left alone, and stops us:
  // false.
  bool ClearOld();
  void Add(const Refused& refused);
  // Closes it. False if not everything could be written.
  bool Close();

  bool used() const { return used_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::vector<std::string> header_;
  bool bom_;
  bool used_ = false;
  // Columns of a file that is itself an error file, mended and imported again: those we write are not repeated.
  size_t skip_ = 0;
  std::ofstream stream_;
};

}  // namespace songsang::importer
