#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/dates.h"
#include "core/splice.h"
#include "songsang/workforce/v1/unit.pb.h"
#include "support/proto.h"
#include "workforce/rules_quota.h"

namespace songsang::workforce {
namespace {

// `hq 100 (own 0) | >seoul 60 [kim 40 2026-03-02..2026-03-10, lee 20 …]`
std::string Text(const QuotaRollUp& answer) {
  std::string text = std::to_string(answer.quota());
  for (const auto& node : answer.units()) {
    text += " | " + std::string(static_cast<size_t>(node.depth()), '>') + (node.name().empty() ? "?" : node.name()) +
            " " + std::to_string(node.quota());
    if (node.own_goal() != 0) text += " of " + std::to_string(node.own_goal());
    for (const auto& share : node.people())
      text += " [" + share.name() + " " + std::to_string(share.quota()) + " " + share.first_on().substr(5) + ".." +
              share.last_on().substr(5) + "]";
  }
  return text;
}

// Two branches under a headquarters; kim moves from Seoul to Busan on the 11th; 10 a day from the 9th to the 12th.
QuotaFacts March() {
  QuotaFacts facts;
  for (const char* day : {"2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12"})
    facts.of_people.push_back({"kim", day, 10});
  facts.memberships = {{"m1", "kim", "seoul", "2026-01-01", "2026-03-10"}, {"m2", "kim", "busan", "2026-03-11", ""}};
  facts.placements = {{"p0", "hq", "", "", ""}, {"p1", "seoul", "hq", "", ""}, {"p2", "busan", "hq", "", ""}};
  facts.units = {{"hq", "본사"}, {"seoul", "서울"}, {"busan", "부산"}};
  facts.people = {{"kim", "김하늘"}};
  return facts;
}
GetQuotaRollUpRequest OfMarch(const std::string& unit = "") {
  return Proto("metric: 'revenue' from_on: '2026-03-01' to_on: '2026-03-31' unit_id: '" + unit + "'");
}

TEST(RollUp, AMoveDividesTheMonthByTheDay) {
  EXPECT_EQ(Text(RollUp(March(), OfMarch())),
            "40 | 본사 40 | >부산 20 [김하늘 20 03-11..03-12] | >서울 20 [김하늘 20 03-09..03-10]");
  EXPECT_EQ(Text(RollUp(March(), OfMarch("busan"))), "20 | 부산 20 [김하늘 20 03-11..03-12]");
  EXPECT_EQ(Text(RollUp(March(), OfMarch("nowhere"))), "0");
}

TEST(RollUp, AUnitThatMovesTakesItsQuotaAlongFromThatDay) {
  QuotaFacts facts = March();
  facts.memberships = {{"m1", "kim", "team", "", ""}};
  facts.placements.push_back({"p3", "team", "seoul", "", "2026-03-09"});
  facts.placements.push_back({"p4", "team", "busan", "2026-03-10", ""});
  facts.units["team"] = "1팀";
  facts.of_units = {{"seoul", 15}};
  EXPECT_EQ(Text(RollUp(facts, OfMarch())),
            "40 | 본사 40 | >부산 30 | >>1팀 40 [김하늘 40 03-09..03-12] | >서울 10 of 15");
}

TEST(RollUp, WhoIsInTwoUnitsCountsOnceAndWhoIsInNoneIsSeen) {
  QuotaFacts facts = March();
  // The later one carries it; of two of the same day the smaller id.
  facts.memberships = {{"m1", "kim", "seoul", "2026-01-01", "2026-03-11"},
                       {"m3", "kim", "hq", "2026-03-10", "2026-03-11"},
                       {"m2", "kim", "busan", "2026-03-10", "2026-03-10"}};
  EXPECT_EQ(
      Text(RollUp(facts, OfMarch())),
      "40 | 본사 30 [김하늘 10 03-11..03-11] | >부산 10 [김하늘 10 03-10..03-10] | >서울 10 [김하늘 10 03-09..03-09]"
      " | ? 10 [김하늘 10 03-12..03-12]");
}

TEST(RollUp, Periods) {
  EXPECT_THAT(CheckPeriod(Proto("from_on: '2026-03-02' to_on: '2026-03-01'")), RefusedWith(kPeriodMustEndAfterStart));
  EXPECT_THAT(CheckPeriod(Proto("from_on: '2026-01-01' to_on: '2027-02-05'")), RefusedWith(kPeriodMustNotBeLong));
  EXPECT_THAT(CheckPeriod(Proto("from_on: '2026-01-01' to_on: '2027-02-04'")), IsOk());
}

// Memberships of people (`r…`) in teams, and places of teams and branches, as splices leave them.
class Moves {
 public:
  void Move(const std::string& what, const std::string& where, const std::string& from) {
    Membership inserted;
    inserted.set_unit_id(where);
    inserted.set_from_on(from);
    std::vector<const Membership*> there;
    for (const auto& [id, stay] : stays_[what]) there.push_back(&stay);
    auto spliced = Splice(there, inserted, [&] { return "s" + std::to_string(fresh_++); });
    spliced.changed.push_back(spliced.inserted);
    for (const auto& changed : spliced.changed) stays_[what][changed.id()] = changed;
  }
  QuotaFacts Facts() const {
    QuotaFacts facts;
    facts.units["hq"] = "hq";
    facts.placements.push_back({"p", "hq", "", "", ""});
    for (const auto& [what, stays] : stays_) {
      const bool is_person = what[0] == 'r';
      (is_person ? facts.people : facts.units)[what] = what;
      for (const auto& [id, stay] : stays)
        (is_person ? facts.memberships : facts.placements)
            .push_back({id, what, stay.unit_id(), stay.from_on(), stay.to_on()});
    }
    return facts;
  }
  // What each unit is to reach on a day, looked up without the rules: what is in it, and so on upwards.
  std::map<std::string, int64_t> Wanted(const std::string& day, const std::map<std::string, int64_t>& shares) const {
    std::map<std::string, std::string> at;
    for (const auto& [what, stays] : stays_)
      for (const auto& [id, stay] : stays)
        if (stay.from_on() <= day && (stay.to_on().empty() || day <= stay.to_on())) at[what] = stay.unit_id();
    std::map<std::string, int64_t> wanted;
    for (const auto& [person, amount] : shares)
      for (std::string unit = at[person];; unit = at[unit]) {
        wanted[unit] += amount;
        if (unit.empty() || unit == "hq") break;
      }
    return wanted;
  }

