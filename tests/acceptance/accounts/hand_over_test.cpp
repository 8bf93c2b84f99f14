// W2, accounts' share of it: the clients of who leaves go to who follows.
#include <gtest/gtest.h>

#include "songsang/accounts/v1/account.pb.h"
#include "songsang/accounts/v1/hand_over.pb.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/unit.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using namespace accounts::v1;  // NOLINT: the service under test

TEST(W2_HandOver, EveryClientOfTheLeaverGoesToTheSuccessor) {
  const Client manager = System::Shared().As({v1::ROLE_BRANCH_MANAGER});
  const auto unit = manager.Call<workforce::v1::UnitOpened>(
      "OpenUnit", Proto("name: '강남지점' kind: KIND_BRANCH opened_on: '2026-01-01'"));
  ASSERT_THAT(unit, IsOk());
  const auto hire = [&](const char* name) {
    const auto hired = manager.Call<workforce::v1::PersonHired>(
        "HirePerson", Proto(std::string("name: '") + name + "' role: 'sales_rep' unit_id: '" + unit->unit().id() +
                            "' from_on: '2026-01-02'"));
    EXPECT_THAT(hired, IsOk());
    return hired->person().id();
  };
  const std::string leaver = hire("김하늘"), successor = hire("이서준"), other = hire("박도윤");
  const auto account = [&](const std::string& owner, const char* state) {
    EXPECT_THAT(manager.Call<AccountRegistered>("RegisterAccount", Proto("kind: KIND_PERSON name: '고객' owner_id: '" +
                                                                         owner + "' state: " + state)),
                IsOk());
  };
  // More than two steps' worth.
  for (int i = 0; i < 410; ++i) account(leaver, i % 2 == 0 ? "STATE_OPEN" : "STATE_PROSPECT");
  account(leaver, "STATE_CLOSED");
  account(other, "STATE_OPEN");
  const auto resigned = manager.Call<workforce::v1::PersonResigned>(
      "ResignPerson", Proto("person_id: '" + leaver + "' successor_id: '" + successor + "'"));
  ASSERT_THAT(resigned, IsOk());
  const Proto of_it("hand_over_id: '" + resigned->hand_over().id() + "'");
  WorkHandOver work;
  EXPECT_TRUE(Eventually([&] {
    const auto listed =
        manager.Call<ListWorkHandOversResponse>("accounts.v1.WorkHandOverService/ListWorkHandOvers", of_it);
    if (listed.ok() && listed->work_hand_overs_size() == 1) work = listed->work_hand_overs(0);
    return work.state() == WorkHandOver::STATE_DONE;
  }));
  EXPECT_THAT(work, ContainsProto("state: STATE_DONE moved: 410 from_person_id: '" + leaver + "' to_person_id: '" +
                                  successor + "'"));
  // Workforce hears of it: its hand-over is done once leads has said so too.
  workforce::v1::HandOver whole;
  EXPECT_TRUE(Eventually([&] {
    const auto got =
        manager.Call<workforce::v1::HandOver>("GetHandOver", Proto("id: '" + resigned->hand_over().id() + "'"));
    if (got.ok()) whole = *got;
    return whole.state() == workforce::v1::HandOver::STATE_DONE;
  })) << whole.DebugString();
  const auto parts = manager.Call<workforce::v1::ListHandOverPartsResponse>("ListHandOverParts", of_it);
  ASSERT_THAT(parts, IsOk());
  for (const auto& part : parts->hand_over_parts()) EXPECT_EQ(part.moved(), part.service() == "accounts" ? 410 : 0);
  const auto held = [&](const std::string& owner) {
    const auto listed =
        manager.Call<ListAccountsResponse>("ListAccounts", Proto("page_size: 1000 owner_id: '" + owner + "'"));
    EXPECT_THAT(listed, IsOk());
    return listed->accounts_size();
  };
  EXPECT_EQ(held(leaver), 1);
  EXPECT_EQ(held(successor), 410);
  EXPECT_EQ(held(other), 1);
}

}  // namespace
}  // namespace songsang
