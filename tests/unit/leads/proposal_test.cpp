#include <gtest/gtest.h>

#include "leads/rules_opportunity.h"
#include "leads/rules_proposal.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::leads {
namespace {

using songsang::v1::ROLE_IMPORTER;

std::string Won(int64_t minor) { return "{ minor: " + std::to_string(minor) + " currency: 'KRW' }"; }
std::string Line(const char* product, int64_t supply, int64_t tax) {
  return std::string("lines { product_id: '") + product + "' description: '" + product +
         "' quantity { units: 3 } unit_price { units: 1 } discount " + Won(0) + " tax_kind: TAX_KIND_TAXABLE supply " +
         Won(supply) + " tax " + Won(tax) + " total " + Won(supply + tax) + " explanation: '기본 단가표' } ";
}

const char* const kOpen = "id: 'O' status: STATUS_OPEN account_id: 'A' owner_id: 'kim'";
const char* const kAsk = "opportunity_id: 'O' account_id: 'A' valid_until: '2026-11-30' ";

TEST(DraftProposal, KeepsThePricesAndSumsThem) {
  const auto event =
      DraftProposal(Proto(kOpen), Proto(Line("P", 30'000, 3'000) + Line("Q", 1, 0)), Proto(kAsk), ContextOf());
  ASSERT_THAT(event,
              Answers(ContainsProto("proposal { opportunity_id: 'O' account_id: 'A' revision: 1 state: STATE_DRAFT "
                                    "valid_until: '2026-11-30' priced_on: '2026-11-22' supply " +
                                    Won(30'001) + " tax " + Won(3'000) + " total " + Won(33'001) +
                                    " } lines { number: 1 product_id: 'P' " +
                                    "quantity { units: 3 } tax_kind: TAX_KIND_TAXABLE total " + Won(33'000) +
                                    " explanation: '기본 단가표' } lines { number: 2 product_id: 'Q' }")));
  EXPECT_EQ(event->proposal().series_id(), event->proposal().id());
  EXPECT_EQ(event->lines(0).proposal_id(), event->proposal().id());
  EXPECT_NE(event->lines(0).id(), event->lines(1).id());
}

struct DraftRow {
  const char* opportunity;
  std::string quote;
  const char* request;
  const char* reason;
};

TEST(DraftProposal, RefusesInThisOrder) {
  const std::string priced = Line("P", 10, 1);
  const char* const kLate = "account_id: 'B' valid_until: '2026-11-21'";
  const DraftRow rows[] = {
      {"status: STATUS_LOST proposal_id: 'X' account_id: 'A'", "", kLate, "OPPORTUNITY_MUST_BE_OPEN"},
      {"status: STATUS_OPEN proposal_id: 'X' account_id: 'A'", "", kLate, "OPPORTUNITY_MUST_NOT_BE_AGREED"},
      {kOpen, "", kLate, "PROPOSAL_MUST_BE_FOR_CLIENT"},
      {kOpen, "", "valid_until: '2026-11-21'", "PROPOSAL_MUST_BE_FOR_CLIENT"},
      {kOpen, "lines { product_id: 'P' }", "account_id: 'A' valid_until: '2026-11-21'",
       "PROPOSAL_MUST_BE_VALID_FOR_A_TIME"},
      {kOpen, priced + "lines { product_id: 'Q' }", kAsk, "PROPOSAL_LINE_MUST_HAVE_PRICE"},
      {kOpen, priced + "lines { supply { currency: 'USD' } tax { currency: 'USD' } total { currency: 'USD' } }", kAsk,
       "PROPOSAL_MUST_HAVE_ONE_CURRENCY"},
      {kOpen, Line("P", 9'000'000'000'000'000'000, 0) + Line("Q", 9'000'000'000'000'000'000, 0), kAsk,
       "PROPOSAL_TOO_LARGE"},
      // Valid for today only; and for an opportunity whose client nobody knows.
      {kOpen, priced, "account_id: 'A' valid_until: '2026-11-22'", ""},
      {"status: STATUS_OPEN", priced, "valid_until: '2026-11-22'", ""},
      {"status: STATUS_OPEN", priced, "account_id: 'A' valid_until: '2026-11-22'", ""},
  };
  for (const DraftRow& row : rows) {
    SCOPED_TRACE(std::string(row.opportunity) + " / " + row.request);
    const auto event = DraftProposal(Proto(row.opportunity), Proto(row.quote), Proto(row.request), ContextOf());
    if (*row.reason == '\0')
      EXPECT_THAT(event, IsOk());
    else
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
  }
}

TEST(ReviseProposal, TakesThePlaceOfTheRevisionBefore) {
  const char* const kRefused[] = {"STATE_ACCEPTED", "STATE_SUPERSEDED"};
  for (const char* state : kRefused)
    EXPECT_THAT(ReviseProposal(Proto(std::string("state: ") + state), Proto(kOpen), Proto(Line("P", 10, 1)),
                               Proto("account_id: 'A' valid_until: '2026-11-30'"), ContextOf()),
                RefusedWith(kProposalMustBeRevisable));
  for (const char* state : {"STATE_DRAFT", "STATE_SENT", "STATE_VIEWED", "STATE_DECLINED", "STATE_EXPIRED"}) {
    SCOPED_TRACE(state);
    const auto event = ReviseProposal(
        Proto(std::string("id: 'R' version: 4 opportunity_id: 'O' account_id: 'B' series_id: 'S' "
                          "revision: 2 note: '할인 없음' expires_at { seconds: 5 } state: ") +
              state),
        Proto(kOpen), Proto(Line("P", 10, 1)), Proto("account_id: 'A' valid_until: '2026-12-31'"), ContextOf());
    ASSERT_THAT(event,
                Answers(ContainsProto(
                    "proposal { opportunity_id: 'O' account_id: 'A' series_id: 'S' revision: 3 state: STATE_DRAFT "
                    "valid_until: '2026-12-31' note: '할인 없음' total " +
                    Won(11) +
                    " } "
                    "superseded { id: 'R' version: 4 state: STATE_SUPERSEDED }")));
    EXPECT_FALSE(event->superseded().has_expires_at());
    EXPECT_EQ(event->lines(0).proposal_id(), event->proposal().id());
  }
}

TEST(SendProposal, EndsAtMidnightAfterItsLastDay) {
  const auto sent = SendProposal(Proto("id: 'P' state: STATE_DRAFT valid_until: '2026-11-22'"), Proto(""), ContextOf());
  ASSERT_THAT(sent, Answers(ContainsProto("proposal { state: STATE_SENT sent_at { seconds: 1795316400 } }")));
  EXPECT_EQ(ToIso(FromTimestamp(sent->proposal().expires_at())), "2026-11-22T15:00:00.000000Z");
  EXPECT_THAT(SendProposal(Proto("state: STATE_DRAFT valid_until: '2026-11-21'"), Proto(""), ContextOf()),
              RefusedWith(kProposalMustNotBeExpired));
  EXPECT_THAT(SendProposal(Proto("state: STATE_SENT valid_until: '2026-11-30'"), Proto(""), ContextOf()),
              RefusedWith(kProposalMustBeDraft));
  // Sent twenty days ago, valid for a week: nothing is left to end.
  const auto past =
      SendProposal(Proto("state: STATE_DRAFT valid_until: '2026-11-09'"), Proto(""), ContextOf({ROLE_IMPORTER}, 20));
  ASSERT_THAT(past, IsOk());
  EXPECT_FALSE(past->proposal().has_expires_at());
}

TEST(NoteProposalViewed, TheFirstTimeCounts) {
  EXPECT_THAT(NoteProposalViewed(Proto("state: STATE_DRAFT"), Proto(""), ContextOf()),
              RefusedWith(kProposalMustBeSent));
  EXPECT_THAT(NoteProposalViewed(Proto("state: STATE_SENT"), Proto(""), ContextOf()),
              Answers(EqualsProto("proposal { state: STATE_VIEWED viewed_at { seconds: 1795316400 } }")));
  EXPECT_THAT(NoteProposalViewed(Proto("state: STATE_VIEWED viewed_at { seconds: 5 }"), Proto(""), ContextOf()),
              Answers(EqualsProto("proposal { state: STATE_VIEWED viewed_at { seconds: 5 } }")));
  EXPECT_THAT(NoteProposalViewed(Proto("state: STATE_ACCEPTED"), Proto(""), ContextOf()),
              Answers(EqualsProto("proposal { state: STATE_ACCEPTED }")));
}

struct AcceptRow {
  const char* proposal;
  const char* opportunity;
  const char* reason;
};

TEST(AcceptProposal, RefusesInThisOrder) {
  const AcceptRow rows[] = {
      {"state: STATE_DRAFT valid_until: '2026-11-21'", "status: STATUS_LOST proposal_id: 'X'", "PROPOSAL_MUST_BE_OPEN"},
      {"state: STATE_DECLINED", "", "PROPOSAL_MUST_BE_OPEN"},
      {"state: STATE_EXPIRED", "", "PROPOSAL_MUST_BE_OPEN"},
      {"state: STATE_SUPERSEDED", "", "PROPOSAL_MUST_BE_OPEN"},
      {"state: STATE_ACCEPTED", "", "PROPOSAL_MUST_BE_OPEN"},
      // Its timer has not been yet.
      {"state: STATE_SENT valid_until: '2026-11-21'", "status: STATUS_LOST", "PROPOSAL_MUST_NOT_BE_EXPIRED"},
      {"state: STATE_VIEWED valid_until: '2026-11-22'", "status: STATUS_LOST", "PROPOSAL_MUST_HAVE_ACCOUNT"},
      {"state: STATE_SENT valid_until: '2026-11-22' account_id: 'A'", "status: STATUS_LOST proposal_id: 'X'",
       "OPPORTUNITY_MUST_BE_OPEN"},
      {"state: STATE_SENT valid_until: '2026-11-22' account_id: 'A'", "status: STATUS_OPEN proposal_id: 'X'",
       "OPPORTUNITY_MUST_NOT_BE_AGREED"},
      {"state: STATE_SENT valid_until: '2026-11-22' account_id: 'A'", "status: STATUS_OPEN account_id: 'B'",
       "PROPOSAL_MUST_BE_FOR_CLIENT"},
      {"state: STATE_SENT valid_until: '2026-11-22' account_id: 'A' supply { minor: 9 currency: 'USD' }",
       "status: STATUS_OPEN value { minor: 9 currency: 'KRW' }", "OPPORTUNITY_CURRENCY_MUST_STAY"},
  };
  for (const AcceptRow& row : rows)
    EXPECT_THAT(AcceptProposal(Proto(row.proposal), Proto(row.opportunity), {}, Proto(""), ContextOf()),
                RefusedWith(std::string(row.reason)))
        << row.proposal << " / " << row.opportunity;
}

TEST(AcceptProposal, CarriesWhatTheOrderIsMadeOf) {
  const ProposalLine first = Proto("id: 'l9' version: 1 number: 1 product_id: 'P'");
  const ProposalLine second = Proto("id: 'l1' version: 1 number: 2 product_id: 'Q'");
  const auto event = AcceptProposal(
      Proto("id: 'R' state: STATE_VIEWED valid_until: '2026-11-22' account_id: 'A' supply " + Won(10) + " total " +
            Won(11) + " expires_at { seconds: 5 }"),
      Proto("id: 'O' status: STATUS_OPEN owner_id: 'kim' value " + Won(99)), {&second, &first}, Proto(""), ContextOf());
  ASSERT_THAT(event,
              Answers(EqualsProto(
                  "proposal { id: 'R' state: STATE_ACCEPTED valid_until: '2026-11-22' account_id: 'A' supply " +
                  Won(10) + " total " + Won(11) +
                  " answered_at { seconds: 1795316400 } } "
                  "lines { id: 'l9' version: 1 number: 1 product_id: 'P' } "
                  "lines { id: 'l1' version: 1 number: 2 product_id: 'Q' } "
                  "opportunity { id: 'O' status: STATUS_OPEN owner_id: 'kim' account_id: 'A' proposal_id: 'R' value " +
                  Won(10) + " }")));
}

TEST(ExpireProposal, OnlyWhenItsLastDayIsOverAndNobodyAnswered) {
  Context context = ContextOf();
  const Proposal sent = Proto("id: 'P' state: STATE_SENT valid_until: '2026-11-22' expires_at { seconds: 1795359600 }");
  EXPECT_THAT(ExpireProposal(sent, Proto(""), context),
              Answers(EqualsProto("proposal { " + sent.ShortDebugString() + " }")));
  context.now = FromTimestamp(sent.expires_at());
  EXPECT_THAT(ExpireProposal(sent, Proto(""), context),
              Answers(EqualsProto("proposal { id: 'P' state: STATE_EXPIRED valid_until: '2026-11-22' }")));
  for (const char* state : {"STATE_ACCEPTED", "STATE_DECLINED", "STATE_SUPERSEDED"})
    EXPECT_THAT(ExpireProposal(Proto(std::string("expires_at { seconds: 5 } state: ") + state), Proto(""), context),
                Answers(EqualsProto(std::string("proposal { state: ") + state + " }")));
}

TEST(NoteOrder, OnProposalAndTheCycleThatItBelongsTo) {
  EXPECT_THAT(NoteOrder(Proto("id: 'R'"), Proto("id: 'O' proposal_id: 'R'"), Proto("order_id: 'S'"), ContextOf()),
              Answers(EqualsProto("proposal { id: 'R' order_id: 'S' } "
                                  "opportunity { id: 'O' proposal_id: 'R' order_id: 'S' }")));
  EXPECT_THAT(NoteOrder(Proto("id: 'R'"), Proto("id: 'O' cycle: 2"), Proto("order_id: 'S'"), ContextOf()),
              Answers(EqualsProto("proposal { id: 'R' order_id: 'S' } opportunity { id: 'O' cycle: 2 }")));
  const auto reopened = ReopenOpportunity(
      Proto("id: 'O' status: STATUS_WON closed_on: '2026-11-20' cycle: 1 proposal_id: 'R' order_id: 'S'"), Proto(""),
      ContextOf());
  ASSERT_THAT(reopened, Answers(ContainsProto("closed_cycle { proposal_id: 'R' order_id: 'S' }")));
  EXPECT_EQ(reopened->opportunity().proposal_id() + reopened->opportunity().order_id(), "");
}

}  // namespace
}  // namespace songsang::leads
