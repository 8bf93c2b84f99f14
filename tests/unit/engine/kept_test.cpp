// What is kept, and who is given it: this tenant, this question, this build of the program, and only if it is whole.
#include "engine/kept.h"

#include <gtest/gtest.h>

#include <map>

#include "engine/bucket.h"

namespace songsang::engine {
namespace {

// A cache that shows what it holds.
class Glass : public Cache {
 public:
  std::optional<std::string> Get(const std::string& key) override {
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  }
  void Set(const std::string& key, const std::string& value, std::chrono::milliseconds) override {
    values[key] = value;
  }
  void Take(const std::string&, const Rate&, int64_t, std::function<void(std::optional<int64_t>)> then) override {
    then(std::nullopt);
  }
  void Publish(const std::string&, const std::string&) override {}
  Subscription Subscribe(const std::string&, std::function<void(const std::string&)>) override { return nullptr; }

  std::map<std::string, std::string> values;
};

TEST(Kept, AnswersTheSameQuestionOfTheSameTenantAndBuild) {
  Glass glass;
  Kept kept(&glass, "build 1"), again(&glass, "build 1"), newer(&glass, "build 2");
  EXPECT_EQ(kept.Get("acme", "q"), std::nullopt);
  kept.Put("acme", "q", "answer");
  EXPECT_EQ(kept.Get("acme", "q"), "answer");
  EXPECT_EQ(again.Get("acme", "q"), "answer");
  EXPECT_EQ(kept.Get("acme", "p"), std::nullopt);
  EXPECT_EQ(kept.Get("other", "q"), std::nullopt);
  EXPECT_EQ(kept.Get("acm", "eq"), std::nullopt);
  EXPECT_EQ(newer.Get("acme", "q"), std::nullopt);
  EXPECT_EQ(kept.counts().hits, 1);
  EXPECT_EQ(kept.counts().misses, 4);
  EXPECT_EQ(kept.counts().spoiled, 0);
  kept.Put("acme", "empty", "");
  EXPECT_EQ(kept.Get("acme", "empty"), "");
}

// Even where another build's answer comes to lie under this one's key.
TEST(Kept, TakesNothingThatItDidNotKeepUnderThisVeryQuestion) {
  Glass glass, theirs;
  Kept kept(&glass, "build 1"), other(&theirs, "build 2");
  kept.Put("acme", "q", "answer");
  other.Put("acme", "q", "answer of another build");
  auto& value = glass.values.begin()->second;
  const std::string whole = value;
  for (const std::string& spoiled : {theirs.values.begin()->second, std::string(), std::string("x"), whole + "x",
                                     whole.substr(0, whole.size() - 1), whole.substr(1), std::string(32, '\0')}) {
    value = spoiled;
    EXPECT_EQ(kept.Get("acme", "q"), std::nullopt);
  }
  for (size_t i = 0; i < whole.size(); ++i) {
    value = whole;
    value[i] = static_cast<char>(value[i] ^ 1);
    EXPECT_EQ(kept.Get("acme", "q"), std::nullopt) << i;
  }
  value = whole;
  EXPECT_EQ(kept.Get("acme", "q"), "answer");
  EXPECT_EQ(kept.counts().spoiled, 7 + static_cast<int64_t>(whole.size()));
}

TEST(Kept, WithoutACacheNothingIs) {
  Kept kept(nullptr, "build 1");
  kept.Put("acme", "q", "answer");
  EXPECT_EQ(kept.Get("acme", "q"), std::nullopt);
}

TEST(Bucket, HoldsASecondsWorthAndFillsAtItsRate) {
  const Rate rate{10};
  Bucket bucket;
  int64_t now = 1'000'000'000;
  EXPECT_EQ(bucket.Take(rate, 4, now), 4);
  EXPECT_EQ(bucket.Take(rate, 100, now), 6);
  EXPECT_EQ(bucket.Take(rate, 1, now), 0);
  EXPECT_EQ(bucket.Take(rate, 1, now += 99'999), 0);
  EXPECT_EQ(bucket.Take(rate, 5, now += 1), 1);
  EXPECT_EQ(bucket.Take(rate, 5, now += 350'000), 3);
  EXPECT_EQ(bucket.Take(rate, 5, now += 50'000), 1) << "what was half there is not lost";
  EXPECT_EQ(bucket.Take(rate, 100, now += 3'600'000'000), 10);
  EXPECT_EQ(bucket.Take(rate, 100, now - 500'000), 0) << "a clock that steps back gives nothing";
  EXPECT_EQ(bucket.Take(rate, -5, now += 2'000'000), 0);
  EXPECT_EQ(bucket.Take(rate, 0, now), 0);
  EXPECT_EQ(bucket.Take(rate, 10, now), 10);
}

TEST(Bucket, KeepsItsRateInPiecesOfAnySize) {
  for (const int64_t per_second : {1, 3, 7, 100, 999, 12'345}) {
    for (const int64_t piece : {1, 2, 10}) {
      const Rate rate{per_second};
      Bucket bucket;
      int64_t taken = 0;
      for (int64_t now = 0; now <= 10'000'000; now += 997) taken += bucket.Take(rate, piece, 1'000'000'000 + now);
      EXPECT_LE(taken, per_second * 11) << per_second << " in pieces of " << piece;
      // Rounded up to the microsecond, a token may take a little longer; and no more pieces than looks.
      EXPECT_GE(taken, std::min<int64_t>(per_second * 10, 10'000 * piece) * 98 / 100) << per_second << " by " << piece;
    }
  }
}

}  // namespace
}  // namespace songsang::engine
