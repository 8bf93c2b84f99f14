// A client's limit, as the engine keeps it with a bucket that answers when it pleases.
#include "engine/limiter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "engine/reasons.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::engine {
namespace {

using testing::ElementsAre;

// A bucket that answers when the test says so.
class Slow : public Cache {
 public:
  std::optional<std::string> Get(const std::string&) override { return std::nullopt; }
  void Set(const std::string&, const std::string&, std::chrono::milliseconds) override {}
  void Take(const std::string& key, const Rate&, int64_t want,
            std::function<void(std::optional<int64_t>)> then) override {
    keys.push_back(key);
    wants.push_back(want);
    open.push_back(std::move(then));
  }
  void Publish(const std::string&, const std::string&) override {}
  Subscription Subscribe(const std::string&, std::function<void(const std::string&)>) override { return nullptr; }

  void Answer(std::optional<int64_t> taken) {
    ASSERT_FALSE(open.empty());
    const auto then = std::move(open.front());
    open.erase(open.begin());
    then(taken);
  }

  std::vector<std::string> keys;
  std::vector<int64_t> wants;
  std::vector<std::function<void(std::optional<int64_t>)>> open;
};

class LimiterTest : public testing::Test {
 protected:
  // Ten at once of a hundred a second.
  void Send(int64_t cost = 1, const std::string& client = "tests") {
    auto call = std::make_unique<Call>();
    call->caller.tenant = "acme";
    call->caller.client = client;
    call->done = [this](Outcome outcome) { refused.push_back(*outcome.refusal); };
    limiter->Admit(std::move(call), cost);
  }

  Slow slow;
  int admitted = 0;
  std::vector<Refusal> refused;
  std::shared_ptr<Limiter> limiter =
      std::make_shared<Limiter>(slow, 100, [this](std::unique_ptr<Call>) { ++admitted; });
};

TEST_F(LimiterTest, WaitsForTheBucketWithoutHoldingAThread) {
  Send();
  Send();
  Send();
  EXPECT_EQ(admitted, 0);
  EXPECT_THAT(slow.wants, ElementsAre(11)) << "asked once, for the first and a portion";
  slow.Answer(11);
  EXPECT_EQ(admitted, 3);
  EXPECT_TRUE(refused.empty());
}

TEST_F(LimiterTest, TakesAPortionAheadOfNeed) {
  Send();
  slow.Answer(11);
  for (int i = 0; i < 4; ++i) Send();
  EXPECT_EQ(slow.wants.size(), 1U);
  Send();
  EXPECT_EQ(admitted, 6) << "the bucket is asked, but nobody waits for it";
  EXPECT_THAT(slow.wants, ElementsAre(11, 10));
  for (int i = 0; i < 5; ++i) Send();
  EXPECT_EQ(admitted, 11);
  Send();
  EXPECT_EQ(admitted, 11);
  EXPECT_EQ(slow.open.size(), 1U) << "it is asked already";
  slow.Answer(10);
  EXPECT_EQ(admitted, 12);
}

TEST_F(LimiterTest, RefusesWhenTheBucketIsEmptyAndDoesNotAskForEachRefusal) {
  Send();
  slow.Answer(1);
  EXPECT_EQ(admitted, 1);
  for (int i = 0; i < 50; ++i) Send();
  ASSERT_EQ(refused.size(), 50U);
  EXPECT_EQ(refused[0].reason, &kRateLimited);
  EXPECT_GE(refused[0].retry_after_ms.value_or(0), 1);
  EXPECT_LE(refused[0].retry_after_ms.value_or(0), 11);
  EXPECT_EQ(slow.wants.size(), 1U);
  std::this_thread::sleep_for(std::chrono::milliseconds(15));
  Send();
  EXPECT_EQ(slow.wants.size(), 2U);
  slow.Answer(0);
  EXPECT_EQ(refused.size(), 51U);
}

TEST_F(LimiterTest, ABatchGoesOnWholeAndIsPaidForAfterwards) {
  Send(250);
  EXPECT_THAT(slow.wants, ElementsAre(100)) << "a bucket never holds more";
  slow.Answer(100);
  EXPECT_EQ(admitted, 1);
  // It owes 150: a second of the bucket does not pay for it.
  EXPECT_EQ(slow.wants.back(), 100);
  slow.Answer(90);
  Send();
  EXPECT_EQ(admitted, 1);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_GE(refused[0].retry_after_ms.value_or(0), 590);
  EXPECT_LE(refused[0].retry_after_ms.value_or(0), 611);
}

TEST_F(LimiterTest, ClientsHaveBucketsOfTheirOwn) {
  Send(1, "one");
  Send(1, "two");
  EXPECT_EQ(slow.open.size(), 2U);
  EXPECT_NE(slow.keys[0], slow.keys[1]);
  slow.Answer(0);
  slow.Answer(11);
  EXPECT_EQ(admitted, 1);
  EXPECT_EQ(refused.size(), 1U);
}

TEST_F(LimiterTest, WithoutTheSharedBucketThereIsOneHere) {
  for (int i = 0; i < 300; ++i) {
    Send();
    while (!slow.open.empty()) slow.Answer(std::nullopt);
  }
  EXPECT_GE(admitted, 100);
  EXPECT_LT(admitted, 200);
  EXPECT_EQ(refused.size() + static_cast<size_t>(admitted), 300U);
}

TEST_F(LimiterTest, StoppingAnswersWhoeverWaits) {
  Send();
  limiter->Stop();
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].reason, &kStopping);
  slow.Answer(11);
  EXPECT_EQ(admitted, 0);
}

}  // namespace
}  // namespace songsang::engine
