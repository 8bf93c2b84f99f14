// A whole system in the test's own process, and clients that speak to it through its door as an integrator would.
//
//   Client rep = System::Shared().As({v1::ROLE_SALES_REP});
//   const auto captured = rep.Call<LeadCaptured>("LeadService/CaptureLead", Proto("name: '김하늘'"));
//   ASSERT_THAT(captured, IsOk());
//   EXPECT_THAT(rep.Call<Lead>("LeadService/GetLead", Proto("id: 'nobody'")), RefusedWith(engine::kNotFound));
//
// The store is named by SONGSANG_TEST_STORE: sqlite (default), memory, or postgres, which needs SONGSANG_TEST_POSTGRES.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/grpc_client/client.h"
#include "host/host.h"
#include "songsang/v1/options.pb.h"
#include "support/database.h"
#include "support/proto.h"

namespace songsang {

// A call's reply, or how it was refused.
template <class Reply>
class Called {
 public:
  explicit Called(client::Answer answer) : answer_(std::move(answer)) {
    if (ok() && !reply_.ParseFromString(answer_.reply))
      ADD_FAILURE() << "the reply is not a " << Reply::descriptor()->full_name();
  }
  bool ok() const { return answer_.ok(); }
  const Reply& operator*() const { return reply_; }
  const Reply* operator->() const { return &reply_; }
  const client::Answer& answer() const { return answer_; }

 private:
  client::Answer answer_;
  Reply reply_;
};
template <class Reply>
std::string ReasonNameOf(const Called<Reply>& called) {
  return called.answer().reason;
}
template <class Reply>
std::string DescribeRefusal(const Called<Reply>& called) {
  return called.answer().Explain();
}
template <class Reply>
void PrintTo(const Called<Reply>& called, std::ostream* out) {
  *out << (called.ok() ? "{ " + called->ShortDebugString() + " }" : "refused: " + called.answer().Explain());
}

// How a call is made, beside what it asks: `With{.validate_only = true}`.
struct With {
  bool validate_only = false;
  std::string idempotency_key = {};
  std::string language = {};  // `ko`
  std::string after = {};     // positions to wait for; empty: what the tenant has seen so far
  std::string trace = {};     // W3C traceparent
  std::chrono::milliseconds timeout{0};
  std::vector<std::pair<std::string, std::string>> metadata = {};
  // False leaves an empty request_id empty; otherwise a fresh one is filled in.
  bool fill_request_id = true;
  // False sends no positions but those of `after`.
  bool read_own_writes = true;
};

// One caller: a tenant, an actor, roles. Copies are the same caller.
class Client {
 public:
  // `method` is the full name, or as much of its end as names it alone: `LeadService/CaptureLead`, `CaptureLead`.
  template <class Reply>
  Called<Reply> Call(std::string_view method, const Proto& request, const With& with = {}) const {
    const auto message = RequestOf(method);
    request.ParseInto(message.get());
    return Called<Reply>(CallRaw(method, *message, with));
  }
  template <class Reply>
  Called<Reply> Call(std::string_view method, const google::protobuf::Message& request, const With& with = {}) const {
    return Called<Reply>(CallRaw(method, request, with));
  }
  client::Answer CallRaw(std::string_view method, const google::protobuf::Message& request,
                         const With& with = {}) const;
  // The bytes as they are: for requests that are none.
  client::Answer CallBytes(std::string_view method, std::string_view request, const With& with = {}) const;

  const std::string& tenant() const { return tenant_; }
  const std::string& token() const { return token_; }

 private:
  friend class System;
  static std::unique_ptr<google::protobuf::Message> RequestOf(std::string_view method);

  std::string tenant_, token_;
  std::shared_ptr<client::Client> connection_;
  std::shared_ptr<client::Seen> seen_;  // shared by all clients of the tenant
};

class System {
 public:
  // One system for the whole test binary, started when first asked for.
  static System& Shared();

  // A system of its own, on a store of its own. What `change` says is changed before it starts.
  explicit System(const std::function<void(host::Config*)>& change = nullptr);
  ~System();
  System(const System&) = delete;
  System& operator=(const System&) = delete;

  // A caller with these roles; by default of a tenant that no other test has.
  Client As(std::initializer_list<v1::Role> roles, std::string tenant = "");
  // A caller whose client (`azp`) and actor (`sub`) matter.
  Client As(const token::Claims& claims);
  // A tenant that nobody has used. Its zone is Asia/Seoul, or UTC where asked.
  static std::string FreshTenant(const std::string& zone = "Asia/Seoul");

  // Moves the clock of the whole process ahead: what falls due until then fires.
  static void Ahead(std::chrono::minutes time);

  // Stops, and starts again on the same store.
  void Restart();
  void Stop();

  engine::Engine& engine() { return running_->engine(); }
  std::string trouble() const { return running_->trouble(); }
  const std::string& address() const { return running_->address(); }
  const host::Config& config() const { return config_; }
  const token::Key& key() const { return *running_->key(); }

 private:
  void Start();

  host::Config config_;
  std::string folder_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<host::System> running_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<client::Seen>> seen_;
};

// Whether it comes to hold: for what the system does by itself, some time after a call was answered.
bool Eventually(const std::function<bool()>& holds, std::chrono::milliseconds within = std::chrono::seconds(10));

// Which store this test binary runs on: sqlite, memory, postgres.
std::string TestStore();

}  // namespace songsang
