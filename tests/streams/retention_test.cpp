// What Kafka forgets in time: records, offsets, producers. Nothing is doubled for it, and nothing is lost.
#include <thread>

#include "adapters/kafka_stream/handles.h"
#include "engine/published.h"
#include "streams/accounts.h"
#include "streams/needs.h"
#include "support/server.h"

namespace songsang {
namespace {

// Removes all records that are there now, as retention would; how many offsets they took.
int64_t RemoveRecords(const std::string& brokers, const std::string& topic) {
  const auto listener = kafka::OpenKafka(brokers)->OpenListener();
  const auto span = (*listener)->SpanOf(topic, 0);
  if (!span.ok()) throw std::runtime_error(span.refusal().Sentence(false));
  std::string error;
  const auto client = kafka::OpenClient(RD_KAFKA_PRODUCER, {{"bootstrap.servers", brokers}}, &error);
  const auto offsets = kafka::OnePartition(topic, 0, span->end);
  rd_kafka_DeleteRecords_t* remove = rd_kafka_DeleteRecords_new(offsets.get());
  const kafka::Queue queue(rd_kafka_queue_new(client.get()));
  rd_kafka_DeleteRecords(client.get(), &remove, 1, nullptr, queue.get());
  const kafka::Event event(rd_kafka_queue_poll(queue.get(), 10'000));
  rd_kafka_DeleteRecords_destroy(remove);
  if (event == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error("records cannot be removed");
  const auto left = (*listener)->SpanOf(topic, 0);
  EXPECT_EQ(left->begin, left->end) << "nothing is left";
  return span->end - span->begin;
}

// Where a consumer group stands: as others keep their position. -1: Kafka does not know it any more.
int64_t GroupOffset(const std::string& brokers, const std::string& topic, int64_t to_commit = -1) {
  std::string error;
  const auto client = kafka::OpenClient(
      RD_KAFKA_CONSUMER, {{"bootstrap.servers", brokers}, {"group.id", "naive"}, {"enable.auto.commit", "false"}},
      &error);
  const auto offsets = kafka::OnePartition(topic, 0, to_commit);
  if (to_commit >= 0) {
    const auto failed = rd_kafka_commit(client.get(), offsets.get(), 0);
    EXPECT_EQ(failed, RD_KAFKA_RESP_ERR_NO_ERROR) << rd_kafka_err2str(failed);
  }
  EXPECT_EQ(rd_kafka_committed(client.get(), offsets.get(), 10'000), RD_KAFKA_RESP_ERR_NO_ERROR);
  return std::max<int64_t>(-1, offsets->elems[0].offset);
}

TEST(NewConsumer, AsksTheServiceForWhatRetentionHasRemoved) {
  NEEDS_KAFKA();
  Installation there(Streaming({"accounts"}, Kafka(), {"billing"}));
  const auto publisher = PublisherOf(Kafka(), there.topic_prefix());
  const std::string topic = engine::EventsTopic(there.topic_prefix(), "accounts");
  const std::map<std::string, std::string> publishing = {{"accounts", there.AddressOf("accounts")}};
  auto seen = std::make_shared<client::Seen>();
  const auto accounts = [&] { return Person(there.AddressOf("accounts"), there.key(), "late", seen); };
  const auto billing = [&] { return Person(there.AddressOf("billing"), there.key(), "late", seen); };
  const auto published = [&] {
    return chaos::AwaitRelays(publisher, publishing, there.key(), std::chrono::seconds(30));
  };
  Register(accounts(), "a", 0, 40);
  ASSERT_TRUE(published());
  EXPECT_GE(RemoveRecords(Kafka(), topic), 40);
  Register(accounts(), "a", 40, 60);
  ASSERT_TRUE(published());
  // It starts months later, and hears what has been left.
  there.Start("billing");
  there.AwaitServing("billing");
  for (const int account : {0, 39, 40, 59}) Grant(billing(), "a", account);
  // It stops for a while, in which retention overtakes it.
  EXPECT_EQ(there.Stop("billing").exit_code, 0);
  // Whoever asks now does not wait for what billing has recorded.
  seen = std::make_shared<client::Seen>();
  Register(accounts(), "a", 60, 80);
  ASSERT_TRUE(published());
  EXPECT_GE(RemoveRecords(Kafka(), topic), 40);
  Register(accounts(), "a", 80, 100);
  there.Start("billing");
  there.AwaitServing("billing");
  for (const int account : {60, 79, 80, 99}) Grant(billing(), "a", account);
  // And goes on with what it hears.
  Register(accounts(), "a", 100, 120);
  Grant(billing(), "a", 119);
  for (const auto& [service, address] : there.addresses()) EXPECT_EQ(there.Stop(service).exit_code, 0);
  EXPECT_EQ(AuditStopped(there.store(), nullptr).mirror_rows, 120);
}

// Seven days, of which a minute is left, and a quarter of one: Kafka forgets offsets of groups, producers and
// transactional ids of whom it has heard nothing for so long.
TEST(QuietDays, DoubleNothingAndLoseNothing) {
  NEEDS_KAFKA();
  const Server kafka(
      "kafka", {"offsets.retention.minutes=1", "offsets.retention.check.interval.ms=1000",
                "transactional.id.expiration.ms=15000",
                "transaction.remove.expired.transaction.cleanup.interval.ms=1000", "producer.id.expiration.ms=15000"});
  Installation there(Streaming({"accounts", "billing"}, kafka.address()));
  const auto publisher = PublisherOf(kafka.address(), there.topic_prefix());
  const std::string topic = engine::EventsTopic(there.topic_prefix(), "accounts");
  const auto seen = std::make_shared<client::Seen>();
  const Person accounts(there.AddressOf("accounts"), there.key(), "quiet", seen),
      billing(there.AddressOf("billing"), there.key(), "quiet", seen);
  const auto published = [&] {
    return chaos::AwaitRelays(publisher, there.addresses(), there.key(), std::chrono::seconds(30));
  };
  Register(accounts, "a", 0, 20);
  Grant(billing, "a", 19);
  ASSERT_TRUE(published());
  ASSERT_EQ(GroupOffset(kafka.address(), topic, 20), 20);
  const auto quiet = std::chrono::steady_clock::now();
  ASSERT_TRUE(Eventually([&] { return GroupOffset(kafka.address(), topic) == -1; }, std::chrono::seconds(150)))
      << "a group's offset is forgotten by now";
  std::printf("quiet for %lld s, until a group's offset was forgotten\n",
              static_cast<long long>(
                  std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - quiet).count()));
  // Whoever was there all the time goes on, and so does whoever starts now.
  Register(accounts, "a", 20, 40);
  Grant(billing, "a", 39);
  ASSERT_TRUE(published());
  for (const char* service : {"accounts", "billing"}) {
    there.Kill(service);
    there.Start(service);
    there.AwaitServing(service);
  }
  Register(accounts, "a", 40, 60);
  Grant(billing, "a", 59);
  EXPECT_TRUE(published());
  for (const auto& [service, address] : there.addresses()) EXPECT_EQ(there.Stop(service).exit_code, 0);
  const auto report = AuditStopped(there.store(), &publisher);
  EXPECT_EQ(report.states, 60);
  EXPECT_EQ(report.mirror_rows, 60);
}

}  // namespace
}  // namespace songsang
