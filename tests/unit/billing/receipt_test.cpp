#include <gtest/gtest.h>

#include "billing/rules_closing.h"
#include "billing/rules_receipt.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::billing {
namespace {

Receivable Owed(const char* id, const char* rest) {
  Receivable receivable = Proto(std::string("account_id: 'A' ") + rest);
  receivable.set_id(id);
  receivable.set_version(1);
  receivable.mutable_open()->set_currency("KRW");
  return receivable;
}

// `c 10, a 5`
std::string Told(const std::vector<Part>& parts) {
  std::string text;
  for (const Part& part : parts)
    text += (text.empty() ? "" : ", ") + part.receivable->id() + " " + std::to_string(part.minor);
  return text;
}

TEST(Allocate, FollowsTheOrderOfThePolicy) {
  const Receivable principal = Owed("p", "kind: KIND_INVOICE due_on: '2026-01-01' open { minor: 100 }");
  const Receivable interest = Owed("i", "kind: KIND_INTEREST due_on: '2026-02-01' open { minor: 10 }");
  const Receivable cost = Owed("c", "kind: KIND_COST due_on: '2026-03-01' open { minor: 5 }");
  const Receivable later = Owed("q", "kind: KIND_INVOICE due_on: '2026-01-02' open { minor: 50 }");
  const Receivable credit = Owed("x", "kind: KIND_CREDIT due_on: '2025-01-01' open { minor: -70 }");
  Receivable dollars = Owed("d", "kind: KIND_INVOICE due_on: '2025-01-01' open { minor: 70 }");
  dollars.mutable_open()->set_currency("USD");
  const std::vector<const Receivable*> open = {&later, &credit, &dollars, &principal, &cost, &interest};
  struct {
    int64_t minor;
    AllocationPolicy::Order order;
    const char* parts;
  } const rows[] = {
      {0, AllocationPolicy::ORDER_FIFO, ""},
      {3, AllocationPolicy::ORDER_COST_INTEREST_PRINCIPAL, "c 3"},
      {20, AllocationPolicy::ORDER_COST_INTEREST_PRINCIPAL, "c 5, i 10, p 5"},
      {130, AllocationPolicy::ORDER_COST_INTEREST_PRINCIPAL, "c 5, i 10, p 100, q 15"},
      {130, AllocationPolicy::ORDER_FIFO, "p 100, q 30"},
      {9999, AllocationPolicy::ORDER_FIFO, "p 100, q 50, i 10, c 5"},
  };
  for (const auto& row : rows) EXPECT_EQ(Told(Allocate(row.minor, "KRW", open, row.order)), row.parts) << row.minor;
}

TEST(PolicyOn, TakesTheLatestOfTheCurrencyElseTheShippedOne) {
  const AllocationPolicy won =
      Proto("currency: 'KRW' valid_from_on: '2026-01-01' charging_order: ORDER_FIFO residue_limit: 5");
  EXPECT_EQ(PolicyOn({&won}, "KRW", "2025-12-31").residue_limit(), 1000);
  EXPECT_EQ(PolicyOn({&won}, "KRW", "2026-01-01").residue_limit(), 5);
  EXPECT_EQ(PolicyOn({&won}, "USD", "2026-01-01").residue_limit(), 0);
}

TEST(ReceiptsAddUp, BitesWhateverIsWrong) {
  const Receipt before =
      Proto("id: 'R' number: 'RCT-1' amount { minor: 100 } applied { minor: 0 } unapplied { minor: 100 }");
  const Receipt after =
      Proto("id: 'R' number: 'RCT-1' amount { minor: 100 } applied { minor: 60 } unapplied { minor: 40 }");
  const Receipt lost =
      Proto("id: 'R' number: 'RCT-1' amount { minor: 100 } applied { minor: 60 } unapplied { minor: 30 }");
  const Receipt negative =
      Proto("id: 'R' number: 'RCT-1' amount { minor: 100 } applied { minor: 160 } unapplied { minor: -60 }");
  const Allocation part = Proto("receipt_id: 'R' amount { minor: 60 }");
  const Allocation undone = Proto("receipt_id: 'R' amount { minor: 60 } undone: true");
  EXPECT_EQ(ReceiptsAddUp({{&before, &after}, {nullptr, &part}}), "");
  EXPECT_EQ(ReceiptsAddUp({{&after, &before}, {&part, &undone}}), "");
  EXPECT_NE(ReceiptsAddUp({{&before, &after}}), "");
  EXPECT_NE(ReceiptsAddUp({{nullptr, &part}}), "");
  EXPECT_NE(ReceiptsAddUp({{&before, &lost}, {nullptr, &part}}), "");
  EXPECT_NE(ReceiptsAddUp({{&before, &negative}}), "");
}

TEST(PostingDayOf, GoesToTheNextOpenMonth) {
  const Period january = Proto("month: '2026-01' ledger: LEDGER_SALES state: STATE_HARD_CLOSED");
  const Period february = Proto("month: '2026-02' ledger: LEDGER_SALES state: STATE_SOFT_CLOSED");
  const Period march = Proto("month: '2026-03' ledger: LEDGER_SALES state: STATE_OPEN");
  const std::vector<const Period*> periods = {&january, &february, &march};
  const auto told = [&](Period::Ledger ledger, const char* day, const char* asked) {
    const auto posting = PostingDayOf(periods, ledger, day, asked);
    return posting.ok() ? posting->posted_on + " " + posting->belongs_to : posting.refusal().reason->name;
  };
  EXPECT_EQ(told(Period::LEDGER_SALES, "2025-12-31", ""), "2025-12-31 ");
  EXPECT_EQ(told(Period::LEDGER_SALES, "2026-01-15", ""), "2026-03-01 2026-01");
  EXPECT_EQ(told(Period::LEDGER_SALES, "2026-01-15", "2026-04-02"), "2026-04-02 2026-01");
  EXPECT_EQ(told(Period::LEDGER_SALES, "2026-01-15", "2026-02-28"), "PERIOD_MUST_BE_OPEN");
  EXPECT_EQ(told(Period::LEDGER_SALES, "2026-03-15", "2025-12-31"), "PERIOD_MUST_BE_OPEN");
  EXPECT_EQ(told(Period::LEDGER_COLLECTIONS, "2026-01-15", ""), "2026-01-15 ");
}

TEST(ResultOf, HasOneHashWhateverTheOrderOfItsRows) {
  const Period period = Proto("id: 'P' version: 2 unit_id: 'U' month: '2026-01' ledger: LEDGER_SALES");
  const ClosingRow debit{"1", "E", "A", "R", "2026-01-15", "KRW", LedgerAccount::PURPOSE_TRADE_RECEIVABLES, 110};
  const ClosingRow credit{"2", "E", "A", "", "2026-01-15", "KRW", LedgerAccount::PURPOSE_SALES, -110};
  const ClosingResult result = ResultOf(period, {debit, credit}, "billing/0/0/9");
  EXPECT_EQ(ResultOf(period, {credit, debit}, "billing/0/0/12").hash(), result.hash());
  EXPECT_EQ(result.totals_size(), 2);
  EXPECT_EQ(result.period_version(), 2);
  ClosingRow moved = credit;
  moved.posted_on = "2026-01-16";
  EXPECT_NE(ResultOf(period, {debit, moved}, "").hash(), result.hash());
  EXPECT_NE(ResultOf(period, {debit}, "").hash(), result.hash());
}

TEST(RecordClosing, TakesOnlyWhatWasComputedOfThePeriodAsItStands) {
  const Period soft = Proto("id: 'P' version: 2 month: '2026-01' state: STATE_SOFT_CLOSED");
  EXPECT_THAT(RecordClosing(soft, Proto("period_version: 1 hash: 'h'"), Proto(""), ContextOf()),
              RefusedWith(kClosingOutdated));
  EXPECT_THAT(RecordClosing(soft, Proto("period_version: 2 hash: 'h' postings: 4"), Proto(""), ContextOf()),
              Answers(ContainsProto("period { hash: 'h' postings: 4 }")));
  const Period open = Proto("id: 'P' version: 2 state: STATE_OPEN");
  EXPECT_THAT(RecordClosing(open, Proto("period_version: 2"), Proto(""), ContextOf()),
              RefusedWith(kPeriodMustBeSoftClosed));
}

TEST(HardClose, WaitsForTheEndOfTheMonthAndItsResult) {
  const Period bare = Proto("month: '2026-10' state: STATE_SOFT_CLOSED");
  const Period running = Proto("month: '2026-11' state: STATE_SOFT_CLOSED hash: 'h'");
  const Period ended = Proto("month: '2026-10' state: STATE_SOFT_CLOSED hash: 'h'");
  EXPECT_THAT(HardClose(bare, Proto(""), ContextOf()), RefusedWith(kResultMustBeRecorded));
  EXPECT_THAT(HardClose(running, Proto(""), ContextOf()), RefusedWith(kMonthMustHaveEnded));
  EXPECT_THAT(HardClose(ended, Proto(""), ContextOf()), IsOk());
  EXPECT_THAT(SoftClose({}, Proto("month: '2026-12' ledger: LEDGER_SALES"), ContextOf()),
              RefusedWith(kMonthMustHaveBegun));
}

}  // namespace
}  // namespace songsang::billing
