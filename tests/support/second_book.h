// The same books kept a second time, by plain arithmetic on what was asked for: nothing here knows the rules. Quantities
// are tenths, unit prices hundredths, as the random test deals them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace songsang::billing {

class SecondBook {
 public:
  struct Line {
    int64_t quantity = 0;  // tenths
    int64_t price = 0;     // hundredths
    int64_t discount = 0;
    bool taxed = true;
    int64_t delivered = 0, invoiced = 0;
    int64_t supply = 0, tax = 0, invoiced_supply = 0, reserved = 0;
  };
  struct Order {
    std::string client;
    std::vector<Line> lines;
    std::map<std::string, int64_t> shares;  // person -> ppm
    std::vector<std::string> persons;       // in the order they were named
    int64_t reserved = 0;
    bool cancelled = false;
  };
  struct SoldLine {
    int64_t quantity = 0, supply = 0, tax = 0;
    int64_t returned = 0, returned_supply = 0, returned_tax = 0;
    std::vector<int64_t> taken_back;  // of each person
  };
  struct Sale {
    size_t order = 0;
    std::vector<SoldLine> lines;
    int64_t open = 0;
  };

  // Whether an order of this total fits the client's limit.
  bool Fits(const std::string& client, int64_t total) const { return Exposure(client) + total <= limit; }
  int64_t Exposure(const std::string& client) const;
  // Completes the lines; the total.
  static int64_t Price(Order* order);

  size_t Place(Order order);
  void Cancel(size_t order);
  // Quantities in tenths, line by line; 0 leaves a line out.
  size_t Invoice(size_t order, const std::vector<int64_t>& quantities);
  void Return(size_t sale, const std::vector<int64_t>& quantities);
  void Receive(const std::string& client, int64_t minor);
  // Negative takes it back.
  void Apply(size_t sale, int64_t minor);

  int64_t limit = 0;
  std::vector<Order> orders;
  std::vector<Sale> sales;
  std::map<std::string, int64_t> ledger;       // purpose -> balance
  std::map<std::string, int64_t> receivables;  // client -> open
  std::map<std::string, int64_t> bases;        // person -> basis

 private:
  std::vector<int64_t> Shared(const Order& order, int64_t minor) const;
};

}  // namespace songsang::billing
