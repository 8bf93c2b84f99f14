// R2: the figures of a small company's first quarter, worked out by hand: what it sold and took back, by whom, to
// whom and by which channel; what is owed for it; how far goals were reached.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/dates.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/billing/v1/credit.pb.h"
#include "songsang/billing/v1/delivery.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/report/presets.h"
#include "songsang/report/question.h"
#include "songsang/reporting/v1/report.pb.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/goal.pb.h"
#include "songsang/workforce/v1/unit.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using reporting::v1::DimensionValue;
using reporting::v1::FigureRow;
using reporting::v1::Figures;
using testing::ElementsAre;

std::string TextOf(const FigureRow& row) {
  std::string text;
  for (const auto& dimension : row.dimensions())
    text += (text.empty() ? "" : " | ") + (dimension.state() == DimensionValue::STATE_KNOWN   ? dimension.label()
                                           : dimension.state() == DimensionValue::STATE_UNSET ? "-"
                                                                                              : "?");
  for (const auto& value : row.values()) text += (text.empty() ? "" : " | ") + value.value();
  return text;
}

std::string Ref(const std::string& key) { return "external_ref { system: 'hr' key: '" + key + "' } "; }

class Company {
 public:
  Company() {
    Call<workforce::v1::UnitOpened>("OpenUnit",
                                    "opened_on: '2020-01-01' kind: KIND_HEADQUARTERS name: '본사' " + Ref("hq"));
    for (const char* unit : {"서울", "부산"})
      Call<workforce::v1::UnitOpened>(
          "OpenUnit", "opened_on: '2020-01-01' kind: KIND_BRANCH parent_id: 'ext:hr:hq' name: '" + std::string(unit) +
                          "' " + Ref(unit));
    kim = Hire("김하늘", "서울");
    lee = Hire("이도윤", "부산");
    Client("한빛", "region: '수도권' tier: 'a'");
    Client("새론", "region: '영남' tier: 'b'");
    Client("다온", "");
    for (const char* product : {"책상", "의자"})
      Call<billing::v1::ProductSaved>(
          "SaveProduct", "name: '" + std::string(product) + "' category: '가구' active: true " + Ref(product));
    Sell();
    Goal(kim, "2026-01", 1000);
    Goal(kim, "2026-02", 400);
    Goal(lee, "2026-01", 2000);
  }

  std::vector<std::string> Rows(const std::string& question) {
    std::vector<std::string> rows;
    const Figures figures = Ask(question);
    for (const auto& row : figures.rows()) rows.push_back(TextOf(row));
    return rows;
  }
  Figures Ask(const std::string& question) { return Call<Figures>("GetFigures", question); }

  std::string kim, lee;

