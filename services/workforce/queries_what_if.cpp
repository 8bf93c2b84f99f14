#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "workforce/rules_plan.h"
#include "workforce/rules_what_if.h"
#include "workforce/values.h"
#include "workforce/workforce.h"

namespace songsang::workforce {
namespace {

// Those who were paid by a plan on a day of the period.
constexpr char kAssignedSql[] = R"sql(
SELECT a.person_id, n.name, a.from_on, a.to_on, p.id, p.body
  FROM plan_assignment a
  JOIN compensation_plan p ON p.id = a.plan_id
  JOIN person n ON n.id = a.person_id
 WHERE (:plan_key = '' OR p.key = :plan_key) AND a.from_on <= :last_on AND (a.to_on IS NULL OR a.to_on >= a.from_on)
 ORDER BY a.person_id, a.from_on, a.id)sql";

constexpr char kFactsSql[] = R"sql(
SELECT f.person_id, f.month, f.id, f.original_id, f.date, f.sold_on, f.basis, f.amount_minor, f.reversed_before_minor
  FROM sales_fact f
 WHERE f.month >= :from_month AND f.month <= :to_month AND f.amount_currency = :of_currency)sql";

// What of earlier months is taken back from, and how it was paid.
constexpr char kOriginalsSql[] = R"sql(
SELECT DISTINCT o.id, o.amount_minor
  FROM sales_fact f
  JOIN sales_fact o ON o.id = f.original_id
 WHERE f.month >= :from_month AND f.month <= :to_month AND o.month < :from_month)sql";

constexpr char kSettledSql[] = R"sql(
SELECT DISTINCT l.id, l.body
  FROM sales_fact f
  JOIN sales_fact o ON o.id = f.original_id
  JOIN statement_line l ON l.fact_id = o.id
 WHERE f.month >= :from_month AND f.month <= :to_month AND o.month < :from_month
 ORDER BY l.id)sql";

constexpr char kGoalsSql[] = R"sql(
SELECT g.person_id, g.metric, d.month, CAST(SUM(d.amount) AS BIGINT)
  FROM goal g
  JOIN goal_day d ON d.goal_id = g.id
 WHERE g.person_id IS NOT NULL AND g.currency = :of_currency AND d.month >= :from_month AND d.month <= :to_month
 GROUP BY g.person_id, g.metric, d.month)sql";

// Reads the facts of a what-if; plans live as long as it does.
class Facts {
 public:
  Facts(engine::Reader& reader, const WhatIfRequest& request) : reader_(reader), request_(request) {}

  Result<WhatIfAnswer> Answer() {
    for (const Status& read : {ReadAssigned(), ReadFacts(), ReadOriginals(), ReadGoals()})
      if (!read.ok()) return read.refusal();
    return TryTerms(facts_, request_.terms());
  }

 private:
  Result<engine::Rows> Run(const char* sql) {
    return reader_.Run(sql, request_,
                       {{"of_currency", request_.terms().currency()}, {"last_on", request_.to_month() + "-31"}});
  }

  Status ReadAssigned() {
    const auto rows = Run(kAssignedSql);
    if (!rows.ok()) return rows.refusal();
    for (const auto& row : rows->rows) {
      const std::string person = Text(row[0]);
      if (place_.try_emplace(person, facts_.earners.size()).second) {
        facts_.earners.emplace_back().person_id = person;
        facts_.earners.back().name = Text(row[1]);
      }
      auto [plan, fresh] = plans_.try_emplace(Text(row[4]));
      if (fresh) plan->second.ParseFromString(Text(row[5]));
      if (plan->second.terms().currency() != request_.terms().currency()) continue;
      facts_.earners[place_[person]].assigned.push_back(
          {Text(row[2]), Text(row[3]), plan->first, &plan->second.terms(), 0});
    }
    return Done{};
  }

  Status ReadFacts() {
    const auto rows = Run(kFactsSql);
    if (!rows.ok()) return rows.refusal();
    for (const auto& row : rows->rows) {
      const auto place = place_.find(Text(row[0]));
      if (place == place_.end()) continue;
      facts_.earners[place->second].months[Text(row[1])].push_back(
          {Text(row[2]), Text(row[3]), Text(row[4]), Text(row[5]),
           Text(row[6]) == "receipt" ? CompensationPlan::BASIS_RECEIPT : CompensationPlan::BASIS_INVOICE,
           Number(row[7]), Number(row[8])});
    }
    return Done{};
  }

  // Whether something is taken back of a month before the period. Seldom; and asking the store costs another reading of
  // all facts.
  bool ReachesBack() const {
    std::unordered_set<std::string_view> referred;
    for (const Earner& earner : facts_.earners)
      for (const auto& [month, facts] : earner.months)
        for (const Fact& fact : facts)
          if (!fact.original_id.empty()) referred.insert(fact.original_id);
    for (const Earner& earner : facts_.earners)
      for (const auto& [month, facts] : earner.months)
        for (const Fact& fact : facts)
          if (fact.original_id.empty() && !referred.empty()) referred.erase(fact.id);
    return !referred.empty();
  }

  Status ReadOriginals() {
    if (!ReachesBack()) return Done{};
    const auto originals = Run(kOriginalsSql);
    if (!originals.ok()) return originals.refusal();
    for (const auto& row : originals->rows) {
      Fact& fact = facts_.originals.emplace_back();
      fact.id = Text(row[0]);
      fact.amount = Number(row[1]);
    }
    const auto settled = Run(kSettledSql);
    if (!settled.ok()) return settled.refusal();
    for (const auto& row : settled->rows) facts_.settled.emplace_back().ParseFromString(Text(row[1]));
    return Done{};
  }

  // Every plan sees the goals of its metric, and so do the proposed terms.
  Status ReadGoals() {
    const auto rows = Run(kGoalsSql);
    if (!rows.ok()) return rows.refusal();
    for (const auto& row : rows->rows) {
      const auto place = place_.find(Text(row[0]));
      if (place == place_.end()) continue;
      Earner& earner = facts_.earners[place->second];
      const std::string metric = Text(row[1]);
      for (const Assigned& by : earner.assigned)
        if (by.terms->goal_metric() == metric) earner.goals[std::string(by.plan_id)][Text(row[2])] = Number(row[3]);
      if (request_.terms().goal_metric() == metric) earner.goals[""][Text(row[2])] = Number(row[3]);
    }
    return Done{};
  }

  engine::Reader& reader_;
  const WhatIfRequest& request_;
  WhatIfFacts facts_;
  std::map<std::string, CompensationPlan> plans_;
  std::unordered_map<std::string, size_t> place_;
};

Result<WhatIfAnswer> WhatIf(engine::Reader& reader, const WhatIfRequest& request) {
  if (const auto months = CheckMonths(request); !months.ok()) return months.refusal();
  if (const auto fits = CheckTerms(request.terms()); !fits.ok()) return fits.refusal();
  return Facts(reader, request).Answer();
}

}  // namespace

void AddWhatIf(engine::Service* service) { service->Query<WhatIfRequest>(WhatIf); }

}  // namespace songsang::workforce
