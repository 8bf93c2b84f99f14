// What both caches promise: the one of a single process, and Redis (SONGSANG_TEST_REDIS).
#include "engine/cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <mutex>
#include <thread>

#include "adapters/local_cache/local_cache.h"
#include "adapters/redis_cache/redis_cache.h"

namespace songsang::contract {
namespace {

using engine::Cache;
using engine::Rate;
using std::chrono::milliseconds;
using testing::ElementsAre;

constexpr milliseconds kLong{60'000};

class CacheTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const char* url = std::getenv("SONGSANG_TEST_REDIS");
    if (GetParam() == "redis" && url == nullptr) GTEST_SKIP() << "SONGSANG_TEST_REDIS names no server";
    cache_ = GetParam() == "redis" ? redis::OpenRedisCache(url) : OpenLocalCache();
    // It connects by itself, some time after it was opened.
    ASSERT_TRUE(Eventually([this] {
      cache_->Set(Key("ready"), "yes", kLong);
      return cache_->Get(Key("ready")) == "yes";
    }));
  }

  static bool Eventually(const std::function<bool()>& holds, milliseconds within = milliseconds(5000)) {
    const auto until = std::chrono::steady_clock::now() + within;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(milliseconds(2));
    }
    return true;
  }
  // Of this test alone, in this run.
  static std::string Key(const std::string& name) {
    return "test:" + std::to_string(getpid()) + ":" + testing::UnitTest::GetInstance()->current_test_info()->name() +
           ":" + name;
  }
  std::optional<int64_t> Take(const std::string& key, int64_t per_second, int64_t want) {
    std::promise<std::optional<int64_t>> taken;
    cache_->Take(key, Rate{per_second}, want, [&taken](std::optional<int64_t> got) { taken.set_value(got); });
    return taken.get_future().get();
  }

  std::unique_ptr<Cache> cache_;
};

TEST_P(CacheTest, AnswersWhatWasSetLast) {
  EXPECT_EQ(cache_->Get(Key("a")), std::nullopt);
  cache_->Set(Key("a"), "first", kLong);
  cache_->Set(Key("a"), "second", kLong);
  cache_->Set(Key("b"), "other", kLong);
  EXPECT_EQ(cache_->Get(Key("a")), "second");
  EXPECT_EQ(cache_->Get(Key("b")), "other");
}

TEST_P(CacheTest, KeepsBytesAsTheyAre) {
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i % 256);
  const std::string key = Key(std::string("a\0\r\n $5", 8));
  cache_->Set(key, bytes, kLong);
  EXPECT_EQ(cache_->Get(key), bytes);
}

TEST_P(CacheTest, ForgetsWhatHasLivedItsLife) {
  cache_->Set(Key("short"), "value", milliseconds(30));
  cache_->Set(Key("long"), "value", kLong);
  EXPECT_TRUE(Eventually([this] { return !cache_->Get(Key("short")); }));
  EXPECT_EQ(cache_->Get(Key("long")), "value");
}

TEST_P(CacheTest, KeepsNothingThatIsTooLarge) {
  cache_->Set(Key("largest"), std::string(Cache::kLargestValue, 'x'), kLong);
  cache_->Set(Key("larger"), std::string(Cache::kLargestValue + 1, 'x'), kLong);
  EXPECT_EQ(cache_->Get(Key("largest")).value_or("").size(), Cache::kLargestValue);
  EXPECT_EQ(cache_->Get(Key("larger")), std::nullopt);
}

TEST_P(CacheTest, ABucketGivesItsSecondAndThenItsRate) {
  EXPECT_EQ(Take(Key("bucket"), 100, 30), 30);
  EXPECT_EQ(Take(Key("other"), 100, 100), 100);
  EXPECT_EQ(Take(Key("bucket"), 100, 30), 30);
  const auto rest = Take(Key("bucket"), 100, 1000);
  EXPECT_GE(rest, 40);
  EXPECT_LE(rest, 60) << "40 were left; more may have come since on a slow machine";
  int64_t taken = 0;
  const auto began = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - began < milliseconds(500)) {
    taken += Take(Key("bucket"), 100, 1000).value_or(0);
    std::this_thread::sleep_for(milliseconds(5));
  }
  const auto elapsed = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began).count();
  EXPECT_GE(taken, 45);
  EXPECT_LE(taken, elapsed / 10 + 2);
}

TEST_P(CacheTest, ManyWhoTakeAtOnceGetNoMoreThanThereIs) {
  std::atomic<int64_t> taken{0}, answered{0};
  std::vector<std::thread> threads;
  const auto began = std::chrono::steady_clock::now();
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i)
        cache_->Take(Key("bucket"), Rate{50}, 1, [&](std::optional<int64_t> got) {
          taken += got.value_or(0);
          ++answered;
        });
    });
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(Eventually([&] { return answered == 400; }));
  const auto elapsed = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began).count();
  EXPECT_GE(taken, 50);
  EXPECT_LE(taken, 51 + elapsed * 50 / 1000);
}

