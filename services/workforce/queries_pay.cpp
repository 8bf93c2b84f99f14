#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "workforce/rules_explain.h"
#include "workforce/rules_plan.h"
#include "workforce/rules_statement.h"
#include "workforce/rules_what_if.h"
#include "workforce/values.h"
#include "workforce/workforce.h"

namespace songsang::workforce {
namespace {

constexpr char kPersonSql[] = R"sql(
SELECT login_subject FROM person WHERE id = :person_id)sql";

constexpr char kStatementSql[] = R"sql(
SELECT body FROM statement WHERE person_id = :person_id AND month = :month)sql";

constexpr char kLinesSql[] = R"sql(
SELECT l.body
  FROM statement s
  JOIN statement_line l ON l.statement_id = s.id
 WHERE s.person_id = :person_id AND s.month = :month
 ORDER BY l.number)sql";

constexpr char kFactsSql[] = R"sql(
SELECT body FROM sales_fact WHERE person_id = :person_id AND month = :month ORDER BY id)sql";

constexpr char kSalesSql[] = R"sql(
SELECT DISTINCT s.id, s.body
  FROM sales_fact f
  JOIN sale s ON s.id = f.sale_id
 WHERE f.person_id = :person_id AND f.month = :month)sql";

constexpr char kOriginalsSql[] = R"sql(
SELECT DISTINCT o.id, o.body
  FROM sales_fact f
  JOIN sales_fact o ON o.id = f.original_id
 WHERE f.person_id = :person_id AND f.month = :month AND o.month <> :month)sql";

constexpr char kOriginalLinesSql[] = R"sql(
SELECT DISTINCT l.id, l.body, s.month
  FROM sales_fact f
  JOIN statement_line l ON l.fact_id = f.original_id
  JOIN statement s ON s.id = l.statement_id
 WHERE f.person_id = :person_id AND f.month = :month
 ORDER BY s.month, l.id)sql";

constexpr char kUnitsSql[] = R"sql(
SELECT DISTINCT u.id, u.name
  FROM sales_fact f
  JOIN unit u ON u.id = f.unit_id
 WHERE f.person_id = :person_id AND f.month = :month)sql";

constexpr char kAssignmentsSql[] = R"sql(
SELECT body FROM plan_assignment WHERE person_id = :person_id ORDER BY id)sql";

constexpr char kPlansSql[] = R"sql(
SELECT DISTINCT p.id, p.body
  FROM plan_assignment a
  JOIN compensation_plan p ON p.id = a.plan_id
 WHERE a.person_id = :person_id)sql";

constexpr char kLinePlansSql[] = R"sql(
SELECT DISTINCT p.id, p.body
  FROM statement s
  JOIN statement_line l ON l.statement_id = s.id
  JOIN compensation_plan p ON p.id = l.plan_id
 WHERE s.person_id = :person_id)sql";

constexpr char kEmploymentsSql[] = R"sql(
SELECT body FROM employment WHERE person_id = :person_id ORDER BY from_on, id)sql";

constexpr char kGoalsSql[] = R"sql(
SELECT g.metric, CAST(SUM(d.amount) AS BIGINT)
  FROM goal g
  JOIN goal_day d ON d.goal_id = g.id
 WHERE g.person_id = :person_id AND d.month = :month AND g.currency = :of_currency
 GROUP BY g.metric)sql";

// Entities of a query, by what column their bodies are in, for as long as this lives.
template <class Entity>
class Entities {
 public:
  Status Read(engine::Reader& reader, const char* sql, const google::protobuf::Message& request, size_t column = 0) {
    const auto rows = reader.Run(sql, request);
    if (!rows.ok()) return rows.refusal();
    for (const auto& row : rows->rows)
      list_.push_back((kept_.emplace_back().ParseFromString(Text(row[column])), &kept_.back()));
    return Done{};
  }
  const std::vector<const Entity*>& list() const { return list_; }
  std::map<std::string, Entity> ById() const {
    std::map<std::string, Entity> by_id;
    for (const Entity* entity : list_) by_id[entity->id()] = *entity;
    return by_id;
  }

 private:
  std::deque<Entity> kept_;
  std::vector<const Entity*> list_;
};

