// A Redis of a test's own, to be killed, stopped and filled with nonsense; and a small trade to ask about.
#pragma once

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/system.h"

namespace songsang {

class RedisServer {
 public:
  RedisServer();
  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }

  // At the same port as before, and empty.
  void Start();
  void Kill();  // SIGKILL
  void Signal(int signal) { process_->Signal(signal); }
  // What redis-cli answers, without its last line break.
  std::string Run(std::vector<std::string> words, const std::string& input = "") const;
  std::vector<std::string> Keys(const std::string& pattern) const;

 private:
  int port_;
  std::unique_ptr<Process> process_;
};

// Whether this binary may start one: where the tests were told of a Redis, it is installed.
#define NEEDS_REDIS() \
  if (std::getenv("SONGSANG_TEST_REDIS") == nullptr) GTEST_SKIP() << "SONGSANG_TEST_REDIS names no server"

// Asked about anew, whatever is kept.
inline With Fresh() { return With{.metadata = {{"cache-control", "no-cache"}}}; }

// One tenant's business: leads, opportunities, clients who buy and pay.
class Trade {
 public:
  Trade(System& system, const std::string& tenant);

  void CaptureLead(const std::string& channel) const;
  void OpenOpportunity(int64_t won);
  void CloseOpportunity(bool won);  // the first that is open, if any is
  void Sell(int64_t won, const std::string& day, const std::string& due);
  void Pay(int64_t won);  // no more than is owed
  void RenameAccount(const std::string& name) const;

  Client client;

 private:
  std::vector<std::string> open_;
  int64_t owed_ = 0;
};

}  // namespace songsang
