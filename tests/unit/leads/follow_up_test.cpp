#include <gtest/gtest.h>

#include "leads/policies.h"
#include "leads/rules_follow_up.h"
#include "leads/rules_lead.h"
#include "leads/rules_opportunity.h"
#include "leads/rules_work_hand_over.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::leads {
namespace {

// The contexts of these tests are at 2026-11-22T03:00:00Z.
constexpr int64_t kNow = 1795316400;

std::string At(int64_t seconds) { return "{ seconds: " + std::to_string(seconds) + " }"; }

struct PlanRow {
  const char* lead;         // null: none
  const char* opportunity;  // null: none
  std::string request;
  const char* reason;
};

TEST(PlanFollowUp, RefusesInThisOrder) {
  const std::string later = "due_at " + At(kNow + 60), now = "due_at " + At(kNow);
  const PlanRow rows[] = {
      {nullptr, nullptr, now, "FOLLOW_UP_MUST_HAVE_ONE_SUBJECT"},
      {"status: STATUS_HANDED_OFF", "status: STATUS_WON", now, "FOLLOW_UP_MUST_HAVE_ONE_SUBJECT"},
      {"status: STATUS_HANDED_OFF", nullptr, now, "LEAD_MUST_BE_OPEN"},
      {nullptr, "status: STATUS_WON", now, "OPPORTUNITY_MUST_BE_OPEN"},
      {"status: STATUS_NEW", nullptr, now, "FOLLOW_UP_MUST_HAVE_OWNER"},
      {nullptr, "status: STATUS_OPEN owner_id: 'kim'", now, "FOLLOW_UP_MUST_LIE_AHEAD"},
      {"status: STATUS_NEW", nullptr, later + " owner_id: 'kim'", ""},
      {nullptr, "status: STATUS_OPEN owner_id: 'kim'", later, ""},
  };
  for (const PlanRow& row : rows) {
    const Lead lead = Proto(row.lead == nullptr ? "" : row.lead);
    const Opportunity opportunity = Proto(row.opportunity == nullptr ? "" : row.opportunity);
    const auto event =
        PlanFollowUp(row.lead == nullptr ? nullptr : &lead, row.opportunity == nullptr ? nullptr : &opportunity,
                     nullptr, Proto(row.request), ContextOf());
    if (*row.reason != '\0')
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
    else
      EXPECT_THAT(event, Answers(ContainsProto("follow_up { owner_id: 'kim' state: STATE_PLANNED remind_at " +
                                               At(kNow + 60) + " }")));
  }
}

TEST(PlanFollowUp, TakesThePlaceOfTheOneBefore) {
  const Lead lead = Proto("id: 'L' status: STATUS_WORKING owner_id: 'kim' follow_up_id: 'F'");
  const FollowUp before = Proto("id: 'F' version: 1 lead_id: 'L' state: STATE_PLANNED remind_at " + At(kNow + 9));
  const auto event = PlanFollowUp(&lead, nullptr, &before,
                                  Proto("lead_id: 'L' subject: '재방문' due_at " + At(kNow + 60)), ContextOf());
  ASSERT_THAT(event, Answers(ContainsProto("follow_up { lead_id: 'L' subject: '재방문' } "
                                           "replaced { id: 'F' version: 1 state: STATE_REPLACED }")));
  EXPECT_FALSE(event->replaced().has_remind_at());
  EXPECT_EQ(event->lead().follow_up_id(), event->follow_up().id());
  EXPECT_FALSE(event->has_opportunity());
}

TEST(PlanFollowUp, WhatIsBroughtFromThePastRemindsNobody) {
  const Lead lead = Proto("status: STATUS_WORKING owner_id: 'kim'");
  const auto event = PlanFollowUp(&lead, nullptr, nullptr, Proto("due_at " + At(kNow - 86400)),
                                  ContextOf({songsang::v1::ROLE_IMPORTER}, 20));
  ASSERT_THAT(event, IsOk());
  EXPECT_FALSE(event->follow_up().has_remind_at());
}

TEST(EndingAFollowUp, LeavesTheSubjectWithoutOne) {
  const FollowUp planned = Proto("id: 'F' state: STATE_PLANNED remind_at " + At(kNow));
  const Lead lead = Proto("id: 'L' follow_up_id: 'F'");
  const Opportunity opportunity = Proto("id: 'O' follow_up_id: 'F'");
  EXPECT_THAT(CompleteFollowUp(planned, &lead, nullptr, Proto("outcome: '통화'"), ContextOf()),
              Answers(EqualsProto("follow_up { id: 'F' state: STATE_DONE outcome: '통화' ended_at " + At(kNow) +
                                  " } lead { id: 'L' }")));
  EXPECT_THAT(CancelFollowUp(planned, nullptr, &opportunity, Proto("reason: '부재'"), ContextOf()),
              Answers(EqualsProto("follow_up { id: 'F' state: STATE_CANCELLED outcome: '부재' ended_at " + At(kNow) +
                                  " } opportunity { id: 'O' }")));
  // Another one was planned since: it stays.
  const Lead other = Proto("id: 'L' follow_up_id: 'G'");
  EXPECT_THAT(CompleteFollowUp(planned, &other, nullptr, Proto(""), ContextOf()),
              Answers(ContainsProto("lead { follow_up_id: 'G' }")));
  for (const char* state : {"STATE_DONE", "STATE_CANCELLED", "STATE_REPLACED"}) {
    const FollowUp ended = Proto(std::string("state: ") + state);
    EXPECT_THAT(CompleteFollowUp(ended, &lead, nullptr, Proto(""), ContextOf()), RefusedWith(kFollowUpMustBePlanned));
    EXPECT_THAT(CancelFollowUp(ended, &lead, nullptr, Proto(""), ContextOf()), RefusedWith(kFollowUpMustBePlanned));
  }
}

struct RemindRow {
  std::string follow_up;
  const char* lead;
  std::string after;
};

TEST(RemindFollowUp, OnceWhenItIsDueAndTheLeadGoesOn) {
  const std::string due = "due_at " + At(kNow), ahead = "due_at " + At(kNow + 1);
  const std::string now = At(kNow);
  const RemindRow rows[] = {
      {"state: STATE_PLANNED " + due + " remind_at " + now, "status: STATUS_WORKING follow_up_id: 'F'",
       "state: STATE_PLANNED " + due + " reminded_at " + now},
      // Nothing before it is due, and nothing twice.
      {"state: STATE_PLANNED " + ahead + " remind_at " + now, "status: STATUS_WORKING follow_up_id: 'F'",
       "state: STATE_PLANNED " + ahead + " remind_at " + At(kNow + 1)},
      {"state: STATE_PLANNED " + due + " reminded_at " + At(5), "status: STATUS_WORKING follow_up_id: 'F'",
       "state: STATE_PLANNED " + due + " reminded_at " + At(5)},
      {"state: STATE_DONE " + due + " remind_at " + now, "status: STATUS_WORKING follow_up_id: 'F'",
       "state: STATE_DONE " + due},
      // The lead has ended.
      {"state: STATE_PLANNED " + due + " remind_at " + now, "status: STATUS_DISQUALIFIED follow_up_id: 'F'",
       "state: STATE_CANCELLED " + due + " ended_at " + now},
  };
  for (const RemindRow& row : rows) {
    SCOPED_TRACE(row.follow_up);
    const Lead lead = Proto(row.lead);
    const auto event = RemindFollowUp(Proto("id: 'F' " + row.follow_up), &lead, nullptr, Proto(""), ContextOf());
    ASSERT_THAT(event, IsOk());
    EXPECT_THAT(event->follow_up(), EqualsProto("id: 'F' " + row.after));
  }
}

TEST(StepWorkHandOver, MovesAtMostTwoHundredAndGoesOnUntilNothingIsLeft) {
  std::vector<Lead> leads(150);
  std::vector<Opportunity> opportunities(120);
  FollowUp follow_up = Proto("id: 'F' owner_id: 'kim'");
  HandOff hand_off = Proto("id: 'H' from_id: 'lee' to_id: 'kim'");
  Work work{{}, {}, {&follow_up}, {&hand_off}};
  for (Lead& lead : leads) work.leads.push_back(&lead);
  for (Opportunity& opportunity : opportunities) work.opportunities.push_back(&opportunity);
  const WorkHandOver begun = Proto("id: 'W' from_person_id: 'kim' to_person_id: 'park' state: STATE_RUNNING");
  const auto first = StepWorkHandOver(begun, work, Proto(""), ContextOf());
  ASSERT_THAT(first, Answers(ContainsProto("work_hand_over { state: STATE_RUNNING leads: 150 opportunities: 50 "
                                           "follow_ups: 0 moved: 200 step_at " +
                                           At(kNow) + " }")));
  EXPECT_EQ(first->leads(149).owner_id(), "park");
  EXPECT_EQ(first->opportunities_size(), 50);
  work.leads.clear();
  work.opportunities.erase(work.opportunities.begin(), work.opportunities.begin() + 50);
  const auto second = StepWorkHandOver(first->work_hand_over(), work, Proto(""), ContextOf());
  ASSERT_THAT(second, Answers(ContainsProto("work_hand_over { state: STATE_DONE leads: 150 opportunities: 120 "
                                            "follow_ups: 1 hand_offs: 1 moved: 272 } "
                                            "follow_ups { id: 'F' owner_id: 'park' } "
                                            "hand_offs { id: 'H' from_id: 'lee' to_id: 'park' }")));
  EXPECT_FALSE(second->work_hand_over().has_step_at());
  EXPECT_THAT(StepWorkHandOver(second->work_hand_over(), work, Proto(""), ContextOf()),
              Answers(EqualsProto("work_hand_over { " + second->work_hand_over().ShortDebugString() + " }")));
  // Without a successor nothing moves.
  EXPECT_THAT(StepWorkHandOver(Proto("id: 'W' from_person_id: 'kim'"), work, Proto(""), ContextOf()),
              Answers(ContainsProto("work_hand_over { state: STATE_DONE moved: 0 }")));
}

TEST(StartWorkHandOver, OnTheLastDayAndNotBefore) {
  const auto step_at = [](const char* request) {
    return ToIso(FromTimestamp(StartWorkHandOver(Proto(request), ContextOf())->work_hand_over().step_at()));
  };
  EXPECT_EQ(step_at("hand_over_id: 'X' last_on: '2026-11-30'"), "2026-11-29T15:00:00.000000Z");
  EXPECT_EQ(step_at("hand_over_id: 'X' last_on: '2026-11-22'"), "2026-11-22T03:00:00.000000Z");
  EXPECT_EQ(step_at("hand_over_id: 'X'"), "2026-11-22T03:00:00.000000Z");
}

TEST(Policies, SayWhatFollows) {
  EXPECT_THAT(ExpireHandOffOf(Proto("id: 'H'")), EqualsProto("hand_off_id: 'H'"));
  EXPECT_THAT(RemindFollowUpOf(Proto("id: 'F'")), EqualsProto("follow_up_id: 'F'"));
  EXPECT_THAT(ExpireProposalOf(Proto("id: 'P'")), EqualsProto("proposal_id: 'P'"));
  EXPECT_THAT(StepWorkHandOverOf(Proto("id: 'W'")), EqualsProto("work_hand_over_id: 'W'"));
  const auto noted = NoteOrderOf(Proto("order { id: 'S' proposal_id: 'P' state: STATE_ON_HOLD }"), {});
  ASSERT_EQ(noted.size(), 1u);
  EXPECT_THAT(noted[0], EqualsProto(NoteOrderRequest(Proto("proposal_id: 'P' order_id: 'S'"))));
  const auto started = StartWorkHandOverOf(
      Proto("hand_over { id: 'X' from_person_id: 'kim' to_person_id: 'park' last_on: '2026-11-30' }"), {});
  ASSERT_EQ(started.size(), 1u);
  EXPECT_THAT(started[0], EqualsProto(StartWorkHandOverRequest(Proto(
                              "hand_over_id: 'X' from_person_id: 'kim' to_person_id: 'park' last_on: '2026-11-30'"))));
}

}  // namespace
}  // namespace songsang::leads
