// That a journal has grown is heard in other processes at once; where it is not heard, it is found a little later.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "acceptance/redis/server.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/reporting/v1/report.pb.h"
#include "songsang/v1/engine.pb.h"

namespace songsang {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Two processes of one system: one records leads, the other does the rest and hears of them.
struct Two {
  explicit Two(const RedisServer* redis)
      : leads([&](host::Config* config) {
          config->services = {"leads"};
          if (redis != nullptr) config->redis = redis->url();
        }),
        others([&](host::Config* config) {
          config->home = leads.config().home;
          config->services = {"accounts", "workforce", "billing", "training", "reporting"};
          config->peers["leads"] = leads.address();
          if (redis != nullptr) config->redis = redis->url();
        }),
        rep(leads.As({v1::ROLE_SALES_REP})),
        analyst(others.As({v1::ROLE_ANALYST}, rep.tenant())) {}

  // Records a lead; where it is in the journal.
  std::string Capture() const {
    const auto captured =
        rep.Call<leads::v1::LeadCaptured>("CaptureLead", Proto("name: '김하늘' channel: CHANNEL_WEB"));
    EXPECT_THAT(captured, IsOk());
    return captured.answer().position;
  }
  // From the answer to the report that counts it, in milliseconds.
  double UntilVisible() const {
    const With after{.after = Capture()};
    const auto began = steady_clock::now();
    EXPECT_THAT(analyst.Call<reporting::v1::Figures>("GetFigures", Proto("metrics: 'leads'"), after), IsOk());
    return std::chrono::duration<double, std::milli>(steady_clock::now() - began).count();
  }

  System leads, others;
  Client rep, analyst;
};

bool Listen(const RedisServer& redis, int processes) {
  return Eventually([&] {
    return redis.Run({"PUBSUB", "NUMSUB", "songsang:0:moves"}) == "songsang:0:moves\n" + std::to_string(processes);
  });
}

TEST(News, WakesWhoeverWaitsInAnotherProcess) {
  NEEDS_REDIS();
  const RedisServer redis;
  const Two two(&redis);
  ASSERT_TRUE(Listen(redis, 2));
  auto& engine = const_cast<System&>(two.others).engine();
  std::map<std::string, int64_t> seen;
  engine.AwaitMoves({"leads"}, &seen, milliseconds(0));
  EXPECT_FALSE(engine.AwaitMoves({"leads"}, &seen, milliseconds(100))) << "nothing has happened";
  for (int i = 0; i < 5; ++i) {
    const auto began = steady_clock::now();
    std::thread later([&] {
      std::this_thread::sleep_for(milliseconds(30));
      two.Capture();
    });
    EXPECT_TRUE(engine.AwaitMoves({"leads"}, &seen, milliseconds(5000)));
    EXPECT_LT(steady_clock::now() - began, milliseconds(2000));
    later.join();
  }
  // Nonsense is no news, and harms nobody.
  redis.Run({"PUBLISH", "songsang:0:moves", "nonsense"});
  redis.Run({"PUBLISH", "songsang:0:moves", "other leads/0/0"});
  redis.Run({"-x", "PUBLISH", "songsang:0:moves"}, std::string("\xff\x00 \x01,,,", 7));
  redis.Run({"PUBLISH", "songsang:0:moves", "other unheard/0/0/5"});
  EXPECT_FALSE(engine.AwaitMoves({"leads"}, &seen, milliseconds(200)));
  redis.Run({"PUBLISH", "songsang:0:moves", "other leads/0/0/5"});
  EXPECT_TRUE(engine.AwaitMoves({"leads"}, &seen, milliseconds(5000)));
}

TEST(News, LostNewsCostTimeOnly) {
  NEEDS_REDIS();
  RedisServer redis;
  const Two two(&redis);
  ASSERT_TRUE(Listen(redis, 2));
  const auto median = [&] {
    std::vector<double> took;
    for (int i = 0; i < 15; ++i) {
      // Long enough that whoever only looks now and then looks seldom.
      std::this_thread::sleep_for(milliseconds(100 + 3 * i));
      took.push_back(two.UntilVisible());
    }
    std::sort(took.begin(), took.end());
    return took[took.size() / 2];
  };
  const double with = median();
  redis.Kill();
  const double without = median();
  std::printf("[          ] visible in another process after %.1f ms; without Redis %.1f ms\n", with, without);
  EXPECT_LT(without, 2000);
}

// A call that waits for what happens is answered as soon as it does.
TEST(News, EndsALongPollAtOnce) {
  System& system = System::Shared();
  const Client rep = system.As({v1::ROLE_SALES_REP, v1::ROLE_ADMIN});
  v1::Position after;
  std::vector<double> took;
  for (int i = 0; i < 15; ++i) {
    const auto captured =
        rep.Call<leads::v1::LeadCaptured>("CaptureLead", Proto("name: '김하늘' channel: CHANNEL_WEB"));
    ASSERT_THAT(captured, IsOk());
    std::vector<engine::Mark> marks;
    ASSERT_TRUE(engine::ParseMarks(captured.answer().position, &marks));
    v1::ReadEventsRequest request;
    request.mutable_after()->set_service("leads");
    request.mutable_after()->set_partition(marks[0].partition);
    request.mutable_after()->set_epoch(marks[0].epoch);
    request.mutable_after()->set_seq(marks[0].seq);
    request.set_wait_ms(5000);
    steady_clock::time_point sent;
    std::thread later([&] {
      std::this_thread::sleep_for(milliseconds(100 + 7 * i));
      sent = steady_clock::now();
      EXPECT_THAT(rep.Call<leads::v1::LeadCaptured>("CaptureLead", Proto("name: '김하늘' channel: CHANNEL_WEB")),
                  IsOk());
    });
    const auto read = rep.Call<v1::ReadEventsResponse>("ReadEvents", request, With{.read_own_writes = false});
    const auto heard = steady_clock::now();
    later.join();
    ASSERT_THAT(read, IsOk());
    EXPECT_EQ(read->events_size(), 1);
    took.push_back(std::chrono::duration<double, std::milli>(heard - sent).count());
  }
  std::sort(took.begin(), took.end());
  std::printf("[          ] heard after %.1f ms in the median, %.1f ms at the most\n", took[7], took.back());
  EXPECT_LT(took[7], 25) << "as if it only looked now and then";
}

}  // namespace
}  // namespace songsang
