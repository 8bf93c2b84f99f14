// A company that sells: its people as callers, and clients with credit.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/credit.pb.h"
#include "songsang/billing/v1/delivery.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/ledger.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/billing/v1/receivable.pb.h"
#include "songsang/billing/v1/sales_credit.pb.h"
#include "support/system.h"

namespace songsang {

class Trade {
 public:
  // A client that is open for trade, as a text that requests name it by.
  std::string Account(const std::string& key) const;
  // The same with a credit line of this limit; answers the line's id.
  std::string Open(const std::string& key, int64_t limit, const std::string& currency = "KRW") const;
  static std::string Id(const std::string& key) { return "ext:test:" + key; }

  // An order of whole pieces: quantity and unit price, pair by pair.
  static std::string Order(const std::string& account, const std::vector<std::pair<int, int64_t>>& lines,
                           const std::string& rest = "");
  Called<billing::v1::OrderPlaced> Place(const std::string& request) const {
    return rep.Call<billing::v1::OrderPlaced>("PlaceOrder", Proto(request));
  }
  Called<billing::v1::OrderDelivered> Deliver(const std::string& order, const std::string& rest = "") const {
    return clerk.Call<billing::v1::OrderDelivered>("DeliverOrder", Proto("order_id: '" + order + "' " + rest));
  }
  Called<billing::v1::InvoiceIssued> Issue(const std::string& order, const std::string& rest = "") const {
    return clerk.Call<billing::v1::InvoiceIssued>("IssueInvoice", Proto("order_id: '" + order + "' " + rest));
  }
  Called<billing::v1::OrderCancelled> Cancel(const std::string& order) const {
    return rep.Call<billing::v1::OrderCancelled>("CancelOrder", Proto("order_id: '" + order + "' reason: '고객 요청'"));
  }
  Called<billing::v1::ReturnAccepted> Return(const std::string& invoice, const std::string& rest = "") const {
    return clerk.Call<billing::v1::ReturnAccepted>("AcceptReturn",
                                                   Proto("invoice_id: '" + invoice + "' reason: '불량' " + rest));
  }
  // Placed, delivered and invoiced.
  billing::v1::InvoiceIssued Sell(const std::string& account, const std::vector<std::pair<int, int64_t>>& lines,
                                  const std::string& rest = "") const;

  billing::v1::GetExposureResponse Exposure(const std::string& key) const;
  // `trade_receivables 1100, sales -1000, vat_payable -100`: balances that are not zero.
  std::string Balances(const std::string& request = "") const;
  // What the control account and the open items differ by; fails the test where there is more than one currency.
  void ExpectControl(int64_t open) const;

  Client rep = System::Shared().As({v1::ROLE_SALES_REP});
  Client clerk = System::Shared().As({v1::ROLE_RECEIVABLES_CLERK}, rep.tenant());
  Client manager = System::Shared().As({v1::ROLE_BRANCH_MANAGER}, rep.tenant());
  Client importer = System::Shared().As({v1::ROLE_IMPORTER}, rep.tenant());
};

}  // namespace songsang
