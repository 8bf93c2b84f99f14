// Kafka is killed for a while: that costs lag only.
#include "streams/accounts.h"
#include "streams/needs.h"
#include "support/server.h"

namespace songsang {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds Since(steady_clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

TEST(KafkaAway, CostsLagOnlyAndAllArrivesOnceItIsBack) {
  NEEDS_KAFKA();
  const Server kafka("kafka");
  Installation there(Streaming({"accounts", "billing"}, kafka.address()));
  const auto publisher = PublisherOf(kafka.address(), there.topic_prefix());
  const auto seen = std::make_shared<client::Seen>();
  const Person accounts(there.AddressOf("accounts"), there.key(), "away", seen),
      billing(there.AddressOf("billing"), there.key(), "away", seen);
  Register(accounts, "before", 0, 20);
  Grant(billing, "before", 19);
  kafka.Kill();
  const auto away = steady_clock::now();
  Register(accounts, "away", 0, 200);
  std::printf("200 commands without Kafka in %lld ms\n", static_cast<long long>(Since(away).count()));
  EXPECT_LT(Since(away), milliseconds(10'000));
  for (const auto& [service, address] : there.addresses())
    EXPECT_TRUE(client::Client(address).IsServing()) << service << " stays ready";
  // What cannot be heard is asked for.
  const auto asked = steady_clock::now();
  Grant(billing, "away", 199);
  std::printf("and copied by the other service %lld ms later\n", static_cast<long long>(Since(asked).count()));
  // Whoever stops meanwhile waits for it a little, whoever starts does not.
  const auto stop = steady_clock::now();
  EXPECT_EQ(there.Stop("accounts").exit_code, 0);
  std::printf("stopped in order without Kafka in %lld ms\n", static_cast<long long>(Since(stop).count()));
  EXPECT_LT(Since(stop), milliseconds(25'000));
  there.Start("accounts");
  there.AwaitServing("accounts");
  Register(accounts, "again", 0, 20);
  kafka.Start();
  const auto back = steady_clock::now();
  Register(accounts, "back", 0, 20);
  Grant(billing, "back", 19);
  EXPECT_TRUE(chaos::AwaitRelays(publisher, there.addresses(), there.key(), std::chrono::seconds(60)));
  std::printf("all was published %lld ms after Kafka was back\n", static_cast<long long>(Since(back).count()));
  for (const auto& [service, address] : there.addresses()) EXPECT_EQ(there.Stop(service).exit_code, 0);
  const auto report = AuditStopped(there.store(), &publisher);
  EXPECT_EQ(report.states, 260);
  EXPECT_EQ(report.mirror_rows, 260);
}

}  // namespace
}  // namespace songsang
