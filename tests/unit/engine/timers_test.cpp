// Timers: what an entity's due time becomes, once, and whatever the clock did meanwhile.
#include "engine/timers.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "engine/clock.h"
#include "songsang/leads/v1/follow_up.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "unit/engine/house.h"

namespace songsang::engine {
namespace {

using leads::v1::FollowUp;
using leads::v1::FollowUpPlanned;
using leads::v1::LeadCaptured;
using testing::ElementsAre;

constexpr int64_t kMinute = 60'000'000;

bool Soon(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return holds();
}

// A follow-up of a lead of its own, due so many minutes from now.
FollowUp Planned(House* house, const std::string& name, int minutes, const std::string& tenant = "acme") {
  As as;
  as.tenant = tenant;
  const auto lead = house->Call<LeadCaptured>("leads.v1.LeadService/CaptureLead",
                                              Proto("request_id: 'c" + name + "' channel: CHANNEL_WEB name: '" + name +
                                                    "' owner_id: '01935c00-0000-7000-8000-000000000001'"),
                                              as);
  EXPECT_THAT(lead, IsOk());
  const std::string due = ToTimestamp(Instant{Now().micros + minutes * kMinute}).ShortDebugString();
  const auto planned = house->Call<FollowUpPlanned>(
      "leads.v1.FollowUpService/PlanFollowUp",
      Proto("request_id: 'p" + name + "' lead_id: '" + lead->lead().id() + "' subject: '전화' due_at { " + due + " }"),
      as);
  EXPECT_THAT(planned, IsOk());
  return planned->follow_up();
}

// What was reminded of, in the order of the journal.
std::vector<std::string> Reminded(House* house) {
  std::vector<std::string> ids;
  for (const auto& event : house->Journal("leads"))
    if (event.type() == "songsang.leads.v1.FollowUpReminded") {
      EXPECT_EQ(event.actor(), "timer/remind_at");
      EXPECT_THAT(event.request_id(), testing::StartsWith("tmr/"));
      ids.push_back(event.subject_id());
    }
  return ids;
}

class Timer : public ::testing::Test {
 protected:
  void SetUp() override { NEEDS_ITS_STORE(); }
};

TEST_F(Timer, FiresWhenItIsDueOnceAndNotBefore) {
  House house;
  const FollowUp early = Planned(&house, "early", 10), late = Planned(&house, "late", 30);
  house.engine().Start({});
  MoveClockAhead(9 * kMinute);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_THAT(Reminded(&house), ElementsAre());
  MoveClockAhead(2 * kMinute);
  ASSERT_TRUE(Soon([&] { return !Reminded(&house).empty(); }));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_THAT(Reminded(&house), ElementsAre(early.id()));
  MoveClockAhead(20 * kMinute);
  ASSERT_TRUE(Soon([&] { return Reminded(&house).size() == 2; }));
  EXPECT_THAT(Reminded(&house), ElementsAre(early.id(), late.id()));
  EXPECT_EQ(house.engine().trouble(), "");
}

TEST_F(Timer, FiresWhatFellDueWhileNobodyMindedTheTime) {
  House house;
  std::vector<std::string> ids;
  for (const char* name : {"a", "b", "c"}) ids.push_back(Planned(&house, name, 5).id());
  const std::string foreign = Planned(&house, "d", 6, "other").id();
  MoveClockAhead(7 * kMinute);
  house.engine().Start({});
  ASSERT_TRUE(Soon([&] { return Reminded(&house).size() == 4; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  ids.push_back(foreign);
  EXPECT_THAT(Reminded(&house), testing::UnorderedElementsAreArray(ids));
}

TEST_F(Timer, IsFiredOnceTheStoreIsBackAndSaysWhatItWaitsFor) {
  House house;
  const FollowUp planned = Planned(&house, "a", 5);
  std::atomic<bool> away{true};
  house.gate("leads").fails = [&](const std::string& step) {
    return away && step == "begin" ? StoreError{StoreError::Kind::kAway, "", "gone"} : StoreError{};
  };
  house.engine().Start({});
  MoveClockAhead(6 * kMinute);
  ASSERT_TRUE(Soon([&] {
    return house.engine().trouble().find("the timer remind_at of leads waits") != std::string::npos;
  })) << house.engine().trouble();
  EXPECT_THAT(Reminded(&house), ElementsAre());
  away = false;
  ASSERT_TRUE(Soon([&] { return !Reminded(&house).empty(); }));
  EXPECT_THAT(Reminded(&house), ElementsAre(planned.id()));
  EXPECT_TRUE(Soon([&] { return house.engine().trouble().empty(); }));
}

TEST_F(Timer, DueEntitiesAreFoundEarliestFirstPageByPage) {
  House house;
  std::vector<std::string> ids;
  for (const int minutes : {3, 1, 2, 9}) ids.push_back(Planned(&house, std::to_string(minutes), minutes).id());
  const Instant now{Now().micros + 5 * kMinute};
  std::vector<std::string> found;
  Due last;
  for (bool first = true;; first = false) {
    auto due = FindDue(house.gate("leads"), FollowUp::descriptor(), "remind_at", now, 2, first ? nullptr : &last);
    ASSERT_TRUE(due.ok());
    for (const Due& one : *due) {
      found.push_back(one.id);
      EXPECT_EQ(one.tenant, "acme");
      EXPECT_EQ(FromTimestamp(static_cast<const FollowUp&>(*one.entity).remind_at()), one.at);
    }
    if (due->size() < 2) break;
    last = std::move(due->back());
  }
  EXPECT_THAT(found, ElementsAre(ids[1], ids[2], ids[0]));
}

}  // namespace
}  // namespace songsang::engine
