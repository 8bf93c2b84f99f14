// W2 and W14 as they happen by themselves: commission from billing's invoices, receipts and returns; a leaver's work
// handed over by the services that hold it.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "acceptance/billing/trade.h"
#include "songsang/billing/v1/receipt.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/plan.pb.h"
#include "songsang/workforce/v1/sale.pb.h"
#include "songsang/workforce/v1/statement.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang {
namespace {

using namespace workforce::v1;  // NOLINT: the service under test

// A trade with two reps, each paid by a plan since the first of this month.
class Company : public Trade {
 public:
  Company() {
    EXPECT_THAT(
        manager.Call<UnitOpened>("OpenUnit", Proto("name: '서울 지점' kind: KIND_BRANCH opened_on: '2020-01-01' "
                                                   "external_ref { system: 'test' key: 'seoul' }")),
        IsOk());
    for (const char* key : {"kim", "lee"})
      EXPECT_THAT(
          manager.Call<PersonHired>(
              "HirePerson", Proto(std::string("name: '") + key + "' external_ref { system: 'test' key: '" + key +
                                  "' } unit_id: 'ext:test:seoul' role: 'sales_rep' from_on: '2025-01-01'")),
          IsOk());
    Open("hanbit", 10'000'000);
  }
  void PayBy(const std::string& person, const std::string& basis) const {
    const auto plan = manager.Call<CompensationPlanDefined>(
        "DefineCompensationPlan",
        Proto("key: 'flat' name: 'flat' terms { currency: 'KRW' tiers { rate { units: 4 scale: 2 "
              "} } basis: " +
              basis + " }"));
    ASSERT_THAT(plan, IsOk());
    ASSERT_THAT(
        manager.Call<PlanAssigned>("AssignPlan", Proto("person_id: '" + Id(person) + "' plan_id: '" +
                                                       plan->compensation_plan().id() + "' from_on: '2026-01-01'")),
        IsOk());
  }
  // Commission and claw-back of the month of a day, as it would be settled now.
  std::string Pay(const std::string& person, const std::string& day) const {
    const auto explained = manager.Call<StatementExplained>(
        "ExplainStatement", Proto("person_id: '" + Id(person) + "' month: '" + day.substr(0, 7) + "'"));
    EXPECT_THAT(explained, IsOk());
    return std::to_string(explained->commission().minor()) + " " + std::to_string(explained->claw_back().minor());
  }
};

TEST(W14_Pay, HearsWhatBillingInvoicesAndTakesBack) {
  const Company company;
  company.PayBy("kim", "BASIS_INVOICE");
  company.PayBy("lee", "BASIS_INVOICE");
  const auto issued =
      company.Sell("hanbit", {{10, 100}, {1, 1'000}},
                   "owner_id: 'ext:test:kim' unit_id: 'ext:test:seoul' contributions { person_id: 'ext:test:kim' "
                   "share_ppm: 750000 } contributions { person_id: 'ext:test:lee' share_ppm: 250000 }");
  const std::string day = issued.invoice().issued_on();
  EXPECT_EQ(company.Pay("kim", day), "60 0");
  EXPECT_EQ(company.Pay("lee", day), "20 0");
  // All of the second line comes back.
  ASSERT_THAT(company.Return(issued.invoice().id(),
                             "lines { invoice_line_id: '" + issued.lines(1).id() + "' quantity { units: 1 } }"),
              IsOk());
  EXPECT_EQ(company.Pay("kim", day), "60 -30");
  EXPECT_EQ(company.Pay("lee", day), "20 -10");
  const auto explained = company.manager.Call<StatementExplained>(
      "ExplainStatement", Proto("person_id: 'ext:test:kim' month: '" + day.substr(0, 7) + "'"));
  ASSERT_THAT(explained, IsOk());
  ASSERT_EQ(explained->lines_size(), 2);
  EXPECT_EQ(explained->lines(0).document_id(), issued.invoice().id());
  EXPECT_EQ(explained->lines(0).unit_name(), "서울 지점");
  EXPECT_EQ(explained->lines(1).invoice_number(), issued.invoice().number());
}

TEST(W14_Pay, HearsWhatIsCollectedAndWhatIsUndone) {
  const Company company;
  company.PayBy("kim", "BASIS_RECEIPT");
  const auto issued = company.Sell("hanbit", {{10, 100}}, "owner_id: 'ext:test:kim'");
  EXPECT_EQ(company.Pay("kim", issued.invoice().issued_on()), "0 0");
  const auto received = company.clerk.Call<billing::v1::ReceiptRecorded>(
      "RecordReceipt",
      Proto("account_id: 'ext:test:hanbit' means: MEANS_BANK_TRANSFER amount { minor: 550 currency: 'KRW' "
            "}"));
  ASSERT_THAT(received, IsOk());
  const auto allocated = company.clerk.Call<billing::v1::ReceiptAllocated>(
      "CommitAllocation", Proto("receipt_id: '" + received->receipt().id() + "'"));
  ASSERT_THAT(allocated, IsOk());
  EXPECT_EQ(company.Pay("kim", issued.invoice().issued_on()), "20 0");
  ASSERT_THAT(company.clerk.Call<billing::v1::AllocationUndone>(
                  "UndoAllocation", Proto("allocation_id: '" + allocated->allocations(0).id() + "' reason: '부도'")),
              IsOk());
  EXPECT_EQ(company.Pay("kim", issued.invoice().issued_on()), "20 -20");
}

TEST(W2_People, WhatALeaverHeldFindsItsSuccessorInEveryService) {
  const Company company;
  const auto lead = company.rep.Call<leads::v1::LeadCaptured>(
      "CaptureLead", Proto("name: '새 고객' channel: CHANNEL_PHONE owner_id: 'ext:test:kim'"));
  ASSERT_THAT(lead, IsOk());
  const auto account = company.rep.Call<accounts::v1::AccountRegistered>(
      "RegisterAccount", Proto("kind: KIND_BUSINESS country: 'US' state: STATE_OPEN name: '거래처' owner_id: "
                               "'ext:test:kim'"));
  ASSERT_THAT(account, IsOk());
  const auto resigned = company.manager.Call<PersonResigned>(
      "ResignPerson", Proto("person_id: 'ext:test:kim' successor_id: 'ext:test:lee'"));
  ASSERT_THAT(resigned, IsOk());
  const Proto ask("id: '" + resigned->hand_over().id() + "'");
  for (int i = 0; i < 200; ++i) {
    const auto hand_over = company.manager.Call<HandOver>("GetHandOver", ask);
    if (hand_over.ok() && hand_over->state() == HandOver::STATE_DONE) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_THAT(company.manager.Call<HandOver>("GetHandOver", ask),
              Answers(ContainsProto("state: STATE_DONE open_parts: 0")));
  EXPECT_THAT(company.rep.Call<accounts::v1::Account>("GetAccount", Proto("id: '" + account->account().id() + "'")),
              Answers(ContainsProto("owner_id: '" + resigned->hand_over().to_person_id() + "'")));
  EXPECT_THAT(company.rep.Call<leads::v1::Lead>("GetLead", Proto("id: '" + lead->lead().id() + "'")),
              Answers(ContainsProto("owner_id: '" + resigned->hand_over().to_person_id() + "'")));
}

}  // namespace
}  // namespace songsang
