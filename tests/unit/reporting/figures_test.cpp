// Questions and answers, on a replica made of journals that are written here by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reporting/rules_figures.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "songsang/workforce/v1/unit.pb.h"
#include "unit/reporting/world.h"

namespace songsang::reporting {
namespace {

using testing::ElementsAre;

// A lead of a day and an origin.
leads::v1::LeadCaptured Lead(const std::string& id, const std::string& day, const std::string& source) {
  leads::v1::LeadCaptured event = Proto("lead { version: 1 }");
  event.mutable_lead()->set_id(id);
  event.mutable_lead()->set_occurred_on(day);
  event.mutable_lead()->set_source(source);
  return event;
}

// An opportunity as it stands, written at once.
leads::v1::OpportunityClosed Deal(const std::string& id, const std::string& fields) {
  leads::v1::OpportunityClosed event = Proto("opportunity { version: 1 " + fields + "}");
  event.mutable_opportunity()->set_id(id);
  return event;
}

std::string Won(const std::string& opened, const std::string& closed, int64_t minor, const std::string& more = "") {
  return "status: STATUS_WON opened_on: '" + opened + "' closed_on: '" + closed +
         "' value { minor: " + std::to_string(minor) + " currency: 'USD' } " + more;
}

TEST(Figures, LeadsByOriginWithBlankApartFromUnknown) {
  World world;
  world.Record(Lead("1", "2026-01-05", "social"));
  world.Record(Lead("2", "2026-01-31", "unknown"));
  world.Record(Lead("3", "2026-02-01", ""));
  world.Record(Lead("4", "2026-02-01", "social"));
  world.Record(Deal("d", Won("2026-01-05", "2026-03-01", 500, "lead_id: '1'")));
  ASSERT_THAT(world.Follow(), IsOk());
  const auto figures =
      world.Ask(Proto("metrics: ['leads', 'lead_wins', 'conversion', 'days_to_win_mean'] dimensions: 'origin'"));
  ASSERT_THAT(figures, IsOk());
  EXPECT_THAT(RowsOf(*figures),
              ElementsAre("social | 2 | 1 | 50.00 | 55.0000", "unknown | 1 | 0 | 0.00 | ", "- | 1 | 0 | 0.00 | "));
  EXPECT_EQ(TotalOf(*figures), "4 | 1 | 25.00 | 55.0000");
  EXPECT_EQ(figures->metrics(2).number(), 1);
}

TEST(Figures, BucketsOfAPeriodAreCompleteAndOthersOnlyWhereSomethingHappened) {
  World world;
  world.Record(Lead("1", "2026-01-05", "social"));
  world.Record(Lead("2", "2026-03-31", "social"));
  world.Record(Lead("3", "2026-04-01", "social"));
  ASSERT_THAT(world.Follow(), IsOk());
  EXPECT_THAT(RowsOf(*world.Ask(Proto("metrics: 'leads' period { bucket: BUCKET_MONTH }"))),
              ElementsAre("2026-01 | 1", "2026-03 | 1", "2026-04 | 1"));
  EXPECT_THAT(RowsOf(*world.Ask(
                  Proto("metrics: 'leads' period { from_on: '2026-01-05' to_on: '2026-03-31' bucket: BUCKET_MONTH }"))),
              ElementsAre("2026-01 | 1", "2026-02 | 0", "2026-03 | 1"));
  EXPECT_THAT(RowsOf(*world.Ask(Proto("metrics: 'leads' period { bucket: BUCKET_QUARTER }"))),
              ElementsAre("2026-Q1 | 2", "2026-Q2 | 1"));
  EXPECT_THAT(RowsOf(*world.Ask(Proto("metrics: 'leads' period { bucket: BUCKET_WEEK to_on: '2026-01-31' }"))),
              ElementsAre("2026-W02 | 1"));
}

TEST(Figures, OrderLimitAndATotalOfAll) {
  World world;
  for (int i = 0; i < 6; ++i) world.Record(Lead(std::to_string(i), "2026-01-05", i < 3 ? "c" : i < 5 ? "b" : "a"));
  ASSERT_THAT(world.Follow(), IsOk());
  const auto top =
      world.Ask(Proto("metrics: ['leads', 'conversion'] dimensions: 'origin' order_by: '-leads' limit: 2"));
  EXPECT_THAT(RowsOf(*top), ElementsAre("c | 3 | 0.00", "b | 2 | 0.00"));
  EXPECT_EQ(top->omitted_rows(), 1);
  EXPECT_EQ(TotalOf(*top), "6 | 0.00");
  EXPECT_THAT(RowsOf(*world.Ask(Proto("metrics: 'leads' dimensions: 'origin' order_by: '-origin'"))),
              ElementsAre("c | 3", "b | 2", "a | 1"));
  EXPECT_THAT(world.Ask(Proto("metrics: 'leads' dimensions: 'origin' order_by: 'channel'")), RefusedWith(kBadOrder));
}

TEST(Figures, ForeignEntitiesThatAreAbsentAreUnknown) {
  World world;
  workforce::v1::PersonRegistered person = Proto("person { id: 'p1' version: 1 name: '김하늘' }");
  accounts::v1::AccountRegistered account = Proto("account { id: 'a1' version: 1 name: '한빛' industry: 'medical' }");
  world.Record(person);
  world.Record(account);
  world.Record(Deal("1", Won("2026-01-01", "2026-01-11", 100, "owner_id: 'p1' account_id: 'a1'")));
  world.Record(Deal("2", Won("2026-01-01", "2026-01-21", 200, "owner_id: 'gone' account_id: 'gone'")));
  world.Record(Deal("3", Won("2026-01-01", "2026-01-31", 400)));
  ASSERT_THAT(world.Follow(), IsOk());
  const auto by_rep = world.Ask(Proto("metrics: ['won', 'won_value'] dimensions: 'rep'"));
  ASSERT_THAT(by_rep, IsOk());
  EXPECT_THAT(RowsOf(*by_rep), ElementsAre("김하늘 | 1 | 1.00", "?gone | 1 | 2.00", "- | 1 | 4.00"));
  const auto by_segment = world.Ask(Proto("metrics: ['won', 'won_value'] dimensions: 'segment'"));
  EXPECT_THAT(RowsOf(*by_segment), ElementsAre("medical | 1 | 1.00", "? | 1 | 2.00", "- | 1 | 4.00"));
  EXPECT_EQ(TotalOf(*by_rep), TotalOf(*by_segment));
  EXPECT_THAT(
      RowsOf(*world.Ask(Proto("metrics: 'won' dimensions: 'rep' filters { dimension: 'rep' values: '김하늘' }"))),
      ElementsAre("김하늘 | 1"));
  EXPECT_EQ(TotalOf(*world.Ask(Proto("metrics: 'won' filters { dimension: 'rep' values: 'gone' unset: true }"))), "2");
}

TEST(Figures, CurrenciesAreNeverAdded) {
  World world;
  world.Record(Deal("1", Won("2026-01-01", "2026-01-11", 1000)));
  world.Record(Deal("2", "status: STATUS_WON closed_on: '2026-01-12' value { minor: 5000 currency: 'KRW' }"));
  world.Record(Deal("3", "status: STATUS_WON closed_on: '2026-01-12'"));
  ASSERT_THAT(world.Follow(), IsOk());
  EXPECT_THAT(world.Ask(Proto("metrics: 'won_value'")), RefusedWith(kCurrenciesMixed));
  EXPECT_THAT(world.Ask(Proto("metrics: 'won_value' dimensions: 'month'")), RefusedWith(kCurrenciesMixed));
  const auto figures = world.Ask(Proto("metrics: ['won', 'won_value'] dimensions: 'currency'"));
  ASSERT_THAT(figures, IsOk());
  EXPECT_THAT(RowsOf(*figures), ElementsAre("KRW | 1 | 5000", "USD | 1 | 10.00", "- | 1 | 0"));
  EXPECT_EQ(TotalOf(*figures), "3 | ") << "amounts of two currencies have no total";
  EXPECT_EQ(figures->rows(2).values(1).left_out(), 1);
  EXPECT_EQ(TotalOf(*world.Ask(Proto("metrics: 'won_value' filters { dimension: 'currency' values: 'USD' }"))),
            "10.00");
}

TEST(Figures, OrganisationIsThatOfTheDay) {
  World world;
  workforce::v1::PersonRegistered kim = Proto("person { id: 'kim' version: 1 name: 'Kim' }");
  workforce::v1::PersonRegistered lee = Proto("person { id: 'lee' version: 1 name: 'Lee' }");
  workforce::v1::UnitOpened north = Proto("unit { id: 'n' version: 1 name: 'North' }");
  workforce::v1::UnitOpened south = Proto("unit { id: 's' version: 1 name: 'South' }");
  workforce::v1::UnitOpened team = Proto(
      "unit { id: 't' version: 1 name: 'Team' } placement { id: 'p1' version: 1 unit_id: 't' parent_id: 'n' to_on: "
      "'2026-01-31' }");
  workforce::v1::UnitMoved moved = Proto(
      "unit { id: 't' version: 2 name: 'Team' } placement { id: 'p2' version: 1 unit_id: 't' parent_id: 's' from_on: "
      "'2026-02-01' }");
  workforce::v1::UnitJoined member =
      Proto("membership { id: 'm1' version: 1 person_id: 'kim' unit_id: 't' role: 'sales_rep' }");
  workforce::v1::UnitJoined boss = Proto(
      "membership { id: 'm2' version: 1 person_id: 'lee' unit_id: 't' role: 'sales_manager' from_on: '2026-02-01' }");
  for (const google::protobuf::Message* event : std::initializer_list<const google::protobuf::Message*>{
           &kim, &lee, &north, &south, &team, &moved, &member, &boss})
    world.Record(*event);
  world.Record(Deal("1", Won("2026-01-01", "2026-01-31", 100, "owner_id: 'kim'")));
  world.Record(Deal("2", Won("2026-01-01", "2026-02-01", 200, "owner_id: 'kim'")));
  world.Record(Deal("3", "status: STATUS_OPEN owner_id: 'kim' opened_on: '2026-01-01'"));
  ASSERT_THAT(world.Follow(), IsOk());
  EXPECT_THAT(RowsOf(*world.Ask(Proto("metrics: ['won', 'open'] dimensions: ['office', 'manager', 'team']"))),
              ElementsAre("North | - | Team | 1 | 0", "South | Lee | Team | 1 | 1"));
  EXPECT_THAT(RowsOf(*world.Ask(Proto("metrics: ['won', 'open'] dimensions: 'office' as_of: '2026-01-31'"))),
              ElementsAre("North | 1 | 2"));
}

TEST(Figures, CyclesLeaveOutWhatNobodyKnows) {
  World world;
  world.Record(Deal("1", Won("2026-01-01", "2026-01-11", 100)));
  world.Record(Deal("2", Won("2026-01-01", "2026-01-31", 100)));
  world.Record(Deal("3", "status: STATUS_WON closed_on: '2026-01-12'"));
  world.Record(Deal("4", "status: STATUS_OPEN opened_on: '2025-01-01'"));
  ASSERT_THAT(world.Follow(), IsOk());
  const auto figures = world.Ask(
      Proto("metrics: ['won', 'sales_cycle_mean', 'sales_cycle_median', 'open_stale'] dimensions: 'opened_known'"));
  ASSERT_THAT(figures, IsOk());
  EXPECT_THAT(RowsOf(*figures), ElementsAre("known | 2 | 20.0000 | 20.0 | 1", "- | 1 |  |  | 0"));
  EXPECT_EQ(figures->total().values(1).left_out(), 1);
}

TEST(Figures, ListPricesAreThoseOfTheDay) {
  World world;
  billing::v1::PriceSet old = Proto(
      "price { id: 'a' version: 1 price_list_id: 'l' product_id: 'x' amount { minor: 1000 currency: 'USD' } "
      "valid_to_on: '2026-01-31' }");
  billing::v1::PriceSet now = Proto(
      "price { id: 'b' version: 1 price_list_id: 'l' product_id: 'x' amount { minor: 3000 currency: 'USD' } "
      "valid_from_on: '2026-02-01' }");
  world.Record(old);
  world.Record(now);
  world.Record(Deal("1", Won("2026-01-01", "2026-01-31", 900, "product_id: 'x'")));
  world.Record(Deal("2", Won("2026-01-01", "2026-02-01", 2700, "product_id: 'x'")));
  world.Record(Deal("3", "status: STATUS_OPEN product_id: 'x'"));
  ASSERT_THAT(world.Follow(), IsOk());
  const auto figures = world.Ask(Proto("metrics: ['won_value', 'list_value', 'realised_share', 'open_list_value']"));
  ASSERT_THAT(figures, IsOk());
  EXPECT_EQ(TotalOf(*figures), "36.00 | 40.00 | 0.900000 | 30.00");
}

TEST(Figures, AsKnownOnIsTheSameForEver) {
  World world;
  world.Record(Lead("1", "2026-01-05", "social"));
  world.Record(Lead("2", "2026-01-05", "mail"));
  ASSERT_THAT(world.Follow(), IsOk());
  v1::GetFiguresRequest request = Proto("metrics: ['leads', 'conversion'] dimensions: 'origin'");
  const auto first = world.Ask(request);
  ASSERT_THAT(first, IsOk());
  *request.mutable_known_on() = first->known_on();
  const std::string bytes = world.Ask(request)->SerializeAsString();
  EXPECT_EQ(bytes, first->SerializeAsString());

  leads::v1::LeadUpdated changed = Proto("lead { id: '1' version: 2 occurred_on: '2026-01-05' source: 'fair' }");
  world.Record(changed, "1");
  world.Record(Lead("3", "2026-01-06", "fair"));
  world.Record(Deal("d", Won("2026-01-05", "2026-03-01", 500, "lead_id: '1'")));
  ASSERT_THAT(world.Follow(), IsOk());
  EXPECT_EQ(world.Ask(request)->SerializeAsString(), bytes);
  request.clear_known_on();
  EXPECT_THAT(RowsOf(*world.Ask(request)), ElementsAre("fair | 2 | 50.00", "mail | 1 | 0.00"));
}

TEST(Figures, NoTenantSeesAnother) {
  World world;
  world.Record(Lead("1", "2026-01-05", "social"));
  ASSERT_THAT(world.Follow(), IsOk());
  EXPECT_EQ(TotalOf(*world.Ask(Proto("metrics: 'leads'"), "other")), "0");
  EXPECT_EQ(world.Ask(Proto("metrics: 'leads'"), "other")->positions_size(), 0);
}

TEST(Lineage, ListsTheEventsOfACell) {
  World world;
  world.Record(Lead("1", "2026-01-05", "social"));
  world.Record(Lead("2", "2026-01-06", "social"));
  world.Record(Lead("3", "2026-01-07", "mail"));
  world.Record(Deal("d", Won("2026-01-05", "2026-03-01", 500, "lead_id: '2'")));
  ASSERT_THAT(world.Follow(), IsOk());
  const auto ids = [](const Result<v1::Lineage>& lineage) {
    std::vector<std::string> list;
    if (lineage.ok())
      for (const auto& event : lineage->events()) list.push_back(event.fact() + " " + event.event_id());
    return list;
  };
  EXPECT_THAT(ids(world.Lineage(Proto("metric: 'conversion' cell { dimension: 'origin' value: 'social' }"))),
              ElementsAre("lead leads-event-1", "lead leads-event-2", "lead_win leads-event-4"));
  EXPECT_THAT(
      ids(world.Lineage(Proto(
          "metric: 'leads' cell { dimension: 'month' value: '2026-01' } cell { dimension: 'origin' value: 'mail' }"))),
      ElementsAre("lead leads-event-3"));
  EXPECT_THAT(ids(world.Lineage(Proto("metric: 'cohort_wins'"))), ElementsAre("lead leads-event-2"));

  v1::GetLineageRequest request = Proto("metric: 'leads' page_size: 2");
  const auto first = world.Lineage(request);
  EXPECT_THAT(ids(first), ElementsAre("lead leads-event-1", "lead leads-event-2"));
  world.Record(Lead("4", "2026-01-08", "mail"));
  ASSERT_THAT(world.Follow(), IsOk());
  request.set_page_token(first->next_page_token());
  const auto second = world.Lineage(request);
  EXPECT_THAT(ids(second), ElementsAre("lead leads-event-3")) << "later pages are of the first one's instant";
  EXPECT_EQ(second->next_page_token(), "");
  request.set_metric("lead_wins");
  EXPECT_THAT(world.Lineage(request), RefusedWith(kBadPageToken));
}

// Every metric by every dimension that it has is a text that the store takes.
TEST(Compiler, EveryShippedCutRuns) {
  World world;
  world.Record(Lead("1", "2026-01-05", "social"));
  ASSERT_THAT(world.Follow(), IsOk());
  const Dictionary& dictionary = ShippedDictionary();
  for (const auto* metric : dictionary.metrics()) {
    for (const auto& [key, dimension] : dictionary.dimensions()) {
      v1::GetFiguresRequest request = Proto("period { from_on: '2026-01-01' to_on: '2026-12-31' } as_of: '2026-06-30'");
      request.add_metrics(metric->key());
      request.add_dimensions(key);
      if (!dictionary.CanCut(*metric, dimension)) {
        EXPECT_THAT(world.Ask(request), RefusedWith(kDimensionNotOfMetric)) << metric->key() << " by " << key;
        continue;
      }
      EXPECT_THAT(world.Ask(request), IsOk()) << metric->key() << " by " << key;
      v1::GetLineageRequest lineage;
      lineage.set_metric(metric->key());
      auto& cell = *lineage.add_cell();
      cell.set_dimension(key);
      cell.set_value("x");
      EXPECT_THAT(world.Lineage(lineage), IsOk()) << metric->key() << " by " << key;
    }
  }
}

TEST(Compiler, RefusesWhatIsNotInTheDictionary) {
  World world;
  world.Record(Lead("1", "2026-01-05", "social"));
  ASSERT_THAT(world.Follow(), IsOk());
  EXPECT_THAT(world.Ask(Proto("metrics: 'luck'")), RefusedWith(kUnknownMetric));
  EXPECT_THAT(world.Ask(Proto("metrics: 'leads' dimensions: 'mood'")), RefusedWith(kUnknownDimension));
  EXPECT_THAT(world.Ask(Proto("metrics: 'leads' dimensions: 'rep'")), RefusedWith(kDimensionNotOfMetric));
  EXPECT_THAT(world.Ask(Proto("metrics: 'leads' filters { dimension: 'rep' values: 'x' }")),
              RefusedWith(kDimensionNotOfMetric));
  EXPECT_THAT(world.Ask(Proto("metrics: 'leads' period { from_on: '2026-02-01' to_on: '2026-01-01' }")),
              RefusedWith(kBadPeriod));
}

TEST(Compiler, BeforeTheReplicaHasBegunNothingIsAnswered) {
  World world;
  EXPECT_THAT(world.Ask(Proto("metrics: 'leads'")), RefusedWith(kReplicaNotReady));
}

}  // namespace
}  // namespace songsang::reporting
