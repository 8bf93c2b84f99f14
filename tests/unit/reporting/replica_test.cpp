// The replica, made of journals that are written here by hand.
#include "reporting/replica.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reporting/rebuild.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "unit/reporting/world.h"

namespace songsang::reporting {
namespace {

using leads::v1::HandOffOffered;
using leads::v1::LeadCaptured;
using leads::v1::LeadUpdated;
using testing::ElementsAre;

LeadCaptured Captured(const std::string& id, const std::string& source = "web") {
  return Proto("lead { id: '" + id + "' version: 1 source: '" + source + "' occurred_on: '2026-02-28' }");
}
LeadUpdated Updated(const std::string& id, int version, const std::string& source) {
  return Proto("lead { id: '" + id + "' version: " + std::to_string(version) + " source: '" + source +
               "' occurred_on: '2026-02-28' }");
}

std::vector<std::string> Versions(World& world) {
  const auto rows = world.Query(
      "SELECT tenant, id, version, source, from_at, until_at, event_id FROM leads_lead ORDER BY tenant, id, version");
  std::vector<std::string> texts;
  for (const auto& row : rows.rows) {
    const int64_t until = std::get<int64_t>(row[5]);
    texts.push_back(std::get<std::string>(row[0]) + " " + std::get<std::string>(row[1]) + "@" +
                    std::to_string(std::get<int64_t>(row[2])) + " " + std::get<std::string>(row[3]) + " " +
                    std::to_string(std::get<int64_t>(row[4]) / 1'000'000 % 1000) + ".." +
                    (until == INT64_MAX ? "" : std::to_string(until / 1'000'000 % 1000)) + " " +
                    std::get<std::string>(row[6]));
  }
  return texts;
}

TEST(Replica, KeepsEveryVersionHalfOpen) {
  World world;
  world.Record(Captured("a"));
  world.Record(Updated("a", 2, "mail"), "a");
  world.Record(Captured("a"), "", "other");
  ASSERT_THAT(world.Follow(), IsOk());
  world.Record(Updated("a", 3, "fair"), "a");
  ASSERT_THAT(world.Follow(), IsOk());
  EXPECT_THAT(Versions(world), ElementsAre("acme a@1 web 1..2 leads-event-1", "acme a@2 mail 2..4 leads-event-2",
                                           "acme a@3 fair 4.. leads-event-4", "other a@1 web 3.. leads-event-3"));
}

TEST(Replica, DatesHaveDayNumbersAndBuckets) {
  World world;
  world.Record(Captured("a"));
  ASSERT_THAT(world.Follow(), IsOk());
  const auto rows = world.Query(
      "SELECT occurred_on_day, occurred_on_week, occurred_on_month, occurred_on_quarter, occurred_on_year FROM "
      "leads_lead");
  EXPECT_THAT(rows.rows.at(0),
              ElementsAre(engine::Value(int64_t{Date::Of(2026, 2, 28).days_since_epoch()}), engine::Value("2026-W09"),
                          engine::Value("2026-02"), engine::Value("2026-Q1"), engine::Value("2026")));
}

// A hand-off's event carries its lead, whether or not the lead changed.
TEST(Replica, WhatTravelsUnchangedKeepsTheEventThatWroteIt) {
  const HandOffOffered offered =
      Proto("hand_off { id: 'h' version: 1 lead_id: 'a' } lead { id: 'a' version: 1 source: 'web' }");
  const HandOffOffered second =
      Proto("hand_off { id: 'h' version: 2 lead_id: 'a' } lead { id: 'a' version: 1 source: 'web' }");
  for (const bool at_once : {true, false}) {
    World world;
    world.Record(Captured("a"));
    if (!at_once) {
      ASSERT_THAT(world.Follow(), IsOk());
    }
    world.Record(offered, "h");
    world.Record(second, "h");
    if (!at_once) {
      ASSERT_THAT(world.Follow(), IsOk());
    }
    world.Record(Updated("a", 2, "mail"), "a");
    ASSERT_THAT(world.Follow(), IsOk());
    EXPECT_THAT(Versions(world), ElementsAre("acme a@1 web 1..4 leads-event-1", "acme a@2 mail 4.. leads-event-4"));
  }
}

TEST(Replica, LaterVersionsThatTravelUnchangedKeepTheirEventToo) {
  World world;
  world.Record(Captured("a"));
  world.Record(Updated("a", 2, "mail"), "a");
  ASSERT_THAT(world.Follow(), IsOk());
  const HandOffOffered offered =
      Proto("hand_off { id: 'h' version: 1 lead_id: 'a' } lead { id: 'a' version: 2 source: 'mail' }");
  world.Record(offered, "h");
  ASSERT_THAT(world.Follow(), IsOk());
  EXPECT_THAT(Versions(world), ElementsAre("acme a@1 web 1..2 leads-event-1", "acme a@2 mail 2.. leads-event-2"));
}

// An instant half of which has been read must not be told as complete, whichever journal is read last.
TEST(Replica, IsCompleteOnlyUpToWhereItsReadingWasCut) {
  for (size_t turn = 0; turn < FollowedServices().size(); ++turn) {
    World world;
    for (size_t i = 0; i < turn; ++i) ASSERT_THAT(world.replicator().Step(1), IsOk());
    world.Record(Captured("a"));
    world.SameInstant();
    world.Record(Captured("b"));
    std::this_thread::sleep_for(std::chrono::milliseconds(6));
    ASSERT_THAT(world.replicator().Step(1), IsOk());
    EXPECT_LT(world.replicator().complete_up_to(), world.now());
    ASSERT_THAT(world.Follow(1), IsOk());
    EXPECT_GE(world.replicator().complete_up_to(), world.now());
  }
}

TEST(Replica, IsTheSameHoweverItIsCut) {
  std::string first;
  for (const int at_once : {1, 2, 3, 1000}) {
    World world;
    for (int i = 0; i < 7; ++i) world.Record(Captured("l" + std::to_string(i)));
    world.SameInstant();
    for (int i = 0; i < 7; ++i)
      world.Record(Updated("l" + std::to_string(i % 3), 2 + i / 3, "mail"), "l" + std::to_string(i % 3));
    ASSERT_THAT(world.Follow(at_once), IsOk());
    const auto digests = DigestOf(world.store());
    ASSERT_TRUE(digests.ok());
    EXPECT_EQ(digests->rows, 14 + 14);
    if (first.empty()) first = digests->all;
    EXPECT_EQ(digests->all, first);
  }
}

TEST(Replica, ARebuildHasTheSameBytesAndTakesThePlace) {
  World world;
  for (int i = 0; i < 20; ++i) world.Record(Captured("l" + std::to_string(i)));
  world.Record(Updated("l3", 2, "mail"), "l3");
  ASSERT_THAT(world.Follow(7), IsOk());
  const auto before = DigestOf(world.store());

  auto rebuilt = Rebuild(world.store(), world.sources());
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.refusal().Sentence(false);
  EXPECT_EQ(rebuilt->events, 21);
  EXPECT_EQ(rebuilt->after.all, before->all);
  EXPECT_THAT(rebuilt->different, testing::IsEmpty());
  EXPECT_TRUE(rebuilt->switched);
  EXPECT_EQ(DigestOf(world.store())->all, before->all);
  std::string what;
  std::vector<const rows::Table*> tables = Schema::Current().tables();
  EXPECT_TRUE(world.store().IsMigrated(tables, &what)) << what;

  // The follower goes on where the rebuilt one stands.
  ASSERT_THAT(world.replicator().Begin(), IsOk());
  world.Record(Captured("new"));
  ASSERT_THAT(world.Follow(), IsOk());
  EXPECT_EQ(Versions(world).size(), 22U);
}

TEST(Replica, ARebuildMendsWhatWasHarmedAndSaysWhere) {
  World world;
  world.Record(Captured("a"));
  ASSERT_THAT(world.Follow(), IsOk());
  const auto sound = DigestOf(world.store());
  auto session = world.store().OpenSession();
  ASSERT_TRUE(session->Begin().ok());
  ASSERT_TRUE(session->Execute("UPDATE leads_lead SET source = 'forged'", {}).ok());
  ASSERT_TRUE(session->Commit({}).ok());
  session.reset();
  EXPECT_NE(DigestOf(world.store())->all, sound->all);
  const auto looked = Rebuild(world.store(), world.sources(), true);
  EXPECT_THAT(looked->different, ElementsAre("leads_lead"));
  EXPECT_NE(DigestOf(world.store())->all, sound->all) << "it was only to look";
  const auto mended = Rebuild(world.store(), world.sources());
  EXPECT_THAT(mended->different, ElementsAre("leads_lead"));
  EXPECT_EQ(DigestOf(world.store())->all, sound->all);
}

TEST(Replica, AnotherJournalStopsIt) {
  World world;
  world.Record(Captured("a"));
  ASSERT_THAT(world.Follow(), IsOk());
  world.journal("leads").clear();
  world.Record(Captured("x"));
  world.Record(Captured("b"));
  EXPECT_THAT(world.Follow(), RefusedWith(kReplicaForked));
}

TEST(Replica, AnEventOfANewerReleaseStopsIt) {
  World world;
  world.Record(Captured("a"));
  world.journal("leads")[0].set_type("songsang.leads.v1.LeadTransfigured");
  EXPECT_THAT(world.Follow(), RefusedWith(kEventUnknown));
}

// Two processes may host reporting: each event is applied once, by whoever comes first.
TEST(Replica, TwoFollowersDoNotWriteOverEachOther) {
  World world;
  world.Record(Captured("a"));
  Replicator other(world.store(), Schema::Current(), world.sources());
  ASSERT_THAT(other.Begin(), IsOk());
  ASSERT_THAT(world.Follow(), IsOk());
  world.Record(Updated("a", 2, "mail"), "a");
  ASSERT_THAT(world.Follow(), IsOk());
  EXPECT_THAT(other.Step(1), RefusedWith(kReplicaTaken));
  ASSERT_THAT(other.Begin(), IsOk());
  EXPECT_THAT(other.Step(1), IsOk());
  EXPECT_THAT(Versions(world), ElementsAre("acme a@1 web 1..2 leads-event-1", "acme a@2 mail 2.. leads-event-2"));
}

TEST(Replica, TellsWhatIsVisibleOnlyWhenEveryJournalCan) {
  World world;
  world.Record(Captured("a"));
  ASSERT_THAT(world.Follow(), IsOk());
  EXPECT_THAT(world.told, ElementsAre("leads/0/0/1"));
  EXPECT_GE(world.replicator().complete_up_to(), world.now());
}

}  // namespace
}  // namespace songsang::reporting
