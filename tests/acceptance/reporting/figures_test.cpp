// L26, L27, L28, R1, R2, R6: what the figures promise, on small data made here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/reporting/v1/report.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "songsang/workforce/v1/unit.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using namespace leads::v1;  // NOLINT: what is made here
using reporting::v1::DimensionValue;
using reporting::v1::FigureRow;
using reporting::v1::Figures;
using reporting::v1::Lineage;
using reporting::v1::LineageEvent;
using reporting::v1::ListMetricsResponse;
using testing::ElementsAre;
using testing::UnorderedElementsAreArray;

// `social | 3 | 12.50`; unset is `-`, unknown is `?`.
std::string TextOf(const FigureRow& row) {
  std::string text;
  for (const auto& dimension : row.dimensions())
    text += (text.empty() ? "" : " | ") + (dimension.state() == DimensionValue::STATE_KNOWN   ? dimension.label()
                                           : dimension.state() == DimensionValue::STATE_UNSET ? "-"
                                                                                              : "?");
  for (const auto& value : row.values()) text += (text.empty() ? "" : " | ") + value.value();
  return text;
}

std::vector<std::string> RowsOf(const Figures& figures) {
  std::vector<std::string> rows;
  for (const auto& row : figures.rows()) rows.push_back(TextOf(row));
  return rows;
}

// A sales organisation of one test: it makes what a test needs, and asks.
class Desk {
 public:
  Figures Ask(const std::string& question) const {
    const auto figures = client.Call<Figures>("GetFigures", Proto(question));
    EXPECT_THAT(figures, IsOk()) << question;
    return *figures;
  }
  std::string TotalOf(const std::string& question) const { return TextOf(Ask(question).total()); }

  Lead Capture(const std::string& fields) const {
    const auto captured =
        client.Call<LeadCaptured>("CaptureLead", Proto("name: '김하늘' channel: CHANNEL_WEB " + fields));
    EXPECT_THAT(captured, IsOk());
    return captured->lead();
  }
  Opportunity Open(const std::string& fields) const {
    const auto opened = client.Call<OpportunityOpened>("OpenOpportunity", Proto("name: 'deal' " + fields));
    EXPECT_THAT(opened, IsOk());
    return opened->opportunity();
  }
  OpportunityClosed Close(const Opportunity& opportunity, const std::string& fields) const {
    const auto closed = client.Call<OpportunityClosed>(
        "CloseOpportunity", Proto("opportunity_id: '" + opportunity.id() + "' reason: 'price' " + fields));
    EXPECT_THAT(closed, IsOk());
    return *closed;
  }
  void Win(const std::string& open, const std::string& closed_on, int64_t won = 0) const {
    Close(Open(open), "outcome: OUTCOME_WON closed_on: '" + closed_on + "'" +
                          (won > 0 ? " value { minor: " + std::to_string(won) + " currency: 'KRW' }" : ""));
  }
  void Lose(const std::string& open, const std::string& closed_on) const {
    Close(Open(open), "outcome: OUTCOME_LOST closed_on: '" + closed_on + "'");
  }
  std::string Person(const std::string& name) const {
    const auto registered =
        client.Call<workforce::v1::PersonRegistered>("RegisterPerson", Proto("name: '" + name + "'"));
    EXPECT_THAT(registered, IsOk());
    return registered->person().id();
  }
  std::string Unit(const std::string& fields) const {
    const auto opened = client.Call<workforce::v1::UnitOpened>("OpenUnit", Proto("opened_on: '' " + fields));
    EXPECT_THAT(opened, IsOk());
    return opened->unit().id();
  }
  void Join(const std::string& person, const std::string& unit, const std::string& role) const {
    EXPECT_THAT(client.Call<workforce::v1::UnitJoined>("JoinUnit", Proto("person_id: '" + person + "' unit_id: '" +
                                                                         unit + "' role: '" + role + "' from_on: ''")),
                IsOk());
  }

  Client client = System::Shared().As({v1::ROLE_IMPORTER, v1::ROLE_ADMIN});
};

