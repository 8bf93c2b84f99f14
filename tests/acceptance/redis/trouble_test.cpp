// A Redis that is killed, emptied, stopped or filled with nonsense, under load: no answer is another, nothing is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "acceptance/redis/server.h"
#include "adapters/redis_cache/redis_cache.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/reporting/v1/receivables.pb.h"
#include "songsang/reporting/v1/report.pb.h"

namespace songsang {
namespace {

using reporting::v1::Figures;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

double MillisSince(steady_clock::time_point began) {
  return std::chrono::duration<double, std::milli>(steady_clock::now() - began).count();
}

// People who write and ask, until it ends.
class Load {
 public:
  explicit Load(System& system) : trade_(system, System::FreshTenant()), quiet_(system, System::FreshTenant()) {
    quiet_.Sell(1000, "2026-01-10", "2026-03-31");
    quiet_.CaptureLead("WEB");
    threads_.emplace_back([this] { Write(); });
    threads_.emplace_back([this] { Ask(trade_); });
    threads_.emplace_back([this] { Ask(quiet_); });
  }
  ~Load() {
    stop_ = true;
    for (auto& thread : threads_) thread.join();
  }
  // What happened since the last time: how many answers, how many of them kept, the slowest.
  std::string Told() {
    const std::lock_guard lock(mutex_);
    std::sort(took_.begin(), took_.end());
    const auto at = [&](double share) { return took_[static_cast<size_t>(share * double(took_.size() - 1))]; };
    const std::string told = took_.empty() ? "nothing"
                                           : std::to_string(took_.size()) + " reports, " + std::to_string(kept_) +
                                                 " kept; ms p50 " + std::to_string(at(0.5)) + ", p99 " +
                                                 std::to_string(at(0.99)) + ", worst " + std::to_string(at(1)) + "; " +
                                                 std::to_string(written_) + " commands";
    took_.clear();
    kept_ = written_ = 0;
    return told;
  }
  int kept() {
    const std::lock_guard lock(mutex_);
    return kept_;
  }
  int answers() const { return answers_; }
  int writes() const { return writes_; }

 private:
  void Write() {
    while (!stop_) {
      trade_.CaptureLead("WEB");
      ++writes_;
      const std::lock_guard lock(mutex_);
      ++written_;
    }
  }
  // Each answer is compared with the one computed for the same instant.
  void Ask(const Trade& trade) {
    while (!stop_) {
      for (const char* question :
           {"metrics: 'leads'", "metrics: 'leads' dimensions: 'channel'", "metrics: 'invoiced'"}) {
        reporting::v1::GetFiguresRequest request = Proto(question);
        const auto began = steady_clock::now();
        const auto answer = trade.client.Call<Figures>("GetFigures", request);
        const double took = MillisSince(began);
        EXPECT_THAT(answer, IsOk());
        *request.mutable_known_on() = answer->known_on();
        const auto computed = trade.client.Call<Figures>("GetFigures", request, Fresh());
        EXPECT_THAT(computed, IsOk());
        EXPECT_EQ(answer.answer().reply, computed.answer().reply) << question;
        ++answers_;
        const std::lock_guard lock(mutex_);
        took_.push_back(took);
        kept_ += answer.answer().cached ? 1 : 0;
      }
    }
  }

