// An engine with the real services, in the test's own process, on stores of its own behind gates.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/reasons.h"
#include "support/proto.h"
#include "unit/engine/gate.h"

namespace songsang::engine {

// How a call was answered, with the reply as the message that the test expects.
template <class Reply>
class Answered {
 public:
  explicit Answered(Outcome outcome) : outcome_(std::move(outcome)) {
    if (outcome_.ok() && !reply_.ParseFromString(*outcome_.reply)) ADD_FAILURE() << "the reply is of another type";
  }
  bool ok() const { return outcome_.ok(); }
  const Reply& operator*() const { return reply_; }
  const Reply* operator->() const { return &reply_; }
  const Outcome& outcome() const { return outcome_; }

 private:
  Outcome outcome_;
  Reply reply_;
};
template <class Reply>
std::string ReasonNameOf(const Answered<Reply>& answered) {
  return answered.ok() ? "" : answered.outcome().refusal->reason->name;
}
template <class Reply>
std::string DescribeRefusal(const Answered<Reply>& answered) {
  return answered.outcome().refusal->Sentence(false);
}
template <class Reply>
void PrintTo(const Answered<Reply>& answered, std::ostream* out) {
  *out << (answered.ok() ? "{ " + answered->ShortDebugString() + " }" : "refused: " + DescribeRefusal(answered));
}

// Who calls and how; the rest is as a test usually wants it.
struct As {
  std::string tenant = "acme";
  std::string client = "tests";
  std::string actor = "tester";
  uint32_t roles = 1u << v1::ROLE_ADMIN;
  bool validate_only = false;
  std::chrono::milliseconds within{10'000};
  std::function<bool()> cancelled = {};
  std::vector<Mark> after = {};
  uint64_t flow = 0;
};

class House {
 public:
  struct Options {
    std::function<void(Service*)> change;  // each service, before it is hosted
    Settings settings;
  };
  House() : House(Options{}) {}
  explicit House(const Options& options);
  ~House();

  Engine& engine() { return *engine_; }
  Gate& gate(const std::string& service) { return *gates_.at(service); }

  // Sends, and does not wait. `method` is `leads.v1.LeadService/CaptureLead`.
  std::future<Outcome> Send(const std::string& method, const google::protobuf::Message& request, const As& as = {});
  std::future<Outcome> Send(const std::string& method, const Proto& request, const As& as = {});
  template <class Reply>
  Answered<Reply> Call(const std::string& method, const Proto& request, const As& as = {}) {
    return Answered<Reply>(Send(method, request, as).get());
  }

  // Commands that are sent within `send` become one batch of the service's lane.
  void InOneBatch(const std::string& service, const std::function<void()>& send);

  // A number that SQL answers, from the service's store. `{}` stands for its schema.
  int64_t Count(const std::string& service, std::string sql);
  std::vector<v1::JournalEvent> Journal(const std::string& service);

 private:
  std::map<std::string, std::shared_ptr<Gate>> gates_;
  std::unique_ptr<Engine> engine_;
  int plugs_ = 0;
};

// Whether the tests of this binary can run: on PostgreSQL they need a server.
#define NEEDS_ITS_STORE()                                                                                        \
  if (std::string(std::getenv("SONGSANG_TEST_STORE") ? std::getenv("SONGSANG_TEST_STORE") : "") == "postgres" && \
      !std::getenv("SONGSANG_TEST_POSTGRES"))                                                                    \
  GTEST_SKIP() << "SONGSANG_TEST_POSTGRES names no PostgreSQL server"

}  // namespace songsang::engine
