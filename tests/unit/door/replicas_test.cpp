// A client of several replicas: where a call goes, and where it goes when that one is away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "adapters/grpc_client/client.h"
#include "adapters/grpc_client/preferred.h"
#include "adapters/token/token.h"
#include "engine/reasons.h"
#include "songsang/leads/v1/lead.pb.h"
#include "unit/door/room.h"

namespace songsang::tests {
namespace {

using leads::v1::LeadCaptured;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Two doors, each of which answers with its own name.
class TwoDoors : public testing::Test {
 protected:
  TwoDoors() : key_(token::Key::Fresh()), verifier_(std::move(*token::VerifierOf(key_))) {
    for (const int door : {0, 1}) {
      Answer(door);
      Open(door, "127.0.0.1:0");
      addresses_.push_back("127.0.0.1:" + std::to_string(doors_[door]->port()));
    }
    token::Claims claims;
    claims.subject = "kim";
    claims.tenant = claims.client = "test";
    claims.roles = 1u << v1::ROLE_SALES_REP;
    client_ = std::make_unique<client::Client>(addresses_[0] + "," + addresses_[1], key_.Mint(claims));
  }

  void Answer(int door) {
    rooms_[door].Set([door](std::unique_ptr<engine::Call> call) {
      LeadCaptured captured;
      captured.mutable_lead()->set_name(std::to_string(door));
      call->done(Replies(captured));
    });
  }
  void Open(int door, const std::string& address) {
    grpc_door::Options options;
    options.address = address;
    auto opened = grpc_door::GrpcDoor::Open(rooms_[door].Behind(), *verifier_, options);
    ASSERT_TRUE(opened.ok());
    doors_[door] = std::move(*opened);
  }

  // Which door answered a tenant's call; -1: none.
  int Ask(const std::string& tenant) {
    leads::v1::CaptureLeadRequest request;
    request.set_request_id("r1");
    client::Options options;
    options.tenant = tenant;
    const auto answer =
        client_->Call("songsang.leads.v1.LeadService/CaptureLead", request.SerializeAsString(), options);
    LeadCaptured captured;
    return answer.ok() && captured.ParseFromString(answer.reply) ? std::stoi(captured.lead().name()) : -1;
  }
  int Prefers(const std::string& tenant) { return static_cast<int>(client::Preferred(addresses_, tenant).front()); }

  token::Key key_;
  std::unique_ptr<engine::Verifier> verifier_;
  std::map<int, TestRoom> rooms_;
  std::map<int, std::unique_ptr<grpc_door::GrpcDoor>> doors_;
  std::vector<std::string> addresses_;
  std::unique_ptr<client::Client> client_;
};

TEST_F(TwoDoors, EachTenantHasItsOwn) {
  std::map<int, int> answered;
  for (int i = 0; i < 50; ++i) {
    const std::string tenant = "tenant" + std::to_string(i);
    const int door = Ask(tenant);
    EXPECT_EQ(door, Prefers(tenant));
    ++answered[door];
  }
  EXPECT_GT(answered[0], 0);
  EXPECT_GT(answered[1], 0);
}

TEST_F(TwoDoors, WhereOneIsAwayTheOtherIsAskedUntilItIsBack) {
  const int preferred = Prefers("acme");
  ASSERT_EQ(Ask("acme"), preferred);
  doors_[preferred]->Stop(milliseconds(0));
  doors_[preferred].reset();
  for (int i = 0; i < 20; ++i) ASSERT_EQ(Ask("acme"), 1 - preferred);
  Open(preferred, addresses_[preferred]);
  const auto until = steady_clock::now() + std::chrono::seconds(10);
  while (Ask("acme") != preferred && steady_clock::now() < until) std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(Ask("acme"), preferred);
}

TEST_F(TwoDoors, WhoIsStoppingIsPassedOverAndWhoRefusesIsNot) {
  const int preferred = Prefers("acme");
  rooms_[preferred].Set([](std::unique_ptr<engine::Call> call) { call->done(Refuses(engine::kStopping)); });
  EXPECT_EQ(Ask("acme"), 1 - preferred);
  // The store is away for both, and what was asked may have been recorded: whoever asked must know.
  rooms_[preferred].Set([](std::unique_ptr<engine::Call> call) {
    call->done(Refuses(engine::kUnavailable.With("detail", "the connection was lost")));
  });
  EXPECT_EQ(Ask("acme"), -1);
}

TEST_F(TwoDoors, WhereBothAreAwayTheCallSaysSo) {
  for (const int door : {0, 1}) {
    doors_[door]->Stop(milliseconds(0));
    doors_[door].reset();
  }
  EXPECT_EQ(Ask("acme"), -1);
  Open(0, addresses_[0]);
  const auto until = steady_clock::now() + std::chrono::seconds(10);
  while (Ask("acme") != 0 && steady_clock::now() < until) std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(Ask("acme"), 0);
}

}  // namespace
}  // namespace songsang::tests