 private:
  std::map<std::string, std::map<std::string, Membership>> stays_;
  int fresh_ = 0;
};

// Every day of a year in which people and units move 200 times: each unit is the sum of its people and of the units
// below it, all are the sum of all people, and the year is the sum of its days.
TEST(RollUp, OnEveryDayOfAYearWithTwoHundredMoves) {
  std::mt19937 chance(20261122);
  const auto day_of = [&] { return Date::Of(2026, 1, 1).PlusDays(static_cast<int>(chance() % 365)).ToIso(); };
  const auto some = [&](const char* kind, unsigned count) { return kind + std::to_string(chance() % count); };
  Moves moves;
  for (int i = 0; i < 5; ++i) moves.Move("b" + std::to_string(i), "hq", "");
  for (int i = 0; i < 12; ++i) moves.Move("t" + std::to_string(i), some("b", 5), "");
  for (int i = 0; i < 60; ++i) moves.Move("r" + std::to_string(i), some("t", 12), chance() % 10 == 0 ? day_of() : "");
  for (int i = 0; i < 160; ++i) moves.Move(some("r", 60), some("t", 12), day_of());
  for (int i = 0; i < 40; ++i) moves.Move(some("t", 12), some("b", 5), day_of());
  QuotaFacts facts = moves.Facts();
  std::vector<GoalShare> everything;
  std::map<std::string, int64_t> year;  // of every unit, by adding up its days
  int64_t all = 0;
  for (Date date = Date::Of(2026, 1, 1); date.year() == 2026; date = date.PlusDays(1)) {
    const std::string day = date.ToIso();
    std::map<std::string, int64_t> shares;
    for (int i = 0; i < 60; ++i) shares["r" + std::to_string(i)] = static_cast<int64_t>(chance() % 1'000'000);
    facts.of_people.clear();
    for (const auto& [person, amount] : shares) {
      facts.of_people.push_back({person, day, amount});
      all += amount;
    }
    everything.insert(everything.end(), facts.of_people.begin(), facts.of_people.end());
    auto wanted = moves.Wanted(day, shares);
    const auto answer = RollUp(facts, Proto("from_on: '" + day + "' to_on: '" + day + "'"));
    EXPECT_EQ(answer.quota(), wanted["hq"] + wanted[""]) << day;
    for (const auto& node : answer.units()) {
      EXPECT_EQ(node.quota(), wanted[node.unit_id()]) << node.unit_id() << " on " << day;
      year[node.unit_id()] += node.quota();
    }
  }
  facts.of_people = everything;
  const auto answer = RollUp(facts, Proto("from_on: '2026-01-01' to_on: '2026-12-31'"));
  EXPECT_EQ(answer.quota(), all);
  for (const auto& node : answer.units()) EXPECT_EQ(node.quota(), year[node.unit_id()]) << node.unit_id();
}

}  // namespace
}  // namespace songsang::workforce
