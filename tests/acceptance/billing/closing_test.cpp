// Closing months (B11): softly, computed, for good; what comes late; and two persons to open one again.
#include <gtest/gtest.h>

#include "acceptance/billing/trade.h"
#include "songsang/billing/v1/period.pb.h"
#include "songsang/billing/v1/receipt.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang {
namespace {

using namespace billing::v1;  // NOLINT: the service under test

// A company that sold in January and closes it in whatever month it is now; its facts are dated by an importer.
struct Books : Trade {
  Books() {
    manager = Person("jang");
    Open("hanbit", 100'000'000);
  }
  Client Person(const std::string& name) const {
    token::Claims claims;
    claims.tenant = rep.tenant();
    claims.subject = name;
    claims.client = "test";
    claims.roles = 1u << v1::ROLE_BRANCH_MANAGER | 1u << v1::ROLE_EXECUTIVE;
    return System::Shared().As(claims);
  }
  // Placed, delivered and invoiced on a day of 2026.
  Called<InvoiceIssued> SoldOn(const std::string& day, int64_t won, const std::string& unit = "",
                               const std::string& rest = "") const {
    const auto placed = importer.Call<OrderPlaced>(
        "PlaceOrder", Proto(Order("hanbit", {{1, won}}, "ordered_on: '" + day + "' unit_id: '" + unit + "'")));
    EXPECT_THAT(placed, IsOk());
    const std::string order = "order_id: '" + placed->order().id() + "' ";
    EXPECT_THAT(importer.Call<OrderDelivered>("DeliverOrder", Proto(order)), IsOk());
    return importer.Call<InvoiceIssued>("IssueInvoice", Proto(order + "issued_on: '" + day + "' " + rest));
  }
  Called<PeriodSoftClosed> Soft(const std::string& month, const std::string& rest = "ledger: LEDGER_SALES") const {
    return manager.Call<PeriodSoftClosed>("SoftClose", Proto("month: '" + month + "' " + rest));
  }
  template <class Event>
  Called<Event> Do(const char* method, const std::string& period, const Client& who) const {
    return who.Call<Event>(method, Proto("period_id: '" + period + "'"));
  }
  ClosingResult Compute(const std::string& period) const {
    return *manager.Call<ClosingResult>("ComputeClosing", Proto("period_id: '" + period + "'"));
  }

