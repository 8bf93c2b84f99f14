// L9: one next follow-up for every lead and opportunity; a reminder once when it is due; an exact list of what is overdue.
#include <gtest/gtest.h>

#include <thread>

#include "acceptance/leads/people.h"
#include "songsang/leads/v1/follow_up.pb.h"

namespace songsang {
namespace {

using namespace leads::v1;  // NOLINT: the service under test

struct Following : Company {
  Called<FollowUpPlanned> Plan(const std::string& subject, Instant due) const {
    return rep.Call<FollowUpPlanned>("PlanFollowUp",
                                     Proto(subject + "subject: '견적 회신 확인' due_at " + InText(due)));
  }
  std::vector<std::string> Overdue(const std::string& rest = "") const {
    const auto list = rep.Call<ListOverdueFollowUpsResponse>("ListOverdueFollowUps", Proto(rest));
    EXPECT_THAT(list, IsOk());
    std::vector<std::string> ids;
    for (const auto& follow_up : list->follow_ups()) ids.push_back(follow_up.id());
    return ids;
  }
  FollowUp Get(const std::string& id) const {
    const auto follow_up = rep.Call<FollowUp>("GetFollowUp", Proto(Is("id", id)));
    EXPECT_THAT(follow_up, IsOk());
    return *follow_up;
  }
  Instant In(int minutes) const { return {SystemNow(*this).micros + minutes * int64_t{60'000'000}}; }

  std::string kim = Person("김하늘"), lee = Person("이서준");
};

TEST(L9_FollowUp, ThereIsOneNextFollowUpOfALead) {
  const Following company;
  const std::string lead = company.NewLead(Is("owner_id", company.kim));
  const std::string subject = Is("lead_id", lead);
  EXPECT_THAT(company.Plan(subject, company.In(-1)), RefusedWith(std::string("FOLLOW_UP_MUST_LIE_AHEAD")));
  const auto first = company.Plan(subject, company.In(60));
  ASSERT_THAT(first, Answers(ContainsProto("follow_up { state: STATE_PLANNED }")));
  EXPECT_EQ(first->follow_up().owner_id(), company.kim);
  const auto second = company.Plan(subject, company.In(120));
  ASSERT_THAT(second, Answers(ContainsProto("replaced { state: STATE_REPLACED }")));
  EXPECT_EQ(second->replaced().id(), first->follow_up().id());
  EXPECT_EQ(company.GetLead(lead).follow_up_id(), second->follow_up().id());
  const auto planned =
      company.rep.Call<ListFollowUpsResponse>("ListFollowUps", Proto(subject + "state: STATE_PLANNED"));
  ASSERT_THAT(planned, IsOk());
  EXPECT_EQ(planned->follow_ups_size(), 1);
  const Proto done(Is("follow_up_id", second->follow_up().id()) + "outcome: '다음 주 방문'");
  ASSERT_THAT(company.rep.Call<FollowUpCompleted>("CompleteFollowUp", done), IsOk());
  EXPECT_EQ(company.GetLead(lead).follow_up_id(), "");
  EXPECT_THAT(company.rep.Call<FollowUpCompleted>("CompleteFollowUp", done),
              RefusedWith(std::string("FOLLOW_UP_MUST_BE_PLANNED")));
}

TEST(L9_FollowUp, ItRemindsOnceWhenItIsDue) {
  const Following company;
  const std::string lead = company.NewLead(Is("owner_id", company.kim));
  const auto planned = company.Plan(Is("lead_id", lead), company.In(60));
  ASSERT_THAT(planned, IsOk());
  const std::string id = planned->follow_up().id();
  // One that was replaced and one whose lead has ended remind nobody.
  const std::string other = company.NewLead(Is("owner_id", company.kim));
  const auto ended = company.Plan(Is("lead_id", other), company.In(60));
  ASSERT_THAT(ended, IsOk());
  ASSERT_THAT(company.rep.Call<LeadDisqualified>("DisqualifyLead", Proto(Is("lead_id", other) + "reason: 'no_need'")),
              IsOk());
  const std::string third = company.NewLead(Is("owner_id", company.kim));
  const auto replaced = company.Plan(Is("lead_id", third), company.In(50));
  ASSERT_THAT(company.Plan(Is("lead_id", third), company.In(10'000)), IsOk());
  EXPECT_EQ(company.Events("FollowUpReminded", id), 0);
  MoveTo(company, FromTimestamp(planned->follow_up().due_at()));
  ASSERT_TRUE(Eventually([&] { return company.Get(id).has_reminded_at(); }));
  ASSERT_TRUE(Eventually([&] { return company.Get(ended->follow_up().id()).state() == FollowUp::STATE_CANCELLED; }));
  EXPECT_FALSE(company.Get(ended->follow_up().id()).has_reminded_at());
  System::Ahead(std::chrono::hours(24));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_EQ(company.Events("FollowUpReminded", id), 1);
  EXPECT_EQ(company.Get(replaced->follow_up().id()).state(), FollowUp::STATE_REPLACED);
  EXPECT_EQ(company.Events("FollowUpReminded", replaced->follow_up().id()), 0);
}

TEST(L9_FollowUp, WhatIsOverdueIsListedExactly) {
  const Following company;
  std::vector<std::string> kims, wanted;
  for (int i = 0; i < 6; ++i) {
    const bool of_kim = i % 2 == 0;
    const auto planned = company.Plan(
        Is("lead_id", company.NewLead(Is("owner_id", of_kim ? company.kim : company.lee))), company.In(100 - 10 * i));
    ASSERT_THAT(planned, IsOk());
    // The longest overdue comes first.
    wanted.insert(wanted.begin(), planned->follow_up().id());
    if (of_kim) kims.insert(kims.begin(), planned->follow_up().id());
  }
  const auto opened =
      company.rep.Call<OpportunityOpened>("OpenOpportunity", Proto("name: '한빛' " + Is("owner_id", company.kim)));
  const std::string deal = Is("opportunity_id", opened->opportunity().id());
  const auto lost = company.Plan(deal, company.In(20));
  ASSERT_THAT(lost, IsOk());
  const auto ahead = company.Plan(Is("lead_id", company.NewLead(Is("owner_id", company.kim))), company.In(1000));
  ASSERT_THAT(ahead, IsOk());
  EXPECT_EQ(company.Overdue(), std::vector<std::string>{});
  MoveTo(company, company.In(101));
  wanted.insert(wanted.begin(), lost->follow_up().id());
  kims.insert(kims.begin(), lost->follow_up().id());
  EXPECT_EQ(company.Overdue(), wanted);
  EXPECT_EQ(company.Overdue(Is("owner_id", company.kim)), kims);
  // Done, and lost: neither is overdue any more.
  ASSERT_THAT(company.rep.Call<FollowUpCompleted>("CompleteFollowUp", Proto(Is("follow_up_id", wanted.back()))),
              IsOk());
  ASSERT_THAT(
      company.rep.Call<OpportunityClosed>("CloseOpportunity", Proto(deal + "outcome: OUTCOME_LOST reason: 'price'")),
      IsOk());
  wanted.pop_back();
  wanted.erase(wanted.begin());
  EXPECT_EQ(company.Overdue(), wanted);
  // As of an instant before, nothing was.
  EXPECT_EQ(company.Overdue("as_of " +
                            InText({FromTimestamp(ahead->follow_up().due_at()).micros - int64_t{990} * 60'000'000})),
            std::vector<std::string>{});
}

}  // namespace
}  // namespace songsang
