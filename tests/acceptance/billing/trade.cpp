#include "acceptance/billing/trade.h"

#include "core/money.h"
#include "core/text.h"

namespace songsang {

using namespace billing::v1;  // NOLINT: the service under test

std::string Trade::Account(const std::string& key) const {
  const auto registered = rep.Call<accounts::v1::AccountRegistered>(
      "RegisterAccount", Proto("kind: KIND_BUSINESS country: 'US' state: STATE_OPEN name: '" + key +
                               "' external_ref { system: 'test' key: '" + key + "' }"));
  EXPECT_THAT(registered, IsOk());
  return Id(key);
}

std::string Trade::Open(const std::string& key, int64_t limit, const std::string& currency) const {
  const auto opened = importer.Call<CreditLineOpened>(
      "OpenCreditLine", Proto("account_id: '" + Account(key) + "' limit { minor: " + std::to_string(limit) +
                              " currency: '" + currency + "' }"));
  EXPECT_THAT(opened, IsOk());
  return opened->credit_line().id();
}

std::string Trade::Order(const std::string& account, const std::vector<std::pair<int, int64_t>>& lines,
                         const std::string& rest) {
  std::string request = "account_id: '" + Id(account) + "' ";
  if (rest.find("currency") == std::string::npos) request += "currency: 'KRW' ";
  for (const auto& [quantity, price] : lines)
    request += "lines { description: '동백유' quantity { units: " + std::to_string(quantity) +
               " } unit_price { units: " + std::to_string(price) + " } } ";
  return request + rest;
}

InvoiceIssued Trade::Sell(const std::string& account, const std::vector<std::pair<int, int64_t>>& lines,
                          const std::string& rest) const {
  const auto placed = Place(Order(account, lines, rest));
  EXPECT_THAT(placed, IsOk());
  EXPECT_THAT(Deliver(placed->order().id()), IsOk());
  const auto issued = Issue(placed->order().id());
  EXPECT_THAT(issued, IsOk());
  return *issued;
}

GetExposureResponse Trade::Exposure(const std::string& key) const {
  const auto exposure = clerk.Call<GetExposureResponse>("GetExposure", Proto("account_id: '" + Id(key) + "'"));
  EXPECT_THAT(exposure, IsOk());
  // What makes it up is what it is: no line moves without its documents.
  int64_t items = 0;
  for (const auto& item : exposure->items()) items += item.amount().minor();
  EXPECT_EQ(items, exposure->exposure().minor());
  return *exposure;
}

std::string Trade::Balances(const std::string& request) const {
  const auto balances = clerk.Call<GetLedgerBalanceResponse>("GetLedgerBalance", Proto(request));
  EXPECT_THAT(balances, IsOk());
  std::string text;
  for (const auto& balance : balances->balances())
    if (balance.balance().minor() != 0)
      text += (text.empty() ? "" : ", ") +
              Lower(LedgerAccount::Purpose_Name(balance.purpose()).substr(sizeof("PURPOSE_") - 1)) + " " +
              std::to_string(balance.balance().minor());
  return text;
}

void Trade::ExpectControl(int64_t open) const {
  const auto checked = clerk.Call<CheckControlResponse>("CheckControl", Proto(""));
  ASSERT_THAT(checked, IsOk());
  ASSERT_EQ(checked->rows_size(), 1);
  EXPECT_EQ(checked->rows(0).difference().minor(), 0);
  EXPECT_EQ(checked->rows(0).control().minor(), open);
  EXPECT_EQ(checked->rows(0).open_items().minor(), open);
}

}  // namespace songsang
