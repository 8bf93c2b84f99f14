// Ageing: what was open at any instant, against a count of it by hand; and as a question to a replica.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "reporting/rules_ageing.h"

namespace songsang::reporting {
namespace {

TEST(Ageing, CountsDaysIntoBuckets) {
  const std::pair<int64_t, size_t> rows[] = {{-400, 0}, {0, 0},  {1, 1},   {30, 1},  {31, 2},  {60, 2},  {61, 3},
                                             {90, 3},   {91, 4}, {180, 4}, {181, 5}, {365, 5}, {366, 6}, {4000, 6}};
  for (const auto& [days, bucket] : rows) EXPECT_EQ(BucketOfDays(days), bucket) << days;
}

Buckets In(size_t bucket, int64_t open) {
  Buckets buckets{};
  buckets[bucket] = open;
  return buckets;
}

TEST(Ageing, TellsEveryInstantOfThePast) {
  OpenItems items;
  items.Add({"r1", "hanbit", "", "KRW", 100, 500, 10});
  items.Add({"r1", "hanbit", "", "KRW", 100, 200, 20});  // paid in part
  items.Add({"r1", "hanbit", "", "KRW", 130, 200, 30});  // due later, as agreed
  items.Add({"r1", "hanbit", "", "KRW", 130, 0, 40});    // settled
  items.Add({"r1", "hanbit", "", "KRW", 130, 50, 50});   // and opened again
  EXPECT_EQ(items.At(9, 101)[0], Buckets{});
  EXPECT_EQ(items.At(10, 100)[0], In(0, 500));
  EXPECT_EQ(items.At(19, 101)[0], In(1, 500));
  EXPECT_EQ(items.At(20, 131)[0], In(2, 200));
  EXPECT_EQ(items.At(30, 131)[0], In(1, 200));
  EXPECT_EQ(items.At(40, 131)[0], Buckets{});
  EXPECT_EQ(items.At(99, 600)[0], In(6, 50));
}

TEST(Ageing, IsWhatACountByHandIs) {
  std::mt19937 chance(7);  // NOLINT: the same every time
  OpenItems items;
  std::vector<OpenVersion> versions;
  for (int64_t at = 1; at <= 3000; ++at) {
    OpenVersion version{"r" + std::to_string(chance() % 400),
                        "client" + std::to_string(chance() % 7),
                        chance() % 2 ? "seoul" : "",
                        chance() % 5 ? "KRW" : "USD",
                        static_cast<int32_t>(chance() % 500),
                        static_cast<int64_t>(chance() % 1000) - 200,
                        at / 3};
    items.Add(version);
    versions.push_back(version);
  }
  for (int64_t at = 0; at <= 1000; at += 37) {
    for (const int32_t day : {0, 250, 480, 900}) {
      std::map<std::string, const OpenVersion*> latest;
      for (const auto& version : versions)
        if (version.from_at <= at) latest[version.id] = &version;
      std::map<std::string, Buckets> expected;
      for (const auto& [id, version] : latest)
        expected[version->account_id + version->unit_id + version->currency]
                [BucketOfDays(int64_t{day} - version->due_day)] += version->open;
      const auto sums = items.At(at, day);
      for (size_t i = 0; i < sums.size(); ++i) {
        const auto& party = items.parties()[i];
        EXPECT_EQ(sums[i], expected[party.account_id + party.unit_id + party.currency]) << at << " " << day;
      }
    }
  }
}

}  // namespace
}  // namespace songsang::reporting
