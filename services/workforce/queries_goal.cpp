#include <map>
#include <tuple>
#include <utility>

#include "workforce/rules_goal.h"
#include "workforce/rules_quota.h"
#include "workforce/values.h"
#include "workforce/workforce.h"

namespace songsang::workforce {
namespace {

constexpr char kGoalSql[] = R"sql(
SELECT body FROM goal WHERE id = :goal_id)sql";

constexpr char kDaysSql[] = R"sql(
SELECT date, amount FROM goal_day WHERE goal_id = :goal_id)sql";

constexpr char kSharesSql[] = R"sql(
SELECT g.person_id, d.date, d.amount
  FROM goal g
  JOIN goal_day d ON d.goal_id = g.id
 WHERE g.metric = :metric AND COALESCE(g.currency, '') = :of_currency AND g.person_id IS NOT NULL
   AND d.date >= :from_on AND d.date <= :to_on AND d.amount <> 0)sql";

constexpr char kUnitGoalsSql[] = R"sql(
SELECT g.unit_id, CAST(SUM(d.amount) AS BIGINT)
  FROM goal g
  JOIN goal_day d ON d.goal_id = g.id
 WHERE g.metric = :metric AND COALESCE(g.currency, '') = :of_currency AND g.unit_id IS NOT NULL
   AND d.date >= :from_on AND d.date <= :to_on
 GROUP BY g.unit_id)sql";

constexpr char kMembershipsSql[] = R"sql(
SELECT m.id, m.person_id, m.unit_id, m.from_on, m.to_on, n.name
  FROM membership m
  JOIN person n ON n.id = m.person_id
 WHERE (m.from_on IS NULL OR m.from_on <= :to_on) AND (m.to_on IS NULL OR m.to_on >= :from_on))sql";

constexpr char kPlacementsSql[] = R"sql(
SELECT p.id, p.unit_id, p.parent_id, p.from_on, p.to_on, u.name
  FROM unit_placement p
  JOIN unit u ON u.id = p.unit_id
 WHERE (p.from_on IS NULL OR p.from_on <= :to_on) AND (p.to_on IS NULL OR p.to_on >= :from_on))sql";

constexpr char kPeopleSql[] = R"sql(
SELECT n.id, n.name
  FROM goal g
  JOIN person n ON n.id = g.person_id
 WHERE g.metric = :metric)sql";

Result<GoalTree> GetGoalTree(engine::Reader& reader, const GetGoalTreeRequest& request) {
  if (request.person_id().empty() == request.unit_id().empty()) return kGoalMustHaveOneHolder.At("person_id");
  const std::map<std::string, engine::Value> named = {
      {"goal_id", GoalId(request.metric(), request.currency(), HolderOf(request), request.year(),
                         reader.context().caller.tenant)}};
  const auto goals = reader.Run(kGoalSql, request, named);
  if (!goals.ok()) return goals.refusal();
  if (goals->rows.empty()) return kGoalMustExist.With("year", request.year());
  const auto rows = reader.Run(kDaysSql, request, named);
  if (!rows.ok()) return rows.refusal();
  Goal goal;
  goal.ParseFromString(Text(goals->rows[0][0]));
  std::map<std::string, int64_t> days;
  for (const auto& row : rows->rows) days[Text(row[0])] = Number(row[1]);
  return ArrangeGoal(goal, days);
}

// The stays of a query whose last column is the name of who or what stays.
Status ReadStays(engine::Reader& reader, const char* sql, const GetQuotaRollUpRequest& request,
                 std::vector<Stay>* stays, Names* names) {
  const auto rows = reader.Run(sql, request);
  if (!rows.ok()) return rows.refusal();
  for (const auto& row : rows->rows) {
    stays->push_back({Text(row[0]), Text(row[1]), Text(row[2]), Text(row[3]), Text(row[4])});
    (*names)[stays->back().what] = Text(row[5]);
  }
  return Done{};
}

Result<QuotaRollUp> GetQuotaRollUp(engine::Reader& reader, const GetQuotaRollUpRequest& request) {
  if (const auto period = CheckPeriod(request); !period.ok()) return period.refusal();
  const std::map<std::string, engine::Value> named = {{"of_currency", request.currency()}};
  QuotaFacts facts;
  for (const auto& [sql, stays, names] : {std::tuple(kMembershipsSql, &facts.memberships, &facts.people),
                                          std::tuple(kPlacementsSql, &facts.placements, &facts.units)})
    if (const auto read = ReadStays(reader, sql, request, stays, names); !read.ok()) return read.refusal();
  const auto shares = reader.Run(kSharesSql, request, named);
  if (!shares.ok()) return shares.refusal();
  for (const auto& row : shares->rows) facts.of_people.push_back({Text(row[0]), Text(row[1]), Number(row[2])});
  const auto units = reader.Run(kUnitGoalsSql, request, named);
  if (!units.ok()) return units.refusal();
  for (const auto& row : units->rows) facts.of_units[Text(row[0])] = Number(row[1]);
  const auto people = reader.Run(kPeopleSql, request);
  if (!people.ok()) return people.refusal();
  for (const auto& row : people->rows) facts.people[Text(row[0])] = Text(row[1]);
  return RollUp(facts, request);
}

}  // namespace

void AddGoalQueries(engine::Service* service) {
  service->Query<GetGoalTreeRequest>(GetGoalTree);
  service->Query<GetQuotaRollUpRequest>(GetQuotaRollUp);
}

}  // namespace songsang::workforce
