// A PostgreSQL database of the run's own.
#pragma once

#include <string>

namespace songsang::chaos {

class Database {
 public:
  // `server` is SONGSANG_TEST_POSTGRES.
  explicit Database(const std::string& server);
  ~Database();

  const std::string& url() const { return url_; }
  // Ends a connection of the lanes, at whatever it is doing.
  void EndSomeConnection(unsigned random);

 private:
  std::string server_, name_, url_;
};

}  // namespace songsang::chaos
