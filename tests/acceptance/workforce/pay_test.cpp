// W14: plans of base pay and commission, and statements in which every line leads to its document and to its rule.
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <set>

#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/goal.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "songsang/workforce/v1/plan.pb.h"
#include "songsang/workforce/v1/sale.pb.h"
#include "songsang/workforce/v1/statement.pb.h"
#include "songsang/workforce/v1/unit.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using namespace workforce::v1;  // NOLINT: the service under test

const char* const kFlat = "basis: BASIS_INVOICE currency: 'KRW' tiers { rate { units: 4 scale: 2 } } ";

// Two branches and 김하늘, a rep in Seoul with 3,000,000 won a month.
class Company {
 public:
  Company() {
    for (const char* unit : {"서울 지점", "부산 지점"})
      EXPECT_THAT(
          importer.Call<UnitOpened>("OpenUnit", Proto(std::string("opened_on: '2020-01-01' kind: KIND_BRANCH name: "
                                                                  "'") +
                                                      unit + "' external_ref { system: 'hr' key: '" + unit + "' }")),
          IsOk());
    kim = Hire("김하늘", "login_subject: 'kim'");
  }
  std::string Hire(const std::string& name, const std::string& rest) {
    const auto hired = importer.Call<PersonHired>(
        "HirePerson", Proto("name: '" + name +
                            "' unit_id: 'ext:hr:서울 지점' role: 'sales_rep' from_on: '2025-01-01' "
                            "base_pay { minor: 3000000 currency: 'KRW' } " +
                            rest));
    EXPECT_THAT(hired, IsOk());
    return hired->person().id();
  }
  std::string Define(const std::string& key, const std::string& terms) {
    const auto plan = importer.Call<CompensationPlanDefined>(
        "DefineCompensationPlan", Proto("key: '" + key + "' name: '" + key + "' terms { " + terms + " }"));
    EXPECT_THAT(plan, IsOk());
    return plan->compensation_plan().id();
  }
  Called<PlanAssigned> Assign(const std::string& person, const std::string& plan, const std::string& from) {
    return importer.Call<PlanAssigned>(
        "AssignPlan", Proto("person_id: '" + person + "' plan_id: '" + plan + "' from_on: '" + from + "'"));
  }
  // An invoice without tax, of one person or shared: `kim 600, lee 400`.
  void Sell(const std::string& invoice, const std::string& on, const std::map<std::string, int64_t>& shares) {
    int64_t supply = 0;
    std::string text;
    for (const auto& [person, amount] : shares) {
      supply += amount;
      text += "shares { person_id: '" + person + "' unit_id: '" + UnitOn(on) +
              "' amount_minor: " + std::to_string(amount) + " } ";
    }
    EXPECT_THAT(importer.Call<SaleRecorded>(
                    "RecordSale",
                    Proto("invoice_id: '" + invoice + "' number: '" + invoice + "' issued_on: '" + on +
                          "' supply { minor: " + std::to_string(supply) +
                          " currency: 'KRW' } total_minor: " + std::to_string(supply + supply / 10) + " " + text)),
                IsOk());
  }
  // Where 김하늘 is on a day, as an invoice would say: the unit that holds them in the organisation of that day.
  std::string UnitOn(const std::string& day) {
    const auto organisation = importer.Call<Organisation>("GetOrganisation", Proto("as_of: '" + day + "'"));
    EXPECT_THAT(organisation, IsOk());
    for (const auto& unit : organisation->units())
      for (const auto& member : unit.members())
        if (member.person_id() == kim) return unit.unit_id();
    return "";
  }
  void Return(const std::string& number, const std::string& invoice, const std::string& on, const std::string& person,
              int64_t amount) {
    EXPECT_THAT(importer.Call<ReturnRecorded>(
                    "RecordReturn",
                    Proto("return_id: '" + number + "' number: '" + number + "' invoice_id: '" + invoice +
                          "' returned_on: '" + on + "' total_minor: " + std::to_string(amount + amount / 10) +
                          " shares { person_id: '" + person + "' amount_minor: " + std::to_string(amount) + " }")),
                IsOk());
  }
  void Collect(const std::string& receipt, const std::string& invoice, const std::string& on, int64_t amount) {
    EXPECT_THAT(importer.Call<CollectionRecorded>(
                    "RecordCollection",
                    Proto("document_id: '" + receipt + "' number: '" + receipt + "' invoice_id: '" + invoice +
                          "' collected_on: '" + on + "' amount_minor: " + std::to_string(amount))),
                IsOk());
  }
  Called<StatementSettled> Settle(const std::string& person, const std::string& month) {
    return importer.Call<StatementSettled>("SettleStatement",
                                           Proto("person_id: '" + person + "' month: '" + month + "'"));
  }
  StatementExplained Explain(const std::string& person, const std::string& month) {
    const auto explained = importer.Call<StatementExplained>(
        "ExplainStatement", Proto("person_id: '" + person + "' month: '" + month + "'"));
    EXPECT_THAT(explained, IsOk());
    return *explained;
  }
  // Commission and claw-back of a month: `40-8`.
  std::string Pay(const std::string& person, const std::string& month) {
    const auto explained = Explain(person, month);
    const int64_t back = explained.claw_back().minor();
    return std::to_string(explained.commission().minor()) + (back == 0 ? "" : std::to_string(back));
  }