TEST(L26_WinRate, CountsWhatWasClosedInThePeriodAndNothingOpen) {
  const Desk desk;
  for (int i = 0; i < 3; ++i) desk.Win("opened_on: '2026-01-10'", "2026-02-10");
  desk.Lose("opened_on: '2026-01-10'", "2026-02-11");
  desk.Lose("opened_on: '2026-01-10'", "2026-03-01");
  for (int i = 0; i < 5; ++i) desk.Open("opened_on: '2026-01-10'");
  EXPECT_THAT(RowsOf(desk.Ask("metrics: ['won', 'lost', 'win_rate'] period { bucket: BUCKET_MONTH }")),
              ElementsAre("2026-02 | 3 | 1 | 75.00", "2026-03 | 0 | 1 | 0.00"));
  EXPECT_EQ(desk.TotalOf("metrics: ['open', 'win_rate']"), "5 | 60.00");
  EXPECT_EQ(desk.TotalOf("metrics: 'win_rate' period { from_on: '2026-04-01' }"), "")
      << "nothing closed: no rate, not 0";
}

TEST(L26_WinRate, TheCohortsRateHasANameOfItsOwn) {
  const Desk desk;
  desk.Win("opened_on: '2026-01-10'", "2026-02-10");
  desk.Lose("opened_on: '2026-01-20'", "2026-03-10");
  desk.Win("opened_on: '2026-02-01'", "2026-02-20");
  desk.Open("opened_on: '2026-01-25'");
  EXPECT_THAT(RowsOf(desk.Ask("metrics: ['win_rate', 'win_rate_cohort'] period { bucket: BUCKET_MONTH }")),
              ElementsAre("2026-01 |  | 50.00", "2026-02 | 100.00 | 100.00", "2026-03 | 0.00 | "));
}

TEST(L27_SalesCycle, MedianAndMeanFromOpeningToWin) {
  const Desk desk;
  desk.Win("opened_on: '2026-01-01'", "2026-01-11");
  desk.Win("opened_on: '2026-01-01'", "2026-01-21");
  desk.Win("opened_on: '2026-01-01'", "2026-04-11");
  desk.Lose("opened_on: '2026-01-01'", "2026-01-02");
  EXPECT_EQ(desk.TotalOf("metrics: ['sales_cycle_median', 'sales_cycle_mean', 'lost_cycle_mean']"),
            "20.0 | 43.3333 | 1.0000");
}

TEST(L27_SalesCycle, AReopenedDealCountsOnceFromItsFirstOpening) {
  const Desk desk;
  const auto deal = desk.Open("opened_on: '2026-01-01'");
  desk.Close(deal, "outcome: OUTCOME_LOST closed_on: '2026-01-31'");
  ASSERT_THAT(desk.client.Call<OpportunityReopened>(
                  "ReopenOpportunity",
                  Proto("opportunity_id: '" + deal.id() + "' reason: 'budget came' reopened_on: '2026-03-01'")),
              IsOk());
  EXPECT_EQ(desk.TotalOf("metrics: ['closed', 'open', 'win_rate']"), "0 | 1 | ");
  desk.Close(deal, "outcome: OUTCOME_WON closed_on: '2026-03-02'");
  EXPECT_EQ(desk.TotalOf("metrics: ['won', 'lost', 'sales_cycle_mean']"), "1 | 0 | 60.0000");
}

TEST(L27_SalesCycle, AnUnknownOpeningIsABucketOfItsOwn) {
  const Desk desk;
  desk.Win("opened_on: '2026-01-01'", "2026-01-11");
  desk.Win("opened_on: ''", "2026-01-11");
  const auto figures = desk.Ask("metrics: ['won', 'sales_cycle_mean'] dimensions: 'opened_known'");
  EXPECT_THAT(RowsOf(figures), ElementsAre("known | 1 | 10.0000", "- | 1 | "));
  EXPECT_EQ(figures.rows(1).values(1).left_out(), 1);
  EXPECT_EQ(figures.total().values(1).left_out(), 1);
}

