// B3: the credit limit is checked and taken in the order's own event, on every path.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "acceptance/billing/trade.h"
#include "songsang/billing/v1/receipt.pb.h"

namespace songsang {
namespace {

using namespace billing::v1;  // NOLINT: the service under test

TEST(B3_CreditLimit, NoCreditLineNoCreditSale) {
  const Trade trade;
  trade.Account("hanbit");
  EXPECT_THAT(trade.Place(Trade::Order("hanbit", {{1, 1}})), RefusedWith(std::string("CREDIT_LINE_MUST_EXIST")));
  EXPECT_THAT(trade.clerk.Call<GetExposureResponse>("GetExposure", Proto("account_id: '" + Trade::Id("hanbit") + "'")),
              RefusedWith(std::string("CREDIT_LINE_MUST_EXIST")));
}

TEST(B3_CreditLimit, ThousandParallelOrdersNeverExceedIt) {
  const Trade trade;
  // 1,100 an order: 90 of them fit, and 999 won are left over.
  trade.Open("hanbit", 99'999);
  constexpr int kCallers = 32;
  constexpr int kOrders = 1000;
  std::atomic<int> next{0};
  std::atomic<int> taken{0};
  std::atomic<int> over{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i)
    callers.emplace_back([&] {
      while (next++ < kOrders) {
        const auto placed = trade.Place(Trade::Order("hanbit", {{1, 1000}}));
        if (placed.ok())
          ++taken;
        else if (placed.answer().reason == "CREDIT_LIMIT_MUST_SUFFICE")
          ++over;
        else
          ADD_FAILURE() << placed.answer().Explain();
      }
    });
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(taken, 90);
  EXPECT_EQ(over, kOrders - 90);
  const auto exposure = trade.Exposure("hanbit");
  EXPECT_EQ(exposure.exposure().minor(), 99'000);
  EXPECT_EQ(exposure.available().minor(), 999);
}

TEST(B3_CreditLimit, IsGivenBackOnCancellationAndReturn) {
  const Trade trade;
  trade.Open("hanbit", 11'000);
  const auto first = trade.Place(Trade::Order("hanbit", {{10, 1000}}));
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(trade.Place(Trade::Order("hanbit", {{1, 1}})), RefusedWith(std::string("CREDIT_LIMIT_MUST_SUFFICE")));
  ASSERT_THAT(trade.Cancel(first->order().id()), IsOk());
  EXPECT_EQ(trade.Exposure("hanbit").available().minor(), 11'000);
  // Delivered and invoiced it is still taken, as a debt.
  const InvoiceIssued sold = trade.Sell("hanbit", {{10, 1000}});
  EXPECT_THAT(trade.Place(Trade::Order("hanbit", {{1, 1}})), RefusedWith(std::string("CREDIT_LIMIT_MUST_SUFFICE")));
  auto exposure = trade.Exposure("hanbit");
  EXPECT_EQ(exposure.orders().minor(), 0);
  EXPECT_EQ(exposure.receivables().minor(), 11'000);
  ASSERT_THAT(trade.Return(sold.invoice().id(),
                           "lines { invoice_line_id: '" + sold.lines(0).id() + "' quantity { units: 4 } }"),
              IsOk());
  EXPECT_EQ(trade.Exposure("hanbit").available().minor(), 4'400);
  EXPECT_THAT(trade.Place(Trade::Order("hanbit", {{4, 1000}})), IsOk());
  EXPECT_THAT(trade.Place(Trade::Order("hanbit", {{1, 1}})), RefusedWith(std::string("CREDIT_LIMIT_MUST_SUFFICE")));
}

TEST(B3_CreditLimit, IsGivenBackByWhatIsPaid) {
  const Trade trade;
  trade.Open("hanbit", 11'000);
  trade.Sell("hanbit", {{10, 1000}});
  const auto received = trade.clerk.Call<ReceiptRecorded>(
      "RecordReceipt", Proto("account_id: '" + Trade::Id("hanbit") +
                             "' means: MEANS_BANK_TRANSFER amount { minor: 5500 currency: 'KRW' }"));
  ASSERT_THAT(received, IsOk());
  // Money that is not applied to a debt yet pays none.
  EXPECT_THAT(trade.Place(Trade::Order("hanbit", {{1, 1}})), RefusedWith(std::string("CREDIT_LIMIT_MUST_SUFFICE")));
  ASSERT_THAT(
      trade.clerk.Call<ReceiptAllocated>("CommitAllocation", Proto("receipt_id: '" + received->receipt().id() + "'")),
      IsOk());
  EXPECT_EQ(trade.Exposure("hanbit").available().minor(), 5'500);
  EXPECT_THAT(trade.Place(Trade::Order("hanbit", {{5, 1000}})), IsOk());
  EXPECT_THAT(trade.Place(Trade::Order("hanbit", {{1, 1}})), RefusedWith(std::string("CREDIT_LIMIT_MUST_SUFFICE")));
}

TEST(B3_CreditLimit, IsSharedByAGroupAndHeldOnEveryPath) {
  const Trade trade;
  const std::string line = trade.Open("head", 10'000);
  trade.Account("member");
  ASSERT_THAT(trade.rep.Call<accounts::v1::GroupLinked>("LinkGroup", Proto("account_id: '" + Trade::Id("member") +
                                                                           "' group_id: '" + Trade::Id("head") + "'")),
              IsOk());
  EXPECT_THAT(trade.importer.Call<CreditLineOpened>("OpenCreditLine", Proto("account_id: '" + Trade::Id("member") +
                                                                            "' limit { minor: 1 currency: 'KRW' }")),
              RefusedWith(std::string("CREDIT_LINE_MUST_BE_OF_GROUP_HEAD")));
  ASSERT_THAT(trade.Place(Trade::Order("member", {{1, 5000}})), IsOk());
  EXPECT_THAT(trade.Place(Trade::Order("head", {{1, 5000}})), RefusedWith(std::string("CREDIT_LIMIT_MUST_SUFFICE")));
  EXPECT_EQ(trade.Exposure("head").exposure().minor(), 5'500);
  ASSERT_THAT(trade.clerk.Call<CreditHeld>("HoldCredit", Proto("credit_line_id: '" + line + "' reason: '연체 60일'")),
              IsOk());
  EXPECT_THAT(trade.Place(Trade::Order("head", {{1, 1}})), RefusedWith(std::string("CREDIT_MUST_NOT_BE_HELD")));
  EXPECT_THAT(trade.Place(Trade::Order("member", {{1, 1}})), RefusedWith(std::string("CREDIT_MUST_NOT_BE_HELD")));
  ASSERT_THAT(trade.manager.Call<CreditHoldLifted>("LiftCreditHold", Proto("credit_line_id: '" + line + "'")), IsOk());
  EXPECT_THAT(trade.Place(Trade::Order("member", {{1, 1}})), IsOk());
}

TEST(B3_CreditLimit, ALowerLimitStopsOrdersButUndoesNone) {
  const Trade trade;
  const std::string line = trade.Open("hanbit", 10'000);
  ASSERT_THAT(trade.Place(Trade::Order("hanbit", {{5, 1000}})), IsOk());
  const std::string set = "credit_line_id: '" + line + "' reason: '감액' ";
  EXPECT_THAT(trade.manager.Call<CreditLimitSet>("SetCreditLimit", Proto(set + "limit { minor: 9 currency: 'USD' }")),
              RefusedWith(std::string("CREDIT_CURRENCY_MUST_FIT")));
  ASSERT_THAT(trade.manager.Call<CreditLimitSet>("SetCreditLimit", Proto(set + "limit { minor: 100 currency: 'KRW' }")),
              IsOk());
  EXPECT_EQ(trade.Exposure("hanbit").available().minor(), -5'400);
  EXPECT_THAT(trade.Place(Trade::Order("hanbit", {{1, 1}})), RefusedWith(std::string("CREDIT_LIMIT_MUST_SUFFICE")));
  EXPECT_THAT(trade.Place(Trade::Order("hanbit", {{1, 1}}, "currency: 'USD'")),
              RefusedWith(std::string("CREDIT_CURRENCY_MUST_FIT")));
  EXPECT_THAT(trade.importer.Call<CreditLineOpened>("OpenCreditLine", Proto("account_id: '" + Trade::Id("hanbit") +
                                                                            "' limit { minor: 1 currency: 'KRW' }")),
              RefusedWith(std::string("CREDIT_LINE_TAKEN")));
}

}  // namespace
}  // namespace songsang
