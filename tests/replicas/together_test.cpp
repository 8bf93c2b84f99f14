// What two replicas of every service do to each other's work: nothing. One database decides.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "replicas/pair.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/credit.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/reporting/v1/report.pb.h"

namespace songsang {
namespace {

using accounts::v1::AccountRegistered;
using billing::v1::CreditLineOpened;
using billing::v1::GetExposureResponse;
using billing::v1::OrderCancelled;
using billing::v1::OrderPlaced;
using leads::v1::LeadCaptured;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class Together : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (std::getenv("SONGSANG_TEST_POSTGRES") != nullptr) pair = std::make_unique<Pair>();
  }
  static void TearDownTestSuite() { pair.reset(); }
  void SetUp() override {
    if (pair == nullptr) GTEST_SKIP() << "SONGSANG_TEST_POSTGRES names no PostgreSQL server";
  }

  static Proto Account(const std::string& key) {
    return Proto("kind: KIND_BUSINESS country: 'US' state: STATE_OPEN name: '" + key +
                 "' external_ref { system: 'test' key: '" + key + "' }");
  }
  static Proto Limit(const std::string& key, int64_t limit) {
    return Proto("account_id: 'ext:test:" + key + "' limit { minor: " + std::to_string(limit) + " currency: 'KRW' }");
  }
  // 1,100 won with its tax.
  static Proto Order(const std::string& key) {
    return Proto("account_id: 'ext:test:" + key +
                 "' currency: 'KRW' lines { description: '동백유' quantity { units: 1 } unit_price { units: 1000 } }");
  }

  static std::unique_ptr<Pair> pair;
};
std::unique_ptr<Pair> Together::pair;

