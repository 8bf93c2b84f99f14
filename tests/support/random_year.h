// Random operations on the books of billing, kept twice.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "songsang/billing/v1/invoice.pb.h"
#include "support/proto.h"
#include "support/second_book.h"

namespace songsang::billing {

// Where books stand; the keys are those of SecondBook.
struct Standing {
  std::map<std::string, int64_t> ledger, receivables, bases;
  std::map<std::string, int64_t> open;  // of invoices, by receivable
  std::map<std::string, int64_t> exposures;
  std::set<std::string> invoice_numbers;
};

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  // From 0 up to, not including, `n`.
  int64_t Below(int64_t n) { return static_cast<int64_t>(engine_() % static_cast<uint64_t>(n)); }
  bool Of(int64_t n) { return Below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

inline std::string Tenths(int64_t tenths) { return "quantity { units: " + std::to_string(tenths) + " scale: 1 } "; }

// A year of business dealt by chance, in books of some kind (the rules alone, or a running system) and in the second ones.
// Books have the commands of billing, each answered or refused, `Open(client, limit)`, `Account(client)` and
// `Person(n)` as requests name them, and `Stand()`.
template <class Books>
class RandomYear {
 public:
  static constexpr int kClients = 12;
  static constexpr int64_t kLimit = 3'000'000;

  RandomYear(Books* kept, unsigned seed) : book(*kept), random_(seed) {
    second.limit = kLimit;
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

  // Both sets of books say the same, item by item.
  void ExpectSame() const {
    Standing kept = book.Stand();
    for (auto* sums : {&kept.ledger, &kept.receivables, &kept.bases}) DropZeros(sums);
    SecondBook other = second;
    for (auto* sums : {&other.ledger, &other.receivables, &other.bases}) DropZeros(sums);
    EXPECT_EQ(kept.ledger, other.ledger);
    EXPECT_EQ(kept.receivables, other.receivables);
    EXPECT_EQ(kept.bases, other.bases);
    for (const auto& [id, index] : by_receivable_) EXPECT_EQ(kept.open[id], other.sales[index].open) << id;
    for (int i = 0; i < kClients; ++i) EXPECT_EQ(kept.exposures[Client(i)], other.Exposure(Client(i))) << Client(i);
    EXPECT_EQ(kept.invoice_numbers.size(), other.sales.size());
  }

  Books& book;
  SecondBook second;
  int done = 0;  // operations that were not refused

 private:
  static std::string Client(int64_t index) { return "client" + std::to_string(100 + index); }
  static void DropZeros(std::map<std::string, int64_t>* sums) {
    std::erase_if(*sums, [](const auto& entry) { return entry.second == 0; });
  }
  size_t Some(size_t size) { return static_cast<size_t>(random_.Below(static_cast<int64_t>(size))); }

  void Place() {
    SecondBook::Order order;
    order.client = Client(random_.Below(kClients));
    std::string request = "account_id: '" + book.Account(order.client) + "' currency: 'KRW' ";
    int64_t left = 1'000'000;
    for (int64_t n = random_.Below(3); n >= 0; --n) {
      const std::string person = book.Person(n);
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
    const auto placed = book.Place(Proto(request));
    ASSERT_EQ(placed.ok(), fits) << request;
    if (!fits) return;
    ++done;
    second.Place(std::move(order));
    orders_.push_back(placed->order().id());
    std::vector<std::string>& lines = lines_.emplace_back();
    for (const auto& line : placed->lines()) lines.push_back(line.id());
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
        request += "lines { order_line_id: '" + lines_[index][i] + "' " + Tenths(quantities[i]) + "} ";
    }
    if (request.empty() || order.cancelled) return;
    ASSERT_THAT(book.Deliver(Proto("order_id: '" + orders_[index] + "' " + request)), IsOk());
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
        request += "lines { order_line_id: '" + lines_[index][i] + "' " + Tenths(quantities[i]) + "} ";
    }
    if (request.empty()) return;
    const auto issued = book.Issue(Proto("order_id: '" + orders_[index] + "' " + request));
    // An invoice of nothing is refused; anything else that is delivered can be invoiced.
    if (!issued.ok()) {
      ASSERT_THAT(issued, RefusedWith(std::string("AMOUNT_MUST_NOT_BE_ZERO")));
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
    ASSERT_THAT(book.Return(Proto("invoice_id: '" + sales_[index].invoice().id() + "' reason: 'r' " + request)),
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
    const auto cancelled = book.Cancel(Proto("order_id: '" + orders_[index] + "' reason: 'r'"));
    ASSERT_EQ(cancelled.ok(), !over && !pending && !order.cancelled);
    if (!cancelled.ok()) return;
    ++done;
    second.Cancel(index);
  }

  void Receive() {
    const std::string client = Client(random_.Below(kClients));
    const int64_t minor = 1 + random_.Below(400'000);
    const auto received = book.Receive(Proto("account_id: '" + book.Account(client) +
                                             "' means: MEANS_BANK_TRANSFER amount { minor: " + std::to_string(minor) +
                                             " currency: 'KRW' }"));
    ASSERT_THAT(received, IsOk());
    ++done;
    second.Receive(client, minor);
    receipts_.push_back(received->receipt().id());
  }

  void Apply() {
    if (receipts_.empty()) return;
    const auto applied = book.Apply(Proto("receipt_id: '" + receipts_[Some(receipts_.size())] + "'"));
    if (!applied.ok()) {
      ASSERT_THAT(applied, RefusedWith(std::string("NOTHING_TO_ALLOCATE")));
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
    const auto undone = book.Undo(Proto("allocation_id: '" + allocations_[index] + "' reason: 'r'"));
    ASSERT_THAT(undone, IsOk());
    ++done;
    second.Apply(by_receivable_.at(undone->allocation().receivable_id()), -undone->allocation().amount().minor());
    allocations_.erase(allocations_.begin() + static_cast<std::ptrdiff_t>(index));
  }

  Random random_;
  std::vector<std::string> orders_, receipts_, allocations_;
  std::vector<std::vector<std::string>> lines_;  // of the orders
  std::vector<v1::InvoiceIssued> sales_;
  std::map<std::string, size_t> by_receivable_;
};

}  // namespace songsang::billing
