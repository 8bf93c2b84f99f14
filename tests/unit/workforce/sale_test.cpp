#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "support/context.h"
#include "support/proto.h"
#include "workforce/rules_sale.h"

namespace songsang::workforce {
namespace {

// One invoice's book, as commands leave it.
class Book {
 public:
  template <class Rule, class Request>
  void Run(Rule rule, const Request& request) {
    SaleBefore before{has_sale_ ? &sale_ : nullptr, {}, settled};
    for (const SalesFact& fact : facts_) before.facts.push_back(&fact);
    Context context = ContextOf();
    context.seed = Sha256(std::to_string(++commands_));
    auto event = rule(before, request, context);
    EXPECT_THAT(event, IsOk());
    sale_ = event->sale();
    has_sale_ = true;
    for (const SalesFact& fact : event->facts()) facts_.push_back(fact);
  }
  // An invoice of 1,000 and 100 tax, of kim alone or of kim and lee.
  void Sell(const std::string& shares = "shares { person_id: 'kim' unit_id: 'U' amount_minor: 1000 }") {
    Run(RecordSale,
        RecordSaleRequest(Proto("invoice_id: 'I' number: 'INV-1' issued_on: '2026-03-12' supply { minor: 1000 "
                                "currency: 'KRW' } total_minor: 1100 " +
                                shares)));
  }
  void Return(const std::string& id, int64_t minor, const std::string& on, const std::string& person = "kim") {
    RecordReturnRequest request = Proto("invoice_id: 'I' shares { person_id: '" + person + "' }");
    request.set_return_id(id);
    request.set_returned_on(on);
    request.set_total_minor(minor + minor / 10);
    request.mutable_shares(0)->set_amount_minor(minor);
    Run(RecordReturn, request);
  }
  void Collect(const std::string& id, int64_t minor, const std::string& on) {
    RecordCollectionRequest request = Proto("invoice_id: 'I'");
    request.set_document_id(id);
    request.set_amount_minor(minor);
    request.set_collected_on(on);
    Run(RecordCollection, request);
  }
  // `kim sale 1000 2026-03, kim collection 500 2026-04, …`, in the order recorded.
  std::string Text() const {
    std::string text;
    for (const SalesFact& fact : facts_)
      text += (text.empty() ? "" : ", ") + fact.person_id() +
              (fact.basis() == CompensationPlan::BASIS_RECEIPT ? " receipt " : " invoice ") +
              std::to_string(fact.amount().minor()) + " " + fact.month();
    return text;
  }
  int64_t Sum(CompensationPlan::Basis basis) const {
    int64_t sum = 0;
    for (const SalesFact& fact : facts_)
      if (fact.basis() == basis) sum += fact.amount().minor();
    return sum;
  }
  const std::vector<SalesFact>& facts() const { return facts_; }
  const Sale& sale() const { return sale_; }

  std::map<std::string, std::string> settled;

