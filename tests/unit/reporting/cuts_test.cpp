// Every cut of a figure has the same grand total, months sum to years, and unknown is a bucket: for every figure that
// adds up, by every dimension that it has, on companies made at random.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/leads/v1/hand_off.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/training/v1/enrolment.pb.h"
#include "songsang/workforce/v1/goal.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "songsang/workforce/v1/statement.pb.h"
#include "songsang/workforce/v1/unit.pb.h"
#include "unit/reporting/world.h"

namespace songsang::reporting {
namespace {

using testing::ElementsAre;

// Makes events at random; what they refer to may be blank, or nobody's.
class Chance {
 public:
  explicit Chance(uint32_t seed) : random_(seed) {}
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  std::string Id(const std::string& kind) {
    const int n = Below(6);
    return n == 0 ? "" : n == 1 ? "gone" : kind + std::to_string(n);
  }
  std::string Day() {
    const Date first = *Date::Parse("2025-01-01");
    return first.PlusDays(Below(730)).ToIso();
  }
  std::string Ref(const std::string& field, const std::string& kind) { return field + ": '" + Id(kind) + "' "; }
  static std::string Money(const std::string& field, int64_t minor) {
    return field + " { minor: " + std::to_string(minor) + " currency: 'KRW' } ";
  }

 private:
  std::mt19937 random_;
};

std::string Head(Chance* chance) {
  const char* channels[] = {"", "direct", "dealer"};
  return chance->Ref("account_id", "a") + chance->Ref("unit_id", "u") + chance->Ref("owner_id", "p") + "channel: '" +
         channels[chance->Below(3)] + "' ";
}

void RecordTrade(Chance* chance, World* world, int n) {
  const std::string id = std::to_string(n), invoiced = chance->Day();
  const int64_t minor = 1 + chance->Below(1'000'000);
  const std::string product = chance->Ref("product_id", "q");
  std::string credits;
  int64_t left = minor;
  const int people = chance->Below(3);
  const auto credit = [&](const std::string& name, int i, int64_t part, const std::string& rest) {
    return "sales_credits { id: '" + name + std::to_string(i) + "' version: 1 person_id: 'p" + std::to_string(2 + i) +
           "' " + Chance::Money("basis", part) + rest + "} ";
  };
  std::string back;
  for (int i = 0; i < people; ++i) {
    const int64_t part = i + 1 == people ? left : left / 3;
    left -= part;
    credits += credit("c" + id + "-", i, part, "invoice_line_id: 'n" + id + "' ");
    back += credit("b" + id + "-", i, -part,
                   "invoice_line_id: 'n" + id + "' return_id: 'r" + id + "' return_line_id: 'm" + id + "' ");
  }
  const std::string head = Head(chance);
  billing::v1::InvoiceIssued issued = Proto(
      "invoice { id: 'i" + id + "' version: 1 issued_on: '" + invoiced + "' " + head + "} lines { id: 'n" + id +
      "' version: 1 invoice_id: 'i" + id + "' " + product + Chance::Money("supply", minor) + "} " + credits +
      "receivable { id: 'k" + id + "' version: 1 kind: KIND_INVOICE due_on: '" + chance->Day() + "' " +
      chance->Ref("owner_id", "p") + "} postings { id: 'g" + id + "' version: 1 purpose: PURPOSE_TRADE_RECEIVABLES " +
      "receivable_id: '" + (chance->Below(5) == 0 ? "gone" : "k" + id) + "' posted_on: '" + invoiced + "' " +
      chance->Ref("account_id", "a") + chance->Ref("unit_id", "u") + Chance::Money("amount", minor) + "}");
  world->Record(issued);
  billing::v1::OrderPlaced placed =
      Proto("order { id: 'o" + id + "' version: 1 ordered_on: '" + chance->Day() + "' " + head +
            (chance->Below(4) == 0 ? "cancelled_on: '" + chance->Day() + "' " : "") + "} lines { id: 'ol" + id +
            "' version: 1 order_id: 'o" + id + "' " + product + Chance::Money("supply", minor) + "}");
  world->Record(placed);
  if (chance->Below(3) > 0) return;
  billing::v1::ReturnAccepted returned = Proto(
      "sales_return { id: 'r" + id + "' version: 1 returned_on: '" + chance->Day() + "' " + head + "} lines { id: 'm" +
      id + "' version: 1 return_id: 'r" + id + "' " + product + Chance::Money("supply", minor) + "} " + back);
  world->Record(returned);
}

void RecordPeople(Chance* chance, World* world, int n) {
  const std::string id = std::to_string(n), day = chance->Day();
  workforce::v1::GoalSet goal =
      Proto("goal { id: 'g" + id + "' version: 1 metric: 'revenue' currency: 'KRW' " + chance->Ref("person_id", "p") +
            "} days { id: 'd" + id + "' version: 1 goal_id: 'g" + id + "' date: '" + day + "' month: '" +
            day.substr(0, 7) + "' amount: " + std::to_string(chance->Below(1000)) + " }");
  world->Record(goal);
  workforce::v1::StatementSettled pay =
      Proto("statement { id: 's" + id + "' version: 1 month: '" + day.substr(0, 7) + "' " +
            chance->Ref("person_id", "p") + "} lines { id: 'e" + id + "' version: 1 statement_id: 's" + id +
            "' kind: " + std::to_string(1 + chance->Below(4)) + " " +
            Chance::Money("amount", chance->Below(2000) - 1000) + "}");
  world->Record(pay);
  training::v1::LearnerEnrolled enrolled =
      Proto("enrolment { id: 't" + id + "' version: 1 state: " + std::to_string(1 + chance->Below(5)) +
            " enrolled_on: '" + day + "' " + chance->Ref("person_id", "p") + chance->Ref("programme_id", "x") +
            (chance->Below(2) == 0 ? "due_on: '" + chance->Day() + "' " : "") +
            (chance->Below(2) == 0 ? "ended_on: '" + chance->Day() + "' score_before: 40 score_after: 70 " : "") + "}");
  world->Record(enrolled);
  leads::v1::HandOffOffered offered =
      Proto("hand_off { id: 'h" + id + "' version: 1 state: STATE_ACCEPTED offered_on: '" + day + "' answered_on: '" +
            chance->Day() + "' " + chance->Ref("from_id", "p") + chance->Ref("to_id", "p") + "}");
  world->Record(offered);
  leads::v1::OpportunityClosed deal =
      Proto("opportunity { id: 'w" + id + "' version: 1 status: " + std::to_string(1 + chance->Below(3)) +
            " opened_on: '" + day + "' closed_on: '" + chance->Day() + "' " + chance->Ref("owner_id", "p") +
            chance->Ref("account_id", "a") + Chance::Money("value", chance->Below(10'000)) + "}");
  world->Record(deal);
}

void RecordOrganisation(Chance* chance, World* world) {
  for (int n = 2; n < 6; ++n) {
    const std::string id = std::to_string(n);
    workforce::v1::PersonRegistered person = Proto("person { id: 'p" + id + "' version: 1 name: 'P" + id + "' }");
    workforce::v1::UnitOpened unit =
        Proto("unit { id: 'u" + id + "' version: 1 name: 'U" + id + "' } placement { id: 'l" + id +
              "' version: 1 unit_id: 'u" + id + "' parent_id: 'u2' }");
    accounts::v1::AccountRegistered account = Proto("account { id: 'a" + id + "' version: 1 name: 'A" + id +
                                                    "' region: '" + (chance->Below(2) == 0 ? "" : "seoul") + "' }");
    world->Record(person);
    world->Record(unit);
    world->Record(account);
    // Two units at once: a membership must not double what its person sold.
    for (const char* part : {"first", "second"}) {
      workforce::v1::UnitJoined joined =
          Proto("membership { id: '" + std::string(part) + id + "' version: 1 person_id: 'p" + id + "' " +
                chance->Ref("unit_id", "u") + "role: 'sales_rep' from_on: '" + chance->Day() + "' }");
      world->Record(joined);
    }
  }
}

bool AddsUp(const v1::MetricDefinition& metric) { return metric.has_amount(); }

class Cuts : public testing::TestWithParam<uint32_t> {};

TEST_P(Cuts, EveryCutHasTheSameGrandTotal) {
  Chance chance(GetParam());
  World world;
  RecordOrganisation(&chance, &world);
  for (int n = 0; n < 60; ++n) {
    RecordTrade(&chance, &world, n);
    RecordPeople(&chance, &world, n);
  }
  ASSERT_THAT(world.Follow(), IsOk());
  const Dictionary& dictionary = ShippedDictionary();
  int cuts = 0;
  for (const auto* metric : dictionary.metrics()) {
    if (!AddsUp(*metric)) continue;
    v1::GetFiguresRequest whole;
    whole.add_metrics(metric->key());
    if (GetParam() % 2 == 0) whole.set_as_of("2026-03-31");
    const auto total = world.Ask(whole);
    ASSERT_THAT(total, IsOk()) << metric->key();
    for (const auto& [key, dimension] : dictionary.dimensions()) {
      if (!dictionary.CanCut(*metric, dimension)) continue;
      v1::GetFiguresRequest request = whole;
      request.add_dimensions(key);
      const auto figures = world.Ask(request);
      ASSERT_THAT(figures, IsOk()) << metric->key() << " by " << key;
      int64_t sum = 0;
      for (const auto& row : figures->rows()) sum += row.values(0).numerator();
      EXPECT_EQ(sum, total->total().values(0).numerator()) << metric->key() << " by " << key;
      EXPECT_EQ(figures->total().values(0).value(), total->total().values(0).value()) << metric->key() << " by " << key;
      ++cuts;
    }
  }
  EXPECT_GT(cuts, 200);
}

TEST_P(Cuts, DaysWeeksMonthsAndQuartersSumToYears) {
  Chance chance(GetParam());
  World world;
  for (int n = 0; n < 40; ++n) {
    RecordTrade(&chance, &world, n);
    RecordPeople(&chance, &world, n);
  }
  ASSERT_THAT(world.Follow(), IsOk());
  for (const auto* metric : ShippedDictionary().metrics()) {
    if (!AddsUp(*metric)) continue;
    const auto by_year = [&](const std::string& bucket) {
      v1::GetFiguresRequest request = Proto("dimensions: '" + bucket + "'");
      request.add_metrics(metric->key());
      std::map<std::string, int64_t> sums;
      const auto figures = world.Ask(request);
      EXPECT_THAT(figures, IsOk()) << metric->key();
      if (!figures.ok()) return sums;
      for (const auto& row : figures->rows()) sums[row.dimensions(0).value().substr(0, 4)] += row.values(0).numerator();
      return sums;
    };
    const auto years = by_year("year");
    for (const char* bucket : {"quarter", "month", "day"}) EXPECT_EQ(by_year(bucket), years) << metric->key();
  }
}

INSTANTIATE_TEST_SUITE_P(Companies, Cuts, testing::Range(1U, 5U));

TEST(Figures, RevenueIsSplitByCreditAndKeepsTheLineWhereNobodyIsCredited) {
  World world;
  billing::v1::InvoiceIssued shared = Proto(
      "invoice { id: 'i1' version: 1 issued_on: '2026-01-31' } lines { id: 'n1' version: 1 invoice_id: 'i1' supply { "
      "minor: 999 currency: 'KRW' } } sales_credits { id: 'c1' version: 1 invoice_line_id: 'n1' person_id: 'kim' basis "
      "{ minor: 333 currency: 'KRW' } } sales_credits { id: 'c2' version: 1 invoice_line_id: 'n1' person_id: 'lee' "
      "basis { minor: 666 currency: 'KRW' } }");
  billing::v1::InvoiceIssued nobodys = Proto(
      "invoice { id: 'i2' version: 1 issued_on: '2026-02-01' } lines { id: 'n2' version: 1 invoice_id: 'i2' supply { "
      "minor: 50 currency: 'KRW' } }");
  billing::v1::ReturnAccepted returned = Proto(
      "sales_return { id: 'r1' version: 1 returned_on: '2026-02-28' } lines { id: 'm1' version: 1 return_id: 'r1' "
      "supply { minor: 333 currency: 'KRW' } } sales_credits { id: 'b1' version: 1 invoice_line_id: 'n1' return_id: "
      "'r1' return_line_id: 'm1' person_id: 'kim' basis { minor: -111 currency: 'KRW' } } sales_credits { id: 'b2' "
      "version: 1 invoice_line_id: 'n1' return_id: 'r1' return_line_id: 'm1' person_id: 'lee' basis { minor: -222 "
      "currency: 'KRW' } }");
  world.Record(shared);
  world.Record(nobodys);
  world.Record(returned);
  ASSERT_THAT(world.Follow(), IsOk());
  EXPECT_THAT(RowsOf(*world.Ask(Proto("metrics: ['revenue', 'invoiced', 'returned', 'return_rate', 'revenue_share'] "
                                      "dimensions: 'rep'"))),
              ElementsAre("?kim | 222 | 333 | 111 | 33.33 | 31.01", "?lee | 444 | 666 | 222 | 33.33 | 62.01",
                          "- | 50 | 50 | 0 | 0.00 | 6.98"));
  EXPECT_THAT(RowsOf(*world.Ask(Proto("metrics: 'revenue' dimensions: 'month'"))),
              ElementsAre("2026-01 | 999", "2026-02 | -283"));
  // The two credits of a line are one event behind the figure.
  const auto lineage = world.Lineage(Proto("metric: 'revenue'"));
  ASSERT_THAT(lineage, IsOk());
  EXPECT_EQ(lineage->events_size(), 3);
}

TEST(Figures, TrainingIsMeasuredByTermAndByWhatWasLearnt) {
  World world;
  const auto enrol = [&](const std::string& fields) {
    static int n = 0;
    training::v1::LearnerEnrolled event =
        Proto("enrolment { id: 'e" + std::to_string(++n) + "' version: 1 enrolled_on: '2026-01-02' " + fields + "}");
    world.Record(event);
  };
  enrol("state: STATE_PASSED due_on: '2026-03-31' ended_on: '2026-03-31' score_before: 40 score_after: 80");
  enrol("state: STATE_PASSED due_on: '2026-03-31' ended_on: '2026-04-01' score_before: 50 score_after: 75");
  enrol("state: STATE_FAILED due_on: '2026-03-31' ended_on: '2026-03-30' score_before: 30 score_after: 45");
  enrol("state: STATE_BEGUN due_on: '2026-03-31'");
  enrol("state: STATE_WITHDRAWN due_on: '2026-03-31' ended_on: '2026-02-01'");
  enrol("state: STATE_BEGUN due_on: '2027-03-31'");
  enrol("state: STATE_PASSED ended_on: '2026-03-01' score_after: 90");
  ASSERT_THAT(world.Follow(), IsOk());
  const auto figures = world.Ask(
      Proto("metrics: ['enrolments', 'completions', 'trainings_due', 'training_compliance', 'score_before_mean', "
            "'score_after_mean', 'training_effect']"));
  ASSERT_THAT(figures, IsOk());
  EXPECT_EQ(TotalOf(*figures), "7 | 3 | 4 | 25.00 | 40.00 | 72.50 | 26.67");
  EXPECT_EQ(figures->total().values(6).left_out(), 1) << "one had no score before";
}

TEST(Figures, PayIsPlacedOnTheLastDayOfItsMonth) {
  World world;
  workforce::v1::StatementSettled settled = Proto(
      "statement { id: 's' version: 1 person_id: 'kim' month: '2026-02' } lines { id: '1' version: 1 statement_id: 's' "
      "kind: KIND_BASE amount { minor: 3000 currency: 'KRW' } } lines { id: '2' version: 1 statement_id: 's' kind: "
      "KIND_TIER amount { minor: 500 currency: 'KRW' } } lines { id: '3' version: 1 statement_id: 's' kind: "
      "KIND_CLAW_BACK amount { minor: -120 currency: 'KRW' } }");
  world.Record(settled);
  ASSERT_THAT(world.Follow(), IsOk());
  EXPECT_THAT(
      RowsOf(*world.Ask(Proto("metrics: ['pay', 'base_pay', 'commission', 'claw_back'] dimensions: ['day', 'rep']"))),
      ElementsAre("2026-02-28 | ?kim | 3380 | 3000 | 380 | -120"));
  EXPECT_EQ(TotalOf(*world.Ask(Proto("metrics: 'pay' as_of: '2026-02-27'"))), "0");
}

}  // namespace
}  // namespace songsang::reporting
