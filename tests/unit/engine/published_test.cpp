// A journal entry as a record of a topic, and back.
#include "engine/published.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "songsang/leads/v1/follow_up.pb.h"
#include "songsang/leads/v1/hand_off.pb.h"
#include "support/proto.h"

namespace songsang::engine {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Pair;

v1::JournalEvent Entry() {
  v1::JournalEvent event = Proto(R"(
    position { service: "leads" partition: 3 epoch: 1 seq: 48211 hash: "\001\002\377" }
    previous_hash: "\000\001" event_id: "e-1" tenant: "acme" type: "songsang.leads.v1.LeadCaptured"
    subject_type: "leads.Lead" subject_id: "l-1" subject_version: 2 actor: "김하늘" client: "crm" request_id: "r-1"
    trace: "00-abc-def-01" hops: 2 recorded_at { seconds: 1700000000 nanos: 1000 } changed: "{\"l-1\":{\"name\":[null,\"x\"]}}")");
  event.set_payload(std::string("\n\005\000x", 4));
  return event;
}

TEST(AnEntryAsARecord, ComesBackWhole) {
  const auto back = ReadEventRecord("leads", EventRecord("songsang.", Entry()));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->DebugString(), Entry().DebugString());
}

TEST(AnEntryAsARecord, IsACloudEventOfTheJournalsPartition) {
  const auto record = EventRecord("test.", Entry());
  EXPECT_EQ(record.topic, "test.leads.events.v1");
  EXPECT_EQ(record.partition, 3);
  EXPECT_EQ(record.key, "acme/l-1");
  EXPECT_THAT(record.headers, Contains(Pair("ce_specversion", "1.0")));
  EXPECT_THAT(record.headers, Contains(Pair("ce_source", "/songsang/leads")));
  EXPECT_THAT(record.headers, Contains(Pair("ce_type", "songsang.leads.v1.LeadCaptured")));
  EXPECT_THAT(record.headers, Contains(Pair("ce_seq", "48211")));
}

TEST(AnEntryAsARecord, IsToldFromWhatIsNone) {
  auto record = EventRecord("songsang.", Entry());
  std::erase_if(record.headers, [](const auto& header) { return header.first == "ce_hash"; });
  EXPECT_FALSE(ReadEventRecord("leads", record).has_value());
  record = EventRecord("songsang.", Entry());
  record.value.reset();
  EXPECT_FALSE(ReadEventRecord("leads", record).has_value());
}

std::vector<std::string> Written(const std::string& changed) {
  const leads::v1::FollowUpCompleted payload =
      Proto("lead { id: 'l-1' version: 2 } follow_up { id: 'f-1' version: 1 }");
  v1::JournalEvent event;
  event.set_changed(changed);
  std::vector<std::string> ids;
  for (const auto* entity : EntitiesWritten(event, payload))
    ids.push_back(entity->GetReflection()->GetString(*entity, entity->GetDescriptor()->FindFieldByNumber(1)));
  return ids;
}

TEST(WhatAnEventWrote, LeavesOutWhatItCarriesUnchanged) {
  EXPECT_THAT(Written(R"({"l-1":{"status":["new","handed_off"]},"f-1":{}})"), ElementsAre("f-1", "l-1"));
  EXPECT_THAT(Written(R"({"l-1":{"status":["new","handed_off"]}})"), ElementsAre("l-1"));
}

TEST(TopicNames, AreOfTheServiceTheEntityAndTheVersion) {
  EXPECT_EQ(RelayTopic("songsang.", "billing"), "songsang.billing.relay.v1");
  EXPECT_EQ(StateTopic("songsang.", leads::v1::HandOff::descriptor()), "songsang.leads.hand-off.state.v1");
}

}  // namespace
}  // namespace songsang::engine
