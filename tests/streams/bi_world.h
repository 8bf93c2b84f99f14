// A system under load that publishes its states, exported while the load goes on and again at its end.
#pragma once

#include <atomic>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/grpc_client/client.h"
#include "songsang/v1/engine.pb.h"
#include "songsang/v1/options.pb.h"
#include "streams/state_table.h"
#include "support/installation.h"

namespace songsang {

class BiWorld {
 public:
  // What is published of it; all of it is exported.
  static const std::vector<std::string>& Entities();

  BiWorld();

  // The two exports, and what kcat reads of the topic at each level, as lines of JSON.
  std::string Middle(const std::string& entity) const { return folder_.path() + "/middle/" + entity; }
  std::string End(const std::string& entity) const { return folder_.path() + "/end/" + entity; }
  std::string Topic(const std::string& entity, bool committed = true) const {
    return folder_.path() + (committed ? "/committed/" : "/uncommitted/") + entity + ".ndjson";
  }
  std::string TopicName(const std::string& entity) const;
  // Where the journals stood at the end, as `songsang-position` says it.
  std::string heads() const;

  Installation& installation() { return *installation_; }
  std::string address() const { return installation_->AddressOf("leads"); }
  const std::string& folder() const { return folder_.path(); }
  std::unique_ptr<client::Client> As(std::initializer_list<v1::Role> roles, const std::string& tenant) const;
  // `songsang` with these words, towards this installation.
  Ran Songsang(std::vector<std::string> words) const;

 private:
  std::map<std::string, std::vector<v1::Position>> Heads() const;
  int64_t Recorded() const;
  void Sell(std::atomic<int>* batches, const std::atomic<bool>* enough) const;
  void SellAndExport();
  void ExportWhenQuiet();
  void AwaitPublished() const;
  void ReadTopics() const;

  TemporaryFolder folder_;
  std::unique_ptr<Installation> installation_;
};

}  // namespace songsang
