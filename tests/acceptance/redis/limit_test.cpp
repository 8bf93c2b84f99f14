// How many commands a second a client may send.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "acceptance/redis/server.h"
#include "engine/reasons.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/v1/engine.pb.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang {
namespace {

using leads::v1::LeadCaptured;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

token::Claims ClaimsOf(const std::string& tenant, const std::string& client, uint32_t roles) {
  token::Claims claims;
  claims.subject = "tester";
  claims.client = client;
  claims.tenant = tenant;
  claims.roles = roles;
  return claims;
}
constexpr uint32_t kRep = 1u << v1::ROLE_SALES_REP;

Called<LeadCaptured> Capture(const Client& client, const With& with = {}) {
  return client.Call<LeadCaptured>("CaptureLead", Proto("name: '김하늘' channel: CHANNEL_WEB"), with);
}

// How many of these are taken before one is refused.
int TakenBeforeRefused(const Client& client, int most) {
  for (int i = 0; i < most; ++i)
    if (!Capture(client).ok()) return i;
  return most;
}

TEST(RateLimit, RefusesWhatIsTooMuchAndSaysWhenToComeBack) {
  System system([](host::Config* config) { config->rate_limit = 20; });
  const std::string tenant = System::FreshTenant();
  const Client client = system.As(ClaimsOf(tenant, "hasty", kRep));
  const int taken = TakenBeforeRefused(client, 200);
  EXPECT_GE(taken, 20);
  EXPECT_LT(taken, 200);
  client::Answer refused;
  for (int i = 0; i < 100 && refused.ok(); ++i) refused = Capture(client, With{.language = "ko"}).answer();
  EXPECT_EQ(refused.code, Code::kResourceExhausted);
  EXPECT_EQ(refused.reason, "RATE_LIMITED");
  EXPECT_EQ(refused.variables.at("limit"), "20");
  EXPECT_EQ(refused.variables.at("client"), "hasty");
  EXPECT_THAT(refused.localized, HasSubstr("평균 초당 20건"));
  ASSERT_TRUE(refused.retry_after_ms);
  EXPECT_LE(*refused.retry_after_ms, 200);
  std::this_thread::sleep_for(milliseconds(*refused.retry_after_ms + 10));
  EXPECT_THAT(Capture(client), IsOk());
}

TEST(RateLimit, IsOfOneClientOfOneTenantAndOfCommandsOnly) {
  System system([](host::Config* config) { config->rate_limit = 5; });
  const std::string tenant = System::FreshTenant();
  const Client client = system.As(ClaimsOf(tenant, "one", kRep));
  EXPECT_LT(TakenBeforeRefused(client, 100), 100);
  EXPECT_THAT(Capture(system.As(ClaimsOf(tenant, "two", kRep))), IsOk());
  EXPECT_THAT(Capture(system.As(ClaimsOf(System::FreshTenant(), "one", kRep))), IsOk());
  for (int i = 0; i < 30; ++i)
    EXPECT_THAT(client.Call<leads::v1::ListLeadsResponse>("ListLeads", Proto("")), IsOk()) << "a query";
  const Client peer = system.As(ClaimsOf(tenant, "one", kRep | 1u << v1::ROLE_SERVICE));
  EXPECT_EQ(TakenBeforeRefused(peer, 30), 30) << "a process of the system";
}

TEST(RateLimit, CountsEveryCommandOfABatchAndTheBatchAsAWhole) {
  System system([](host::Config* config) { config->rate_limit = 100; });
  const Client client = system.As(ClaimsOf(System::FreshTenant(), "importer", kRep));
  v1::ExecuteRequest batch;
  for (int i = 0; i < 250; ++i) {
    auto* item = batch.add_items();
    item->set_method("songsang.leads.v1.LeadService/CaptureLead");
    leads::v1::CaptureLeadRequest capture = Proto("name: '김하늘' channel: CHANNEL_WEB");
    item->set_request(capture.SerializeAsString());
  }
  const auto began = steady_clock::now();
  const auto done = client.Call<v1::ExecuteResponse>("BatchService/Execute", batch);
  ASSERT_THAT(done, IsOk());
  for (const auto& result : done->results()) EXPECT_FALSE(result.has_error());
  // 250 commands are two and a half seconds' worth, of which one second's was there.
  EXPECT_THAT(Capture(client), RefusedWith(engine::kRateLimited));
  ASSERT_TRUE(Eventually([&] { return Capture(client).ok(); }));
  const auto waited = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
  EXPECT_GE(waited.count(), 1300);
  EXPECT_LE(waited.count(), 4000);
}

TEST(RateLimit, DoesNotHoldUpWhatTheSystemDoesByItself) {
  System system([](host::Config* config) { config->rate_limit = 1; });
  const Client peer = system.As({v1::ROLE_BRANCH_MANAGER, v1::ROLE_SERVICE});
  const auto unit = peer.Call<workforce::v1::UnitOpened>(
      "OpenUnit", Proto("name: '강남지점' kind: KIND_BRANCH opened_on: '2026-01-01'"));
  ASSERT_THAT(unit, IsOk());
  const auto hire = [&](const char* name) {
    const auto hired = peer.Call<workforce::v1::PersonHired>(
        "HirePerson", Proto(std::string("name: '") + name + "' role: 'sales_rep' unit_id: '" + unit->unit().id() +
                            "' from_on: '2026-01-02'"));
    EXPECT_THAT(hired, IsOk());
    return hired->person().id();
  };
  std::vector<std::string> leavers;
  for (int i = 0; i < 5; ++i) leavers.push_back(hire("김하늘"));
  const std::string successor = hire("이서준");
  // Each is followed by commands of policies in three services.
  std::vector<std::string> hand_overs;
  for (const std::string& leaver : leavers) {
    const auto resigned = peer.Call<workforce::v1::PersonResigned>(
        "ResignPerson", Proto("person_id: '" + leaver + "' successor_id: '" + successor + "'"));
    ASSERT_THAT(resigned, IsOk());
    hand_overs.push_back(resigned->hand_over().id());
  }
  EXPECT_TRUE(Eventually(
      [&] {
        for (const std::string& id : hand_overs) {
          const auto got = peer.Call<workforce::v1::HandOver>("GetHandOver", Proto("id: '" + id + "'"));
          if (!got.ok() || got->state() != workforce::v1::HandOver::STATE_DONE) return false;
        }
        return true;
      },
      milliseconds(4000)));
}

// Hammers for a while from some threads; how many were taken, and how long it took.
struct Hammered {
  int taken = 0;
  double seconds = 0;
};
Hammered Hammer(const std::vector<Client>& clients, milliseconds time) {
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  const auto began = steady_clock::now();
  for (const Client& client : clients)
    threads.emplace_back([&taken, &client, until = began + time] {
      while (steady_clock::now() < until) {
        const auto captured = Capture(client);
        if (captured.ok())
          ++taken;
        else
          EXPECT_EQ(captured.answer().reason, "RATE_LIMITED") << captured.answer().Explain();
      }
    });
  for (auto& thread : threads) thread.join();
  return {taken, std::chrono::duration<double>(steady_clock::now() - began).count()};
}

// What two processes may let through together: the rate, a second's worth that was there, and what each holds.
double MostOf(int limit, double seconds) { return limit * (seconds + 1.0) + 2.0 * (limit / 10.0); }

TEST(RateLimit, HoldsOverTwoProcesses) {
  NEEDS_REDIS();
  constexpr int kLimit = 60;
  const RedisServer redis;
  const auto change = [&](host::Config* config) {
    config->redis = redis.url();
    config->rate_limit = kLimit;
    config->services = {"leads"};
  };
  System one(change), two(change);
  ASSERT_TRUE(Eventually([&] { return redis.Run({"PUBSUB", "NUMSUB", "songsang:0:moves"}) == "songsang:0:moves\n2"; }));
  const auto claims = ClaimsOf(System::FreshTenant(), "hasty", kRep);
  const auto together = Hammer({one.As(claims), one.As(claims), two.As(claims), two.As(claims)}, milliseconds(3000));
  std::printf("[          ] %d a second, of %d, over %.1f s\n", int(together.taken / together.seconds), kLimit,
              together.seconds);
  EXPECT_LE(together.taken, MostOf(kLimit, together.seconds));
  EXPECT_GE(together.taken, kLimit * together.seconds * 0.8) << "nobody is held below the limit";

  // A bucket full of nonsense is a full bucket, or none.
  for (const std::string& key : redis.Keys("songsang:limit:*")) redis.Run({"SET", key, "nonsense \x01"});
  const auto nonsense = Hammer({one.As(claims), two.As(claims)}, milliseconds(1500));
  EXPECT_LE(nonsense.taken, 2 * MostOf(kLimit, nonsense.seconds));
  EXPECT_GE(nonsense.taken, kLimit * nonsense.seconds * 0.8);
  for (const std::string& key : redis.Keys("songsang:limit:*")) redis.Run({"DEL", key});
  for (const std::string& key : redis.Keys("songsang:limit:*")) redis.Run({"RPUSH", key, "a"});

  // Without Redis each keeps the limit by itself, and nobody is shut out.
  redis.Run({"SHUTDOWN", "NOSAVE"});
  const auto apart = Hammer({one.As(claims), one.As(claims), two.As(claims), two.As(claims)}, milliseconds(2000));
  EXPECT_LE(apart.taken, 2 * MostOf(kLimit, apart.seconds));
  EXPECT_GE(apart.taken, 2 * kLimit * apart.seconds * 0.8) << "each its own";
}

}  // namespace
}  // namespace songsang
