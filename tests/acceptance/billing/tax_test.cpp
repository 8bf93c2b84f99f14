// Tax invoices: checked (B6), issued and transmitted (B7), against a tax authority that is a process of its own and
// behaves as badly as it is told to.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <thread>

#include "acceptance/billing/trade.h"
#include "kit/calendar_kr.h"
#include "songsang/billing/v1/tax.pb.h"
#include "songsang/billing/v1/tax_service.pb.h"
#include "songsang/workforce/v1/calendar.pb.h"
#include "support/authority.h"

namespace songsang {
namespace {

using namespace billing::v1;  // NOLINT: the service under test
using common::v1::CallState;

// A supplier, a client that is a Korean business, and what is sold to it.
struct TaxTrade : Trade {
  explicit TaxTrade(System* system = nullptr) {
    if (system == nullptr) return;
    rep = system->As({v1::ROLE_SALES_REP});
    clerk = system->As({v1::ROLE_RECEIVABLES_CLERK}, rep.tenant());
    manager = system->As({v1::ROLE_BRANCH_MANAGER}, rep.tenant());
    importer = system->As({v1::ROLE_IMPORTER}, rep.tenant());
  }
  void Client(const std::string& rest = "kind: KIND_BUSINESS brn: '124-81-00998'") const {
    EXPECT_THAT(rep.Call<accounts::v1::AccountRegistered>(
                    "RegisterAccount", Proto("state: STATE_OPEN name: '한빛상사' external_ref { system: 'test' key: "
                                             "'hanbit' } " +
                                             rest)),
                IsOk());
    EXPECT_THAT(importer.Call<CreditLineOpened>("OpenCreditLine", Proto("account_id: 'ext:test:hanbit' limit { minor: "
                                                                        "100000000000 currency: 'KRW' }")),
                IsOk());
  }
  std::string Supplier() const {
    const auto saved = clerk.Call<BusinessPlaceSaved>(
        "SaveBusinessPlace",
        Proto("name: '송상물산' brn: '220-81-62517' representative: '왕건' issuer_code: '41000001'"));
    EXPECT_THAT(saved, IsOk());
    return saved->business_place().id();
  }
  // Invoiced from this place of business; the first tax invoice that came with it.
  TaxInvoice Sold(const std::string& place, int64_t won = 100'000) const {
    const auto placed = Place(Order("hanbit", {{1, won}}));
    EXPECT_THAT(placed, IsOk());
    EXPECT_THAT(Deliver(placed->order().id()), IsOk());
    const auto issued = Issue(placed->order().id(), "business_place_id: '" + place + "'");
    EXPECT_THAT(issued, IsOk());
    EXPECT_EQ(issued->tax_invoices_size(), 1);
    return issued->tax_invoices_size() > 0 ? issued->tax_invoices(0) : TaxInvoice();
  }
  TaxInvoice Get(const std::string& id) const {
    const auto got = clerk.Call<TaxInvoice>("GetTaxInvoice", Proto("id: '" + id + "'"));
    EXPECT_THAT(got, IsOk());
    return *got;
  }
  // Waits until the call has come to this state; the invoice as it is then.
  TaxInvoice Await(const std::string& id, CallState::State state, int seconds = 120) const {
    TaxInvoice invoice;
    for (int i = 0; i < seconds * 20; ++i) {
      invoice = Get(id);
      if (invoice.transmission().state() == state) return invoice;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    ADD_FAILURE() << "it stays " << CallState::State_Name(invoice.transmission().state());
    return invoice;
  }
  // `unissued INV-2026-000001`, …
  std::string Issues(const std::string& month, const std::string& rest = "") const {
    const auto listed =
        manager.Call<ListTaxInvoiceIssuesResponse>("ListTaxInvoiceIssues", Proto("month: '" + month + "' " + rest));
    EXPECT_THAT(listed, IsOk());
    std::string text;
    for (const auto& issue : listed->issues())
      text += (text.empty() ? "" : ", ") + TaxInvoiceIssue::Kind_Name(issue.kind()).substr(5) + " " + issue.number() +
              (issue.penalty() > 0 ? " " + std::to_string(issue.penalty()) : "");
    return text;
  }
};

TEST(B7_TaxInvoice, AHundredThatTheAuthorityTakesWithoutSayingSoAreThereOnceEach) {
  AuthorityProcess authority(SONGSANG_BINARY, "time_out");
  System system([&](host::Config* config) { config->ports["tax_authority"] = authority.url + "?timeout_ms=200"; });
  const TaxTrade trade(&system);
  trade.Client();
  const std::string place = trade.Supplier();
  std::vector<std::string> ids;
  std::set<std::string> numbers, approvals;
  for (int i = 0; i < 100; ++i) {
    const TaxInvoice drafted = trade.Sold(place);
    ids.push_back(drafted.id());
    numbers.insert(drafted.number());
    approvals.insert(drafted.approval_no());
  }
  // It dies with everything taken and nothing said, and knows it all when it is asked.
  for (int i = 0; i < 600 && authority.Taken().size() < 100; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const auto arrived = static_cast<int>(authority.Taken().size());
  authority.Restart();
  // Those that were asked about while it was away, or too busy to answer in time, are asked about again a minute later:
  // the clock is moved on until none is left.
  ASSERT_TRUE(Eventually(
      [&] {
        System::Ahead(std::chrono::minutes(2));
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        return std::all_of(ids.begin(), ids.end(), [&](const std::string& id) {
          return trade.Get(id).transmission().state() == CallState::STATE_DONE;
        });
      },
      std::chrono::seconds(120)));
  int once = 0;
  for (const std::string& id : ids) {
    const TaxInvoice sent = trade.Await(id, CallState::STATE_DONE);
    once += sent.transmission().attempt() == 1 ? 1 : 0;
    EXPECT_THAT(sent.transmission().reference(), ::testing::StartsWith("NTS-"));
    EXPECT_LE(sent.transmitted_on(), sent.transmit_by_on());
    EXPECT_FALSE(sent.has_transmit_at());
  }
  // Asked what became of it, not sent again, unless it never arrived.
  EXPECT_GE(once, arrived);
  // No gap in the numbers, and what is there is what was issued, each once.
  ASSERT_EQ(numbers.size(), 100u);
  EXPECT_EQ(numbers.begin()->substr(9), "000001");
  EXPECT_EQ(numbers.rbegin()->substr(9), "000100");
  std::set<std::string> keys, taken;
  for (const auto& [key, approval] : authority.Taken()) {
    EXPECT_TRUE(keys.insert(key).second);
    EXPECT_TRUE(taken.insert(approval).second);
  }
  EXPECT_EQ(keys, std::set<std::string>(ids.begin(), ids.end()));
  EXPECT_EQ(taken, approvals);
}

TEST(B7_TaxInvoice, WhateverTheAuthorityDoesEndsInOneInvoiceThereOrARefusalThatAPersonCanAnswer) {
  AuthorityProcess authority(SONGSANG_BINARY, "fine,time_out,drop,duplicate,lie,lose,refuse");
  System system([&](host::Config* config) { config->ports["tax_authority"] = authority.url + "?timeout_ms=200"; });
  const TaxTrade trade(&system);
  trade.Client();
  const std::string place = trade.Supplier();
  std::vector<std::string> ids;
  for (int i = 0; i < 7; ++i) {
    ids.push_back(trade.Sold(place).id());
    // The manners are in the order of arrival: one after another has its first answer.
    while (trade.Get(ids.back()).transmission().state() <= CallState::STATE_STARTED)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const TaxInvoice refused = trade.Await(ids.back(), CallState::STATE_REFUSED);
  EXPECT_EQ(refused.transmission().detail(), "공급받는자 등록번호를 확인할 수 없습니다.");
  EXPECT_THAT(trade.Issues(refused.written_on().substr(0, 7)), ::testing::HasSubstr("REFUSED " + refused.number()));
  // A person has it sent again; the authority is in a better mood by then, or in a worse one that passes.
  ASSERT_THAT(trade.clerk.Call<AuthorityAskedAgain>("AskAuthorityAgain", Proto("tax_invoice_id: '" + ids.back() + "'")),
              IsOk());
  const auto state = [&](const std::string& id) { return trade.Get(id).transmission().state(); };
  for (int round = 0; round < 60; ++round) {
    if (std::all_of(ids.begin(), ids.end(), [&](const auto& id) { return state(id) == CallState::STATE_DONE; })) break;
    for (const std::string& id : ids) {
      if (state(id) != CallState::STATE_REFUSED) continue;
      EXPECT_THAT(trade.clerk.Call<AuthorityAskedAgain>("AskAuthorityAgain", Proto("tax_invoice_id: '" + id + "'")),
                  IsOk());
    }
    System::Ahead(std::chrono::minutes(2));
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
  }
  for (const std::string& id : ids) trade.Await(id, CallState::STATE_DONE);
  const auto taken = authority.Taken();
  std::set<std::string> keys;
  for (const auto& [key, approval] : taken) EXPECT_TRUE(keys.insert(key).second);
  EXPECT_EQ(keys, std::set<std::string>(ids.begin(), ids.end()));
  EXPECT_THAT(trade.clerk.Call<AuthorityAskedAgain>("AskAuthorityAgain", Proto("tax_invoice_id: '" + ids[0] + "'")),
              RefusedWith(std::string("TRANSMISSION_MUST_BE_OPEN")));
}

TEST(B7_TaxInvoice, APublicHolidayDeclaredAtShortNoticeMovesItsDeadlineAndACompanysOwnDoesNot) {
  const TaxTrade trade;
  trade.Client();
  const std::string place = trade.Supplier();
  const std::string day = trade.Sold(place).transmit_by_on();
  const auto declare = [&](const std::string& kind) {
    ASSERT_THAT(
        trade.manager.Call<workforce::v1::CalendarDaySet>("SetCalendarDay", Proto("date: '" + day + "' kind: " + kind)),
        IsOk());
  };
  declare("KIND_HOLIDAY");
  // Billing hears of it from workforce; what it then is, it stays.
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_EQ(trade.Sold(place).transmit_by_on(), day);
  declare("KIND_PUBLIC_HOLIDAY");
  const std::string next = kit::BusinessDayFrom(*Date::Parse(day), {{day, false}}).ToIso();
  EXPECT_TRUE(Eventually([&] { return trade.Sold(place).transmit_by_on() == next; })) << next;
}

TEST(B7_TaxInvoice, WithoutAnAuthorityItWaitsAndSaysSo) {
  const TaxTrade trade;
  trade.Client();
  const TaxInvoice drafted = trade.Sold(trade.Supplier());
  EXPECT_EQ(trade.Get(drafted.id()).transmission().state(), CallState::STATE_DUE);
  EXPECT_EQ(trade.Issues(drafted.written_on().substr(0, 7)), "");
  // Two weeks on, it is late; the day it was due is in the list with what it costs (0.3 %).
  EXPECT_EQ(trade.Issues(drafted.written_on().substr(0, 7), "as_of: '" + drafted.issued_on().substr(0, 4) + "-12-31'"),
            "NOT_TRANSMITTED " + drafted.number() + " 300");
}

TEST(B7_TaxInvoice, NamesEverythingThatTheDocumentNeeds) {
  const TaxTrade trade;
  trade.Client();
  const TaxInvoice drafted = trade.Sold(trade.Supplier(), 333'335);
  EXPECT_THAT(drafted,
              ContainsProto("document: DOCUMENT_TAX_INVOICE rate: RATE_GENERAL purpose: PURPOSE_CLAIMED "
                            "supplier { brn: '2208162517' name: '송상물산' } buyer { brn: '1248100998' name: "
                            "'한빛상사' } supply { minor: 333335 } tax { minor: 33333 } total { minor: 366668 }"));
  std::string day = drafted.issued_on();
  std::erase(day, '-');
  EXPECT_EQ(drafted.approval_no(), day + "41000001" + "00000001");
  EXPECT_THAT(drafted.xml(), ::testing::HasSubstr("<IssueID>" + drafted.approval_no() + "</IssueID>"));
  const auto checked =
      trade.manager.Call<CheckTaxInvoiceResponse>("CheckTaxInvoice", Proto("tax_invoice_id: '" + drafted.id() + "'"));
  ASSERT_THAT(checked, IsOk());
  EXPECT_EQ(checked->violations_size(), 0) << checked->ShortDebugString();
}

TEST(B7_TaxInvoice, AReturnBringsAnAmendedOneThatTakesBackWhatTheFirstCharged) {
  const TaxTrade trade;
  trade.Client();
  const std::string place = trade.Supplier();
  const auto placed = trade.Place(Trade::Order("hanbit", {{3, 11'115}}));
  ASSERT_THAT(placed, IsOk());
  ASSERT_THAT(trade.Deliver(placed->order().id()), IsOk());
  const auto issued = trade.Issue(placed->order().id(), "business_place_id: '" + place + "'");
  ASSERT_THAT(issued, IsOk());
  const auto returned = trade.Return(issued->invoice().id());
  ASSERT_THAT(returned, IsOk());
  ASSERT_EQ(returned->tax_invoices_size(), 1);
  const TaxInvoice& first = issued->tax_invoices(0);
  const TaxInvoice& amended = returned->tax_invoices(0);
  EXPECT_EQ(amended.document(), TaxInvoice::DOCUMENT_AMENDED_TAX_INVOICE);
  EXPECT_EQ(amended.amendment(), TaxInvoice::AMENDMENT_RETURN);
  EXPECT_EQ(amended.original_id(), first.id());
  EXPECT_EQ(first.supply().minor() + amended.supply().minor(), 0);
  EXPECT_EQ(first.tax().minor() + amended.tax().minor(), 0);
  EXPECT_EQ(amended.number().substr(9), "000002");
  EXPECT_THAT(amended.xml(), ::testing::HasSubstr("<OriginalIssueID>" + first.approval_no() + "</OriginalIssueID>"));
  EXPECT_THAT(amended.xml(), ::testing::HasSubstr("<AmendmentStatusCode>03</AmendmentStatusCode>"));
  EXPECT_EQ(trade.Issues(first.written_on().substr(0, 7)), "");
}

TEST(B6_TaxInvoiceCheck, AnswersEverythingThatIsWrongAtOnce) {
  const TaxTrade trade;
  const auto checked = trade.manager.Call<CheckTaxInvoiceResponse>(
      "CheckTaxInvoice",
      Proto("document { type_code: '0101' purpose_code: '02' amendment_code: '03' approval_no: '123' supplier { brn: "
            "'0000000000' name: '송상물산' } buyer { brn: '123-45-67890' } written_on: '2026-03-31' issued_on: "
            "'2026-04-13' transmitted_on: '2026-04-15' supply: 1000000 tax: 120000 total: 1110000 lines { name: '책상' "
            "supplied_on: '2026-02-28' supply: 900000 tax: 120000 } buyer_closed: true }"));
  ASSERT_THAT(checked, IsOk());
  std::string rules;
  for (const auto& violation : checked->violations())
    rules += violation.rule() + (violation.penalty() > 0 ? " " + std::to_string(violation.penalty()) : "") + ", ";
  EXPECT_EQ(rules,
            "AMENDMENT_CODE_UNEXPECTED, APPROVAL_NO_MALFORMED, SUPPLIER_BRN_INVALID, BUYER_BRN_INVALID, "
            "BUYER_NAME_MISSING, BUYER_CLOSED, LINE_SUPPLIED_IN_OTHER_MONTH, SUPPLY_SUM_MISMATCH, TOTAL_MISMATCH, "
            "TAX_RATE_MISMATCH, LATE_ISSUE 10000, LATE_TRANSMISSION 3000, ");
  EXPECT_EQ(checked->issue_by_on(), "2026-04-10");
  EXPECT_EQ(checked->transmit_by_on(), "2026-04-14");
  EXPECT_THAT(trade.manager.Call<CheckTaxInvoiceResponse>("CheckTaxInvoice", Proto("")),
              RefusedWith(std::string("NOTHING_TO_CHECK")));
}

TEST(B6_TaxInvoiceCheck, WhatIsNotIssuedIsListedUntilItIs) {
  TaxTrade trade;
  trade.Client();
  // Sold in January by whoever keeps the old books, without a tax invoice.
  const Client importer = System::Shared().As({v1::ROLE_IMPORTER, v1::ROLE_SALES_REP}, trade.rep.tenant());
  const auto past = [](const std::string& request) { return Proto(request + " occurred_at { seconds: 1768446000 }"); };
  const auto placed = importer.Call<OrderPlaced>("PlaceOrder", past(Trade::Order("hanbit", {{1, 1'000'000}})));
  ASSERT_THAT(placed, IsOk());
  const std::string order = "order_id: '" + placed->order().id() + "'";
  ASSERT_THAT(importer.Call<OrderDelivered>("DeliverOrder", past(order)), IsOk());
  const auto issued = importer.Call<InvoiceIssued>("IssueInvoice", past(order));
  ASSERT_THAT(issued, IsOk());
  ASSERT_EQ(issued->tax_invoices_size(), 0);
  const std::string number = issued->invoice().number();
  EXPECT_EQ(trade.Issues("2026-01", "as_of: '2026-02-10'"), "UNISSUED " + number);
  EXPECT_EQ(trade.Issues("2026-01", "as_of: '2026-02-11'"), "UNISSUED " + number + " 10000");
  EXPECT_EQ(trade.Issues("2026-01", "as_of: '2026-08-01'"), "UNISSUED " + number + " 20000");
  EXPECT_EQ(trade.Issues("2026-02"), "");
  // Issued at last: late it stays, and what that costs.
  const std::string request =
      "invoice_id: '" + issued->invoice().id() + "' business_place_id: '" + trade.Supplier() + "'";
  const auto late = trade.clerk.Call<TaxInvoiceIssued>("IssueTaxInvoice", Proto(request));
  ASSERT_THAT(late, IsOk());
  ASSERT_EQ(late->tax_invoices_size(), 1);
  EXPECT_EQ(late->tax_invoices(0).written_on(), "2026-01-15");
  EXPECT_EQ(trade.Issues("2026-01"), "LATE_ISSUE " + late->tax_invoices(0).number() + " 20000");
  EXPECT_THAT(trade.clerk.Call<TaxInvoiceIssued>("IssueTaxInvoice", Proto(request)),
              RefusedWith(std::string("INVOICE_MUST_BE_WITHOUT_TAX_INVOICE")));
}

TEST(B6_TaxInvoiceCheck, APrivatePersonTakesNoTaxInvoice) {
  const TaxTrade trade;
  trade.Client("kind: KIND_PERSON");
  const auto sold = trade.Sell("hanbit", {{1, 50'000}});
  EXPECT_EQ(sold.tax_invoices_size(), 0);
  EXPECT_EQ(trade.Issues(sold.invoice().issued_on().substr(0, 7)), "");
  EXPECT_THAT(trade.clerk.Call<TaxInvoiceIssued>(
                  "IssueTaxInvoice",
                  Proto("invoice_id: '" + sold.invoice().id() + "' business_place_id: '" + trade.Supplier() + "'")),
              RefusedWith(std::string("INVOICE_MUST_TAKE_TAX_INVOICE")));
}

TEST(B6_TaxInvoiceCheck, RatesAreDatedAndRoundedAsTheIssuerChose) {
  const TaxTrade trade;
  trade.Client();
  const Client admin = System::Shared().As({v1::ROLE_ADMIN}, trade.rep.tenant());
  const std::string place = trade.Supplier();
  EXPECT_EQ(trade.Sold(place, 15).tax().minor(), 1);
  ASSERT_THAT(admin.Call<TaxRatesSaved>("SaveTaxRates", Proto("valid_from_on: '2020-01-01' rounding: ROUNDING_UP")),
              Answers(ContainsProto("tax_rates { country: 'KR' vat_ppm: 100000 rounding: ROUNDING_UP }")));
  EXPECT_EQ(trade.Sold(place, 15).tax().minor(), 2);
  ASSERT_THAT(admin.Call<TaxRatesSaved>("SaveTaxRates", Proto("valid_from_on: '2021-01-01' vat_ppm: 120000")),
              Answers(ContainsProto("tax_rates { vat_ppm: 120000 rounding: ROUNDING_UP late_issue_ppm: 10000 }")));
  EXPECT_EQ(trade.Sold(place, 1000).tax().minor(), 120);
  EXPECT_THAT(trade.manager.Call<TaxRatesSaved>("SaveTaxRates", Proto("valid_from_on: '2021-01-01'")),
              RefusedWith(std::string("PERMISSION_DENIED")));
}

}  // namespace
}  // namespace songsang
