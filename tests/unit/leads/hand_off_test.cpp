#include <gtest/gtest.h>

#include "leads/rules_hand_off.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::leads {
namespace {

using songsang::v1::ROLE_IMPORTER;
using songsang::v1::ROLE_SALES_MANAGER;
using songsang::v1::ROLE_SALES_REP;

struct OfferRow {
  const char* lead;
  const char* request;
  songsang::v1::Role role;
  const char* reason;
  const char* event;
};

TEST(OfferHandOff, Table) {
  const OfferRow rows[] = {
      {"status: STATUS_HANDED_OFF hand_off_id: 'H'", "to_id: 'R'", ROLE_SALES_REP, "LEAD_MUST_BE_OPEN", ""},
      {"status: STATUS_WORKING hand_off_id: 'H'", "to_id: 'R'", ROLE_SALES_REP, "LEAD_MUST_NOT_BE_ON_OFFER", ""},
      {"status: STATUS_NEW", "to_id: 'R' offered_on: '2020-01-01'", ROLE_SALES_REP, "LEAD_MUST_HAVE_OWNER", ""},
      {"status: STATUS_WORKING owner_id: 'S'", "from_id: 'X' to_id: 'R' offered_on: '2020-01-01'", ROLE_SALES_REP,
       "SENDER_MUST_BE_OWNER", ""},
      {"status: STATUS_WORKING owner_id: 'S'", "to_id: 'R' offered_on: '2020-01-01'", ROLE_SALES_REP,
       "DAY_MUST_BE_RECENT", ""},
      {"id: 'L' status: STATUS_WORKING owner_id: 'S'", "lead_id: 'L' to_id: 'R'", ROLE_SALES_REP, "",
       "hand_off { lead_id: 'L' from_id: 'S' to_id: 'R' state: STATE_OFFERED offered_on: '2026-11-22' }"
       "lead { status: STATUS_WORKING owner_id: 'S' }"},
      // A manager names another sender, who then owns the lead.
      {"id: 'L' status: STATUS_NEW", "lead_id: 'L' from_id: 'X' to_id: 'R'", ROLE_SALES_MANAGER, "",
       "hand_off { from_id: 'X' to_id: 'R' } lead { status: STATUS_WORKING owner_id: 'X' }"},
      // The same person on both sides, long ago.
      {"id: 'L' status: STATUS_NEW", "lead_id: 'L' from_id: 'X' to_id: 'X' offered_on: '2018-02-01'", ROLE_IMPORTER, "",
       "hand_off { from_id: 'X' to_id: 'X' offered_on: '2018-02-01' }"},
  };
  for (const OfferRow& row : rows) {
    SCOPED_TRACE(std::string(row.lead) + " / " + row.request);
    const auto event = OfferHandOff(Proto(row.lead), {}, Proto(row.request), ContextOf({row.role}));
    if (*row.reason != '\0') {
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
      continue;
    }
    ASSERT_THAT(event, Answers(ContainsProto(row.event)));
    EXPECT_EQ(event->lead().hand_off_id(), event->hand_off().id());
  }
}

TEST(AcceptHandOff, IsAnsweredOnce) {
  for (const char* state : {"STATE_ACCEPTED", "STATE_REFUSED", "STATE_EXPIRED"}) {
    const HandOff answered = Proto(std::string("state: ") + state);
    EXPECT_THAT(AcceptHandOff(answered, Proto(""), {}, {}, {}, Proto("answered_on: '2020-01-01'"), ContextOf()),
                RefusedWith(kHandOffMustBeOffered));
    EXPECT_THAT(RefuseHandOff(answered, Proto(""), {}, Proto("reason: 'busy' answered_on: '2020-01-01'"), ContextOf()),
                RefusedWith(kHandOffMustBeOffered));
  }
  EXPECT_THAT(AcceptHandOff(Proto("state: STATE_OFFERED"), Proto(""), {}, {}, {}, Proto("answered_on: '2020-01-01'"),
                            ContextOf()),
              RefusedWith(std::string("DAY_MUST_BE_RECENT")));
}

TEST(AcceptHandOff, RecordsHandOffLeadAndOpportunityAsOne) {
  const auto event = AcceptHandOff(
      Proto("id: 'H' version: 1 lead_id: 'L' from_id: 'S' to_id: 'R' state: STATE_OFFERED"),
      Proto("id: 'L' version: 2 status: STATUS_WORKING owner_id: 'S' hand_off_id: 'H' company: '한빛' product_id: 'G'"),
      {}, {}, {}, Proto("hand_off_id: 'H' value { minor: 500 currency: 'KRW' }"), ContextOf());
  ASSERT_THAT(event, Answers(ContainsProto(R"(
    hand_off { id: 'H' version: 1 lead_id: 'L' from_id: 'S' to_id: 'R' state: STATE_ACCEPTED answered_on: '2026-11-22' }
    lead { id: 'L' version: 2 status: STATUS_HANDED_OFF owner_id: 'S' handed_to_id: 'R' company: '한빛' product_id: 'G' }
    opportunity { lead_id: 'L' owner_id: 'R' name: '한빛' product_id: 'G' status: STATUS_OPEN cycle: 1
      process_key: 'standard' process_number: 1 stage: 'prospecting' opened_on: '2026-11-22'
      value { minor: 500 currency: 'KRW' } }
    stage_move { cycle: 1 to_stage: 'prospecting' moved_on: '2026-11-22' })")));
  EXPECT_EQ(event->lead().hand_off_id(), "");
  EXPECT_EQ(event->hand_off().opportunity_id(), event->opportunity().id());
  EXPECT_EQ(event->stage_move().opportunity_id(), event->opportunity().id());
}

TEST(AcceptHandOff, ImporterSaysWhenAndBringsTheReference) {
  const auto event = AcceptHandOff(
      Proto("id: 'H' lead_id: 'L' to_id: 'R' state: STATE_OFFERED"), Proto("id: 'L'"), {}, {}, {},
      Proto("opportunity_ref { system: 'olist' key: 'd1' } answered_on: '2018-02-26' opened_on: '' name: 'seller'"),
      ContextOf({ROLE_IMPORTER}));
  ASSERT_THAT(event, Answers(ContainsProto("hand_off { answered_on: '2018-02-26' } opportunity { "
                                           "name: 'seller' external_ref { system: 'olist' key: 'd1' } }")));
  EXPECT_EQ(event->opportunity().opened_on(), "");
  EXPECT_EQ(event->opportunity().id(), ReferenceId("acme", "leads.Opportunity", event->opportunity().external_ref()));
}

TEST(RefuseHandOff, LeavesTheLeadWithItsOwner) {
  EXPECT_THAT(
      RefuseHandOff(Proto("id: 'H' state: STATE_OFFERED"),
                    Proto("id: 'L' status: STATUS_WORKING owner_id: 'S' hand_off_id: 'H'"), {},
                    Proto("reason: '담당 지역 아님'"), ContextOf()),
      Answers(EqualsProto("hand_off { id: 'H' state: STATE_REFUSED reason: '담당 지역 아님' answered_on: '2026-11-22' }"
                          "lead { id: 'L' status: STATUS_WORKING owner_id: 'S' }")));
}

// Sunday noon in Seoul, 22 November 2026: the clock of an offer begins on Monday at nine.
TEST(OfferHandOff, GivesTheReceiverBusinessMinutes) {
  const Lead lead = Proto("id: 'L' status: STATUS_QUALIFIED owner_id: 'S'");
  const Proto request("lead_id: 'L' to_id: 'R'");
  const auto due = [](const Result<HandOffOffered>& event) {
    return event->hand_off().has_due_at() ? ToIso(FromTimestamp(event->hand_off().due_at())) : "";
  };
  const auto shipped = OfferHandOff(lead, {}, request, ContextOf());
  ASSERT_THAT(shipped, Answers(ContainsProto("hand_off { answer_minutes: 540 opens_minute: 540 closes_minute: 1080 } "
                                             "lead { status: STATUS_QUALIFIED }")));
  EXPECT_EQ(due(shipped), "2026-11-23T09:00:00.000000Z");
  // The company answers within two hours, and has declared Monday a holiday.
  const ResponseStandard quick = Proto(
      "id: 'Q' key: 'standard' number: 2 status: STATUS_APPROVED hand_off_minutes: 120 opens_minute: 600 "
      "closes_minute: 1080");
  Offering offering;
  offering.standards = {&quick};
  offering.declared = {{"2026-11-23", false}};
  EXPECT_EQ(due(OfferHandOff(lead, offering, request, ContextOf())), "2026-11-24T03:00:00.000000Z");
  // What was offered long ago, or on another day, waits for nobody.
  EXPECT_EQ(due(OfferHandOff(lead, {}, Proto("to_id: 'R' offered_on: '2018-02-01'"), ContextOf({ROLE_IMPORTER}))), "");
  EXPECT_EQ(due(OfferHandOff(lead, {}, Proto("to_id: 'R'"), ContextOf({ROLE_IMPORTER}, 20))), "");
}

TEST(OfferHandOff, TheReceiverIsCertifiedWhereTheProductAsksForIt) {
  const AssignmentRule rule = Proto("key: 'standard' number: 1 status: STATUS_APPROVED certified_product_ids: 'P'");
  const training::v1::Certification held =
      Proto("person_id: 'R' product_id: 'P' valid_from: '2026-01-01' valid_to: '2026-12-31'");
  const Lead lead = Proto("id: 'L' status: STATUS_WORKING owner_id: 'S' product_id: 'P'");
  Offering offering;
  offering.rules = {&rule};
  EXPECT_THAT(OfferHandOff(lead, offering, Proto("to_id: 'R'"), ContextOf()), RefusedWith(kPersonMustBeCertified));
  EXPECT_THAT(OfferHandOff(lead, offering, Proto("to_id: 'R'"), ContextOf({ROLE_IMPORTER})), IsOk());
  offering.held = {&held};
  EXPECT_THAT(OfferHandOff(lead, offering, Proto("to_id: 'R'"), ContextOf()), IsOk());
}

TEST(AcceptHandOff, IsTooLateOnceItsTimeIsOverWhetherOrNotTheTimerHasFired) {
  const Lead lead = Proto("id: 'L' status: STATUS_WORKING owner_id: 'S' hand_off_id: 'H'");
  // Offered on Friday at five in the afternoon, local time; 120 minutes are over on Monday at ten.
  const HandOff offered = Proto(R"(id: 'H' version: 1 state: STATE_OFFERED offered_at { seconds: 1795161600 }
    answer_minutes: 120 opens_minute: 540 closes_minute: 1080 due_at { seconds: 1795395600 })");
  Context context = ContextOf();
  context.now = {FromTimestamp(offered.due_at()).micros - 1};
  EXPECT_THAT(AcceptHandOff(offered, lead, {}, {}, {}, Proto(""), context), IsOk());
  EXPECT_THAT(RefuseHandOff(offered, lead, {}, Proto("reason: '담당 지역 아님'"), context), IsOk());
  context.now.micros += 1;
  EXPECT_THAT(AcceptHandOff(offered, lead, {}, {}, {}, Proto(""), context), RefusedWith(kHandOffMustBeInTime));
  EXPECT_THAT(RefuseHandOff(offered, lead, {}, Proto("reason: '담당 지역 아님'"), context),
              RefusedWith(kHandOffMustBeInTime));
  // Where Monday was declared a holiday since, it still is in time.
  EXPECT_THAT(AcceptHandOff(offered, lead, {{"2026-11-23", false}}, {}, {}, Proto(""), context), IsOk());
  // What was brought from the past has no clock.
  HandOff old = offered;
  old.clear_due_at();
  EXPECT_THAT(AcceptHandOff(old, lead, {}, {}, {}, Proto(""), context), IsOk());
}

TEST(ExpireHandOff, CountsAgainBeforeItEndsTheOffer) {
  const Lead lead = Proto("id: 'L' status: STATUS_WORKING owner_id: 'S' hand_off_id: 'H'");
  // Offered on Friday at five in the afternoon, local time; 120 minutes are over on Monday at ten.
  const HandOff offered = Proto(R"(id: 'H' version: 1 state: STATE_OFFERED offered_at { seconds: 1795161600 }
    answer_minutes: 120 opens_minute: 540 closes_minute: 1080 due_at { seconds: 1795395600 })");
  ASSERT_EQ(ToIso(FromTimestamp(offered.offered_at())), "2026-11-20T08:00:00.000000Z");
  Context context = ContextOf();
  context.now = FromTimestamp(offered.due_at());
  ASSERT_EQ(DueOf(offered, {}), context.now);
  EXPECT_THAT(
      ExpireHandOff(offered, lead, {}, Proto(""), context),
      Answers(EqualsProto("hand_off { id: 'H' version: 1 state: STATE_EXPIRED offered_at { seconds: 1795161600 } "
                          "answer_minutes: 120 opens_minute: 540 closes_minute: 1080 "
                          "expired_at { seconds: 1795395600 } } "
                          "lead { id: 'L' status: STATUS_WORKING owner_id: 'S' }")));
  // Monday was declared a holiday meanwhile: the end moves to Tuesday at ten.
  const auto moved = ExpireHandOff(offered, lead, {{"2026-11-23", false}}, Proto(""), context);
  ASSERT_THAT(moved, Answers(ContainsProto("hand_off { state: STATE_OFFERED due_at { seconds: 1795482000 } } "
                                           "lead { hand_off_id: 'H' }")));
  // What was answered meanwhile stays as it was answered.
  for (const char* state : {"STATE_ACCEPTED", "STATE_REFUSED", "STATE_EXPIRED"}) {
    const HandOff answered = Proto(std::string("id: 'H' due_at { seconds: 1 } state: ") + state);
    EXPECT_THAT(ExpireHandOff(answered, lead, {}, Proto(""), context),
                Answers(EqualsProto(std::string("hand_off { id: 'H' state: ") + state +
                                    "} lead { id: 'L' status: STATUS_WORKING owner_id: 'S' hand_off_id: 'H' }")));
  }
}

}  // namespace
}  // namespace songsang::leads
