#include "acceptance/redis/server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <thread>

#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/credit.pb.h"
#include "songsang/billing/v1/delivery.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/billing/v1/receipt.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "support/installation.h"

namespace songsang {

RedisServer::RedisServer() : port_(FreePort()) { Start(); }

void RedisServer::Start() {
  process_ = std::make_unique<Process>(std::vector<std::string>{
      "redis-server", "--bind", "127.0.0.1", "--port", std::to_string(port_), "--save", "", "--appendonly", "no"});
  if (!Eventually([this] { return Run({"ping"}) == "PONG"; })) throw std::runtime_error("Redis does not start");
}

void RedisServer::Kill() {
  process_->Signal(SIGKILL);
  process_->Wait();
}

std::string RedisServer::Run(std::vector<std::string> words, const std::string& input) const {
  words.insert(words.begin(), {"redis-cli", "-p", std::to_string(port_)});
  std::string out = RunProgram(words, {}, input).out;
  if (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

std::vector<std::string> RedisServer::Keys(const std::string& pattern) const {
  std::istringstream lines(Run({"--scan", "--pattern", pattern}));
  std::vector<std::string> keys;
  for (std::string line; std::getline(lines, line);) keys.push_back(line);
  return keys;
}

Trade::Trade(System& system, const std::string& tenant)
    : client(system.As({v1::ROLE_IMPORTER, v1::ROLE_ADMIN, v1::ROLE_SALES_REP, v1::ROLE_RECEIVABLES_CLERK}, tenant)) {
  EXPECT_THAT(client.Call<accounts::v1::AccountRegistered>(
                  "RegisterAccount", Proto("kind: KIND_BUSINESS country: 'US' state: STATE_OPEN name: 'hanbit' "
                                           "external_ref { system: 'test' key: 'hanbit' }")),
              IsOk());
  EXPECT_THAT(
      client.Call<billing::v1::CreditLineOpened>(
          "OpenCreditLine", Proto("account_id: 'ext:test:hanbit' limit { minor: 100000000000 currency: 'KRW' }")),
      IsOk());
}

void Trade::CaptureLead(const std::string& channel) const {
  EXPECT_THAT(client.Call<leads::v1::LeadCaptured>("CaptureLead", Proto("name: '김하늘' channel: CHANNEL_" + channel)),
              IsOk());
}

void Trade::OpenOpportunity(int64_t won) {
  const auto opened = client.Call<leads::v1::OpportunityOpened>(
      "OpenOpportunity", Proto("name: 'deal' opened_on: '2026-01-10' expected_on: '2026-12-20' value { minor: " +
                               std::to_string(won) + " currency: 'KRW' }"));
  ASSERT_THAT(opened, IsOk());
  open_.push_back(opened->opportunity().id());
}

void Trade::CloseOpportunity(bool won) {
  if (open_.empty()) return;
  EXPECT_THAT(
      client.Call<leads::v1::OpportunityClosed>("CloseOpportunity", Proto("opportunity_id: '" + open_.front() +
                                                                          "' reason: 'price' closed_on: '2026-03-01' "
                                                                          "outcome: OUTCOME_" +
                                                                          (won ? "WON" : "LOST"))),
      IsOk());
  open_.erase(open_.begin());
}

void Trade::Sell(int64_t won, const std::string& day, const std::string& due) {
  const auto placed = client.Call<billing::v1::OrderPlaced>(
      "PlaceOrder",
      Proto("account_id: 'ext:test:hanbit' currency: 'KRW' ordered_on: '" + day +
            "' lines { description: '인삼' quantity { units: 1 } unit_price { units: " + std::to_string(won) + " } }"));
  ASSERT_THAT(placed, IsOk());
  const std::string order = "order_id: '" + placed->order().id() + "' ";
  EXPECT_THAT(client.Call<billing::v1::OrderDelivered>("DeliverOrder", Proto(order)), IsOk());
  EXPECT_THAT(client.Call<billing::v1::InvoiceIssued>("IssueInvoice",
                                                      Proto(order + "issued_on: '" + day + "' due_on: '" + due + "'")),
              IsOk());
  owed_ += won;
}

void Trade::Pay(int64_t won) {
  won = std::min(won, owed_);
  if (won == 0) return;
  owed_ -= won;
  const auto recorded = client.Call<billing::v1::ReceiptRecorded>(
      "RecordReceipt", Proto("account_id: 'ext:test:hanbit' means: MEANS_CASH amount { minor: " + std::to_string(won) +
                             " currency: 'KRW' }"));
  ASSERT_THAT(recorded, IsOk());
  EXPECT_THAT(client.Call<billing::v1::ReceiptAllocated>("CommitAllocation",
                                                         Proto("receipt_id: '" + recorded->receipt().id() + "'")),
              IsOk());
}

void Trade::RenameAccount(const std::string& name) const {
  EXPECT_THAT(client.Call<accounts::v1::AccountUpdated>("UpdateAccount",
                                                        Proto("account_id: 'ext:test:hanbit' name: '" + name + "'")),
              IsOk());
}

}  // namespace songsang
