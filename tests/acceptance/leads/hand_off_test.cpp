// L7: a hand-off has a sender, a receiver, an answer and a clock; ownership changes once, and one opportunity begins.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "acceptance/leads/people.h"
#include "core/clock.h"
#include "kit/calendar_kr.h"
#include "songsang/leads/v1/response.pb.h"
#include "songsang/workforce/v1/calendar.pb.h"

namespace songsang {
namespace {

using namespace leads::v1;  // NOLINT: the service under test

// A lead of one person's, to be handed to another.
struct Handing : Company {
  Called<HandOffOffered> Offer() const {
    return manager.Call<HandOffOffered>("OfferHandOff", Proto(Is("lead_id", lead) + Is("to_id", receiver)));
  }
  HandOff Get(const std::string& id) const {
    const auto hand_off = rep.Call<HandOff>("GetHandOff", Proto(Is("id", id)));
    EXPECT_THAT(hand_off, IsOk());
    return *hand_off;
  }
  int Opportunities() const {
    const auto list = rep.Call<ListOpportunitiesResponse>("ListOpportunities", Proto(Is("lead_id", lead)));
    EXPECT_THAT(list, IsOk());
    return list->opportunities_size();
  }

  std::string sender = Person("이서준"), receiver = Person("박도윤");
  std::string lead = NewLead(Is("owner_id", sender));
};

TEST(L7_HandOff, OfManyAnswersAtOnceOneCounts) {
  const Handing company;
  const auto offered = company.Offer();
  ASSERT_THAT(offered, Answers(ContainsProto("hand_off { state: STATE_OFFERED answer_minutes: 540 }")));
  EXPECT_EQ(offered->hand_off().from_id(), company.sender);
  const std::string named = Is("hand_off_id", offered->hand_off().id());
  std::atomic<int> accepted{0}, refused{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i)
    callers.emplace_back([&, i] {
      if (i % 2 == 0) {
        accepted += company.rep.Call<HandOffAccepted>("AcceptHandOff", Proto(named)).ok();
      } else {
        refused += company.rep.Call<HandOffRefused>("RefuseHandOff", Proto(named + "reason: '담당 지역 아님'")).ok();
      }
    });
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(accepted + refused, 1);
  EXPECT_EQ(company.Opportunities(), accepted);
  const Lead lead = company.GetLead(company.lead);
  EXPECT_EQ(lead.handed_to_id(), accepted == 1 ? company.receiver : "");
  EXPECT_EQ(lead.hand_off_id(), "");
  EXPECT_FALSE(company.Get(offered->hand_off().id()).has_due_at()) << "the clock has stopped";
}

TEST(L7_HandOff, AcceptedItChangesHandsOnceAndOpensOneOpportunity) {
  const Handing company;
  const auto offered = company.Offer();
  ASSERT_THAT(offered, IsOk());
  const std::string named = Is("hand_off_id", offered->hand_off().id());
  const auto accepted = company.rep.Call<HandOffAccepted>("AcceptHandOff", Proto(named));
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->opportunity().owner_id(), company.receiver);
  EXPECT_EQ(accepted->lead().handed_to_id(), company.receiver);
  EXPECT_THAT(company.rep.Call<HandOffAccepted>("AcceptHandOff", Proto(named)),
              RefusedWith(std::string("HAND_OFF_MUST_BE_OFFERED")));
  EXPECT_THAT(company.Offer(), RefusedWith(std::string("LEAD_MUST_BE_OPEN")));
  EXPECT_EQ(company.Opportunities(), 1);
  // One version of the lead bears the change of hands.
  const auto history = company.rep.Call<LeadHistory>("GetLeadHistory", Proto(Is("id", company.lead)));
  ASSERT_THAT(history, IsOk());
  int changes = 0;
  for (const auto& revision : history->revisions())
    for (const auto& change : revision.changes()) changes += change.field() == "handed_to_id";
  EXPECT_EQ(changes, 1);
}

TEST(L7_HandOff, RefusedWithAReasonItStaysWithItsSender) {
  const Handing company;
  const auto offered = company.Offer();
  ASSERT_THAT(offered, IsOk());
  const std::string named = Is("hand_off_id", offered->hand_off().id());
  EXPECT_THAT(company.rep.Call<HandOffRefused>("RefuseHandOff", Proto(named)),
              RefusedWith(std::string("INVALID_REQUEST")));
  ASSERT_THAT(company.rep.Call<HandOffRefused>("RefuseHandOff", Proto(named + "reason: '예산 없음'")),
              Answers(ContainsProto("hand_off { state: STATE_REFUSED reason: '예산 없음' }")));
  EXPECT_EQ(company.GetLead(company.lead).owner_id(), company.sender);
  EXPECT_EQ(company.Opportunities(), 0);
  EXPECT_THAT(company.Offer(), IsOk());
}

TEST(L7_HandOff, UnansweredItExpiresWhenItsBusinessMinutesAreOver) {
  const Handing company;
  ASSERT_THAT(company.manager.Call<ResponseStandardDefined>(
                  "DefineResponseStandard", Proto("hand_off_minutes: 90 opens_minute: 540 closes_minute: 1080")),
              IsOk());
  const auto offered = company.Offer();
  ASSERT_THAT(offered, Answers(ContainsProto("hand_off { answer_minutes: 90 }")));
  const HandOff& hand_off = offered->hand_off();
  const Instant due = FromTimestamp(hand_off.due_at());
  EXPECT_EQ(due, kit::WorkClockOf({}).After(FromTimestamp(hand_off.offered_at()), 90));
  // A minute before, nothing has happened.
  System::Ahead(std::chrono::minutes((due.micros - SystemNow(company).micros) / 60'000'000 - 1));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(company.Get(hand_off.id()).state(), HandOff::STATE_OFFERED);
  MoveTo(company, due);
  // Whether or not the timer has fired yet.
  EXPECT_FALSE(company.rep.Call<HandOffAccepted>("AcceptHandOff", Proto(Is("hand_off_id", hand_off.id()))).ok());
  ASSERT_TRUE(Eventually([&] { return company.Get(hand_off.id()).state() == HandOff::STATE_EXPIRED; }));
  EXPECT_EQ(company.GetLead(company.lead).hand_off_id(), "");
  EXPECT_EQ(company.GetLead(company.lead).owner_id(), company.sender);
  EXPECT_EQ(company.Events("HandOffExpired", hand_off.id()), 1);
  EXPECT_THAT(company.rep.Call<HandOffAccepted>("AcceptHandOff", Proto(Is("hand_off_id", hand_off.id()))),
              RefusedWith(std::string("HAND_OFF_MUST_BE_OFFERED")));
  EXPECT_EQ(company.Opportunities(), 0);
  // It can be offered again, with a clock of its own.
  EXPECT_THAT(company.Offer(), Answers(ContainsProto("hand_off { state: STATE_OFFERED }")));
}

TEST(L7_HandOff, AHolidayDeclaredMeanwhileMovesTheClockThatRuns) {
  const Handing company;
  const auto offered = company.Offer();
  ASSERT_THAT(offered, IsOk());
  const Instant due = FromTimestamp(offered->hand_off().due_at());
  const std::string day = LocalDay(due).ToIso();
  ASSERT_THAT(company.support.Call<workforce::v1::CalendarDaySet>(
                  "SetCalendarDay", Proto(Is("date", day) + "kind: KIND_HOLIDAY name: '임시공휴일'")),
              IsOk());
  MoveTo(company, due);
  const auto due_now = [&] { return FromTimestamp(company.Get(offered->hand_off().id()).due_at()); };
  ASSERT_TRUE(Eventually([&] { return due_now() != due; })) << "the timer counted again";
  EXPECT_EQ(company.Get(offered->hand_off().id()).state(), HandOff::STATE_OFFERED);
  EXPECT_EQ(due_now(), kit::WorkClockOf({{day, false}}).After(FromTimestamp(offered->hand_off().offered_at()), 540));
  // Answered on the day after, it is in time.
  EXPECT_THAT(company.rep.Call<HandOffAccepted>("AcceptHandOff", Proto(Is("hand_off_id", offered->hand_off().id()))),
              IsOk());
}

}  // namespace
}  // namespace songsang
