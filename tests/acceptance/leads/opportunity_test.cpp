// L11 and L20: opportunities move through their process, and end with a reason.
#include <gtest/gtest.h>

#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/leads/v1/process.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using namespace leads::v1;  // NOLINT: the service under test

// A rep and their manager, with an open opportunity.
class Deal {
 public:
  explicit Deal(const std::string& request = "name: '한빛 연간 계약' value { minor: 5000000 currency: 'KRW' }") {
    const auto opened = rep.Call<OpportunityOpened>("OpenOpportunity", Proto(request));
    EXPECT_THAT(opened, IsOk());
    id = opened->opportunity().id();
  }
  Called<StageMoved> Move(const std::string& to) const {
    return rep.Call<StageMoved>("MoveStage", Proto(Named("to_stage: '" + to + "'")));
  }
  Called<OpportunityClosed> Close(const std::string& how) const {
    return rep.Call<OpportunityClosed>("CloseOpportunity", Proto(Named(how)));
  }
  Called<OpportunityReopened> Reopen(const std::string& how = "") const {
    return manager.Call<OpportunityReopened>("ReopenOpportunity", Proto(Named(how)));
  }
  Opportunity Get() const {
    const auto opportunity = rep.Call<Opportunity>("GetOpportunity", Proto("id: '" + id + "'"));
    EXPECT_THAT(opportunity, IsOk());
    return *opportunity;
  }
  std::string Named(const std::string& rest) const { return "opportunity_id: '" + id + "' " + rest; }

  Client rep = System::Shared().As({v1::ROLE_SALES_REP});
  Client manager = System::Shared().As({v1::ROLE_SALES_MANAGER}, rep.tenant());
  std::string id;
};

TEST(L11_OpportunityStages, MovesFollowTheProcess) {
  const Deal deal;
  ASSERT_THAT(deal.Move("engaging"), Answers(ContainsProto("opportunity { version: 2 stage: 'engaging' }")));
  ASSERT_THAT(deal.Move("negotiating"), IsOk());
  const auto moves = deal.rep.Call<ListStageMovesResponse>("ListStageMoves", Proto(deal.Named("")));
  ASSERT_THAT(moves, IsOk());
  std::string way;
  for (const auto& move : moves->stage_moves()) way += move.from_stage() + ">" + move.to_stage() + " ";
  EXPECT_EQ(way, ">prospecting prospecting>engaging engaging>negotiating ");
}

TEST(L11_OpportunityStages, IllegalMoveIsRefusedWithWhatIsAllowed) {
  const Deal deal;
  ASSERT_THAT(deal.Move("negotiating"), IsOk());
  const auto illegal = deal.Move("prospecting");
  ASSERT_THAT(illegal, RefusedWith(std::string("STAGE_MOVE_MUST_BE_ALLOWED")));
  EXPECT_EQ(illegal.answer().code, Code::kFailedPrecondition);
  EXPECT_EQ(illegal.answer().variables.at("from"), "negotiating");
  EXPECT_EQ(illegal.answer().variables.at("to"), "prospecting");
  EXPECT_EQ(illegal.answer().variables.at("allowed"), "proposing");
  EXPECT_THAT(deal.Move("nowhere"), RefusedWith(std::string("STAGE_MUST_BE_KNOWN")));
  EXPECT_EQ(deal.Get().stage(), "negotiating");
  EXPECT_EQ(deal.Get().version(), 2);
}

