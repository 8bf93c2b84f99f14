// Random commands over all services, made from what earlier ones answered; and a caller who sends them, keeps a record
// of them, and asks again with the same request id where an outcome is unknown.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "audit/record.h"
#include "core/result.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::audit {

struct Reply {
  Verdict verdict = Verdict::kUnknown;
  std::string reason;  // where not ok
  std::string bytes;
  bool replayed = false;
};
// Sends a request and waits: method (`songsang.leads.v1.LeadService/CaptureLead`), serialised request.
using Send = std::function<Reply(const std::string& method, const std::string& request)>;

// The verdict on a refused call: codes that leave the outcome open are unknown.
Verdict VerdictOf(int code, const std::string& reason);

// What callers of one tenant know of it: ids by kind. They share it, so that they meet at the same entities.
class Known {
 public:
  // Takes the entities of an event.
  void Learn(const google::protobuf::Message& event);
  // One of them; empty if there is none yet.
  std::string Any(const std::string& kind, std::mt19937_64* random) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> ids_;
};

// A command ready to be sent, without its request id.
struct Draft {
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::unique_ptr<google::protobuf::Message> request;
};
// Each changes something if it is accepted. Null request where nothing is known yet that it could be about.
Draft RandomCommand(const Known& known, const std::string& unique, std::mt19937_64* random);
// How `method` is called: `songsang.leads.v1.LeadService/CaptureLead`.
std::string NameOf(const google::protobuf::MethodDescriptor& method);

class Caller {
 public:
  // `name` makes its request ids its own. `giving_up` ends the asking again.
  Caller(std::string tenant, std::string client, std::string name, uint64_t seed, Known* known, Recorder* recorder,
         Send send, std::function<bool()> giving_up);

  // Where a method's service is to be asked; a batch then holds only what goes to one place.
  using Place = std::function<std::string(const std::string& method)>;
  void KeepTogether(Place place) { place_ = std::move(place); }
  // Sends one command, or a batch of them, until the outcome is known.
  void Step();
  int64_t acknowledged() const { return acknowledged_; }
  // The first answer that contradicts an earlier one, in words.
  const std::string& wrong() const { return wrong_; }

 private:
  void Single();
  void Batch();
  Reply AskUntilKnown(const std::string& method, const std::string& request,
                      const std::vector<std::pair<Key, std::string>>& commands);
  void Take(const Draft& draft, const Key& key, const Reply& reply);
  // One that goes where `beside` goes, unless that is null.
  Draft Next(const Draft* beside, std::string* request_id);

  const std::string tenant_, client_, name_;
  std::mt19937_64 random_;
  Known* known_;
  Recorder* recorder_;
  Send send_;
  std::function<bool()> giving_up_;
  Place place_;
  int64_t number_ = 0, acknowledged_ = 0;
  std::string wrong_;
};

}  // namespace songsang::audit