 private:
  Sale sale_;
  bool has_sale_ = false;
  int commands_ = 0;
  std::vector<SalesFact> facts_;
};

TEST(Proportion, RoundsHalfAwayFromZero) {
  EXPECT_EQ(Proportion(1, 1, 2), 1);
  EXPECT_EQ(Proportion(-1, 1, 2), -1);
  EXPECT_EQ(Proportion(1, 1, 3), 0);
  EXPECT_EQ(Proportion(2, 1, 3), 1);
  EXPECT_EQ(Proportion(9007199254740991, 999999999, 1000000000), 9007199245733792);
}

TEST(Months, Follow) {
  EXPECT_EQ(NextMonth("2026-01"), "2026-02");
  EXPECT_EQ(NextMonth("2026-12"), "2027-01");
  EXPECT_EQ(NextMonth("2028-02"), "2028-03");
}

TEST(RecordSale, ASplitIsWhoseItIs) {
  Book book;
  book.Sell("shares { person_id: 'kim' amount_minor: 600 } shares { person_id: 'lee' amount_minor: 400 }");
  EXPECT_EQ(book.Text(), "kim invoice 600 2026-03, lee invoice 400 2026-03");
  book.Sell();
  EXPECT_EQ(book.facts().size(), 2U) << "said again";
}

TEST(RecordReturn, TakesBackFromTheSale) {
  Book book;
  book.Sell();
  book.Return("R1", 200, "2026-04-02");
  book.Return("R2", 300, "2026-05-02");
  EXPECT_EQ(book.Text(), "kim invoice 1000 2026-03, kim invoice -200 2026-04, kim invoice -300 2026-05");
  EXPECT_EQ(book.facts()[1].original_id(), book.facts()[0].id());
  EXPECT_EQ(book.facts()[1].reversed_before_minor(), 0);
  EXPECT_EQ(book.facts()[2].reversed_before_minor(), 200);
  EXPECT_EQ(book.facts()[2].kind(), SalesFact::KIND_RETURN);
  EXPECT_EQ(book.facts()[2].sold_on(), "2026-03-12");
  book.Return("R2", 300, "2026-05-02");
  EXPECT_EQ(book.facts().size(), 3U) << "said again";
}

TEST(RecordCollection, CountsWhatIsPaidOfTheSaleWithoutTax) {
  Book book;
  book.Sell();
  book.Collect("A1", 550, "2026-04-10");
  book.Collect("A2", 550, "2026-05-10");
  EXPECT_EQ(book.Text(), "kim invoice 1000 2026-03, kim receipt 500 2026-04, kim receipt 500 2026-05");
  book.Collect("A2", 550, "2026-05-10");
  EXPECT_EQ(book.facts().size(), 3U) << "said again";
}

TEST(RecordCollection, PaidThenReversed) {
  Book book;
  book.Sell();
  book.Collect("A1", 550, "2026-04-10");
  book.Collect("A2", 550, "2026-05-10");
  // The bank takes the second back, and some of the first.
  book.Collect("A2/undone", -550, "2026-06-10");
  book.Collect("A1/undone", -110, "2026-06-11");
  EXPECT_EQ(book.Text(),
            "kim invoice 1000 2026-03, kim receipt 500 2026-04, kim receipt 500 2026-05, kim receipt -500 "
            "2026-06, kim receipt -100 2026-06");
  EXPECT_EQ(book.facts()[3].original_id(), book.facts()[2].id());
  EXPECT_EQ(book.facts()[4].original_id(), book.facts()[1].id());
}

TEST(RecordReturn, TakesBackOnlyWhatIsCollectedTooMuch) {
  // Half is paid, and what is left of the sale after the return is still more than that.
  Book unpaid;
  unpaid.Sell();
  unpaid.Collect("A1", 550, "2026-04-10");
  unpaid.Return("R1", 200, "2026-04-20");
  EXPECT_EQ(unpaid.Text(), "kim invoice 1000 2026-03, kim receipt 500 2026-04, kim invoice -200 2026-04");
  // All is paid: the return takes back.
  Book paid;
  paid.Sell();
  paid.Collect("A1", 1100, "2026-04-10");
  paid.Return("R1", 200, "2026-04-20");
  EXPECT_EQ(paid.Text(),
            "kim invoice 1000 2026-03, kim receipt 1000 2026-04, kim invoice -200 2026-04, kim receipt -200 2026-04");
  EXPECT_EQ(paid.facts()[3].kind(), SalesFact::KIND_RETURN);
}

TEST(RecordSale, WhatIsKnownLateCountsInTheFirstMonthThatIsNotSettled) {
  Book book;
  book.settled["kim"] = "2026-04";
  book.Sell();
  book.Return("R1", 200, "2026-06-02");
  EXPECT_EQ(book.Text(), "kim invoice 1000 2026-05, kim invoice -200 2026-06");
  EXPECT_EQ(book.facts()[0].date(), "2026-03-12");
}

// Invoices, returns and receipts are heard each by themselves, so they may come in any order.
TEST(RecordSale, WhateverComesFirstTheSumsAreTheSame) {
  std::vector<int> order = {0, 1, 2, 3};
  do {
    Book book;
    for (const int step : order) {
      if (step == 0) book.Sell();
      if (step == 1) book.Return("R1", 200, "2026-04-20");
      if (step == 2) book.Collect("A1", 550, "2026-04-10");
      if (step == 3) book.Collect("A2", 330, "2026-05-10");
    }
    EXPECT_EQ(book.Sum(CompensationPlan::BASIS_INVOICE), 800);
    EXPECT_EQ(book.Sum(CompensationPlan::BASIS_RECEIPT), 800);
    for (const SalesFact& fact : book.facts()) {
      if (fact.original_id().empty()) continue;
      const bool there = std::any_of(book.facts().begin(), book.facts().end(),
                                     [&](const SalesFact& other) { return other.id() == fact.original_id(); });
      EXPECT_TRUE(there) << fact.ShortDebugString();
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

// Whatever is paid, undone and returned: what counts by receipt is the share of what is left of the sale that is paid,
// and nothing is taken back twice.
TEST(RecordCollection, WhateverHappens) {
  std::mt19937 chance(20261122);
  for (int round = 0; round < 200; ++round) {
    Book book;
    book.Sell("shares { person_id: 'kim' amount_minor: 667 } shares { person_id: 'lee' amount_minor: 333 }");
    int64_t paid = 0, kim_back = 0;
    for (int step = 0; step < 12; ++step) {
      const std::string id = std::to_string(step);
      if (chance() % 3 == 0 && kim_back < 600) {
        const auto back = static_cast<int64_t>(chance() % 60 + 1);
        kim_back += back;
        book.Return("R" + id, back, "2026-04-01");
      } else {
        const auto part = static_cast<int64_t>(chance() % 400) - std::min<int64_t>(paid, 100);
        paid += part;
        book.Collect("A" + id, part, "2026-04-01");
      }
      const int64_t owed = 1100 - book.sale().returned_minor();
      const int64_t collected = std::min(std::max<int64_t>(0, paid), owed);
      EXPECT_EQ(book.Sum(CompensationPlan::BASIS_RECEIPT),
                Proportion(667 - kim_back, collected, owed) + Proportion(333, collected, owed));
      std::map<std::string, int64_t> left;
      for (const SalesFact& fact : book.facts())
        left[fact.original_id().empty() ? fact.id() : fact.original_id()] += fact.amount().minor();
      for (const auto& [fact, amount] : left) EXPECT_GE(amount, 0) << fact;
    }
  }
}

}  // namespace
}  // namespace songsang::workforce