  Trade trade_, quiet_;
  std::atomic<bool> stop_{false};
  std::atomic<int> answers_{0}, writes_{0};
  std::mutex mutex_;
  std::vector<double> took_;
  int kept_ = 0, written_ = 0;
  std::vector<std::thread> threads_;
};

TEST(RedisTrouble, ChangesNoAnswerAndRefusesNothing) {
  NEEDS_REDIS();
  RedisServer redis;
  System system([&](host::Config* config) {
    config->redis = redis.url();
    config->rate_limit = 100'000;
    config->query_threads = 4;
  });
  Load load(system);
  const auto stage = [&](const char* what, milliseconds time) {
    (void)load.Told();
    const int answers = load.answers(), writes = load.writes();
    std::this_thread::sleep_for(time);
    EXPECT_GT(load.answers(), answers) << what;
    EXPECT_GT(load.writes(), writes) << what;
    std::printf("[          ] %-14s %s\n", what, load.Told().c_str());
  };
  const auto recovers = [&](const char* what) {
    EXPECT_TRUE(Eventually([&] { return system.trouble().empty(); })) << what << ": " << system.trouble();
    (void)load.Told();
    EXPECT_TRUE(Eventually([&] { return load.kept() > 0; })) << "nothing is kept any more after " << what;
  };
  recovers("the start");
  stage("calm", milliseconds(700));
  for (int i = 0; i < 5; ++i) {
    redis.Run({"FLUSHALL"});
    stage("emptied", milliseconds(100));
  }
  recovers("it was emptied");
  redis.Kill();
  stage("killed", milliseconds(1000));
  EXPECT_THAT(system.trouble(), testing::HasSubstr("Redis at 127.0.0.1:"));
  redis.Start();
  recovers("it was killed");
  stage("back", milliseconds(300));
  redis.Signal(SIGSTOP);
  stage("stopped", milliseconds(1500));
  EXPECT_THAT(system.trouble(), testing::HasSubstr("does not answer"));
  redis.Signal(SIGCONT);
  recovers("it was stopped");
  stage("going on", milliseconds(300));
  redis.Run({"CLIENT", "PAUSE", "1200"});
  stage("paused", milliseconds(1000));
  recovers("it was paused");
  redis.Run({"CLIENT", "KILL", "TYPE", "normal"});
  stage("disconnected", milliseconds(300));
  recovers("it was disconnected");
  redis.Run({"CONFIG", "SET", "maxmemory", "1"});  // nothing can be set any more
  redis.Run({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  redis.Run({"FLUSHALL"});
  stage("full", milliseconds(500));
}

// What is asked while it is stalled waits once, and then no more.
TEST(RedisTrouble, AStallCostsOneShortWait) {
  NEEDS_REDIS();
  RedisServer redis;
  const auto cache = redis::OpenRedisCache(redis.url());
  ASSERT_TRUE(Eventually([&] {
    cache->Set("k", "v", milliseconds(60'000));
    return cache->Get("k") == "v";
  }));
  redis.Signal(SIGSTOP);
  const auto began = steady_clock::now();
  EXPECT_EQ(cache->Get("k"), std::nullopt);
  const double first = MillisSince(began);
  const auto then = steady_clock::now();
  for (int i = 0; i < 10'000; ++i) EXPECT_EQ(cache->Get("k"), std::nullopt);
  const double rest = MillisSince(then);
  std::printf("[          ] the first %.1f ms, ten thousand more %.1f ms\n", first, rest);
  EXPECT_LE(first, 150);
  EXPECT_LE(rest, 500);
  // It may be stopped for long: connections are made anew meanwhile, in vain.
  std::this_thread::sleep_for(milliseconds(2500));
  EXPECT_NE(cache->trouble(), "");
  redis.Signal(SIGCONT);
  EXPECT_TRUE(Eventually([&] { return cache->Get("k") == "v"; }));
  EXPECT_EQ(cache->trouble(), "");
}

TEST(RedisTrouble, AShortStallIsGotOverOnTheSameConnection) {
  NEEDS_REDIS();
  RedisServer redis;
  const auto cache = redis::OpenRedisCache(redis.url());
  const auto answers = [&] {
    cache->Set("k", "v", milliseconds(60'000));
    return cache->Get("k") == "v";
  };
  ASSERT_TRUE(Eventually(answers));
  const std::string id = redis.Run({"CLIENT", "LIST"}).substr(0, 6);
  redis.Signal(SIGSTOP);
  EXPECT_FALSE(answers());
  std::this_thread::sleep_for(milliseconds(200));
  redis.Signal(SIGCONT);
  EXPECT_TRUE(Eventually(answers, milliseconds(1000)));
  // Late answers went to nobody else.
  for (int i = 0; i < 100; ++i) {
    cache->Set("k" + std::to_string(i), "v" + std::to_string(i), milliseconds(60'000));
    EXPECT_EQ(cache->Get("k" + std::to_string(i)), "v" + std::to_string(i));
  }
  EXPECT_EQ(redis.Run({"CLIENT", "LIST"}).substr(0, 6), id) << "it was the connection from before";
}

TEST(RedisTrouble, APasswordIsGivenAndAWrongOneIsTold) {
  NEEDS_REDIS();
  RedisServer redis;
  redis.Run({"CONFIG", "SET", "requirepass", "p@ss:w/rd"});
  const std::string at = redis.url().substr(std::string("redis://").size());
  const auto right = redis::OpenRedisCache("redis://:p%40ss:w%2Frd@" + at + "/7");
  EXPECT_TRUE(Eventually([&] {
    right->Set("k", "v", milliseconds(60'000));
    return right->Get("k") == "v";
  }));
  const auto wrong = redis::OpenRedisCache("redis://:guess@" + at);
  EXPECT_TRUE(Eventually([&] { return wrong->trouble().find("WRONGPASS") != std::string::npos; })) << wrong->trouble();
  EXPECT_EQ(wrong->trouble().find("guess"), std::string::npos) << "secrets are not told";
}

}  // namespace
}  // namespace songsang
