#include <gtest/gtest.h>

#include <optional>

#include "leads/rules_opportunity.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::leads {
namespace {

using songsang::v1::ROLE_IMPORTER;
using songsang::v1::ROLE_SALES_REP;

struct OpenRow {
  const char* lead;  // null: none
  const char* request;
  songsang::v1::Role role;
  const char* reason;
  const char* opportunity;
};

TEST(OpenOpportunity, Table) {
  const OpenRow rows[] = {
      {nullptr, "value { minor: -1 currency: 'KRW' } opened_on: '2020-01-01'", ROLE_SALES_REP,
       "OPPORTUNITY_MUST_BE_NAMED", ""},
      {"status: STATUS_DISQUALIFIED", "value { minor: -1 currency: 'KRW' } opened_on: '2020-01-01'", ROLE_SALES_REP,
       "LEAD_MUST_NOT_BE_DISQUALIFIED", ""},
      {nullptr, "name: 'N' value { minor: -1 currency: 'KRW' } opened_on: '2020-01-01'", ROLE_SALES_REP,
       "VALUE_MUST_NOT_BE_NEGATIVE", ""},
      {nullptr, "name: 'N' opened_on: '2020-01-01' process_key: 'x'", ROLE_SALES_REP, "DAY_MUST_BE_RECENT", ""},
      {nullptr, "name: 'N' opened_on: '2026-11-23' process_key: 'x'", ROLE_SALES_REP, "DAY_MUST_NOT_BE_IN_FUTURE", ""},
      {nullptr, "name: 'N' process_key: 'x' stage: 'x'", ROLE_SALES_REP, "SALES_PROCESS_MUST_EXIST", ""},
      {nullptr, "name: 'N' stage: 'x'", ROLE_SALES_REP, "STAGE_MUST_BE_KNOWN", ""},
      {nullptr, "name: 'N'", ROLE_SALES_REP, "",
       "name: 'N' process_key: 'standard' process_number: 1 stage: 'prospecting' status: STATUS_OPEN cycle: 1 "
       "opened_on: '2026-11-22' cycle_opened_on: '2026-11-22'"},
      {nullptr, "name: 'N' opened_on: ''", ROLE_SALES_REP, "", "name: 'N'"},
      {"id: 'L' company: '한빛' name: 'Kim'", "lead_id: 'L'", ROLE_SALES_REP, "", "name: '한빛' lead_id: 'L'"},
      {nullptr, "external_ref { system: 'crm' key: '1C1I7A6R' } stage: 'engaging' opened_on: '2016-10-20'",
       ROLE_IMPORTER, "", "stage: 'engaging' opened_on: '2016-10-20'"},
  };
  for (const OpenRow& row : rows) {
    SCOPED_TRACE(row.request);
    const std::optional<Lead> lead = row.lead ? std::optional<Lead>(Proto(row.lead)) : std::nullopt;
    const auto event = OpenOpportunity(lead ? &*lead : nullptr, {}, {}, Proto(row.request), ContextOf({row.role}));
    if (*row.reason != '\0') {
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
      continue;
    }
    ASSERT_THAT(event, Answers(ContainsProto(std::string("opportunity { ") + row.opportunity + " }")));
    EXPECT_EQ(event->opportunity().opened_on().empty(), std::string(row.request) == "name: 'N' opened_on: ''");
    EXPECT_EQ(event->opportunity().cycle_opened_on(), event->opportunity().opened_on());
    EXPECT_EQ(event->stage_move().opportunity_id(), event->opportunity().id());
    EXPECT_EQ(event->stage_move().to_stage(), event->opportunity().stage());
    EXPECT_EQ(event->stage_move().from_stage(), "");
  }
}

struct MoveRow {
  const char* from;
  const char* to;
  bool allowed;
};

TEST(MoveStage, FollowsTheStandardProcess) {
  const MoveRow rows[] = {
      {"prospecting", "engaging", true},     {"prospecting", "proposing", true}, {"prospecting", "negotiating", true},
      {"engaging", "prospecting", true},     {"engaging", "proposing", true},    {"engaging", "negotiating", true},
      {"proposing", "prospecting", false},   {"proposing", "engaging", true},    {"proposing", "negotiating", true},
      {"negotiating", "prospecting", false}, {"negotiating", "engaging", false}, {"negotiating", "proposing", true},
      {"engaging", "engaging", false},
  };
  for (const MoveRow& row : rows) {
    SCOPED_TRACE(std::string(row.from) + " -> " + row.to);
    Opportunity opportunity =
        Proto("id: 'O' version: 1 status: STATUS_OPEN cycle: 2 process_key: 'standard' process_number: 1");
    opportunity.set_stage(row.from);
    MoveStageRequest request;
    request.set_to_stage(row.to);
    const auto event = MoveStage(opportunity, nullptr, request, ContextOf());
    if (!row.allowed) {
      EXPECT_THAT(event, RefusedWith(kStageMoveMustBeAllowed));
      continue;
    }
    ASSERT_THAT(event, IsOk());
    EXPECT_EQ(event->opportunity().stage(), row.to);
    EXPECT_THAT(event->stage_move(), ContainsProto("opportunity_id: 'O' cycle: 2 moved_on: '2026-11-22'"));
    EXPECT_EQ(event->stage_move().from_stage(), row.from);
    EXPECT_EQ(event->stage_move().to_stage(), row.to);
  }
}

TEST(MoveStage, RefusesInThisOrder) {
  const Opportunity closed = Proto("status: STATUS_WON stage: 'negotiating'");
  Opportunity open = closed;
  open.set_status(Opportunity::STATUS_OPEN);
  const Proto wrong("to_stage: 'x' moved_on: '2020-01-01'");
  EXPECT_THAT(MoveStage(closed, nullptr, wrong, ContextOf()), RefusedWith(kOpportunityMustBeOpen));
  EXPECT_THAT(MoveStage(open, nullptr, wrong, ContextOf()), RefusedWith(std::string("DAY_MUST_BE_RECENT")));
  EXPECT_THAT(MoveStage(open, nullptr, Proto("to_stage: 'x'"), ContextOf()), RefusedWith(kStageMustBeKnown));
  const auto illegal = MoveStage(open, nullptr, Proto("to_stage: 'prospecting'"), ContextOf());
  ASSERT_THAT(illegal, RefusedWith(kStageMoveMustBeAllowed));
  const std::vector<std::pair<std::string, std::string>> wanted = {
      {"from", "negotiating"}, {"to", "prospecting"}, {"allowed", "proposing"}};
  EXPECT_EQ(illegal.refusal().variables, wanted);
}

TEST(MoveStage, FollowsTheProcessItBeganWith) {
  const SalesProcess strict = Proto(
      "id: 'S' key: 'standard' number: 2 stages { key: 'prospecting' allowed_next: 'negotiating' }"
      "stages { key: 'negotiating' }");
  auto begun = OpenOpportunity(nullptr, {&strict}, {}, Proto("name: 'N'"), ContextOf());
  ASSERT_THAT(begun,
              Answers(ContainsProto("opportunity { process_key: 'standard' process_number: 2 process_id: 'S' }")));
  Opportunity opportunity = begun->opportunity();
  EXPECT_THAT(MoveStage(opportunity, nullptr, Proto("to_stage: 'engaging'"), ContextOf()), IsOk());
  EXPECT_THAT(MoveStage(opportunity, &strict, Proto("to_stage: 'engaging'"), ContextOf()),
              RefusedWith(kStageMustBeKnown));
  EXPECT_THAT(MoveStage(opportunity, &strict, Proto("to_stage: 'negotiating'"), ContextOf()), IsOk());
  // A stage that nothing follows.
  opportunity.set_stage("negotiating");
  EXPECT_THAT(MoveStage(opportunity, &strict, Proto("to_stage: 'prospecting'"), ContextOf()),
              RefusedWith(kStageMoveMustBeAllowed));
}

struct CloseRow {
  const char* opportunity;
  const char* request;
  songsang::v1::Role role;
  const char* reason;
  const char* after;
};

TEST(CloseOpportunity, Table) {
  const CloseRow rows[] = {
      {"status: STATUS_WON", "value { minor: -1 currency: 'KRW' } closed_on: '2027-01-01'", ROLE_SALES_REP,
       "OPPORTUNITY_MUST_BE_OPEN", ""},
      {"status: STATUS_LOST", "", ROLE_IMPORTER, "OPPORTUNITY_MUST_BE_OPEN", ""},
      {"status: STATUS_OPEN value { minor: 1 currency: 'USD' }", "value { minor: -1 currency: 'KRW' }", ROLE_SALES_REP,
       "VALUE_MUST_NOT_BE_NEGATIVE", ""},
      {"status: STATUS_OPEN value { minor: 1 currency: 'USD' }",
       "value { minor: 1 currency: 'KRW' } closed_on: '2027-01-01'", ROLE_SALES_REP, "OPPORTUNITY_CURRENCY_MUST_STAY",
       ""},
      {"status: STATUS_OPEN cycle_opened_on: '2026-11-20'", "closed_on: '2026-11-23'", ROLE_SALES_REP,
       "DAY_MUST_NOT_BE_IN_FUTURE", ""},
      {"status: STATUS_OPEN cycle_opened_on: '2026-11-20'", "closed_on: '2026-01-01'", ROLE_SALES_REP,
       "DAY_MUST_BE_RECENT", ""},
      {"status: STATUS_OPEN cycle_opened_on: '2026-11-20'", "closed_on: '2026-11-19'", ROLE_SALES_REP,
       "CLOSE_MUST_FOLLOW_OPENING", ""},
      {"id: 'O' status: STATUS_OPEN value { minor: 1 currency: 'USD' } stage: 'engaging'",
       "outcome: OUTCOME_LOST reason: 'price'", ROLE_SALES_REP, "",
       "id: 'O' status: STATUS_LOST value { minor: 1 currency: 'USD' } stage: 'engaging' closed_on: '2026-11-22' "
       "close_reason: 'price'"},
      // Won before it was opened, by an importer.
      {"status: STATUS_OPEN opened_on: '2018-03-10' cycle_opened_on: '2018-03-10'",
       "outcome: OUTCOME_WON reason: 'imported_unknown' value { minor: 105400 currency: 'USD' } closed_on: "
       "'2018-03-08'",
       ROLE_IMPORTER, "",
       "status: STATUS_WON opened_on: '2018-03-10' cycle_opened_on: '2018-03-10' closed_on: '2018-03-08' "
       "close_reason: 'imported_unknown' value { minor: 105400 currency: 'USD' }"},
      // Unknown opening.
      {"status: STATUS_OPEN", "outcome: OUTCOME_WON reason: 'best_fit'", ROLE_SALES_REP, "",
       "status: STATUS_WON closed_on: '2026-11-22' close_reason: 'best_fit'"},
  };
  for (const CloseRow& row : rows) {
    SCOPED_TRACE(std::string(row.opportunity) + " / " + row.request);
    const auto event = CloseOpportunity(Proto(row.opportunity), Proto(row.request), ContextOf({row.role}));
    if (*row.reason != '\0') {
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
    } else {
      EXPECT_THAT(event, Answers(EqualsProto(std::string("opportunity { ") + row.after + " }")));
    }
  }
}

TEST(ReopenOpportunity, KeepsTheOldCycle) {
  const Opportunity open = Proto("id: 'O' status: STATUS_OPEN");
  EXPECT_THAT(ReopenOpportunity(open, Proto("reopened_on: '2027-01-01'"), ContextOf()),
              RefusedWith(kOpportunityMustBeClosed));
  const Opportunity lost = Proto(R"(id: 'O' version: 4 status: STATUS_LOST cycle: 1 stage: 'proposing'
    opened_on: '2026-10-01' cycle_opened_on: '2026-10-01' closed_on: '2026-11-10' close_reason: 'price'
    value { minor: 7 currency: 'KRW' })");
  EXPECT_THAT(ReopenOpportunity(lost, Proto("reopened_on: '2027-01-01'"), ContextOf()),
              RefusedWith(std::string("DAY_MUST_NOT_BE_IN_FUTURE")));
  EXPECT_THAT(ReopenOpportunity(lost, Proto("reopened_on: '2026-11-09'"), ContextOf()),
              RefusedWith(kReopeningMustFollowClose));
  const auto event = ReopenOpportunity(lost, Proto("reason: '예산 확보'"), ContextOf());
  EXPECT_THAT(event, Answers(ContainsProto(R"(
    opportunity { id: 'O' version: 4 status: STATUS_OPEN cycle: 2 stage: 'proposing' opened_on: '2026-10-01'
      cycle_opened_on: '2026-11-22' value { minor: 7 currency: 'KRW' } }
    closed_cycle { opportunity_id: 'O' cycle: 1 opened_on: '2026-10-01' closed_on: '2026-11-10' outcome: OUTCOME_LOST
      close_reason: 'price' value { minor: 7 currency: 'KRW' } }
    reason: '예산 확보')")));
  EXPECT_EQ(event->opportunity().closed_on() + event->opportunity().close_reason(), "");
}

TEST(ReassignOpportunity, OnlyWhileOpen) {
  EXPECT_THAT(ReassignOpportunity(Proto("status: STATUS_LOST"), Proto("owner_id: 'P'"), ContextOf()),
              RefusedWith(kOpportunityMustBeOpen));
  EXPECT_THAT(
      ReassignOpportunity(Proto("status: STATUS_OPEN owner_id: 'Q' unit_id: 'U'"), Proto("owner_id: 'P'"), ContextOf()),
      Answers(EqualsProto("opportunity { status: STATUS_OPEN owner_id: 'P' unit_id: 'U' }")));
}

TEST(UpdateOpportunity, RefusesInThisOrder) {
  const Opportunity open = Proto("status: STATUS_OPEN name: 'N' value { minor: 1 currency: 'KRW' }");
  const Lead disqualified = Proto("status: STATUS_DISQUALIFIED");
  const Proto wrong("name: '' lead_id: '' value { minor: 1 currency: 'USD' }");
  EXPECT_THAT(UpdateOpportunity(Proto("status: STATUS_WON"), &disqualified, wrong, ContextOf()),
              RefusedWith(kOpportunityMustBeOpen));
  EXPECT_THAT(UpdateOpportunity(open, &disqualified, wrong, ContextOf()), RefusedWith(kLeadMustNotBeDisqualified));
  EXPECT_THAT(UpdateOpportunity(open, nullptr, wrong, ContextOf()), RefusedWith(kOpportunityCurrencyMustStay));
  EXPECT_THAT(UpdateOpportunity(open, nullptr, Proto("name: ''"), ContextOf()), RefusedWith(kOpportunityMustBeNamed));
  EXPECT_THAT(
      UpdateOpportunity(open, nullptr, Proto("account_id: 'A' value { minor: 9 currency: 'KRW' }"), ContextOf()),
      Answers(EqualsProto("opportunity { status: STATUS_OPEN name: 'N' account_id: 'A' "
                          "value { minor: 9 currency: 'KRW' } }")));
}

TEST(DefineSalesProcess, Table) {
  EXPECT_THAT(DefineSalesProcess({}, {}, Proto("key: 'k' stages { key: 'a' allowed_next: 'x' } stages { key: 'a' }"),
                                 ContextOf()),
              RefusedWith(kStagesMustDiffer));
  EXPECT_THAT(DefineSalesProcess({}, {}, Proto("key: 'k' stages { key: 'a' allowed_next: 'x' }"), ContextOf()),
              RefusedWith(kNextStageMustBeKnown));
  EXPECT_THAT(DefineSalesProcess({}, {}, Proto("key: 'k' stages { key: 'a' }"), ContextOf()),
              Answers(ContainsProto("sales_process { key: 'k' number: 1 stages { key: 'a' } }")));
  EXPECT_THAT(DefineSalesProcess({}, {}, Proto("key: 'standard' stages { key: 'a' }"), ContextOf()),
              Answers(ContainsProto("sales_process { key: 'standard' number: 2 }")));
  const SalesProcess third = Proto("key: 'k' number: 3");
  EXPECT_THAT(DefineSalesProcess({&third}, {}, Proto("key: 'k' stages { key: 'a' }"), ContextOf()),
              Answers(ContainsProto("sales_process { key: 'k' number: 4 }")));
}

TEST(DefineSalesProcess, OneVariantForAKindOfBuyer) {
  const SalesProcess executive =
      Proto("id: 'E' key: 'executive' number: 1 status: STATUS_APPROVED persona: 'ceo' stages { key: 'meeting' }");
  EXPECT_THAT(
      DefineSalesProcess({}, {}, Proto("key: 'executive' persona: 'ceo' stages { key: 'a' }"), ContextOf()),
      Answers(ContainsProto("sales_process { key: 'executive' number: 1 persona: 'ceo' status: STATUS_APPROVED }")));
  // A later version keeps the kind of buyer, and another process cannot take it.
  EXPECT_THAT(DefineSalesProcess({&executive}, {}, Proto("key: 'executive' stages { key: 'a' }"), ContextOf()),
              Answers(ContainsProto("sales_process { number: 2 persona: 'ceo' }")));
  EXPECT_THAT(
      DefineSalesProcess({&executive}, {}, Proto("key: 'executive' persona: 'buyer' stages { key: 'a' }"), ContextOf()),
      RefusedWith(kProcessPersonaMustStay));
  EXPECT_THAT(DefineSalesProcess({}, {}, Proto("key: 'standard' persona: 'ceo' stages { key: 'a' }"), ContextOf()),
              RefusedWith(kProcessPersonaMustStay));
  EXPECT_THAT(
      DefineSalesProcess({}, {&executive}, Proto("key: 'board' persona: 'ceo' stages { key: 'a' }"), ContextOf()),
      RefusedWith(kPersonaMustHaveOneProcess));
}

struct BeginRow {
  const char* request;
  const char* process;
};

TEST(OpenOpportunity, FollowsTheProcessInForceForTheBuyer) {
  const SalesProcess second = Proto("id: 'S2' key: 'standard' number: 2 status: STATUS_APPROVED stages { key: 'a' }");
  const SalesProcess draft = Proto("id: 'S3' key: 'standard' number: 3 status: STATUS_DRAFT stages { key: 'a' }");
  const SalesProcess ahead = Proto(
      "id: 'S4' key: 'standard' number: 4 status: STATUS_APPROVED valid_from_on: '2026-11-23' stages { key: 'a' }");
  const SalesProcess ceo =
      Proto("id: 'E' key: 'executive' number: 1 status: STATUS_APPROVED persona: 'ceo' stages { key: 'meeting' }");
  const BeginRow rows[] = {
      {"name: 'N'", "S2"},
      {"name: 'N' persona: 'ceo'", "E"},
      {"name: 'N' persona: 'ceo' process_key: 'standard'", "S2"},
  };
  for (const BeginRow& row : rows) {
    const OpenOpportunityRequest request = Proto(row.request);
    const Defined of_persona = request.persona().empty() ? Defined{} : Defined{&ceo};
    const auto event = OpenOpportunity(nullptr, {&ahead, &draft, &second}, of_persona, request, ContextOf());
    ASSERT_THAT(event, IsOk()) << row.request;
    EXPECT_EQ(event->opportunity().process_id(), row.process) << row.request;
    EXPECT_EQ(event->opportunity().persona(), request.persona());
  }
  // A kind of buyer that has no variant follows the standard; one whose variant was retired too.
  EXPECT_THAT(OpenOpportunity(nullptr, {&second}, {}, Proto("name: 'N' persona: 'clerk'"), ContextOf()),
              Answers(ContainsProto("opportunity { process_id: 'S2' persona: 'clerk' }")));
  SalesProcess retired = ceo;
  retired.set_status(SalesProcess::STATUS_RETIRED);
  EXPECT_THAT(OpenOpportunity(nullptr, {&second}, {&retired}, Proto("name: 'N' persona: 'ceo'"), ContextOf()),
              Answers(ContainsProto("opportunity { process_id: 'S2' }")));
}

TEST(MoveStage, NeedsWhatTheStageAsksFor) {
  const SalesProcess process = Proto(R"(id: 'S' key: 'k' number: 1
    stages { key: 'a' allowed_next: 'b' }
    stages { key: 'b' required: FACT_ACCOUNT required: FACT_VALUE required: FACT_EXPECTED_ON required: FACT_PRODUCT
             required: FACT_OWNER })");
  Opportunity opportunity = Proto("status: STATUS_OPEN stage: 'a' process_id: 'S' product_id: 'P'");
  const auto early = MoveStage(opportunity, &process, Proto("to_stage: 'b'"), ContextOf());
  ASSERT_THAT(early, RefusedWith(kStageFactsMustBeKnown));
  EXPECT_EQ(early.refusal().variables[1].second, "account, value, expected_on, owner");
  opportunity = Proto(
      "status: STATUS_OPEN stage: 'a' product_id: 'P' account_id: 'A' owner_id: 'kim' expected_on: '2026-12-31' "
      "value { minor: 0 currency: 'KRW' }");
  EXPECT_THAT(MoveStage(opportunity, &process, Proto("to_stage: 'b'"), ContextOf()), IsOk());
}

}  // namespace
}  // namespace songsang::leads