TEST(L28_ConversionRate, HundredTalksAndTwentySalesAreTwentyPercent) {
  const Desk desk;
  std::vector<Lead> leads;
  for (int i = 0; i < 100; ++i)
    leads.push_back(desk.Capture("source: 'talk' occurred_on: '2026-01-" + std::string(i < 50 ? "05" : "20") + "'"));
  for (size_t i = 0; i < 30; ++i) {
    const auto deal = desk.Open("lead_id: '" + leads[i].id() + "' opened_on: '2026-01-21'");
    if (i < 20) desk.Close(deal, "outcome: OUTCOME_WON closed_on: '2026-02-0" + std::to_string(1 + i % 9) + "'");
  }
  const auto figures =
      desk.Ask("metrics: ['leads', 'lead_wins', 'conversion', 'cohort_wins', 'opportunity_conversion']");
  EXPECT_EQ(TextOf(figures.total()), "100 | 20 | 20.00 | 20 | 30.00");
  EXPECT_EQ(figures.total().values(2).numerator(), 20);
  EXPECT_EQ(figures.total().values(2).denominator(), 100);
  EXPECT_THAT(RowsOf(desk.Ask("metrics: ['leads', 'lead_wins', 'cohort_conversion'] period { bucket: BUCKET_MONTH }")),
              ElementsAre("2026-01 | 100 | 0 | 20.00", "2026-02 | 0 | 20 | "));
}

TEST(R1_PeriodReports, MonthsAreQuartersAreYearsToTheWon) {
  const Desk desk;
  const char* days[] = {"2025-12-31", "2026-01-01", "2026-01-31", "2026-03-31",
                        "2026-04-01", "2026-06-30", "2026-12-31"};
  int64_t value = 1'234'567;
  for (const char* day : days) desk.Win("opened_on: '2025-01-01'", day, value += 1'000'003);
  const std::string question =
      "metrics: ['won', 'won_value'] period { from_on: '2025-01-01' to_on: '2026-12-31' bucket: ";
  const auto months = desk.Ask(question + "BUCKET_MONTH }"), quarters = desk.Ask(question + "BUCKET_QUARTER }"),
             years = desk.Ask(question + "BUCKET_YEAR }"), days_too = desk.Ask(question + "BUCKET_DAY }");
  EXPECT_EQ(months.rows_size(), 24);
  EXPECT_EQ(quarters.rows_size(), 8);
  EXPECT_EQ(years.rows_size(), 2);
  EXPECT_EQ(days_too.rows_size(), 730);
  const auto by_year = [](const Figures& figures) {
    std::map<std::string, std::pair<int64_t, int64_t>> sums;
    for (const auto& row : figures.rows()) {
      auto& sum = sums[row.dimensions(0).value().substr(0, 4)];
      sum.first += row.values(0).numerator();
      sum.second += row.values(1).numerator();
    }
    return sums;
  };
  for (const auto* figures : {&months, &quarters, &days_too}) {
    EXPECT_EQ(by_year(*figures), by_year(years));
    EXPECT_EQ(TextOf(figures->total()), TextOf(years.total()));
  }
  EXPECT_EQ(quarters.rows(4).values(0).value(), "3") << "the first quarter of 2026 ends on its last day";
}

