// The system as it is installed: each service a process of its own, which asks the others through their doors and, with
// Kafka, hears them there.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/token/token.h"
#include "support/database.h"
#include "support/process.h"

namespace songsang {

class Installation {
 public:
  struct Options {
    std::string program;                                   // `songsang`
    std::vector<std::string> services;                     // in the order in which they start
    std::vector<std::string> later;                        // known to the others, and started by the test
    bool postgres = false;                                 // else embedded stores in a folder
    bool streams = false;                                  // at `kafka`, or else SONGSANG_TEST_KAFKA
    std::string kafka;                                     // HOST:PORT
    std::string states = "none";                           // --state-topics
    int partitions = 2;                                    // of a server
    std::map<std::string, std::vector<std::string>> more;  // further arguments of a service
  };
  // Makes schemas and topics, starts every service and waits until all answer. Throws what went wrong.
  explicit Installation(Options options);
  ~Installation();

  const std::string& AddressOf(const std::string& service) const { return addresses_.at(service); }
  const std::map<std::string, std::string>& addresses() const { return addresses_; }
  token::Key key() const;
  const std::string& home() const { return folder_.path(); }
  const std::string& store() const { return store_; }
  const std::string& topic_prefix() const { return prefix_; }
  Database* database() { return database_.get(); }

  void Start(const std::string& service);
  void AwaitServing(const std::string& service) const;
  // SIGKILL, and waits until it is gone.
  void Kill(const std::string& service);
  // In order; how it ended and what it said.
  Ran Stop(const std::string& service);
  void Signal(const std::string& service, int signal) { processes_.at(service)->Signal(signal); }
  // Of a service that ends by itself.
  Ran Wait(const std::string& service) { return processes_.at(service)->Wait(); }
  bool Runs(const std::string& service) { return processes_.at(service)->running(); }
  // Runs `songsang` with these words, and with this installation's store, home, Kafka and prefix where asked for.
  Ran Run(std::vector<std::string> words, bool streams = false) const;

 private:
  const Options options_;
  TemporaryFolder folder_;
  std::unique_ptr<Database> database_;
  std::string store_, prefix_, kafka_;
  std::map<std::string, std::string> addresses_;
  std::map<std::string, std::unique_ptr<Process>> processes_;
};

// A port that nobody has now: each process must know the others' before they are up.
int FreePort();

}  // namespace songsang
