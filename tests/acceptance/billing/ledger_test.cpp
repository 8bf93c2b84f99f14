// B9: the ledger of receivables: double entry, and open items that sum to their control account at every instant.
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "acceptance/billing/trade.h"
#include "core/money.h"

namespace songsang {
namespace {

using namespace billing::v1;  // NOLINT: the service under test

TEST(B9_Receivables, EveryDocumentPostsAnEntryThatSumsToZero) {
  const Trade trade;
  trade.Open("hanbit", 10'000'000);
  const InvoiceIssued sold = trade.Sell("hanbit", {{10, 1000}, {1, 5}});
  ASSERT_THAT(trade.Return(sold.invoice().id()), IsOk());
  const auto entries = trade.clerk.Call<ListLedgerEntriesResponse>("ListLedgerEntries", Proto(""));
  ASSERT_THAT(entries, IsOk());
  ASSERT_EQ(entries->ledger_entries_size(), 2);
  for (const auto& entry : entries->ledger_entries()) {
    const auto postings =
        trade.clerk.Call<ListPostingsResponse>("ListPostings", Proto("entry_id: '" + entry.id() + "'"));
    ASSERT_THAT(postings, IsOk());
    int64_t sum = 0;
    for (const auto& posting : postings->postings()) sum += posting.amount().minor();
    EXPECT_EQ(sum, 0);
    EXPECT_EQ(postings->postings_size(), 3);
  }
  EXPECT_EQ(trade.Balances("purpose: PURPOSE_SALES"), "sales -10005");
  EXPECT_EQ(trade.Balances("to_on: '2000-01-01'"), "");
}

TEST(B9_Receivables, OpenItemsAreTheControlAccountAtEveryInstant) {
  const Trade trade;
  for (int i = 0; i < 8; ++i) trade.Open("client" + std::to_string(i), 10'000'000'000);
  std::atomic<bool> busy{true};
  std::vector<std::thread> sellers;
  for (int i = 0; i < 8; ++i)
    sellers.emplace_back([&, i] {
      std::mt19937 random(static_cast<unsigned>(i));
      for (int n = 0; n < 20; ++n) {
        const InvoiceIssued sold =
            trade.Sell("client" + std::to_string(i), {{3, 1 + static_cast<int>(random() % 9999)}});
        if (random() % 3 != 0) continue;
        EXPECT_THAT(trade.Return(sold.invoice().id(),
                                 "lines { invoice_line_id: '" + sold.lines(0).id() + "' quantity { units: 1 } }"),
                    IsOk());
      }
    });
  // Whoever looks meanwhile sees books that agree, in each of them.
  std::thread auditor([&] {
    while (busy) {
      const auto checked = trade.clerk.Call<CheckControlResponse>("CheckControl", Proto(""));
      EXPECT_THAT(checked, IsOk());
      for (const auto& row : checked->rows()) EXPECT_EQ(row.difference().minor(), 0);
    }
  });
  for (auto& seller : sellers) seller.join();
  busy = false;
  auditor.join();
  const auto checked = trade.clerk.Call<CheckControlResponse>("CheckControl", Proto(""));
  ASSERT_THAT(checked, IsOk());
  trade.ExpectControl(checked->rows(0).control().minor());
  EXPECT_EQ(checked->rows(0).open_count(), 160);
}

TEST(B9_Receivables, TheChartIsTheCompanys) {
  const Trade trade;
  const auto shipped = trade.clerk.Call<GetChartResponse>("GetChart", Proto(""));
  ASSERT_THAT(shipped, IsOk());
  EXPECT_EQ(shipped->accounts_size(), 11);
  EXPECT_THAT(shipped->accounts(2),
              ContainsProto("purpose: PURPOSE_TRADE_RECEIVABLES code: '108' name_ko: '외상매출금' "
                            "side: SIDE_DEBIT own: false"));
  const std::string save = "purpose: PURPOSE_TRADE_RECEIVABLES name_ko: '외상매출금(국내)' ";
  ASSERT_THAT(trade.clerk.Call<LedgerAccountSaved>("SaveLedgerAccount", Proto(save + "code: '1080'")), IsOk());
  ASSERT_THAT(trade.clerk.Call<LedgerAccountSaved>("SaveLedgerAccount", Proto(save + "code: '1081'")),
              Answers(ContainsProto("ledger_account { version: 2 code: '1081' name_en: 'Trade receivables' }")));
  const auto own = trade.clerk.Call<GetChartResponse>("GetChart", Proto(""));
  ASSERT_THAT(own, IsOk());
  EXPECT_EQ(own->accounts_size(), 11);
  EXPECT_THAT(own->accounts(2), ContainsProto("code: '1081' name_ko: '외상매출금(국내)' own: true"));
}

}  // namespace
}  // namespace songsang