TEST(R2_Cuts, EveryCutHasTheSameGrandTotalAndItsUnknownIsExplicit) {
  const Desk desk;
  const std::string kim = desk.Person("김하늘"), lee = desk.Person("이바다");
  const std::string region = desk.Unit("name: '서울' kind: KIND_REGION"),
                    team = desk.Unit("name: '강남팀' kind: KIND_TEAM parent_id: '" + region + "'");
  desk.Join(kim, team, "sales_rep");
  const auto product = desk.client.Call<billing::v1::ProductSaved>("SaveProduct", Proto("name: '쌀' category: '곡물'"));
  ASSERT_THAT(product, IsOk());
  const auto account = desk.client.Call<accounts::v1::AccountRegistered>(
      "RegisterAccount", Proto("kind: KIND_BUSINESS name: 'Hanbit' country: 'US' industry: 'food' region: 'Busan'"));
  ASSERT_THAT(account, IsOk());
  const auto lead = desk.Capture("source: 'unknown' occurred_on: '2026-01-01'");
  desk.Win("owner_id: '" + kim + "' product_id: '" + product->product().id() + "' account_id: '" +
               account->account().id() + "' lead_id: '" + lead.id() + "' opened_on: '2026-01-01'",
           "2026-02-01", 1000);
  desk.Win("owner_id: '" + lee + "' opened_on: '2026-01-01'", "2026-02-02", 300);
  desk.Win("owner_id: 'ext:hr:nobody' product_id: 'ext:erp:none' account_id: 'ext:erp:none' opened_on: ''",
           "2026-05-01", 20);
  desk.Win("opened_on: '2026-01-01'", "2026-06-01", 7);

  const std::map<std::string, std::vector<std::string>> expected = {
      {"rep", {"김하늘 | 1 | 1000", "이바다 | 1 | 300", "? | 1 | 20", "- | 1 | 7"}},
      {"team", {"강남팀 | 1 | 1000", "- | 3 | 327"}},
      {"office", {"서울 | 1 | 1000", "- | 3 | 327"}},
      {"product", {"쌀 | 1 | 1000", "? | 1 | 20", "- | 2 | 307"}},
      {"product_category", {"곡물 | 1 | 1000", "? | 1 | 20", "- | 2 | 307"}},
      {"account", {"Hanbit | 1 | 1000", "? | 1 | 20", "- | 2 | 307"}},
      {"segment", {"food | 1 | 1000", "? | 1 | 20", "- | 2 | 307"}},
      {"region", {"Busan | 1 | 1000", "? | 1 | 20", "- | 2 | 307"}},
      {"channel", {"web | 1 | 1000", "- | 3 | 327"}},
      {"origin", {"unknown | 1 | 1000", "- | 3 | 327"}},
      {"quarter", {"2026-Q1 | 2 | 1300", "2026-Q2 | 2 | 27"}},
  };
  for (const auto& [dimension, rows] : expected) {
    const auto figures = desk.Ask("metrics: ['won', 'won_value'] dimensions: '" + dimension + "'");
    EXPECT_EQ(RowsOf(figures), rows) << dimension;
  }
  const auto dictionary = desk.client.Call<ListMetricsResponse>("ListMetrics", Proto("metrics: 'won_value'"));
  ASSERT_THAT(dictionary, IsOk());
  for (const auto& dimension : dictionary->metrics(0).dimensions()) {
    const auto figures = desk.Ask("metrics: ['won', 'won_value'] dimensions: '" + dimension + "'");
    EXPECT_EQ(TextOf(figures.total()), "4 | 1327") << dimension;
    int64_t won = 0, value = 0;
    for (const auto& row : figures.rows()) {
      won += row.values(0).numerator();
      value += row.values(1).numerator();
    }
    EXPECT_EQ(won, 4) << dimension;
    EXPECT_EQ(value, 1327) << dimension;
  }
}

TEST(R2_Cuts, LeadsByChannelAreTheRawRows) {
  const Desk desk;
  for (const char* channel : {"PHONE", "PHONE", "REFERRAL", "CAMPAIGN", "EVENT"})
    EXPECT_THAT(
        desk.client.Call<LeadCaptured>("CaptureLead", Proto(std::string("name: 'a' channel: CHANNEL_") + channel)),
        IsOk());
  EXPECT_THAT(RowsOf(desk.Ask("metrics: 'leads' dimensions: 'channel'")),
              ElementsAre("campaign | 1", "event | 1", "phone | 2", "referral | 1"));
}

TEST(R6_Metrics, OneDefinitionAFigureWithItsNumberShown) {
  const Desk desk;
  const auto dictionary = desk.client.Call<ListMetricsResponse>("ListMetrics", Proto(""));
  ASSERT_THAT(dictionary, IsOk());
  std::set<std::pair<std::string, int>> names;
  std::set<std::string> meanings;
  for (const auto& metric : dictionary->metrics()) {
    const auto& definition = metric.definition();
    EXPECT_TRUE(names.emplace(definition.key(), definition.number()).second) << definition.key();
    EXPECT_TRUE(meanings.insert(definition.meaning().english()).second)
        << definition.key() << " says what another says";
    EXPECT_FALSE(definition.meaning().korean().empty() || definition.formula().empty()) << definition.key();
    EXPECT_GT(metric.dimensions_size(), 0);
    const auto figures = desk.Ask("metrics: '" + definition.key() + "'");
    ASSERT_EQ(figures.metrics_size(), 1);
    EXPECT_EQ(figures.metrics(0).number(), definition.number());
    EXPECT_EQ(figures.metrics(0).key(), definition.key());
  }
  EXPECT_THAT(desk.client.Call<Figures>("GetFigures", Proto("metrics: 'win_rate@1'")), IsOk());
  EXPECT_THAT(desk.client.Call<Figures>("GetFigures", Proto("metrics: 'win_rate@99'")),
              RefusedWith(std::string("UNKNOWN_METRIC")));
}

