#include "support/second_book.h"

#include <algorithm>

namespace songsang::billing {

int64_t SecondBook::Exposure(const std::string& client) const {
  int64_t taken = 0;
  for (const Order& order : orders)
    if (order.client == client) taken += order.reserved;
  const auto owed = receivables.find(client);
  return taken + (owed == receivables.end() ? 0 : owed->second);
}

int64_t SecondBook::Price(Order* order) {
  order->reserved = 0;
  for (Line& line : order->lines) {
    line.supply = line.quantity * line.price / 1000 - line.discount;
    line.tax = line.taxed ? line.supply / 10 : 0;
    line.reserved = line.supply + line.tax;
    order->reserved += line.reserved;
  }
  return order->reserved;
}

size_t SecondBook::Place(Order order) {
  orders.push_back(std::move(order));
  return orders.size() - 1;
}

void SecondBook::Cancel(size_t index) {
  orders[index].reserved = 0;
  orders[index].cancelled = true;
  for (Line& line : orders[index].lines) line.reserved = 0;
}

// Everyone's whole won first, then one each to those who lost most by it.
std::vector<int64_t> SecondBook::Shared(const Order& order, int64_t minor) const {
  std::vector<int64_t> parts;
  std::vector<std::pair<int64_t, size_t>> lost;
  int64_t left = minor;
  for (size_t i = 0; i < order.persons.size(); ++i) {
    const int64_t exact = minor * order.shares.at(order.persons[i]);
    parts.push_back(exact / 1'000'000);
    left -= parts.back();
    lost.emplace_back(-(exact % 1'000'000), i);
  }
  std::sort(lost.begin(), lost.end());
  for (int64_t i = 0; i < left; ++i) ++parts[lost[static_cast<size_t>(i)].second];
  return parts;
}

size_t SecondBook::Invoice(size_t index, const std::vector<int64_t>& quantities) {
  Order& order = orders[index];
  Sale sale;
  sale.order = index;
  for (size_t i = 0; i < quantities.size(); ++i) {
    if (quantities[i] == 0) continue;
    Line& line = order.lines[i];
    line.invoiced += quantities[i];
    SoldLine sold;
    sold.quantity = quantities[i];
    const int64_t worth = line.supply * line.invoiced / line.quantity;
    sold.supply = worth - line.invoiced_supply;
    sold.tax = line.taxed ? sold.supply / 10 : 0;
    line.invoiced_supply = worth;
    const int64_t kept =
        line.invoiced == line.quantity ? 0 : std::max<int64_t>(line.reserved - sold.supply - sold.tax, 0);
    order.reserved -= line.reserved - kept;
    line.reserved = kept;
    const auto parts = Shared(order, sold.supply);
    for (size_t n = 0; n < parts.size(); ++n) bases[order.persons[n]] += parts[n];
    sold.taken_back.resize(parts.size());
    ledger["SALES"] -= sold.supply;
    ledger["VAT_PAYABLE"] -= sold.tax;
    sale.open += sold.supply + sold.tax;
    sale.lines.push_back(sold);
  }
  ledger["TRADE_RECEIVABLES"] += sale.open;
  receivables[order.client] += sale.open;
  sales.push_back(std::move(sale));
  return sales.size() - 1;
}

void SecondBook::Return(size_t index, const std::vector<int64_t>& quantities) {
  Sale& sale = sales[index];
  Order& order = orders[sale.order];
  int64_t total = 0;
  for (size_t i = 0; i < quantities.size(); ++i) {
    SoldLine& line = sale.lines[i];
    if (quantities[i] == 0) continue;
    line.returned += quantities[i];
    const int64_t supply = line.supply * line.returned / line.quantity;
    const int64_t tax = line.tax * line.returned / line.quantity;
    ledger["SALES_RETURNS"] += supply - line.returned_supply;
    ledger["VAT_PAYABLE"] += tax - line.returned_tax;
    total += supply - line.returned_supply + tax - line.returned_tax;
    line.returned_supply = supply;
    line.returned_tax = tax;
    const auto parts = Shared(order, supply);
    for (size_t n = 0; n < parts.size(); ++n) {
      bases[order.persons[n]] -= parts[n] - line.taken_back[n];
      line.taken_back[n] = parts[n];
    }
  }
  ledger["TRADE_RECEIVABLES"] -= total;
  receivables[order.client] -= total;
  // What is more than is still owed for the sale is the client's credit.
  sale.open -= std::min(total, sale.open);
}

void SecondBook::Receive(const std::string&, int64_t minor) {
  ledger["BANK"] += minor;
  ledger["UNAPPLIED_RECEIPTS"] -= minor;
}

void SecondBook::Apply(size_t sale, int64_t minor) {
  ledger["UNAPPLIED_RECEIPTS"] += minor;
  ledger["TRADE_RECEIVABLES"] -= minor;
  receivables[orders[sales[sale].order].client] -= minor;
  sales[sale].open -= minor;
}

}  // namespace songsang::billing