TEST(L11_OpportunityStages, ANewProcessVersionLeavesOpenOpportunitiesInTheirs) {
  const Deal deal;
  const auto defined = deal.manager.Call<SalesProcessDefined>("DefineSalesProcess", Proto(R"(key: 'standard'
    stages { key: 'prospecting' name_ko: '발굴' name_en: 'Prospecting' allowed_next: 'signing' }
    stages { key: 'signing' name_ko: '계약' name_en: 'Signing' })"));
  ASSERT_THAT(defined, Answers(ContainsProto("sales_process { key: 'standard' number: 2 }")));
  EXPECT_THAT(deal.Move("engaging"), IsOk());
  const auto fresh = deal.rep.Call<OpportunityOpened>("OpenOpportunity", Proto("name: '새 기회'"));
  ASSERT_THAT(fresh, Answers(ContainsProto("opportunity { process_number: 2 stage: 'prospecting' }")));
  const std::string move = "opportunity_id: '" + fresh->opportunity().id() + "' ";
  EXPECT_THAT(deal.rep.Call<StageMoved>("MoveStage", Proto(move + "to_stage: 'engaging'")),
              RefusedWith(std::string("STAGE_MUST_BE_KNOWN")));
  EXPECT_THAT(deal.rep.Call<StageMoved>("MoveStage", Proto(move + "to_stage: 'signing'")), IsOk());
}

TEST(L11_OpportunityStages, TheProcessIsFoundByKeyInEveryVersion) {
  const Client manager = System::Shared().As({v1::ROLE_SALES_MANAGER});
  const auto find = [&](const char* request) {
    return manager.Call<FindSalesProcessResponse>("FindSalesProcess", Proto(request));
  };
  const auto shipped = find("");
  ASSERT_THAT(shipped, Answers(ContainsProto("sales_process { key: 'standard' number: 1 }")));
  ASSERT_EQ(shipped->sales_process().stages_size(), 4);
  EXPECT_THAT(shipped->sales_process().stages(1),
              EqualsProto("key: 'engaging' name_ko: '상담' name_en: 'Engaging' allowed_next: 'prospecting' "
                          "allowed_next: 'proposing' allowed_next: 'negotiating'"));
  const Proto second("key: 'standard' stages { key: 'all' name_ko: '전체' name_en: 'All' }");
  ASSERT_THAT(manager.Call<SalesProcessDefined>("DefineSalesProcess", second), IsOk());
  EXPECT_THAT(find("key: 'standard'"), Answers(ContainsProto("sales_process { number: 2 stages { key: 'all' } }")));
  EXPECT_THAT(find("number: 1"), Answers(EqualsProto(*shipped)));
  EXPECT_THAT(find("number: 3"), RefusedWith(std::string("SALES_PROCESS_MUST_EXIST")));
  EXPECT_THAT(find("key: 'partner'"), RefusedWith(std::string("SALES_PROCESS_MUST_EXIST")));
}

TEST(L11_OpportunityStages, AHandOffOpensExactlyOne) {
  const Client manager = System::Shared().As({v1::ROLE_SALES_MANAGER});
  const auto lead = manager.Call<LeadCaptured>("CaptureLead", Proto("company: '한빛' channel: CHANNEL_EVENT"));
  ASSERT_THAT(lead, IsOk());
  const std::string sender = "01935c00-0000-7000-8000-000000000001", receiver = "01935c00-0000-7000-8000-000000000002";
  const auto offered = manager.Call<HandOffOffered>(
      "OfferHandOff",
      Proto("lead_id: '" + lead->lead().id() + "' from_id: '" + sender + "' to_id: '" + receiver + "'"));
  ASSERT_THAT(offered, IsOk());
  const Proto accept("hand_off_id: '" + offered->hand_off().id() + "'");
  const auto accepted = manager.Call<HandOffAccepted>("AcceptHandOff", accept);
  ASSERT_THAT(accepted, Answers(ContainsProto("hand_off { state: STATE_ACCEPTED } lead { status: STATUS_HANDED_OFF } "
                                              "opportunity { name: '한빛' status: STATUS_OPEN }")));
  EXPECT_EQ(accepted->opportunity().owner_id(), receiver);
  EXPECT_EQ(accepted->lead().owner_id(), sender);
  EXPECT_THAT(manager.Call<HandOffAccepted>("AcceptHandOff", accept),
              RefusedWith(std::string("HAND_OFF_MUST_BE_OFFERED")));
  EXPECT_THAT(manager.Call<HandOffRefused>("RefuseHandOff",
                                           Proto("reason: '늦음' hand_off_id: '" + offered->hand_off().id() + "'")),
              RefusedWith(std::string("HAND_OFF_MUST_BE_OFFERED")));
  const auto list =
      manager.Call<ListOpportunitiesResponse>("ListOpportunities", Proto("lead_id: '" + lead->lead().id() + "'"));
  ASSERT_THAT(list, IsOk());
  EXPECT_EQ(list->opportunities_size(), 1);
}

TEST(L11_OpportunityStages, AReferenceIsUsedOnceAlsoByTheHandOff) {
  const Client importer = System::Shared().As({v1::ROLE_IMPORTER});
  ASSERT_THAT(importer.Call<OpportunityOpened>("OpenOpportunity", Proto("external_ref { system: 'crm' key: '7' }")),
              IsOk());
  ASSERT_THAT(importer.Call<LeadCaptured>("CaptureLead",
                                          Proto("external_ref { system: 'crm' key: 'l' } channel: CHANNEL_IMPORT")),
              IsOk());
  ASSERT_THAT(importer.Call<HandOffOffered>("OfferHandOff",
                                            Proto("lead_id: 'ext:crm:l' from_id: 'ext:crm:p' to_id: 'ext:crm:p' "
                                                  "external_ref { system: 'crm' key: 'l' }")),
              IsOk());
  const auto taken = importer.Call<HandOffAccepted>(
      "AcceptHandOff", Proto("hand_off_id: 'ext:crm:l' opportunity_ref { system: 'crm' key: '7' }"));
  EXPECT_THAT(taken, RefusedWith(std::string("EXTERNAL_REF_TAKEN")));
  const auto lead = importer.Call<Lead>("GetLead", Proto("id: 'ext:crm:l'"));
  EXPECT_THAT(lead, Answers(ContainsProto("status: STATUS_WORKING")));
}

TEST(L20_CloseWithReason, ReasonIsMandatory) {
  const Deal deal;
  for (const char* how : {"outcome: OUTCOME_LOST", "outcome: OUTCOME_WON reason: ''", "reason: 'price'"}) {
    SCOPED_TRACE(how);
    const auto refused = deal.Close(how);
    ASSERT_THAT(refused, RefusedWith(std::string("INVALID_REQUEST")));
    EXPECT_EQ(refused.answer().fields.size(), 1u);
  }
  EXPECT_EQ(deal.Get().status(), Opportunity::STATUS_OPEN);
}

TEST(L20_CloseWithReason, ClosedIsTerminal) {
  const Deal deal;
  const auto lost = deal.Close("outcome: OUTCOME_LOST reason: 'price'");
  ASSERT_THAT(lost, Answers(ContainsProto("opportunity { status: STATUS_LOST close_reason: 'price' }")));
  EXPECT_NE(lost->opportunity().closed_on(), "");
  const auto open = [](const auto& called) {
    EXPECT_THAT(called, RefusedWith(std::string("OPPORTUNITY_MUST_BE_OPEN")));
  };
  open(deal.Close("outcome: OUTCOME_WON reason: 'best_fit'"));
  open(deal.Move("engaging"));
  open(deal.rep.Call<OpportunityUpdated>("UpdateOpportunity", Proto(deal.Named("name: 'x'"))));
  open(deal.manager.Call<OpportunityReassigned>("ReassignOpportunity",
                                                Proto(deal.Named("owner_id: '01935c00-0000-7000-8000-000000000001'"))));
  EXPECT_THAT(deal.Get(), EqualsProto(lost->opportunity()));
}

TEST(L20_CloseWithReason, ReopeningMakesANewCycleAndKeepsTheOld) {
  const Deal deal;
  EXPECT_THAT(deal.Reopen(), RefusedWith(std::string("OPPORTUNITY_MUST_BE_CLOSED")));
  ASSERT_THAT(deal.Close("outcome: OUTCOME_LOST reason: 'price' value { minor: 4000000 currency: 'KRW' }"), IsOk());
  ASSERT_THAT(deal.Reopen("reason: '예산 확보'"),
              Answers(ContainsProto("opportunity { cycle: 2 status: STATUS_OPEN } closed_cycle { cycle: 1 }")));
  ASSERT_THAT(deal.Move("engaging"), Answers(ContainsProto("stage_move { cycle: 2 }")));
  ASSERT_THAT(deal.Close("outcome: OUTCOME_WON reason: 'best_fit' value { minor: 4500000 currency: 'KRW' }"),
              Answers(ContainsProto("opportunity { cycle: 2 status: STATUS_WON value { minor: 4500000 } }")));
  const auto cycles = deal.rep.Call<ListOpportunityCyclesResponse>("ListOpportunityCycles", Proto(deal.Named("")));
  ASSERT_THAT(cycles, IsOk());
  ASSERT_EQ(cycles->opportunity_cycles_size(), 1);
  EXPECT_THAT(cycles->opportunity_cycles(0),
              ContainsProto("cycle: 1 outcome: OUTCOME_LOST close_reason: 'price' value { minor: 4000000 }"));
  const auto history = deal.rep.Call<OpportunityHistory>("GetOpportunityHistory", Proto("id: '" + deal.id + "'"));
  ASSERT_THAT(history, IsOk());
  std::string events;
  for (const auto& revision : history->revisions())
    events += revision.event_type().substr(revision.event_type().rfind('.') + 1) + " ";
  EXPECT_EQ(events, "OpportunityClosed StageMoved OpportunityReopened OpportunityClosed OpportunityOpened ");
}

TEST(L20_CloseWithReason, TheValueKeepsItsCurrency) {
  const Deal deal;
  EXPECT_THAT(deal.Close("outcome: OUTCOME_WON reason: 'best_fit' value { minor: 1 currency: 'USD' }"),
              RefusedWith(std::string("OPPORTUNITY_CURRENCY_MUST_STAY")));
  EXPECT_THAT(deal.Close("outcome: OUTCOME_WON reason: 'best_fit' value { minor: -1 currency: 'KRW' }"),
              RefusedWith(std::string("VALUE_MUST_NOT_BE_NEGATIVE")));
  EXPECT_THAT(deal.Close("outcome: OUTCOME_WON reason: 'best_fit' closed_on: '2199-01-01'"),
              RefusedWith(std::string("DAY_MUST_NOT_BE_IN_FUTURE")));
}

TEST(L20_CloseWithReason, OnlyAnImporterWinsBeforeItWasOpened) {
  const Client importer = System::Shared().As({v1::ROLE_IMPORTER});
  const auto opened = importer.Call<OpportunityOpened>(
      "OpenOpportunity", Proto("external_ref { system: 'olist' key: 'd' } opened_on: '2018-03-10'"));
  ASSERT_THAT(opened, IsOk());
  const Proto close(
      "opportunity_id: 'ext:olist:d' outcome: OUTCOME_WON reason: 'imported_unknown' closed_on: '2018-03-08'");
  const Client rep = System::Shared().As({v1::ROLE_SALES_REP}, importer.tenant());
  EXPECT_THAT(rep.Call<OpportunityClosed>("CloseOpportunity", close), RefusedWith(std::string("DAY_MUST_BE_RECENT")));
  EXPECT_THAT(importer.Call<OpportunityClosed>("CloseOpportunity", close),
              Answers(ContainsProto("opportunity { status: STATUS_WON closed_on: '2018-03-08' }")));
}

TEST(L20_CloseWithReason, OfTwoWhoCloseAtOnceOneIsToldItIsStale) {
  const Deal deal;
  ASSERT_THAT(deal.Close("expected_version: 1 outcome: OUTCOME_WON reason: 'best_fit'"), IsOk());
  const auto second = deal.Close("expected_version: 1 outcome: OUTCOME_LOST reason: 'price'");
  ASSERT_THAT(second, RefusedWith(std::string("STALE_VERSION")));
  EXPECT_EQ(second.answer().code, Code::kAborted);
  EXPECT_EQ(deal.Get().status(), Opportunity::STATUS_WON);
}

}  // namespace
}  // namespace songsang