TEST(R6_Metrics, AsKnownOnAnInstantIsTheSameBytesForEver) {
  const Desk desk;
  const auto lead = desk.Capture("source: 'fair' occurred_on: '2026-01-05'");
  desk.Capture("source: 'mail' occurred_on: '2026-01-06'");
  reporting::v1::GetFiguresRequest request = Proto("metrics: ['leads', 'conversion'] dimensions: 'origin'");
  const auto first = desk.client.Call<Figures>("GetFigures", request);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->positions_size(), 1);
  EXPECT_EQ(first->positions(0).service(), "leads");
  *request.mutable_known_on() = first->known_on();

  UpdateLeadRequest update = Proto("source: 'web'");
  update.set_lead_id(lead.id());
  ASSERT_THAT(desk.client.Call<LeadUpdated>("UpdateLead", update), IsOk());
  desk.Win("lead_id: '" + lead.id() + "' opened_on: '2026-01-05'", "2026-02-01", 500);
  desk.Capture("source: 'mail' occurred_on: '2026-01-06'");
  const auto again = desk.client.Call<Figures>("GetFigures", request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_THAT(RowsOf(desk.Ask("metrics: ['leads', 'conversion'] dimensions: 'origin'")),
              ElementsAre("mail | 2 | 0.00", "web | 1 | 100.00"));
}

TEST(R6_Metrics, LineageOfACellIsExactlyItsEvents) {
  const Desk desk;
  std::vector<std::string> deals;
  for (int i = 0; i < 7; ++i) {
    const auto deal = desk.Open("opened_on: '2026-01-01'");
    desk.Close(deal, std::string("outcome: ") + (i < 5 ? "OUTCOME_WON" : "OUTCOME_LOST") + " closed_on: '2026-0" +
                         (i % 2 == 0 ? "2" : "3") + "-01'");
    if (i < 5 && i % 2 == 0) deals.push_back(deal.id());
  }
  desk.Open("opened_on: '2026-01-01'");
  reporting::v1::GetLineageRequest request =
      Proto("metric: 'won' cell { dimension: 'month' value: '2026-02' } page_size: 2");
  std::vector<LineageEvent> events;
  do {
    const auto page = desk.client.Call<Lineage>("GetLineage", request);
    ASSERT_THAT(page, IsOk());
    events.insert(events.end(), page->events().begin(), page->events().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  std::vector<std::string> listed;
  for (const auto& event : events) {
    listed.push_back(event.entity_id());
    EXPECT_EQ(event.event_type(), "songsang.leads.v1.OpportunityClosed");
    EXPECT_EQ(event.entity_type(), "leads.Opportunity");
    EXPECT_EQ(event.entity_version(), 2);
    // The event is the one in the journal at that very place.
    v1::ReadEventsRequest read;
    read.mutable_after()->set_service(event.service());
    read.mutable_after()->set_partition(event.partition());
    read.mutable_after()->set_epoch(event.epoch());
    read.mutable_after()->set_seq(event.seq() - 1);
    read.set_limit(1);
    const auto found = desk.client.Call<v1::ReadEventsResponse>("ReadEvents", read);
    ASSERT_THAT(found, IsOk());
    ASSERT_EQ(found->events_size(), 1);
    EXPECT_EQ(found->events(0).event_id(), event.event_id());
    EXPECT_EQ(found->events(0).actor(), event.actor());
    EXPECT_THAT(found->events(0).recorded_at(), EqualsProto(event.recorded_at()));
  }
  EXPECT_THAT(listed, UnorderedElementsAreArray(deals));
}

TEST(R6_Metrics, AmountsOfTwoCurrenciesAreNotAdded) {
  const Desk desk;
  desk.Win("opened_on: '2026-01-01'", "2026-02-01", 500);
  desk.Close(desk.Open("opened_on: '2026-01-01'"),
             "outcome: OUTCOME_WON closed_on: '2026-02-01' value { minor: 1050 currency: 'USD' }");
  EXPECT_THAT(desk.client.Call<Figures>("GetFigures", Proto("metrics: 'won_value'")),
              RefusedWith(std::string("CURRENCIES_MIXED")));
  EXPECT_THAT(RowsOf(desk.Ask("metrics: 'won_value' dimensions: 'currency'")), ElementsAre("KRW | 500", "USD | 10.50"));
}

}  // namespace
}  // namespace songsang
