// Ten thousand random operations on the rules, and the books they leave against a second set of books.
#include "support/random_year.h"
#include "unit/billing/book.h"

namespace songsang::billing {
namespace {

constexpr int kOperations = 10'000;

// The rules alone, on a book in memory.
class RuleBooks {
 public:
  RuleBooks() { book_.place = Proto("id: 'place' version: 1 brn: '2208162517' name: '송상'"); }

  void Open(const std::string& client, int64_t limit) { book_.Open(client, limit); }
  static std::string Account(const std::string& client) { return client; }
  static std::string Person(int64_t n) { return "person" + std::to_string(n); }
  auto Place(const Proto& request) { return book_.Place(request, book_.Next()); }
  auto Deliver(const Proto& request) { return book_.Deliver(request, book_.Next()); }
  auto Cancel(const Proto& request) { return book_.Cancel(request, book_.Next()); }
  auto Issue(const Proto& request) { return book_.Issue(request, book_.Next()); }
  auto Return(const Proto& request) { return book_.Return(request, book_.Next()); }
  auto Receive(const Proto& request) { return book_.Receive(request, book_.Next()); }
  auto Apply(const Proto& request) { return book_.Apply(request, book_.Next()); }
  auto Undo(const Proto& request) { return book_.Undo(request, book_.Next()); }

  Standing Stand() const {
    Standing standing;
    for (const Posting* posting : book_.All<Posting>())
      standing.ledger[LedgerAccount::Purpose_Name(posting->purpose()).substr(sizeof("PURPOSE_") - 1)] +=
          posting->amount().minor();
    for (const Receivable* receivable : book_.All<Receivable>()) {
      standing.receivables[receivable->account_id()] += receivable->open().minor();
      if (receivable->kind() == Receivable::KIND_INVOICE) standing.open[receivable->id()] = receivable->open().minor();
    }
    for (const SalesCredit* credit : book_.All<SalesCredit>())
      standing.bases[credit->person_id()] += credit->basis().minor();
    for (const CreditLine* line : book_.All<CreditLine>()) standing.exposures[line->account_id()] = ExposureOf(*line);
    for (const auto* invoice : book_.All<Invoice>()) standing.invoice_numbers.insert(invoice->number());
    EXPECT_EQ(book_.All<Sequence>().size(), 4);
    for (const auto* sequence : book_.All<Sequence>())
      if (sequence->series() == "invoice/2026") {
        EXPECT_EQ(sequence->next(), static_cast<int64_t>(standing.invoice_numbers.size()) + 1);
      }
    return standing;
  }

 private:
  Book book_;
};

TEST(RandomYear, TenThousandOperationsLeaveTheBooksASecondComputationLeaves) {
  for (const unsigned seed : {20261122u, 7u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RuleBooks books;
    billing::RandomYear year(&books, seed);
    for (int i = 0; i < kOperations && !testing::Test::HasFailure(); ++i) year.Step();
    year.ExpectSame();
    // It is a year of business, not of refusals.
    EXPECT_GT(year.done, kOperations / 3);
    EXPECT_GT(year.second.sales.size(), 500u);
  }
}

}  // namespace
}  // namespace songsang::billing
