// Accounts, which one service records, publishes, and another copies.
#pragma once

#include <gmock/gmock.h>

#include <set>

#include "adapters/kafka_stream/kafka_stream.h"
#include "audit/audit.h"
#include "audit/stores.h"
#include "chaos/streams.h"
#include "replicas/pair.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/credit.pb.h"
#include "support/installation.h"

namespace songsang {

// Processes that speak through Kafka.
inline Installation::Options Streaming(std::vector<std::string> services, std::string kafka,
                                       std::vector<std::string> later = {}) {
  Installation::Options options;
  options.program = SONGSANG_BINARY;
  options.services = std::move(services);
  options.later = std::move(later);
  options.streams = true;
  options.kafka = std::move(kafka);
  options.states = "accounts.account";
  return options;
}

inline void Register(const Person& person, const std::string& name, int from, int to) {
  for (int i = from; i < to; ++i)
    ASSERT_THAT(person.Call<accounts::v1::AccountRegistered>(
                    "RegisterAccount",
                    Proto("kind: KIND_BUSINESS country: 'US' state: STATE_OPEN name: '한빛상사' external_ref { system: "
                          "'test' key: '" +
                          name + std::to_string(i) + "' }")),
                IsOk());
}

// Billing grants credit only to whom it has a copy of.
inline void Grant(const Person& person, const std::string& name, int account) {
  ASSERT_THAT(person.Call<billing::v1::CreditLineOpened>(
                  "OpenCreditLine", Proto("account_id: 'ext:test:" + name + std::to_string(account) +
                                          "' limit { minor: 1000 currency: 'KRW' }")),
              IsOk());
}

inline host::Config PublisherOf(const std::string& kafka, const std::string& prefix, int partitions = 1) {
  host::Config config;
  config.kafka = kafka;
  config.topic_prefix = prefix;
  config.state_topics = "accounts.account";
  config.partitions = partitions;
  return config;
}

// Of the services that have been stopped. `publisher` may be null.
inline audit::Report AuditStopped(const std::string& store, const host::Config* publisher) {
  std::string error;
  const auto stores = audit::OpenStores(store, &error);
  EXPECT_EQ(error, "");
  audit::Published published;
  if (publisher != nullptr) published = {kafka::OpenKafka(publisher->kafka), *publisher};
  auto report = audit::Audit(stores, {}, publisher != nullptr ? &published : nullptr);
  EXPECT_TRUE(report.clean()) << report.Text();
  return report;
}

}  // namespace songsang
