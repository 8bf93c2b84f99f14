// A PostgreSQL database of a test's own, on the server that SONGSANG_TEST_POSTGRES names.
#pragma once

#include <string>

namespace songsang {

class Database {
 public:
  Database();
  ~Database();  // drops it, whoever is still connected
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& name() const { return name_; }
  const std::string& url() const { return url_; }
  // Keeps what is stored now under another name, and puts it back in the place of what is stored then. Nobody may be
  // connected.
  void Save();
  void Restore();
  // Runs a statement; throws std::runtime_error with the server's words.
  void Run(const std::string& statement) const;

 private:
  std::string name_, url_;
};

}  // namespace songsang