  Client importer = System::Shared().As({v1::ROLE_IMPORTER, v1::ROLE_SALES_REP}, rep.tenant());
};

TEST(B11_Closing, AClosedMonthTakesNothingAndWhatComesLateRefersToIt) {
  const Books books;
  ASSERT_THAT(books.SoldOn("2026-01-15", 100'000), IsOk());
  const auto soft = books.Soft("2026-01");
  ASSERT_THAT(soft, Answers(ContainsProto("period { month: '2026-01' state: STATE_SOFT_CLOSED }")));
  EXPECT_THAT(books.Soft("2026-01"), RefusedWith(std::string("PERIOD_MUST_BE_OPEN_STILL")));
  // By itself a late invoice goes into the next open month; asked for a day of the closed one it is refused.
  const auto late = books.SoldOn("2026-01-20", 50'000);
  ASSERT_THAT(late, IsOk());
  EXPECT_THAT(late->entry(), ContainsProto("posted_on: '2026-02-01' month: '2026-02' belongs_to: '2026-01'"));
  EXPECT_EQ(late->invoice().issued_on(), "2026-01-20");
  EXPECT_THAT(books.SoldOn("2026-01-21", 1'000, "", "posted_on: '2026-01-21'"),
              RefusedWith(std::string("PERIOD_MUST_BE_OPEN")));
  ASSERT_THAT(books.Soft("2026-02"), IsOk());
  EXPECT_THAT(books.SoldOn("2026-01-22", 1'000)->entry(), ContainsProto("month: '2026-03' belongs_to: '2026-01'"));
}

TEST(B11_Closing, EachUnitAndLedgerClosesByItself) {
  const Books books;
  const auto unit = [&](const std::string& name) {
    const auto opened = System::Shared()
                            .As({v1::ROLE_ADMIN}, books.rep.tenant())
                            .Call<workforce::v1::UnitOpened>(
                                "OpenUnit", Proto("kind: KIND_BRANCH name: '" + name + "' opened_on: '2020-01-01'"));
    EXPECT_THAT(opened, IsOk());
    return opened->unit().id();
  };
  const std::string seoul = unit("서울지점"), busan = unit("부산지점");
  ASSERT_THAT(books.Soft("2026-01", "ledger: LEDGER_SALES unit_id: '" + seoul + "'"), IsOk());
  EXPECT_EQ(books.SoldOn("2026-01-15", 1'000, seoul)->entry().month(), "2026-02");
  EXPECT_EQ(books.SoldOn("2026-01-15", 1'000, busan)->entry().month(), "2026-01");
  EXPECT_EQ(books.SoldOn("2026-01-15", 1'000)->entry().month(), "2026-01");
  const std::string receipt =
      "account_id: 'ext:test:hanbit' means: MEANS_CASH received_on: '2026-01-31' amount { minor: "
      "500 currency: 'KRW' } unit_id: '" +
      seoul + "'";
  EXPECT_EQ(books.importer.Call<ReceiptRecorded>("RecordReceipt", Proto(receipt))->entry().month(), "2026-01");
  ASSERT_THAT(books.Soft("2026-01", "ledger: LEDGER_COLLECTIONS unit_id: '" + seoul + "'"), IsOk());
  EXPECT_EQ(books.importer.Call<ReceiptRecorded>("RecordReceipt", Proto(receipt))->entry().month(), "2026-02");
}

TEST(B11_Closing, TheResultIsStableAndClosesTheMonthForGood) {
  const Books books;
  ASSERT_THAT(books.SoldOn("2026-01-15", 100'000), IsOk());
  ASSERT_THAT(books.SoldOn("2026-01-16", 200'000), IsOk());
  const std::string period = books.Soft("2026-01")->period().id();
  EXPECT_THAT(books.Do<PeriodHardClosed>("HardClose", period, books.manager),
              RefusedWith(std::string("RESULT_MUST_BE_RECORDED")));
  const ClosingResult result = books.Compute(period);
  EXPECT_EQ(result.postings(), 6);
  ASSERT_EQ(result.totals_size(), 3);
  EXPECT_THAT(result.totals(0),
              EqualsProto("purpose: PURPOSE_TRADE_RECEIVABLES debit { minor: 330000 currency: 'KRW' } "
                          "credit { minor: 0 currency: 'KRW' } postings: 2"));
  const auto recorded = books.Do<ClosingRecorded>("RecordClosing", period, books.manager);
  ASSERT_THAT(recorded, IsOk());
  EXPECT_EQ(recorded->period().hash(), result.hash());
  EXPECT_THAT(recorded->period().position(), ::testing::StartsWith("billing/"));
  // Whatever happens elsewhere, the month keeps its hash.
  ASSERT_THAT(books.SoldOn("2026-01-17", 300'000), IsOk());
  ASSERT_THAT(books.SoldOn("2026-02-17", 300'000), IsOk());
  EXPECT_EQ(books.Compute(period).hash(), result.hash());
  ASSERT_THAT(books.Do<PeriodHardClosed>("HardClose", period, books.manager),
              Answers(ContainsProto("period { state: STATE_HARD_CLOSED }")));
  EXPECT_THAT(books.Do<ClosingRecorded>("RecordClosing", period, books.manager),
              RefusedWith(std::string("PERIOD_MUST_BE_SOFT_CLOSED")));
}

TEST(B11_Closing, OpeningAgainTakesTwoPersons) {
  const Books books;
  ASSERT_THAT(books.SoldOn("2026-01-15", 100'000), IsOk());
  const std::string period = books.Soft("2026-01")->period().id();
  const std::string before = books.Do<ClosingRecorded>("RecordClosing", period, books.manager)->period().hash();
  const Client other = books.Person("seo");
  EXPECT_THAT(books.Do<PeriodReopened>("ReopenPeriod", period, other),
              RefusedWith(std::string("REOPENING_MUST_BE_ASKED")));
  ASSERT_THAT(books.manager.Call<PeriodReopenAsked>("AskReopenPeriod",
                                                    Proto("period_id: '" + period + "' reason: '누락 매출'")),
              IsOk());
  EXPECT_THAT(books.Do<PeriodReopened>("ReopenPeriod", period, books.manager),
              RefusedWith(std::string("REOPENING_NEEDS_SECOND_PERSON")));
  ASSERT_THAT(books.Do<PeriodReopened>("ReopenPeriod", period, other),
              Answers(ContainsProto("period { state: STATE_OPEN } asked_by: 'jang' reason: '누락 매출'")));
  EXPECT_EQ(books.SoldOn("2026-01-20", 50'000)->entry().month(), "2026-01");
  ASSERT_THAT(books.Soft("2026-01"), Answers(ContainsProto("period { id: '" + period + "' }")));
  const auto again = books.Do<ClosingRecorded>("RecordClosing", period, books.manager);
  ASSERT_THAT(again, IsOk());
  EXPECT_NE(again->period().hash(), before);
  EXPECT_EQ(again->period().postings(), 6);
}

}  // namespace
}  // namespace songsang
