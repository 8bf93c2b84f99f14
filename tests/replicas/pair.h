// Two replicas of all services, each a process, on one database of their own.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "adapters/token/token.h"
#include "audit/commands.h"
#include "audit/record.h"
#include "chaos/database.h"
#include "chaos/process.h"
#include "support/process.h"
#include "support/system.h"

namespace songsang {

// Somebody who calls one replica, or both by preference, and reads what they wrote wherever they ask next.
class Person {
 public:
  Person(const std::string& addresses, const token::Key& key, const std::string& tenant,
         std::shared_ptr<client::Seen> seen, std::shared_ptr<audit::Recorder> recorder = nullptr);

  template <class Reply>
  Called<Reply> Call(const std::string& method, const Proto& request, const std::string& request_id = "") const {
    return Called<Reply>(Send(method, request, request_id));
  }
  // A fresh request id where none is given. What commands are answered is kept for the audit, where there is a recorder.
  client::Answer Send(const std::string& method, const Proto& request, const std::string& request_id = "") const;

 private:
  std::string tenant_;
  std::shared_ptr<client::Client> client_;
  std::shared_ptr<client::Seen> seen_;
  std::shared_ptr<audit::Recorder> recorder_;
};

class Pair {
 public:
  // Both serve when it returns; the first one, which was alone for a while, acts for all services.
  explicit Pair(std::vector<std::string> more = {});

  const std::string& address(int replica) const { return addresses_.at(static_cast<size_t>(replica)); }
  std::string both() const { return addresses_[0] + "," + addresses_[1]; }
  token::Key key() const { return *token::Key::OfFolder(folder_.path()); }
  // The same people at each replica; what one of them has seen the others wait for.
  Person At(int replica, const std::string& tenant) { return {address(replica), key(), tenant, seen_, recorder_}; }

  void Start(int replica);
  void Kill(int replica) { process(replica).Kill(); }
  void Stop(int replica);
  void Freeze(int replica) { process(replica).Signal(SIGSTOP); }
  void Thaw(int replica) { process(replica).Signal(SIGCONT); }

  // The first column of each row.
  std::vector<std::string> Sql(const std::string& sql) const;
  // Ends both in order, and holds what they leave against what callers were told. What is wrong, in words.
  std::string Audit();
  audit::Recorder* recorder() { return recorder_.get(); }
  const std::string& store() const { return database_.url(); }

 private:
  chaos::Process& process(int replica) { return *processes_.at(static_cast<size_t>(replica)); }

  const std::vector<std::string> more_;
  TemporaryFolder folder_;
  chaos::Database database_;
  std::array<std::string, 2> addresses_;
  std::array<std::unique_ptr<chaos::Process>, 2> processes_;
  std::shared_ptr<client::Seen> seen_ = std::make_shared<client::Seen>();
  std::shared_ptr<audit::Recorder> recorder_ = std::make_shared<audit::Recorder>(folder_.path() + "/record");
};

}  // namespace songsang