TEST_F(Together, AThousandOrdersThroughBothNeverPassOneCreditLimit) {
  const Person one = pair->At(0, "credit"), other = pair->At(1, "credit");
  ASSERT_THAT(one.Call<AccountRegistered>("RegisterAccount", Account("hanbit")), IsOk());
  // 90 orders fit, and 999 won are left over.
  ASSERT_THAT(other.Call<CreditLineOpened>("OpenCreditLine", Limit("hanbit", 99'999)), IsOk());
  constexpr int kOrders = 1000;
  std::atomic<int> next{0}, over{0};
  std::array<std::atomic<int>, 2> taken{};
  std::mutex mutex;
  std::string first;
  std::vector<std::thread> callers;
  for (int i = 0; i < 32; ++i)
    callers.emplace_back([&, i] {
      const Person person = pair->At(i % 2, "credit");
      while (next++ < kOrders) {
        const auto placed = person.Call<OrderPlaced>("PlaceOrder", Order("hanbit"));
        if (placed.ok()) {
          ++taken.at(static_cast<size_t>(i % 2));
          const std::lock_guard lock(mutex);
          first = placed->order().id();
        } else if (placed.answer().reason == "CREDIT_LIMIT_MUST_SUFFICE") {
          ++over;
        } else {
          ADD_FAILURE() << placed.answer().Explain();
        }
      }
    });
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(taken[0] + taken[1], 90);
  EXPECT_EQ(over, kOrders - 90);
  EXPECT_GT(taken[0], 0) << "both had their share";
  EXPECT_GT(taken[1], 0) << "both had their share";
  const auto exposure = [&](const Person& person) {
    return person.Call<GetExposureResponse>("GetExposure", Proto("account_id: 'ext:test:hanbit'"));
  };
  for (const Person& person : {one, other}) EXPECT_EQ(exposure(person)->available().minor(), 999);
  // What one cancels, the other may take again; and nobody a second time.
  ASSERT_THAT(one.Call<OrderCancelled>("CancelOrder", Proto("order_id: '" + first + "' reason: '고객 요청'")), IsOk());
  EXPECT_EQ(exposure(other)->available().minor(), 2'099);
  EXPECT_THAT(other.Call<OrderPlaced>("PlaceOrder", Order("hanbit")), IsOk());
  for (const Person& person : {one, other})
    EXPECT_THAT(person.Call<OrderPlaced>("PlaceOrder", Order("hanbit")),
                RefusedWith(std::string("CREDIT_LIMIT_MUST_SUFFICE")));
}

TEST_F(Together, TheSameRequestIdSentToBothAtOnceIsOneEffect) {
  const std::array<Person, 2> people{pair->At(0, "twice"), pair->At(1, "twice")};
  constexpr int kRounds = 150;
  int replayed = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::array<client::Answer, 2> answers;
    std::vector<std::thread> threads;
    for (size_t i : {0, 1})
      threads.emplace_back([&, i] {
        answers[i] = people[i].Send("RegisterAccount", Account("twice" + std::to_string(round)),
                                    "twice-" + std::to_string(round));
      });
    for (auto& thread : threads) thread.join();
    for (const auto& answer : answers) ASSERT_TRUE(answer.ok()) << answer.Explain();
    EXPECT_EQ(answers[0].reply, answers[1].reply);
    EXPECT_NE(answers[0].replayed, answers[1].replayed) << "one decided, the other was told so";
    replayed += answers[1].replayed ? 1 : 0;
  }
  EXPECT_EQ(pair->Sql("SELECT count(*) FROM accounts.journal WHERE tenant = 'twice'")[0], std::to_string(kRounds));
  EXPECT_EQ(pair->Sql("SELECT count(*) FROM accounts.account WHERE tenant = 'twice'")[0], std::to_string(kRounds));
  std::printf("the second replica was late in %d of %d rounds\n", replayed, kRounds);
}

TEST_F(Together, AnotherBodyUnderTheSameRequestIdIsRefusedByTheOther) {
  ASSERT_THAT(pair->At(0, "reused").Call<AccountRegistered>("RegisterAccount", Account("a"), "same"), IsOk());
  EXPECT_THAT(pair->At(1, "reused").Call<AccountRegistered>("RegisterAccount", Account("b"), "same"),
              RefusedWith(std::string("REQUEST_ID_REUSED")));
}

// One of the two copies and follows, and either may be asked. Whoever has seen an answer finds it in whatever is asked
// next: an account in a mirror, a figure in a report.
TEST_F(Together, WhatOneRecordsTheOtherShowsToWhoHasSeenIt) {
  milliseconds longest{0};
  for (int i = 0; i < 12; ++i) {
    const std::string key = "seen" + std::to_string(i);
    const int writer = i % 2, reader = i / 2 % 2;
    const auto start = steady_clock::now();
    ASSERT_THAT(pair->At(writer, "seen").Call<AccountRegistered>("RegisterAccount", Account(key)), IsOk());
    ASSERT_THAT(pair->At(reader, "seen").Call<CreditLineOpened>("OpenCreditLine", Limit(key, 1'000)), IsOk());
    ASSERT_THAT(
        pair->At(writer, "seen").Call<LeadCaptured>("CaptureLead", Proto("channel: CHANNEL_WEB name: '" + key + "'")),
        IsOk());
    const auto leads = pair->At(reader, "seen").Call<reporting::v1::Figures>("GetFigures", Proto("metrics: 'leads'"));
    const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
    ASSERT_THAT(leads, IsOk());
    EXPECT_EQ(leads->total().values(0).value(), std::to_string(i + 1));
    EXPECT_LT(took, milliseconds(3000)) << "writer " << writer << ", reader " << reader;
    longest = std::max(longest, took);
  }
  std::printf("written and read four times over within %lld ms\n", static_cast<long long>(longest.count()));
}

// Both might do what a service does by itself; one does, and the other neither doubles nor undoes it.
TEST_F(Together, OneActsForBoth) {
  EXPECT_EQ(pair->Sql("SELECT holder FROM billing.lease").size(), 1u);
  const std::string differ =
      "SELECT count(*) FROM accounts.account a FULL JOIN billing.accounts_account m ON a.tenant = m.tenant AND a.id = "
      "m.id WHERE a.body IS DISTINCT FROM m.body";
  EXPECT_TRUE(Eventually([&] { return pair->Sql(differ)[0] == "0"; }));
}

}  // namespace
}  // namespace songsang
