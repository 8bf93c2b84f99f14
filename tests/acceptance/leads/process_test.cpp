// L12: the sales process is a definition with versions; what runs goes on by the version it began with.
#include <gtest/gtest.h>

#include "acceptance/leads/people.h"
#include "core/clock.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/leads/v1/process.pb.h"

namespace songsang {
namespace {

using namespace leads::v1;  // NOLINT: the service under test

struct Selling : Company {
  Called<SalesProcessDefined> Define(const std::string& rest) const {
    return manager.Call<SalesProcessDefined>("DefineSalesProcess", Proto(rest));
  }
  Opportunity Open(const std::string& rest = "") const {
    const auto opened = rep.Call<OpportunityOpened>("OpenOpportunity", Proto("name: '한빛 연간 계약' " + rest));
    EXPECT_THAT(opened, IsOk());
    return opened->opportunity();
  }
  Called<StageMoved> Move(const Opportunity& opportunity, const std::string& to) const {
    return rep.Call<StageMoved>("MoveStage", Proto(Is("opportunity_id", opportunity.id()) + Is("to_stage", to)));
  }
  // The names of the stages that the opportunity went through, in the version it runs in.
  std::string Story(const Opportunity& opportunity) const {
    const auto process = rep.Call<FindSalesProcessResponse>(
        "FindSalesProcess",
        Proto(Is("key", opportunity.process_key()) + "number: " + std::to_string(opportunity.process_number())));
    EXPECT_THAT(process, IsOk());
    const auto moves =
        rep.Call<ListStageMovesResponse>("ListStageMoves", Proto(Is("opportunity_id", opportunity.id())));
    EXPECT_THAT(moves, IsOk());
    std::string story;
    for (const auto& move : moves->stage_moves()) {
      std::string name = "?";
      for (const auto& stage : process->sales_process().stages())
        if (stage.key() == move.to_stage()) name = stage.name_ko();
      story += name + " ";
    }
    return story;
  }
};

const char* const kTwoSteps = R"(
  stages { key: 'prospecting' name_ko: '첫 만남' name_en: 'First meeting' allowed_next: 'signing' }
  stages { key: 'signing' name_ko: '계약' name_en: 'Signing' } )";

TEST(L12_SalesProcess, ANewVersionBreaksNothingThatRuns) {
  const Selling company;
  const Opportunity before = company.Open();
  ASSERT_THAT(company.Move(before, "engaging"), IsOk());
  const auto defined = company.Define(std::string("key: 'standard' as_draft: true ") + kTwoSteps);
  ASSERT_THAT(defined, Answers(ContainsProto("sales_process { number: 2 status: STATUS_DRAFT }")));
  EXPECT_EQ(company.Open().process_number(), 1) << "a draft holds for nobody";
  const Proto named(Is("sales_process_id", defined->sales_process().id()));
  ASSERT_THAT(company.manager.Call<SalesProcessApproved>("ApproveSalesProcess", named), IsOk());
  EXPECT_THAT(company.manager.Call<SalesProcessApproved>("ApproveSalesProcess", named),
              RefusedWith(std::string("DEFINITION_MUST_BE_DRAFT")));
  const Opportunity after = company.Open();
  EXPECT_EQ(after.process_number(), 2);
  ASSERT_THAT(company.Move(after, "signing"), IsOk());
  ASSERT_THAT(company.Move(before, "proposing"), IsOk());
  EXPECT_THAT(company.Move(before, "signing"), RefusedWith(std::string("STAGE_MUST_BE_KNOWN")));
  // Retired, it is begun with no more; what began with it goes on, and is read by it.
  ASSERT_THAT(company.manager.Call<SalesProcessRetired>("RetireSalesProcess", named), IsOk());
  EXPECT_EQ(company.Open().process_number(), 1);
  EXPECT_EQ(company.Story(after), "첫 만남 계약 ");
  EXPECT_EQ(company.Story(before), "발굴 상담 제안 ");
  // A reopened opportunity too: its history is one story.
  ASSERT_THAT(company.rep.Call<OpportunityClosed>("CloseOpportunity", Proto(Is("opportunity_id", after.id()) +
                                                                            "outcome: OUTCOME_LOST reason: 'price'")),
              IsOk());
  EXPECT_THAT(company.manager.Call<OpportunityReopened>("ReopenOpportunity", Proto(Is("opportunity_id", after.id()))),
              Answers(ContainsProto("opportunity { process_number: 2 stage: 'signing' }")));
}

TEST(L12_SalesProcess, AVersionHoldsFromItsFirstDay) {
  const Selling company;
  const Date tomorrow = LocalDay(SystemNow(company)).PlusDays(1);
  ASSERT_THAT(company.Define("key: 'standard' " + Is("valid_from_on", tomorrow.ToIso()) + kTwoSteps), IsOk());
  EXPECT_EQ(company.Open().process_number(), 1);
  MoveTo(company, StartOfDay(tomorrow));
  EXPECT_EQ(company.Open().process_number(), 2);
}

TEST(L12_SalesProcess, EveryBuyerPersonaHasItsVariantAndEverybodyRunsTheSameSteps) {
  const Selling company;
  ASSERT_THAT(company.Define(std::string("key: 'executive' persona: 'executive' ") + kTwoSteps), IsOk());
  const Opportunity executive = company.Open("persona: 'executive'");
  EXPECT_EQ(executive.process_key(), "executive");
  EXPECT_THAT(company.Move(executive, "engaging"), RefusedWith(std::string("STAGE_MUST_BE_KNOWN")));
  EXPECT_EQ(company.Open("persona: 'purchaser'").process_key(), "standard");
  // Nobody makes a process of their own for the same buyers.
  EXPECT_THAT(company.Define(std::string("key: 'my_way' persona: 'executive' ") + kTwoSteps),
              RefusedWith(std::string("PERSONA_MUST_HAVE_ONE_PROCESS")));
  EXPECT_THAT(
      company.rep.Call<SalesProcessDefined>("DefineSalesProcess", Proto(std::string("key: 'my_way' ") + kTwoSteps)),
      RefusedWith(std::string("PERMISSION_DENIED")));
}

TEST(L12_SalesProcess, AStageAsksForWhatMustBeKnown) {
  const Selling company;
  ASSERT_THAT(company.Define(R"(key: 'standard'
    stages { key: 'talking' name_ko: '상담' name_en: 'Talking' allowed_next: 'offering' }
    stages { key: 'offering' name_ko: '제안' name_en: 'Offering' required: FACT_VALUE required: FACT_EXPECTED_ON })"),
              IsOk());
  const Opportunity opportunity = company.Open("value { minor: 5000000 currency: 'KRW' }");
  const auto early = company.Move(opportunity, "offering");
  ASSERT_THAT(early, RefusedWith(std::string("STAGE_FACTS_MUST_BE_KNOWN")));
  EXPECT_EQ(early.answer().variables.at("missing"), "expected_on");
  ASSERT_THAT(company.rep.Call<OpportunityUpdated>(
                  "UpdateOpportunity", Proto(Is("opportunity_id", opportunity.id()) + "expected_on: '2027-03-31'")),
              IsOk());
  EXPECT_THAT(company.Move(opportunity, "offering"), IsOk());
}

}  // namespace
}  // namespace songsang