  Client importer = System::Shared().As({v1::ROLE_IMPORTER});
  std::string kim;
};

// Threads of other systems: a refund must subtract, and from what was paid.
TEST(W14_Pay, OneThousandLessTwoHundredAtFourPercentIsThirtyTwo) {
  Company company;
  ASSERT_THAT(company.Assign(company.kim, company.Define("flat", kFlat), "2026-03-01"), IsOk());
  company.Sell("INV-1", "2026-03-12", {{company.kim, 1'000}});
  company.Return("R-1", "INV-1", "2026-03-20", company.kim, 200);
  const auto settled = company.Settle(company.kim, "2026-03");
  ASSERT_THAT(settled,
              Answers(ContainsProto("statement { commission { minor: 40 } claw_back { minor: -8 } total { minor: "
                                    "32 currency: 'KRW' } }")));
  EXPECT_EQ(settled->lines(1).claws_back_id(), settled->lines(0).id());
}

// One event holds some 450 lines; a month may have more.
TEST(W14_Pay, AMonthOfManyDocumentsIsSettledWholeAndTheNextWaitsForIt) {
  constexpr int kSales = 460;
  Company company;
  ASSERT_THAT(company.Assign(company.kim, company.Define("flat", kFlat), "2026-03-01"), IsOk());
  for (int i = 0; i < kSales; ++i) company.Sell("INV-" + std::to_string(i), "2026-03-12", {{company.kim, 1'000}});
  const auto settled = company.Settle(company.kim, "2026-03");
  ASSERT_THAT(settled, Answers(ContainsProto("statement { total { minor: 18400 } line_count: 460 unwritten: 260 }")));
  EXPECT_EQ(settled->lines_size(), 200);
  StatementExplained explained;
  ASSERT_TRUE(Eventually([&] {
    const auto asked = company.importer.Call<StatementExplained>(
        "ExplainStatement", Proto("person_id: '" + company.kim + "' month: '2026-03'"));
    if (asked.ok()) explained = *asked;
    return asked.ok();
  }));
  ASSERT_EQ(explained.lines_size(), kSales);
  int64_t sum = 0;
  std::set<std::string> invoices;
  for (const auto& line : explained.lines()) {
    sum += line.amount().minor();
    invoices.insert(line.invoice_number());
  }
  EXPECT_EQ(sum, 18'400);
  EXPECT_EQ(invoices.size(), static_cast<size_t>(kSales));
  EXPECT_THAT(company.importer.Call<Statement>("GetStatement", Proto("id: '" + settled->statement().id() + "'")),
              Answers(ContainsProto("version: 3 unwritten: 0 written_minor: 18400")));
  EXPECT_THAT(company.Settle(company.kim, "2026-04"), IsOk());
}

TEST(W14_Pay, PaidThenReversed) {
  Company company;
  ASSERT_THAT(company.Assign(company.kim, company.Define("flat", kFlat), "2026-03-01"), IsOk());
  company.Sell("INV-1", "2026-03-12", {{company.kim, 1'000}});
  const auto march = company.Settle(company.kim, "2026-03");
  ASSERT_THAT(march, IsOk());
  company.Return("R-1", "INV-1", "2026-04-02", company.kim, 1'000);
  const auto april = company.Settle(company.kim, "2026-04");
  ASSERT_THAT(april,
              Answers(ContainsProto("statement { commission { minor: 0 } claw_back { minor: -40 } total { minor: "
                                    "-40 } }")));
  EXPECT_EQ(april->lines(0).claws_back_id(), march->lines(0).id());
  // What was settled is as it was.
  EXPECT_EQ(company.Pay(company.kim, "2026-03"), "40");
}

TEST(W14_Pay, ASaleIsSharedAsItWasContributed) {
  Company company;
  const std::string lee = company.Hire("이도윤", "");
  const std::string plan = company.Define("flat", kFlat);
  ASSERT_THAT(company.Assign(company.kim, plan, "2026-03-01"), IsOk());
  ASSERT_THAT(company.Assign(lee, plan, "2026-03-01"), IsOk());
  company.Sell("INV-1", "2026-03-12", {{company.kim, 1'500}, {lee, 500}});
  EXPECT_EQ(company.Pay(company.kim, "2026-03"), "60");
  EXPECT_EQ(company.Pay(lee, "2026-03"), "20");
  company.Return("R-1", "INV-1", "2026-03-13", lee, 500);
  EXPECT_EQ(company.Pay(company.kim, "2026-03"), "60");
  EXPECT_EQ(company.Pay(lee, "2026-03"), "20-20");
}

TEST(W14_Pay, AFrozenMonthStaysAndWhatComesLateCountsInTheNext) {
  Company company;
  ASSERT_THAT(company.Assign(company.kim, company.Define("flat", kFlat), "2026-03-01"), IsOk());
  company.Sell("INV-1", "2026-03-12", {{company.kim, 1'000}});
  EXPECT_THAT(company.Settle(company.kim, "2026-04"), RefusedWith(std::string("STATEMENT_MUST_FOLLOW")));
  ASSERT_THAT(company.Settle(company.kim, "2026-03"), IsOk());
  EXPECT_THAT(company.Settle(company.kim, "2026-03"), RefusedWith(std::string("STATEMENT_MUST_FOLLOW")));
  company.Sell("INV-2", "2026-03-31", {{company.kim, 500}});
  EXPECT_EQ(company.Pay(company.kim, "2026-03"), "40");
  EXPECT_EQ(company.Pay(company.kim, "2026-04"), "20");
  // Nor does a plan reach into it.
  EXPECT_THAT(company.Assign(company.kim, company.Define("flat", kFlat), "2026-03-15"),
              RefusedWith(std::string("MONTH_MUST_BE_OPEN")));
  EXPECT_THAT(company.Settle("ext:hr:nobody", "2026-03"), RefusedWith(std::string("NOT_FOUND")));
}

TEST(W14_Pay, APlanByReceiptPaysAsMoneyComesInAndTakesBackWhatDidNot) {
  Company company;
  ASSERT_THAT(company.Assign(company.kim,
                             company.Define("receipts",
                                            "basis: BASIS_RECEIPT currency: 'KRW' tiers { rate { units: 4 "
                                            "scale: 2 } }"),
                             "2026-03-01"),
              IsOk());
  company.Sell("INV-1", "2026-03-12", {{company.kim, 1'000}});
  company.Collect("RC-1", "INV-1", "2026-04-10", 550);
  company.Collect("RC-2", "INV-1", "2026-05-10", 550);
  EXPECT_EQ(company.Pay(company.kim, "2026-03"), "0");
  EXPECT_EQ(company.Pay(company.kim, "2026-04"), "20");
  EXPECT_EQ(company.Pay(company.kim, "2026-05"), "20");
  for (const char* month : {"2026-03", "2026-04", "2026-05"}) ASSERT_THAT(company.Settle(company.kim, month), IsOk());
  company.Collect("RC-2/undone", "INV-1", "2026-06-01", -550);
  EXPECT_EQ(company.Pay(company.kim, "2026-06"), "0-20");
}

TEST(W14_Pay, TiersAcceleratorsAndTheCap) {
  Company company;
  ASSERT_THAT(company.importer.Call<GoalSet>(
                  "SetGoal", Proto("metric: 'revenue' currency: 'KRW' person_id: '" + company.kim +
                                   "' period: '2026-03' amount: 2000 occurred_at { seconds: 1772236800 }")),
              IsOk());
  ASSERT_THAT(company.Assign(company.kim,
                             company.Define("tiers",
                                            "basis: BASIS_INVOICE currency: 'KRW' pays_base: true tiers { rate { "
                                            "units: 3 scale: 2 } } tiers { above_minor: 1000 rate { units: 5 scale: "
                                            "2 } } accelerators { above_percent: 100 rate { units: 2 scale: 2 } } "
                                            "goal_metric: 'revenue' cap_minor: 200"),
                             "2026-03-01"),
              IsOk());
  company.Sell("INV-1", "2026-03-02", {{company.kim, 1'500}});
  company.Sell("INV-2", "2026-03-03", {{company.kim, 1'000}});
  company.Sell("INV-3", "2026-03-04", {{company.kim, 2'000}});
  const auto settled = company.Settle(company.kim, "2026-03");
  ASSERT_THAT(settled, IsOk());
  // 1,000 × 3 % + 500 × 5 %; 1,000 × 5 % + 500 beyond the goal × 2 %; 2,000 × 7 %, of which the cap leaves 85.
  EXPECT_THAT(settled,
              Answers(ContainsProto("statement { base { minor: 3000000 } commission { minor: 200 } goal_minor: "
                                    "2000 total { minor: 3000200 } line_count: 7 }")));
  EXPECT_EQ(settled->lines(5).cut_minor() + settled->lines(6).cut_minor(), 140 - 85);
  EXPECT_THAT(
      company.importer.Call<CompensationPlanDefined>(
          "DefineCompensationPlan",
          Proto("key: 'bad' name: 'bad' terms { basis: BASIS_INVOICE currency: 'KRW' tiers { above_minor: 1 rate { "
                "units: 3 scale: 2 } } }")),
      RefusedWith(std::string("TIERS_MUST_RISE")));
}

TEST(W14_Pay, ARepSeesTheirOwn) {
  Company company;
  const std::string lee = company.Hire("이도윤", "login_subject: 'lee'");
  for (const std::string& person : {company.kim, lee})
    ASSERT_THAT(company.Assign(person, company.Define("flat", kFlat), "2026-03-01"), IsOk());
  token::Claims claims;
  claims.tenant = company.importer.tenant();
  claims.subject = "kim";
  claims.client = "test";
  claims.roles = 1u << v1::ROLE_SALES_REP;
  const Client rep = System::Shared().As(claims);
  const auto ask = [&](const std::string& person) {
    return rep.Call<StatementExplained>("ExplainStatement", Proto("person_id: '" + person + "' month: '2026-03'"));
  };
  EXPECT_THAT(ask(company.kim), IsOk());
  EXPECT_THAT(ask(lee), RefusedWith(std::string("STATEMENT_MUST_BE_OWN")));
}

// Prints a statement as an auditor reads it.
std::string Print(const StatementExplained& explained) {
  std::string text = "■ " + explained.month() + (explained.settled() ? " (정산)" : " (미정산)") + "  기본급 " +
                     std::to_string(explained.base().minor()) + ", 수당 " +
                     std::to_string(explained.commission().minor()) + ", 환수 " +
                     std::to_string(explained.claw_back().minor()) + ", 합계 " +
                     std::to_string(explained.total().minor()) + "\n";
  for (const auto& line : explained.lines())
    text += "  " + line.ko() + (line.unit_name().empty() ? "" : " · " + line.unit_name()) + "\n";
  return text;
}

// A move in mid-month, a plan change in mid-month, a raise, and a return in the month after.
TEST(W14_Pay, AnAuditorsStatement) {
  Company company;
  const std::string person = "person_id: '" + company.kim + "' ";
  const std::string terms = "basis: BASIS_INVOICE currency: 'KRW' pays_base: true ";
  const std::string first = company.Define("standard", terms +
                                                           "tiers { rate { units: 3 scale: 2 } } tiers { above_minor: "
                                                           "10000000 rate { units: 5 scale: 2 } }");
  const std::string second = company.Define("standard", terms + "tiers { rate { units: 45 scale: 3 } }");
  ASSERT_THAT(company.Assign(company.kim, first, "2026-03-01"), IsOk());
  ASSERT_THAT(company.Assign(company.kim, second, "2026-03-21"), IsOk());
  ASSERT_THAT(company.importer.Call<PayChanged>(
                  "ChangePay", Proto(person + "base_pay { minor: 3100000 currency: 'KRW' } from_on: '2026-04-01'")),
              IsOk());
  ASSERT_THAT(
      company.importer.Call<PersonMoved>(
          "TransferPerson", Proto(person + "role: 'sales_rep' unit_id: 'ext:hr:부산 지점' from_on: '2026-03-16'")),
      IsOk());
  company.Sell("INV-2026-0101", "2026-03-05", {{company.kim, 8'000'000}});
  company.Sell("INV-2026-0107", "2026-03-18", {{company.kim, 6'000'000}});
  company.Sell("INV-2026-0112", "2026-03-25", {{company.kim, 2'000'000}, {"someone else", 2'000'000}});
  company.Return("RET-2026-0003", "INV-2026-0107", "2026-04-07", company.kim, 1'500'000);
  ASSERT_THAT(company.Settle(company.kim, "2026-03"), IsOk());
  ASSERT_THAT(company.Settle(company.kim, "2026-04"), IsOk());
  const auto march = company.Explain(company.kim, "2026-03"), april = company.Explain(company.kim, "2026-04");
  std::cout << Print(march) << Print(april);
  EXPECT_EQ(Print(march),
            "■ 2026-03 (정산)  기본급 3000000, 수당 590000, 환수 0, 합계 3590000\n"
            "  기본급 3,000,000원 × 20/31일 = 1,935,484원\n"
            "  기본급 3,000,000원 × 11/31일 = 1,064,516원\n"
            "  송장 INV-2026-0101 (2026-03-05) 8,000,000원 × 3% = 240,000원 [standard v1, 구간 1] · 서울 지점\n"
            "  송장 INV-2026-0107 (2026-03-18) 2,000,000원 × 3% = 60,000원 [standard v1, 구간 1] · 부산 지점\n"
            "  송장 INV-2026-0107 (2026-03-18) 4,000,000원 × 5% = 200,000원 [standard v1, 구간 2] · 부산 지점\n"
            "  송장 INV-2026-0112 (2026-03-25) 공급가액 4,000,000원 중 본인 몫 2,000,000원 × 4.5% = 90,000원 [standard "
            "v2, 구간 1] · 부산 지점\n");
  // A quarter of the sale came back: a quarter of what it was paid, tier by tier, by the plan of its day.
  EXPECT_EQ(
      Print(april),
      "■ 2026-04 (정산)  기본급 3100000, 수당 0, 환수 -65000, 합계 3035000\n"
      "  기본급 3,100,000원 × 30/30일 = 3,100,000원\n"
      "  반품 RET-2026-0003 (2026-04-07) 송장 INV-2026-0107 -500,000원 × 3% = -15,000원 환수(2026-03 명세에서 지급) · "
      "부산 지점\n"
      "  반품 RET-2026-0003 (2026-04-07) 송장 INV-2026-0107 -1,000,000원 × 5% = -50,000원 환수(2026-03 명세에서 지급) "
      "· "
      "부산 지점\n");
  // Every line leads to its document and to its rule.
  for (const auto& line : march.lines()) {
    EXPECT_FALSE(line.plan_id().empty());
    EXPECT_EQ(line.invoice_number().empty(), line.kind() == StatementLine::KIND_BASE);
    EXPECT_EQ(line.document_id(), line.invoice_number());
  }
  EXPECT_EQ(april.lines(1).document_number(), "RET-2026-0003");
  EXPECT_EQ(april.lines(1).invoice_number(), "INV-2026-0107");
}

TEST(W14_Pay, WhatIfIsTheSameComputation) {
  Company company;
  const std::string lee = company.Hire("이도윤", "");
  const std::string plan = company.Define("flat", kFlat);
  ASSERT_THAT(company.Assign(company.kim, plan, "2026-03-01"), IsOk());
  ASSERT_THAT(company.Assign(lee, plan, "2026-03-01"), IsOk());
  company.Sell("INV-1", "2026-03-12", {{company.kim, 1'000}, {lee, 3'000}});
  ASSERT_THAT(company.Settle(company.kim, "2026-03"), IsOk());
  ASSERT_THAT(company.Settle(lee, "2026-03"), IsOk());
  company.Sell("INV-2", "2026-04-12", {{company.kim, 2'000}, {lee, 500}});
  company.Return("R-1", "INV-1", "2026-04-20", company.kim, 500);
  company.Return("R-2", "INV-2", "2026-04-21", company.kim, 1'000);
  const auto ask = [&](const std::string& months, const std::string& terms) {
    return company.importer.Call<WhatIfAnswer>("WhatIf", Proto(months + "terms { " + terms + " }"));
  };
  const std::string april = "from_month: '2026-04' to_month: '2026-04' ";
  // By its own terms nothing changes, and it is what statements say: 80 - 20 - 40, and 20.
  EXPECT_THAT(ask(april, kFlat), Answers(ContainsProto("rows { name: '김하늘' basis_minor: 500 current_minor: 20 "
                                                       "proposed_minor: 20 } rows { name: '이도윤' basis_minor: 500 "
                                                       "current_minor: 20 proposed_minor: 20 } current_minor: 40 "
                                                       "proposed_minor: 40 better: 0 worse: 0")));
  // Six percent: what March was settled at is taken back as it was settled.
  EXPECT_THAT(
      ask(april, "basis: BASIS_INVOICE currency: 'KRW' tiers { rate { units: 6 scale: 2 } }"),
      Answers(ContainsProto("rows { name: '김하늘' current_minor: 20 proposed_minor: 40 } rows { name: '이도윤' "
                            "current_minor: 20 proposed_minor: 30 } better: 2 worse: 0")));
  EXPECT_THAT(ask("from_month: '2026-04' to_month: '2026-03' ", kFlat),
              RefusedWith(std::string("PERIOD_MUST_END_AFTER_START")));
  EXPECT_THAT(ask("from_month: '2026-01' to_month: '2027-01' ", kFlat),
              RefusedWith(std::string("PERIOD_MUST_NOT_BE_LONG")));
}

}  // namespace
}  // namespace songsang
