// A server of a test's own, which it may kill, freeze and thaw (scripts/stack_control). It ends with the test, however
// that ends.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "support/process.h"

namespace songsang {

class Server {
 public:
  // `kind` is postgres, kafka or redis; `settings` are a new Kafka's: `offsets.retention.minutes=1`. Throws the script's
  // words.
  explicit Server(std::string kind, const std::vector<std::string>& settings = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // A URL; of Kafka, HOST:PORT. The same after each start.
  const std::string& address() const { return address_; }
  // SIGKILL to it and to what it made, and gone when it returns.
  void Kill() const { Control({"kill", folder()}); }
  // Again, with what it had stored; returns when it answers.
  void Start() const { Control({"start", folder(), port()}); }
  void Freeze() const { Control({"freeze", folder()}); }
  void Thaw() const { Control({"thaw", folder()}); }

 private:
  std::string Control(std::vector<std::string> words) const;
  std::string folder() const { return folder_.path() + "/server"; }
  std::string port() const;

  const std::string kind_;
  TemporaryFolder folder_;
  FILE* guard_ = nullptr;
  std::string address_;
};

}  // namespace songsang