 private:
  template <class Reply>
  Reply Call(const std::string& method, const std::string& request) {
    const auto called = client.Call<Reply>(method, Proto(request));
    EXPECT_THAT(called, IsOk()) << method << " " << request;
    return *called;
  }
  std::string Hire(const std::string& name, const std::string& unit) {
    return Call<workforce::v1::PersonHired>("HirePerson", "name: '" + name + "' unit_id: 'ext:hr:" + unit +
                                                              "' role: 'sales_rep' from_on: '2025-01-01'")
        .person()
        .id();
  }
  void Client(const std::string& name, const std::string& fields) {
    Call<accounts::v1::AccountRegistered>(
        "RegisterAccount",
        "kind: KIND_BUSINESS country: 'US' state: STATE_OPEN name: '" + name + "' " + Ref(name) + fields);
    Call<billing::v1::CreditLineOpened>("OpenCreditLine",
                                        "account_id: 'ext:hr:" + name + "' limit { minor: 1000000 currency: 'KRW' }");
  }
  std::string Order(const std::string& account, const std::string& day, int quantity, int price,
                    const std::string& rest) {
    return Call<billing::v1::OrderPlaced>("PlaceOrder",
                                          "account_id: 'ext:hr:" + account + "' currency: 'KRW' ordered_on: '" + day +
                                              "' lines { quantity { units: " + std::to_string(quantity) +
                                              " } unit_price { units: " + std::to_string(price) + " } " + rest)
        .order()
        .id();
  }
  billing::v1::InvoiceIssued Invoice(const std::string& order, const std::string& day) {
    Call<billing::v1::OrderDelivered>("DeliverOrder", "order_id: '" + order + "' delivered_on: '" + day + "'");
    return Call<billing::v1::InvoiceIssued>("IssueInvoice", "order_id: '" + order + "' issued_on: '" + day +
                                                                "' posted_on: '" + day + "' due_on: '2026-04-30'");
  }
  void Sell() {
    Invoice(Order("한빛", "2026-01-15", 3, 333,
                  "product_id: 'ext:hr:책상' } channel: 'direct' unit_id: 'ext:hr:서울' owner_id: '" + kim +
                      "' contributions { person_id: '" + kim + "' share_ppm: 333333 } contributions { person_id: '" +
                      lee + "' share_ppm: 666667 }"),
            "2026-01-31");
    const auto sold =
        Invoice(Order("새론", "2026-02-01", 10, 100,
                      "product_id: 'ext:hr:의자' } channel: 'dealer' unit_id: 'ext:hr:서울' owner_id: '" + kim + "'"),
                "2026-02-10");
    Call<billing::v1::ReturnAccepted>(
        "AcceptReturn",
        "invoice_id: '" + sold.invoice().id() +
            "' returned_on: '2026-03-05' posted_on: '2026-03-05' reason: '불량' lines { invoice_line_id: '" +
            sold.lines(0).id() + "' quantity { units: 4 } }");
    Invoice(Order("다온", "2026-03-01", 1, 50, "description: '설치비' }"), "2026-03-31");
    const auto dropped = Order("다온", "2026-03-02", 1, 7, "description: '운송비' }");
    Call<billing::v1::OrderCancelled>("CancelOrder", "order_id: '" + dropped + "' reason: '고객 요청'");
  }
  void Goal(const std::string& person, const std::string& month, int amount) {
    const auto when = ToTimestamp(*ParseInstant("2025-12-31T15:00:00Z"));
    Call<workforce::v1::GoalSet>("SetGoal", "metric: 'revenue' currency: 'KRW' person_id: '" + person + "' period: '" +
                                                month + "' amount: " + std::to_string(amount) +
                                                " occurred_at { seconds: " + std::to_string(when.seconds()) + " }");
  }

  songsang::Client client = System::Shared().As(
      {v1::ROLE_IMPORTER, v1::ROLE_SALES_REP, v1::ROLE_RECEIVABLES_CLERK, v1::ROLE_BRANCH_MANAGER, v1::ROLE_ADMIN});
};

TEST(R2_DrillDown, RevenueByEveryDimensionWorkedOutByHand) {
  Company company;
  EXPECT_EQ(TextOf(company.Ask("metrics: ['revenue', 'invoiced', 'returned', 'return_rate', 'order_intake']").total()),
            "1649 | 2049 | 400 | 19.52 | 2049");
  // 999 shared 333,333 to 666,667 is 333 and 666: the sums stay whole.
  EXPECT_THAT(company.Rows("metrics: 'revenue' dimensions: 'rep' order_by: '-revenue'"),
              ElementsAre("김하늘 | 933", "이도윤 | 666", "- | 50"));
  EXPECT_THAT(company.Rows("metrics: 'revenue' dimensions: 'product' order_by: '-revenue'"),
              ElementsAre("책상 | 999", "의자 | 600", "- | 50"));
  EXPECT_THAT(company.Rows("metrics: 'revenue' dimensions: 'region' order_by: '-revenue'"),
              ElementsAre("수도권 | 999", "영남 | 600", "- | 50"));
  EXPECT_THAT(company.Rows("metrics: 'revenue' dimensions: ['tier', 'account'] order_by: '-revenue'"),
              ElementsAre("a | 한빛 | 999", "b | 새론 | 600", "- | 다온 | 50"));
  EXPECT_THAT(company.Rows("metrics: 'revenue' dimensions: 'channel' order_by: '-revenue'"),
              ElementsAre("direct | 999", "dealer | 600", "- | 50"));
  EXPECT_THAT(company.Rows("metrics: 'revenue' dimensions: 'unit' order_by: '-revenue'"),
              ElementsAre("서울 | 1599", "- | 50"));
  EXPECT_THAT(company.Rows("metrics: 'revenue' dimensions: ['office', 'team'] order_by: '-revenue'"),
              ElementsAre("본사 | 서울 | 933", "본사 | 부산 | 666", "- | - | 50"));
  EXPECT_THAT(company.Rows("metrics: ['revenue', 'order_intake'] period { bucket: BUCKET_MONTH }"),
              ElementsAre("2026-01 | 999 | 999", "2026-02 | 1000 | 1000", "2026-03 | -350 | 50"));
  EXPECT_THAT(company.Rows("metrics: 'revenue' period { bucket: BUCKET_YEAR }"), ElementsAre("2026 | 1649"));
}

