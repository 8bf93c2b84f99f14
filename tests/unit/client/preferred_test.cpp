// Which replica a tenant prefers.
#include "adapters/grpc_client/preferred.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace songsang::client {
namespace {

using testing::ElementsAre;
using Addresses = std::vector<std::string>;

constexpr int kTenants = 10'000;

std::string First(const Addresses& addresses, int tenant) {
  return addresses[Preferred(addresses, "tenant" + std::to_string(tenant)).front()];
}

TEST(Preferred, IsTheSameForEveryoneWhateverOrderTheyKnowThemIn) {
  const Addresses one{"a:1", "b:2", "c:3"}, other{"c:3", "a:1", "b:2"};
  for (int tenant = 0; tenant < 100; ++tenant) EXPECT_EQ(First(one, tenant), First(other, tenant));
  // Another release must choose as this one does, or callers of both would split a tenant between two replicas.
  EXPECT_THAT(Preferred(one, "acme"), ElementsAre(2, 1, 0));
  EXPECT_THAT(Preferred(one, "demo"), ElementsAre(0, 1, 2));
}

TEST(Preferred, NamesEachPlaceOnce) {
  auto order = Preferred({"a:1", "b:2", "c:3", "d:4"}, "acme");
  std::sort(order.begin(), order.end());
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Preferred({"a:1"}, "acme"), ElementsAre(0));
}

TEST(Preferred, IsEvenOverTenants) {
  const Addresses addresses{"10.0.0.1:7400", "10.0.0.2:7400", "10.0.0.3:7400", "10.0.0.4:7400"};
  std::map<std::string, int> tenants;
  for (int tenant = 0; tenant < kTenants; ++tenant) ++tenants[First(addresses, tenant)];
  ASSERT_EQ(tenants.size(), 4u);
  // A quarter each, give or take seven times what chance does.
  for (const auto& [address, count] : tenants) EXPECT_NEAR(count, kTenants / 4, 300) << address;
}

TEST(Preferred, OnlyTheTenantsOfAReplicaThatGoesMove) {
  const Addresses all{"a:1", "b:2", "c:3"}, left{"a:1", "c:3"};
  int moved = 0;
  for (int tenant = 0; tenant < kTenants; ++tenant) {
    const std::string before = First(all, tenant), after = First(left, tenant);
    if (before == after) continue;
    ++moved;
    EXPECT_EQ(before, "b:2");
    // They go where the order of preference says next.
    const auto order = Preferred(all, "tenant" + std::to_string(tenant));
    EXPECT_EQ(after, all[order[1]]);
  }
  EXPECT_NEAR(moved, kTenants / 3, 300);
}

TEST(SplitAddresses, AreSeparatedByCommas) {
  EXPECT_THAT(SplitAddresses("a:1"), ElementsAre("a:1"));
  EXPECT_THAT(SplitAddresses("a:1,b:2,[::1]:3"), ElementsAre("a:1", "b:2", "[::1]:3"));
}

}  // namespace
}  // namespace songsang::client
