// W2, as far as leads goes: what a leaver has open here goes to who follows, all of it, and workforce hears of it.
#include <gtest/gtest.h>

#include "acceptance/leads/people.h"
#include "core/clock.h"
#include "songsang/leads/v1/follow_up.pb.h"
#include "songsang/leads/v1/hand_over.pb.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang {
namespace {

using namespace leads::v1;  // NOLINT: the service under test

// A branch with somebody who leaves, somebody who follows, and somebody who stays.
struct Branch : Company {
  Branch() {
    EXPECT_THAT(admin.Call<workforce::v1::UnitOpened>(
                    "OpenUnit", Proto("name: '서울지점' kind: KIND_BRANCH opened_on: '2020-01-01' "
                                      "external_ref { system: 'hr' key: 'seoul' }")),
                IsOk());
    leaver = Hire("김하늘");
    successor = Hire("이서준");
    other = Hire("박도윤");
  }
  std::string Hire(const std::string& name) const {
    const auto hired = admin.Call<workforce::v1::PersonHired>(
        "HirePerson", Proto(Is("name", name) + "unit_id: 'ext:hr:seoul' role: 'sales_rep' from_on: '2024-03-01'"));
    EXPECT_THAT(hired, IsOk());
    return hired->person().id();
  }
  // Returns the id of workforce's hand-over.
  std::string Resign(const std::string& last_on) const {
    const auto resigned = admin.Call<workforce::v1::PersonResigned>(
        "ResignPerson", Proto(Is("person_id", leaver) + Is("successor_id", successor) + Is("last_on", last_on)));
    EXPECT_THAT(resigned, IsOk());
    return resigned->hand_over().id();
  }
  WorkHandOver Get(const std::string& hand_over) const {
    const auto list = rep.Call<ListWorkHandOversResponse>("songsang.leads.v1.WorkHandOverService/ListWorkHandOvers",
                                                          Proto(Is("hand_over_id", hand_over)));
    EXPECT_THAT(list, IsOk());
    return list->work_hand_overs_size() == 1 ? list->work_hand_overs(0) : WorkHandOver();
  }
  bool Done(const std::string& hand_over) const { return Get(hand_over).state() == WorkHandOver::STATE_DONE; }
  int LeadsOf(const std::string& person, const std::string& status) const {
    int count = 0;
    ListLeadsRequest request = Proto("page_size: 1000 status: " + status + " " + Is("owner_id", person));
    const auto list = rep.Call<ListLeadsResponse>("ListLeads", request);
    EXPECT_THAT(list, IsOk());
    for (const auto& lead : list->leads()) count += lead.owner_id() == person;
    return count;
  }

  Client admin = System::Shared().As({v1::ROLE_BRANCH_MANAGER, v1::ROLE_ADMIN}, rep.tenant());
  std::string leaver, successor, other;
};

TEST(W2_HandOver, WhatALeaverHasOpenGoesToTheSuccessor) {
  const Branch branch;
  // More than one step moves.
  std::vector<std::string> leads;
  for (int i = 0; i < 230; ++i) leads.push_back(branch.NewLead(Is("owner_id", branch.leaver)));
  const std::string kept = branch.NewLead(Is("owner_id", branch.other));
  const std::string ended = leads[0];
  ASSERT_THAT(branch.rep.Call<LeadDisqualified>("DisqualifyLead", Proto(Is("lead_id", ended) + "reason: 'no_need'")),
              IsOk());
  const auto opened =
      branch.rep.Call<OpportunityOpened>("OpenOpportunity", Proto("name: '한빛' " + Is("owner_id", branch.leaver)));
  const auto won =
      branch.rep.Call<OpportunityOpened>("OpenOpportunity", Proto("name: '대한' " + Is("owner_id", branch.leaver)));
  ASSERT_THAT(branch.rep.Call<OpportunityClosed>(
                  "CloseOpportunity",
                  Proto(Is("opportunity_id", won->opportunity().id()) + "outcome: OUTCOME_WON reason: 'best_fit'")),
              IsOk());
  const auto planned = branch.rep.Call<FollowUpPlanned>(
      "PlanFollowUp", Proto(Is("lead_id", leads[1]) + "subject: '재방문' due_at " +
                            InText({SystemNow(branch).micros + int64_t{900'000'000'000}})));
  ASSERT_THAT(planned, IsOk());
  const auto offered =
      branch.manager.Call<HandOffOffered>("OfferHandOff", Proto(Is("lead_id", kept) + Is("to_id", branch.leaver)));
  ASSERT_THAT(offered, IsOk());

  const std::string hand_over = branch.Resign(LocalDay(SystemNow(branch)).ToIso());
  ASSERT_TRUE(Eventually([&] { return branch.Done(hand_over); }, std::chrono::seconds(20)));
  EXPECT_THAT(branch.Get(hand_over),
              ContainsProto("leads: 229 opportunities: 1 follow_ups: 1 hand_offs: 1 moved: 232"));
  EXPECT_EQ(branch.LeadsOf(branch.leaver, "STATUS_WORKING"), 0);
  EXPECT_EQ(branch.LeadsOf(branch.successor, "STATUS_WORKING"), 229);
  EXPECT_EQ(branch.LeadsOf(branch.other, "STATUS_WORKING"), 1);
  // What had ended is whose it was.
  EXPECT_EQ(branch.GetLead(ended).owner_id(), branch.leaver);
  const auto owner = [&](const Called<OpportunityOpened>& deal) {
    return branch.rep.Call<Opportunity>("GetOpportunity", Proto(Is("id", deal->opportunity().id())))->owner_id();
  };
  EXPECT_EQ(owner(opened), branch.successor);
  EXPECT_EQ(owner(won), branch.leaver);
  EXPECT_THAT(branch.rep.Call<FollowUp>("GetFollowUp", Proto(Is("id", planned->follow_up().id()))),
              Answers(ContainsProto(Is("owner_id", branch.successor))));
  EXPECT_THAT(branch.rep.Call<HandOff>("GetHandOff", Proto(Is("id", offered->hand_off().id()))),
              Answers(ContainsProto(Is("to_id", branch.successor) + "state: STATE_OFFERED")));
  // Every lead was moved once, and workforce knows that this part is done.
  for (const std::string& lead : {leads[1], leads[120], leads[229]})
    EXPECT_EQ(branch.Events("WorkHandedOver", lead), 1);
  EXPECT_TRUE(Eventually([&] {
    const auto parts = branch.admin.Call<workforce::v1::ListHandOverPartsResponse>(
        "ListHandOverParts", Proto(Is("hand_over_id", hand_over)));
    for (const auto& part : parts->hand_over_parts())
      if (part.service() == "leads" && part.state() == workforce::v1::HandOver::STATE_DONE) return part.moved() == 232;
    return false;
  }));
}

TEST(W2_HandOver, WhoStillWorksKeepsTheirWork) {
  const Branch branch;
  const std::string lead = branch.NewLead(Is("owner_id", branch.leaver));
  const Date last = LocalDay(SystemNow(branch)).PlusDays(2);
  const std::string hand_over = branch.Resign(last.ToIso());
  ASSERT_TRUE(Eventually([&] { return !branch.Get(hand_over).id().empty(); }));
  EXPECT_FALSE(branch.Done(hand_over));
  EXPECT_EQ(branch.GetLead(lead).owner_id(), branch.leaver);
  MoveTo(branch, StartOfDay(last));
  ASSERT_TRUE(Eventually([&] { return branch.Done(hand_over); }));
  EXPECT_EQ(branch.GetLead(lead).owner_id(), branch.successor);
}

}  // namespace
}  // namespace songsang
