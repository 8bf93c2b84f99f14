// Ten thousand random operations on the rules, and the books they leave against a second set of books.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "unit/billing/book.h"
#include "unit/billing/second_book.h"

namespace songsang::billing {
namespace {

constexpr int kOperations = 10'000;
constexpr int kClients = 12;
constexpr int64_t kLimit = 3'000'000;

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  // From 0 up to, not including, `n`.
  int64_t Below(int64_t n) { return static_cast<int64_t>(engine_() % static_cast<uint64_t>(n)); }
  bool Of(int64_t n) { return Below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

std::string Tenths(int64_t tenths) { return "quantity { units: " + std::to_string(tenths) + " scale: 1 } "; }

class Year {
 public:
  explicit Year(unsigned seed) : random_(seed) {
    second.limit = kLimit;
    book.place = Proto("id: 'place' version: 1 brn: '2208162517' name: '송상'");
    for (int i = 0; i < kClients; ++i) book.Open(Client(i), kLimit);
  }

  void Step() {
    const int64_t dice = random_.Below(100);
    if (dice < 30) return Place();
    if (dice < 50) return Deliver();
    if (dice < 70) return Invoice();
    if (dice < 80) return Return();
    if (dice < 84) return Cancel();
    if (dice < 92) return Receive();
    if (dice < 98) return Apply();
    Undo();
  }

  Book book;
  SecondBook second;
  int done = 0;  // operations that were not refused

 private:
  static std::string Client(int64_t index) { return "client" + std::to_string(index); }
  size_t Some(size_t size) { return static_cast<size_t>(random_.Below(static_cast<int64_t>(size))); }

  void Place() {
    SecondBook::Order order;
    order.client = Client(random_.Below(kClients));
    std::string request = "account_id: '" + order.client + "' currency: 'KRW' ";
    int64_t left = 1'000'000;
    for (int64_t n = random_.Below(3); n >= 0; --n) {
      const std::string person = "person" + std::to_string(n);
      const int64_t share = n == 0 ? left : 1 + random_.Below(left - 2);
      left -= share;
      order.persons.push_back(person);
      order.shares[person] = share;
      request += "contributions { person_id: '" + person + "' share_ppm: " + std::to_string(share) + " } ";
    }
    std::sort(order.persons.begin(), order.persons.end());
    for (int64_t n = random_.Below(3); n >= 0; --n) {
      SecondBook::Line line;
      line.quantity = 1 + random_.Below(200);
      line.price = random_.Below(600'000);
      const int64_t gross = line.quantity * line.price / 1000;
      line.discount = random_.Of(4) ? random_.Below(gross + 1) : 0;
      line.taxed = !random_.Of(5);
      request += "lines { description: 'x' " + Tenths(line.quantity) +
                 "unit_price { units: " + std::to_string(line.price) +
                 " scale: 2 } discount_minor: " + std::to_string(line.discount) +
                 (line.taxed ? "" : " tax_kind: TAX_KIND_EXEMPT") + " } ";
      order.lines.push_back(line);
    }
    const int64_t total = SecondBook::Price(&order);
    const bool fits = total == 0 || second.Fits(order.client, total);
    const auto placed = book.Place(Proto(request), book.Next());
    ASSERT_EQ(placed.ok(), fits) << request;
    if (!fits) return;
    ++done;
    second.Place(std::move(order));
    orders_.push_back(placed->order().id());
  }

  void Deliver() {
    if (orders_.empty()) return;
    const size_t index = Some(orders_.size());
    auto& order = second.orders[index];
    std::string request;
    std::vector<int64_t> quantities;
    for (size_t i = 0; i < order.lines.size(); ++i) {
      const int64_t left = order.lines[i].quantity - order.lines[i].delivered;
      quantities.push_back(left == 0 ? 0 : random_.Of(2) ? left : random_.Below(left + 1));
      if (quantities[i] > 0)
        request +=
            "lines { order_line_id: '" + book.LinesOf(orders_[index])[i]->id() + "' " + Tenths(quantities[i]) + "} ";
    }
    if (request.empty() || order.cancelled) return;
    ASSERT_THAT(book.Deliver(Proto("order_id: '" + orders_[index] + "' " + request), book.Next()), IsOk());
    ++done;
    for (size_t i = 0; i < quantities.size(); ++i) order.lines[i].delivered += quantities[i];
  }

  void Invoice() {
    if (orders_.empty()) return;
    const size_t index = Some(orders_.size());
    const auto& order = second.orders[index];
    std::string request;
    std::vector<int64_t> quantities;
    for (size_t i = 0; i < order.lines.size(); ++i) {
      const int64_t left = order.lines[i].delivered - order.lines[i].invoiced;
      quantities.push_back(left == 0 ? 0 : random_.Of(2) ? left : random_.Below(left + 1));
      if (quantities[i] > 0)
        request +=
            "lines { order_line_id: '" + book.LinesOf(orders_[index])[i]->id() + "' " + Tenths(quantities[i]) + "} ";
    }
    if (request.empty()) return;
    const auto issued = book.Issue(Proto("order_id: '" + orders_[index] + "' " + request), book.Next());
    // An invoice of nothing is refused; anything else that is delivered can be invoiced.
    if (!issued.ok()) {
      ASSERT_THAT(issued, RefusedWith(kAmountMustNotBeZero));
      return;
    }
    ++done;
    second.Invoice(index, quantities);
    sales_.push_back(*issued);
    by_receivable_[issued->receivable().id()] = sales_.size() - 1;
  }

  void Return() {
    if (sales_.empty()) return;
    const size_t index = Some(sales_.size());
    const auto& sale = second.sales[index];
    std::string request;
    std::vector<int64_t> quantities;
    for (size_t i = 0; i < sale.lines.size(); ++i) {
      const int64_t left = sale.lines[i].quantity - sale.lines[i].returned;
      quantities.push_back(left == 0 ? 0 : random_.Below(left + 1));
      if (quantities[i] > 0)
        request += "lines { invoice_line_id: '" + sales_[index].lines(static_cast<int>(i)).id() + "' " +
                   Tenths(quantities[i]) + "} ";
    }
    if (request.empty()) return;
    ASSERT_THAT(
        book.Return(Proto("invoice_id: '" + sales_[index].invoice().id() + "' reason: 'r' " + request), book.Next()),
        IsOk());
    ++done;
    second.Return(index, quantities);
  }

  void Cancel() {
    if (orders_.empty()) return;
    const size_t index = Some(orders_.size());
    const auto& order = second.orders[index];
    bool over = true;
    bool pending = false;
    for (const auto& line : order.lines) {
      over = over && line.delivered == line.quantity;
      pending = pending || line.delivered > line.invoiced;
    }
    const auto cancelled = book.Cancel(Proto("order_id: '" + orders_[index] + "' reason: 'r'"), book.Next());
    ASSERT_EQ(cancelled.ok(), !over && !pending && !order.cancelled);
    if (!cancelled.ok()) return;
    ++done;
    second.Cancel(index);
  }

  void Receive() {
    const std::string client = Client(random_.Below(kClients));
    const int64_t minor = 1 + random_.Below(400'000);
    const auto received = book.Receive(
        Proto("account_id: '" + client + "' means: MEANS_BANK_TRANSFER amount { minor: " + std::to_string(minor) +
              " currency: 'KRW' }"),
        book.Next());
    ASSERT_THAT(received, IsOk());
    ++done;
    second.Receive(client, minor);
    receipts_.push_back(received->receipt().id());
  }

  void Apply() {
    if (receipts_.empty()) return;
    const auto applied = book.Apply(Proto("receipt_id: '" + receipts_[Some(receipts_.size())] + "'"), book.Next());
    if (!applied.ok()) {
      ASSERT_THAT(applied, RefusedWith(kNothingToAllocate));
      return;
    }
    ++done;
    for (const auto& allocation : applied->allocations()) {
      second.Apply(by_receivable_.at(allocation.receivable_id()), allocation.amount().minor());
      allocations_.push_back(allocation.id());
    }
  }

  void Undo() {
    if (allocations_.empty()) return;
    const size_t index = Some(allocations_.size());
    const auto undone = book.Undo(Proto("allocation_id: '" + allocations_[index] + "' reason: 'r'"), book.Next());
    ASSERT_THAT(undone, IsOk());
    ++done;
    second.Apply(by_receivable_.at(undone->allocation().receivable_id()), -undone->allocation().amount().minor());
    allocations_.erase(allocations_.begin() + static_cast<std::ptrdiff_t>(index));
  }

  Random random_;
  std::vector<std::string> orders_, receipts_, allocations_;
  std::vector<InvoiceIssued> sales_;
  std::map<std::string, size_t> by_receivable_;

  friend void ExpectSame(const Year& year);
};

template <class Key>
void DropZeros(std::map<Key, int64_t>* sums) {
  std::erase_if(*sums, [](const auto& entry) { return entry.second == 0; });
}

// Both sets of books say the same, item by item.
void ExpectSame(const Year& year) {
  std::map<std::string, int64_t> ledger, receivables, bases, open;
  for (const Posting* posting : year.book.All<Posting>())
    ledger[LedgerAccount::Purpose_Name(posting->purpose()).substr(sizeof("PURPOSE_") - 1)] += posting->amount().minor();
  for (const Receivable* receivable : year.book.All<Receivable>()) {
    receivables[receivable->account_id()] += receivable->open().minor();
    if (receivable->kind() == Receivable::KIND_INVOICE) open[receivable->id()] = receivable->open().minor();
  }
  for (const SalesCredit* credit : year.book.All<SalesCredit>()) bases[credit->person_id()] += credit->basis().minor();
  for (auto* sums : {&ledger, &receivables, &bases}) DropZeros(sums);
  auto second = year.second;
  for (auto* sums : {&second.ledger, &second.receivables, &second.bases}) DropZeros(sums);
  EXPECT_EQ(ledger, second.ledger);
  EXPECT_EQ(receivables, second.receivables);
  EXPECT_EQ(bases, second.bases);
  for (const auto& [id, index] : year.by_receivable_) EXPECT_EQ(open[id], second.sales[index].open) << id;
  for (const CreditLine* line : year.book.All<CreditLine>())
    EXPECT_EQ(ExposureOf(*line), second.Exposure(line->account_id())) << line->account_id();
  std::set<std::string> numbers;
  for (const auto* invoice : year.book.All<Invoice>()) numbers.insert(invoice->number());
  EXPECT_EQ(numbers.size(), second.sales.size());
  EXPECT_EQ(year.book.All<Sequence>().size(), 4);
  for (const auto* sequence : year.book.All<Sequence>())
    if (sequence->series() == "invoice/2026") {
      EXPECT_EQ(sequence->next(), static_cast<int64_t>(numbers.size()) + 1);
    }
}

TEST(RandomYear, TenThousandOperationsLeaveTheBooksASecondComputationLeaves) {
  for (const unsigned seed : {20261122u, 7u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Year year(seed);
    for (int i = 0; i < kOperations && !testing::Test::HasFailure(); ++i) year.Step();
    ExpectSame(year);
    // It is a year of business, not of refusals.
    EXPECT_GT(year.done, kOperations / 3);
    EXPECT_GT(year.second.sales.size(), 500u);
  }
}

}  // namespace
}  // namespace songsang::billing
