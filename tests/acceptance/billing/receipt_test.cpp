// Receipts (B10): one over many invoices and parts, planned and committed by the same function, taken back, and what is
// too much or too little.
#include <gtest/gtest.h>

#include "acceptance/billing/trade.h"
#include "songsang/billing/v1/receipt.pb.h"

namespace songsang {
namespace {

using namespace billing::v1;  // NOLINT: the service under test

struct Cashier : Trade {
  Cashier() { Open("hanbit", 100'000'000); }
  // An invoice of this supply value with 10 % tax, due so many days from its day.
  Receivable Owes(int64_t supply, int days) const {
    return Sell("hanbit", {{1, supply}}, "payment_days: " + std::to_string(days)).receivable();
  }
  Receipt Received(int64_t won) const {
    const auto recorded = clerk.Call<ReceiptRecorded>(
        "RecordReceipt", Proto("account_id: 'ext:test:hanbit' means: MEANS_BANK_TRANSFER payer: '한빛상사' amount { "
                               "minor: " +
                               std::to_string(won) + " currency: 'KRW' }"));
    EXPECT_THAT(recorded, IsOk());
    return recorded->receipt();
  }
  PlanAllocationResponse Plan(const Receipt& receipt) const {
    const auto plan = clerk.Call<PlanAllocationResponse>("PlanAllocation", Proto("receipt_id: '" + receipt.id() + "'"));
    EXPECT_THAT(plan, IsOk());
    return *plan;
  }
  static CommitAllocationRequest CommitOf(const PlanAllocationResponse& plan) {
    CommitAllocationRequest request;
    request.set_receipt_id(plan.receipt_id());
    request.set_receipt_version(plan.receipt_version());
    for (const auto& planned : plan.parts()) {
      auto& part = *request.add_parts();
      part.set_receivable_id(planned.receivable_id());
      part.set_receivable_version(planned.receivable_version());
      part.set_amount_minor(planned.amount().minor());
    }
    return request;
  }
  Called<ReceiptAllocated> Commit(const CommitAllocationRequest& request) const {
    return clerk.Call<ReceiptAllocated>("CommitAllocation", request);
  }
  Called<ReceiptAllocated> Commit(const Receipt& receipt) const {
    return clerk.Call<ReceiptAllocated>("CommitAllocation", Proto("receipt_id: '" + receipt.id() + "'"));
  }
  Receivable Get(const Receivable& receivable) const {
    return *clerk.Call<Receivable>("GetReceivable", Proto("id: '" + receivable.id() + "'"));
  }
  Called<ResidueWrittenOff> WriteOff(const Receivable& receivable) const {
    return clerk.Call<ResidueWrittenOff>("WriteOffResidue",
                                         Proto("receivable_id: '" + receivable.id() + "' reason: '단수 차이'"));
  }
};

TEST(B10_Receipts, OnePaysManyInvoicesInTheOrderTheyAreDueAndFreesTheirCredit) {
  const Cashier cashier;
  const Receivable late = cashier.Owes(300'000, 60), soon = cashier.Owes(100'000, 10),
                   middle = cashier.Owes(200'000, 30);
  EXPECT_EQ(cashier.Exposure("hanbit").receivables().minor(), 660'000);
  const Receipt receipt = cashier.Received(400'000);
  EXPECT_EQ(receipt.number().substr(0, 4), "RCT-");
  EXPECT_EQ(cashier.Balances(),
            "bank 400000, sales -600000, trade_receivables 660000, unapplied_receipts -400000, vat_payable -60000");
  const auto plan = cashier.Plan(receipt);
  ASSERT_EQ(plan.parts_size(), 3);
  EXPECT_EQ(plan.parts(0).receivable_id(), soon.id());
  EXPECT_EQ(plan.parts(1).receivable_id(), middle.id());
  EXPECT_EQ(plan.parts(2).receivable_id(), late.id());
  EXPECT_EQ(plan.parts(2).amount().minor(), 70'000) << "what is left of it: a part";
  EXPECT_EQ(plan.unapplied().minor(), 0);
  const auto committed = cashier.Commit(Cashier::CommitOf(plan));
  ASSERT_THAT(committed, IsOk());
  EXPECT_EQ(committed->allocations_size(), 3);
  EXPECT_EQ(committed->receipt().unapplied().minor(), 0);
  EXPECT_EQ(committed->receipt().applied().minor(), 400'000);
  EXPECT_TRUE(cashier.Get(soon).settled());
  EXPECT_EQ(cashier.Get(late).open().minor(), 260'000);
  EXPECT_EQ(cashier.Exposure("hanbit").receivables().minor(), 260'000);
  EXPECT_EQ(cashier.Balances(), "bank 400000, sales -600000, trade_receivables 260000, vat_payable -60000");
  cashier.ExpectControl(260'000);
}

TEST(B10_Receipts, APlanThatTheWorldHasOvertakenIsRefused) {
  const Cashier cashier;
  const Receivable owed = cashier.Owes(100'000, 30);
  const Receipt first = cashier.Received(60'000), second = cashier.Received(60'000);
  const auto plan = Cashier::CommitOf(cashier.Plan(first));
  ASSERT_THAT(cashier.Commit(second), IsOk());
  EXPECT_THAT(cashier.Commit(plan), RefusedWith(std::string("PLAN_OUTDATED")));
  EXPECT_EQ(cashier.Get(owed).open().minor(), 50'000) << "nothing of the outdated plan happened";
  ASSERT_THAT(cashier.Commit(Cashier::CommitOf(cashier.Plan(first))), IsOk());
  // Committed again under another request id, its receipt has moved on.
  EXPECT_THAT(cashier.Commit(plan), RefusedWith(std::string("PLAN_OUTDATED")));
}

TEST(B10_Receipts, WhatIsPaidTooMuchStaysUnappliedUntilThereIsSomethingToPay) {
  const Cashier cashier;
  cashier.Owes(100'000, 30);
  const Receipt receipt = cashier.Received(150'000);
  ASSERT_THAT(cashier.Commit(receipt),
              Answers(ContainsProto("receipt { unapplied { minor: 40000 } applied { minor: 110000 } }")));
  EXPECT_THAT(cashier.Commit(receipt), RefusedWith(std::string("NOTHING_TO_ALLOCATE")));
  EXPECT_EQ(cashier.Balances(), "bank 150000, sales -100000, unapplied_receipts -40000, vat_payable -10000");
  const Receivable later = cashier.Owes(200'000, 30);
  ASSERT_THAT(cashier.Commit(receipt),
              Answers(ContainsProto("receipt { unapplied { minor: 0 } applied { minor: 150000 } }")));
  EXPECT_EQ(cashier.Get(later).open().minor(), 180'000);
}

TEST(B10_Receipts, PartsAreSetByHandButNeverPastWhatIsThere) {
  const Cashier cashier;
  const Receivable soon = cashier.Owes(100'000, 10), late = cashier.Owes(100'000, 60);
  const Receipt receipt = cashier.Received(120'000);
  auto request = Cashier::CommitOf(cashier.Plan(receipt));
  ASSERT_EQ(request.parts_size(), 2);
  request.mutable_parts(1)->set_amount_minor(110'000);
  EXPECT_THAT(cashier.Commit(request), RefusedWith(std::string("RECEIPT_MUST_SUFFICE")));
  request.mutable_parts(1)->set_amount_minor(110'001);
  EXPECT_THAT(cashier.Commit(request), RefusedWith(std::string("PART_MUST_FIT_RECEIVABLE")));
  request.mutable_parts(1)->set_amount_minor(0);
  EXPECT_THAT(cashier.Commit(request), RefusedWith(std::string("PART_MUST_BE_POSITIVE")));
  *request.mutable_parts(1) = request.parts(0);
  EXPECT_THAT(cashier.Commit(request), RefusedWith(std::string("RECEIVABLE_MUST_BE_NAMED_ONCE")));
  // The client says what it paid for: the later one, and some of the first.
  request = Cashier::CommitOf(cashier.Plan(receipt));
  request.mutable_parts(0)->set_amount_minor(10'000);
  request.mutable_parts(1)->set_amount_minor(110'000);
  ASSERT_THAT(cashier.Commit(request), IsOk());
  EXPECT_EQ(cashier.Get(soon).open().minor(), 100'000);
  EXPECT_TRUE(cashier.Get(late).settled());
}

TEST(B10_Receipts, AnAllocationIsTakenBackOnceByAnEntryOfItsOwn) {
  const Cashier cashier;
  const Receivable owed = cashier.Owes(100'000, 30);
  const Receipt receipt = cashier.Received(110'000);
  const auto committed = cashier.Commit(receipt);
  ASSERT_THAT(committed, IsOk());
  const std::string undo = "allocation_id: '" + committed->allocations(0).id() + "' reason: '입금자 착오'";
  const auto undone = cashier.clerk.Call<AllocationUndone>("UndoAllocation", Proto(undo));
  ASSERT_THAT(undone, IsOk());
  EXPECT_EQ(undone->entry().reverses_id(), committed->entry().id());
  EXPECT_EQ(undone->receipt().unapplied().minor(), 110'000);
  EXPECT_EQ(cashier.Get(owed).open().minor(), 110'000);
  EXPECT_EQ(cashier.Exposure("hanbit").receivables().minor(), 110'000);
  cashier.ExpectControl(110'000);
  EXPECT_THAT(cashier.clerk.Call<AllocationUndone>("UndoAllocation", Proto(undo)),
              RefusedWith(std::string("ALLOCATION_MUST_STAND")));
}

TEST(B10_Receipts, ASmallRestIsWrittenOffUpToTheLimitOfTheDay) {
  const Cashier cashier;
  const Receivable small = cashier.Owes(100'000, 10), large = cashier.Owes(200'000, 20);
  EXPECT_THAT(cashier.WriteOff(small), RefusedWith(std::string("RESIDUE_MUST_BE_OF_PARTLY_PAID")));
  ASSERT_THAT(cashier.Commit(cashier.Received(109'100)), IsOk());
  ASSERT_THAT(cashier.WriteOff(small),
              Answers(ContainsProto("receivable { settled: true } entry { kind: KIND_RESIDUE }")));
  EXPECT_EQ(cashier.Exposure("hanbit").receivables().minor(), 220'000);
  ASSERT_THAT(cashier.Commit(cashier.Received(218'000)), IsOk());
  EXPECT_THAT(cashier.WriteOff(large), RefusedWith(std::string("RESIDUE_MUST_BE_WITHIN_LIMIT")));
  ASSERT_THAT(
      cashier.manager.Call<AllocationPolicyDefined>(
          "DefineAllocationPolicy", Proto("currency: 'KRW' valid_from_on: '2020-01-01' charging_order: ORDER_FIFO "
                                          "residue_limit: 2000")),
      IsOk());
  ASSERT_THAT(cashier.WriteOff(large), IsOk());
  EXPECT_EQ(cashier.Balances(), "bank 327100, residue_loss 2900, sales -300000, vat_payable -30000");
  cashier.ExpectControl(0);
}

TEST(B10_Receipts, WhatAReturnLeftToAClientsCreditPaysSomethingElse) {
  const Cashier cashier;
  const auto sold = cashier.Sell("hanbit", {{2, 50'000}});
  ASSERT_THAT(cashier.Commit(cashier.Received(110'000)), IsOk());
  const auto returned = cashier.Return(sold.invoice().id());
  ASSERT_THAT(returned, IsOk());
  const std::string credit = returned->sales_return().credit_receivable_id();
  ASSERT_FALSE(credit.empty());
  const Receivable owed = cashier.Owes(300'000, 30);
  const std::string apply = "credit_id: '" + credit + "' receivable_id: '" + owed.id() + "'";
  EXPECT_THAT(cashier.clerk.Call<CreditApplied>("ApplyCredit", Proto(apply + " amount_minor: 110001")),
              RefusedWith(std::string("CREDIT_MUST_SUFFICE")));
  const auto applied = cashier.clerk.Call<CreditApplied>("ApplyCredit", Proto(apply));
  ASSERT_THAT(applied, IsOk());
  EXPECT_EQ(applied->receivable().open().minor(), 220'000);
  EXPECT_TRUE(applied->credit().settled());
  EXPECT_EQ(cashier.Exposure("hanbit").receivables().minor(), 220'000);
  cashier.ExpectControl(220'000);
  ASSERT_THAT(cashier.clerk.Call<AllocationUndone>(
                  "UndoAllocation", Proto("allocation_id: '" + applied->allocation().id() + "' reason: '잘못 충당'")),
              IsOk());
  EXPECT_EQ(cashier.Get(owed).open().minor(), 330'000);
  cashier.ExpectControl(220'000);
}

}  // namespace
}  // namespace songsang
