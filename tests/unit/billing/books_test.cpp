// Each invariant of the books, broken.
#include <gtest/gtest.h>

#include <memory>

#include "billing/rules_invoice.h"
#include "support/proto.h"

namespace songsang::billing {
namespace {

// What an event did, from pairs of texts.
class Did {
 public:
  template <class Entity>
  Did& To(const char* before, const char* after) {
    Step step;
    if (before != nullptr) step.before = kept_.emplace_back(std::unique_ptr<Entity>(Proto(before))).get();
    step.after = kept_.emplace_back(std::unique_ptr<Entity>(Proto(after))).get();
    steps_.push_back(step);
    return *this;
  }
  const Steps& steps() const { return steps_; }

 private:
  std::vector<std::unique_ptr<google::protobuf::Message>> kept_;
  Steps steps_;
};

TEST(Books, AnEntrySumsToZeroInEachCurrency) {
  const char* debit = "id: 'a' entry_id: 'e' amount { minor: 5 currency: 'KRW' }";
  EXPECT_EQ(EntriesBalance(Did()
                               .To<Posting>(nullptr, debit)
                               .To<Posting>(nullptr, "id: 'b' entry_id: 'e' amount { minor: -5 currency: 'KRW' }")
                               .steps()),
            "");
  EXPECT_EQ(EntriesBalance(Did()
                               .To<Posting>(nullptr, debit)
                               .To<Posting>(nullptr, "id: 'b' entry_id: 'e' amount { minor: -4 currency: 'KRW' }")
                               .steps()),
            "entry e sums to 1 KRW");
  EXPECT_EQ(EntriesBalance(Did()
                               .To<Posting>(nullptr, debit)
                               .To<Posting>(nullptr, "id: 'b' entry_id: 'e' amount { minor: -5 currency: 'USD' }")
                               .steps()),
            "entry e sums to 5 KRW");
  EXPECT_EQ(EntriesBalance(Did().To<Posting>("id: 'a'", "id: 'a' month: '2026-01'").steps()), "posting a was changed");
}

TEST(Books, AnOpenItemMovesWithItsPostings) {
  const auto with = [](const char* posting, const char* before, const char* after) {
    Did did;
    if (posting != nullptr) did.To<Posting>(nullptr, posting);
    return OpenItemsFollowPostings(did.To<Receivable>(before, after).steps());
  };
  const char* posting = "id: 'p' purpose: PURPOSE_TRADE_RECEIVABLES receivable_id: 'r' amount { minor: -3 }";
  EXPECT_EQ(with(posting, "id: 'r' open { minor: 10 }", "id: 'r' open { minor: 7 }"), "");
  EXPECT_EQ(with(posting, "id: 'r' open { minor: 10 }", "id: 'r' open { minor: 8 }"),
            "receivable r moved 1 beyond its postings");
  EXPECT_EQ(with(nullptr, nullptr, "id: 'r' open { minor: 8 }"), "receivable r moved 8 beyond its postings");
  EXPECT_EQ(with(nullptr, "id: 'r' open { minor: 8 }", "id: 'r' open { minor: 8 } disputed: true"), "");
  EXPECT_EQ(with("id: 'p' purpose: PURPOSE_TRADE_RECEIVABLES", nullptr, "id: 'r'"), "posting p names no receivable");
  EXPECT_EQ(with("id: 'p' purpose: PURPOSE_BANK amount { minor: 1 }", nullptr, "id: 'r'"), "");
}

TEST(Books, ACreditLineMovesAsItsDocumentsDo) {
  const char* before = "id: 'C' limit { minor: 100 } orders { minor: 50 } receivables { minor: 40 }";
  const auto after = [&](const char* line, Did did) {
    return ExposureFollowsDocuments(did.To<CreditLine>(before, line).steps());
  };
  const auto ordered = [](const char* was, const char* is) {
    Did did;
    did.To<SalesOrder>(was, is);
    return did;
  };
  const char* ten = "id: 'C' limit { minor: 100 } orders { minor: 60 } receivables { minor: 40 }";
  EXPECT_EQ(after(ten, ordered(nullptr, "credit_line_id: 'C' reserved { minor: 10 }")), "");
  EXPECT_EQ(after(ten, ordered(nullptr, "credit_line_id: 'C' reserved { minor: 9 }")),
            "credit line C did not move as its documents did");
  EXPECT_EQ(after(ten, ordered(nullptr, "credit_line_id: 'D' reserved { minor: 10 }")),
            "credit line C did not move as its documents did");
  const char* eleven = "id: 'C' limit { minor: 100 } orders { minor: 61 } receivables { minor: 40 }";
  EXPECT_EQ(after(eleven, ordered(nullptr, "credit_line_id: 'C' reserved { minor: 11 }")),
            "credit line C is over its limit by 1");
  // An order that is invoiced takes no more than before, also of a line whose limit was lowered since.
  Did invoiced = ordered("credit_line_id: 'C' reserved { minor: 50 }", "credit_line_id: 'C'");
  invoiced.To<Receivable>(nullptr, "credit_line_id: 'C' open { minor: 50 }");
  EXPECT_EQ(after("id: 'C' limit { minor: 10 } receivables { minor: 90 }", std::move(invoiced)), "");
  // Without its line, a document moves nothing.
  EXPECT_EQ(ExposureFollowsDocuments(ordered(nullptr, "credit_line_id: 'C' reserved { minor: 1 }").steps()),
            "credit line C did not move as its documents did");
  EXPECT_EQ(ExposureFollowsDocuments(ordered(nullptr, "reserved { minor: 0 }").steps()), "");
  EXPECT_EQ(ExposureFollowsDocuments(ordered("id: 'O' credit_line_id: 'C' reserved { minor: 1 }",
                                             "id: 'O' credit_line_id: 'D' reserved { minor: 1 }")
                                         .steps()),
            "order O changed its credit line while it reserved");
}

TEST(Books, AnOrderReservesWhatItsLinesReserve) {
  EXPECT_EQ(OrdersFollowLines(Did()
                                  .To<SalesOrder>(nullptr, "id: 'O' reserved { minor: 3 }")
                                  .To<SalesOrderLine>(nullptr, "order_id: 'O' reserved { minor: 1 }")
                                  .To<SalesOrderLine>(nullptr, "order_id: 'O' reserved { minor: 2 }")
                                  .steps()),
            "");
  EXPECT_EQ(OrdersFollowLines(Did()
                                  .To<SalesOrder>("id: 'O' reserved { minor: 3 }", "id: 'O' reserved { minor: 2 }")
                                  .To<SalesOrderLine>("order_id: 'O' reserved { minor: 3 }", "order_id: 'O'")
                                  .steps()),
            "order O reserves other than its lines do");
}

TEST(Books, SalesCreditsAreAWhole) {
  const auto with = [](const char* one, const char* other) {
    return CreditsAreWhole(Did()
                               .To<InvoiceLine>(nullptr, "id: 'l' supply { minor: 100 }")
                               .To<SalesCredit>(nullptr, one)
                               .To<SalesCredit>(nullptr, other)
                               .steps());
  };
  const char* half = "invoice_line_id: 'l' share_ppm: 500000 basis { minor: 50 }";
  EXPECT_EQ(with(half, half), "");
  EXPECT_EQ(with(half, "invoice_line_id: 'l' share_ppm: 499999 basis { minor: 50 }"),
            "the shares of line l sum to 999999 ppm");
  EXPECT_EQ(with(half, "invoice_line_id: 'l' share_ppm: 500000 basis { minor: 49 }"),
            "the credits of line l sum to 99 of 100");
  EXPECT_EQ(CreditsAreWhole(Did()
                                .To<SalesReturnLine>(nullptr, "id: 'r' supply { minor: 100 }")
                                .To<SalesCredit>(nullptr,
                                                 "invoice_line_id: 'l' return_line_id: 'r' "
                                                 "share_ppm: 1000000 basis { minor: 100 }")
                                .steps()),
            "the credits of line r sum to 100 of -100");
}

}  // namespace
}  // namespace songsang::billing