// Reps see their own; whoever has a manager's role sees all that the method shows.
Status MustBeOwn(engine::Reader& reader, const ExplainStatementRequest& request) {
  const Caller& caller = reader.context().caller;
  const uint32_t rep = 1u << songsang::v1::ROLE_SALES_REP;
  if ((caller.roles & ~rep) != 0) return Done{};
  const auto person = reader.Run(kPersonSql, request);
  if (!person.ok()) return person.refusal();
  if (person->rows.empty() || Text(person->rows[0][0]) != caller.actor) return kStatementMustBeOwn;
  return Done{};
}

// What a person's month consists of, read for a query.
struct MonthRead {
  Entities<PlanAssignment> assignments;
  Entities<CompensationPlan> plans;
  Entities<Employment> employments;
  Entities<SalesFact> facts, originals;
  Entities<StatementLine> settled;
  Entities<Sale> sales;
  std::map<std::string, std::string> months;  // of settled lines
  std::map<std::string, std::string> units;   // names

  Status Read(engine::Reader& reader, const ExplainStatementRequest& request) {
    for (const Status& read :
         {assignments.Read(reader, kAssignmentsSql, request), plans.Read(reader, kPlansSql, request, 1),
          plans.Read(reader, kLinePlansSql, request, 1), employments.Read(reader, kEmploymentsSql, request),
          facts.Read(reader, kFactsSql, request), originals.Read(reader, kOriginalsSql, request, 1),
          settled.Read(reader, kOriginalLinesSql, request, 1), sales.Read(reader, kSalesSql, request, 1)})
      if (!read.ok()) return read.refusal();
    const auto rows = reader.Run(kOriginalLinesSql, request);
    if (!rows.ok()) return rows.refusal();
    for (const auto& row : rows->rows) months[Text(row[0])] = Text(row[2]);
    const auto named = reader.Run(kUnitsSql, request);
    if (!named.ok()) return named.refusal();
    for (const auto& row : named->rows) units[Text(row[0])] = Text(row[1]);
    return Done{};
  }
};

// The month as it would be settled now.
Result<StatementSettled> Draft(engine::Reader& reader, const MonthRead& read, const ExplainStatementRequest& request) {
  PayRecords records;
  records.person_id = request.person_id();
  records.month = request.month();
  records.assignments = read.assignments.list();
  if (records.assignments.empty()) return kPersonMustHavePlan.With("month", request.month()).At("person_id");
  for (const CompensationPlan* plan : read.plans.list()) records.plans[plan->id()] = plan;
  records.employments = read.employments.list();
  records.facts = read.facts.list();
  records.originals = read.originals.list();
  records.settled = read.settled.list();
  const auto currency = CurrencyOf(records);
  if (!currency.ok()) return currency.refusal();
  const auto goals = reader.Run(kGoalsSql, request, {{"of_currency", *currency}});
  if (!goals.ok()) return goals.refusal();
  for (const auto& row : goals->rows) records.goals[Text(row[0])] = Number(row[1]);
  return Compute(records, reader.context().caller.tenant, [](int) { return std::string(); });
}

Result<StatementExplained> ExplainStatement(engine::Reader& reader, const ExplainStatementRequest& request) {
  if (const auto own = MustBeOwn(reader, request); !own.ok()) return own.refusal();
  MonthRead read;
  if (const auto done = read.Read(reader, request); !done.ok()) return done.refusal();
  Entities<Statement> statements;
  Entities<StatementLine> lines;
  if (const auto done = statements.Read(reader, kStatementSql, request); !done.ok()) return done.refusal();
  if (const auto done = lines.Read(reader, kLinesSql, request); !done.ok()) return done.refusal();
  StatementSettled statement;
  const bool settled = !statements.list().empty();
  if (settled) {
    *statement.mutable_statement() = *statements.list()[0];
    if (statement.statement().unwritten() > 0) return kStatementMustBeWritten.With("month", request.month());
    for (const StatementLine* line : lines.list()) *statement.add_lines() = *line;
  } else {
    auto draft = Draft(reader, read, request);
    if (!draft.ok()) return draft.refusal();
    statement = std::move(*draft);
  }
  StatementExplained explained =
      Explain(statement, {read.facts.ById(), read.sales.ById(), read.plans.ById(), read.months, read.units});
  explained.set_settled(settled);
  return explained;
}

}  // namespace

void AddPayQueries(engine::Service* service) {
  service->Query<ExplainStatementRequest>(ExplainStatement);
  AddWhatIf(service);
}

}  // namespace songsang::workforce