TEST(R2_DrillDown, ReceivablesOfAnyDayAndGoalsReached) {
  Company company;
  // With tax of a tenth where the client is taxed; what is owed is what the books say.
  const auto march =
      company.Ask("metrics: 'receivables' dimensions: 'account' as_of: '2026-03-04' order_by: 'account'");
  const auto later =
      company.Ask("metrics: ['receivables', 'receivables_overdue', 'overdue_share'] as_of: '2026-05-01'");
  EXPECT_EQ(march.rows_size(), 2) << "the third client was invoiced afterwards";
  EXPECT_EQ(TextOf(march.total()), "2198");
  EXPECT_EQ(TextOf(later.total()), "1813 | 1813 | 100.00");
  EXPECT_THAT(company.Rows("metrics: 'receivables' dimensions: 'age_band' as_of: '2026-05-31'"),
              ElementsAre("31-60 | 1813"));
  EXPECT_THAT(company.Rows("metrics: 'receivables' dimensions: 'age_band' as_of: '2026-04-30'"),
              ElementsAre("not_due | 1813"));

  EXPECT_THAT(company.Rows("metrics: ['quota', 'revenue', 'attainment'] dimensions: 'rep' "
                           "period { from_on: '2026-01-01' to_on: '2026-02-28' }"),
              ElementsAre("김하늘 | 1400 | 1333 | 95.21", "이도윤 | 2000 | 666 | 33.30"));
  EXPECT_THAT(
      company.Rows(
          "metrics: ['quota', 'attainment'] dimensions: 'team' period { from_on: '2026-01-01' to_on: '2026-01-31' }"),
      ElementsAre("부산 | 2000 | 33.30", "서울 | 1000 | 33.30"));
}

// What `songsang report NAME` asks, as of the end of May.
std::vector<std::string> Page(Company& company, const std::string& name) {
  report::ReportOptions options;
  options.name = name;
  options.as_of = "2026-05-31";
  reporting::v1::GetFiguresRequest request;
  std::string wrong;
  EXPECT_TRUE(report::AskFor(options, &request, &wrong)) << wrong;
  return company.Rows(request.ShortDebugString());
}

TEST(R1_PeriodReports, ReadyMadePagesForEverybodyAreAnswered) {
  Company company;
  for (const auto& preset : report::Presets()) Page(company, preset.name);
  // Revenue and its share, orders, quota and attainment, commission and its part of revenue, training. The order of 7
  // was cancelled after the end of May.
  EXPECT_THAT(Page(company, "executive"), ElementsAre("본사 | 서울 | 933 | 56.58 | 1999 | 1400 | 66.64 | 0 | 0.00 | ",
                                                      "본사 | 부산 | 666 | 40.39 | 0 | 2000 | 33.30 | 0 | 0.00 | ",
                                                      "- | - | 50 | 3.03 | 57 | 0 |  | 0 | 0.00 | "));
  EXPECT_THAT(Page(company, "branch"),
              ElementsAre("김하늘 | 933 | 400 | 1999 | 1400 | 66.64 | 0 |  | 0",
                          "이도윤 | 666 | 0 | 0 | 2000 | 33.30 | 0 |  | 0", "- | 50 | 0 | 57 | 0 |  | 0 |  | 0"));
  EXPECT_THAT(Page(company, "rep"), ElementsAre("2026-01 | 999 | 3000 | 33.30 | 0 |  | 0 | 0 | 0",
                                                "2026-02 | 1000 | 400 | 250.00 | 0 |  | 0 | 0 | 0",
                                                "2026-03 | -350 | 0 |  | 0 |  | 0 | 0 | 0"));
  EXPECT_THAT(Page(company, "receivables"),
              ElementsAre("한빛 | 1098 | 1098 | 100.00", "새론 | 660 | 660 | 100.00", "다온 | 55 | 55 | 100.00"));
  EXPECT_THAT(Page(company, "ageing"), ElementsAre("31-60 | 1813"));
}

}  // namespace
}  // namespace songsang