TEST_P(CacheTest, WhoListensHearsItsChannelInOrder) {
  std::mutex mutex;
  std::vector<std::string> heard;
  const auto told = [&] {
    const std::lock_guard lock(mutex);
    return heard;
  };
  const auto subscription = cache_->Subscribe(Key("channel"), [&](const std::string& message) {
    const std::lock_guard lock(mutex);
    heard.push_back(message);
  });
  // It begins to listen some time later; what was told before is lost.
  ASSERT_TRUE(Eventually([&] {
    cache_->Publish(Key("channel"), "there?");
    return !told().empty();
  }));
  cache_->Publish(Key("channel"), "begin");
  cache_->Publish(Key("another channel"), "not for us");
  for (int i = 0; i < 5; ++i) cache_->Publish(Key("channel"), std::string("m\0", 2) + std::to_string(i));
  ASSERT_TRUE(Eventually([&] { return !told().empty() && told().back() == std::string("m\0", 2) + "4"; }));
  auto all = told();
  all.erase(all.begin(), std::find(all.begin(), all.end(), "begin"));
  EXPECT_THAT(all, ElementsAre("begin", std::string("m\0", 2) + "0", std::string("m\0", 2) + "1",
                               std::string("m\0", 2) + "2", std::string("m\0", 2) + "3", std::string("m\0", 2) + "4"));
}

TEST_P(CacheTest, WhoNoLongerListensIsNotCalled) {
  auto count = std::make_shared<std::atomic<int>>(0);
  auto subscription = cache_->Subscribe(Key("channel"), [count](const std::string&) { ++*count; });
  ASSERT_TRUE(Eventually([&] {
    cache_->Publish(Key("channel"), "there?");
    return *count > 0;
  }));
  subscription.reset();
  const int before = *count;
  std::atomic<int> others{0};
  const auto other = cache_->Subscribe(Key("channel"), [&](const std::string&) { ++others; });
  ASSERT_TRUE(Eventually([&] {
    cache_->Publish(Key("channel"), "there?");
    return others > 0;
  }));
  EXPECT_EQ(*count, before);
  EXPECT_EQ(count.use_count(), 1);
}

TEST_P(CacheTest, SaysNothingWhileAllIsWell) { EXPECT_EQ(cache_->trouble(), ""); }

INSTANTIATE_TEST_SUITE_P(Caches, CacheTest, testing::Values("local", "redis"),
                         [](const auto& info) { return info.param; });

// ---- what only one of them can show

TEST(LocalCache, ForgetsTheLongestUnreadWhereThereIsNoMoreRoom) {
  const auto cache = OpenLocalCache(10'000);
  for (int i = 0; i < 8; ++i) {
    cache->Set("k" + std::to_string(i), std::string(1000, 'x'), kLong);
    EXPECT_TRUE(cache->Get("k0"));
  }
  cache->Set("k8", std::string(1000, 'x'), kLong);
  EXPECT_TRUE(cache->Get("k0"));
  EXPECT_FALSE(cache->Get("k1"));
  EXPECT_TRUE(cache->Get("k8"));
}

TEST(RedisCache, WhereNobodyListensEverythingIsRefusedAtOnce) {
  const auto cache = redis::OpenRedisCache("redis://127.0.0.1:1");
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) {
    cache->Set("k", "v", kLong);
    EXPECT_FALSE(cache->Get("k"));
    cache->Publish("c", "m");
    std::optional<int64_t> taken = 7;
    cache->Take("b", Rate{5}, 1, [&](std::optional<int64_t> got) { taken = got; });
    EXPECT_EQ(taken, std::nullopt);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(500));
  const auto told = [&] {
    return cache->trouble().find("127.0.0.1:1 is away (Connection refused)") != std::string::npos;
  };
  const auto until = std::chrono::steady_clock::now() + milliseconds(3000);
  while (!told() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_TRUE(told()) << cache->trouble();
}

TEST(RedisCache, UrlsAreChecked) {
  for (const char* good : {"redis://localhost", "redis://127.0.0.1:6379", "redis://:secret@redis:6379/3",
                           "redis://:p%40ss:w%2Frd@10.0.0.1/0", "redis://[::1]:6379", "redis://host/"})
    EXPECT_EQ(redis::CheckUrl(good), "") << good;
  for (const char* bad : {"", "localhost:6379", "rediss://host", "redis://", "redis://host:port", "redis://host:0",
                          "redis://host:65536", "redis://host/db", "redis://host:6379/-1", "redis://user:pass@host",
                          "redis://:p%4@host", "redis://:p%zz@host", "redis://:secret@"})
    EXPECT_NE(redis::CheckUrl(bad), "") << bad;
}

}  // namespace
}  // namespace songsang::contract
