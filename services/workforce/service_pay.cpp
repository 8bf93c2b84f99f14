#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "workforce/policies.h"
#include "workforce/rules_goal.h"
#include "workforce/rules_plan.h"
#include "workforce/rules_sale.h"
#include "workforce/rules_statement.h"
#include "workforce/workforce.h"

namespace songsang::workforce {
namespace {

using engine::Find;
using engine::Named;
using engine::Tx;

std::vector<Named> ReadVersions(const DefineCompensationPlanRequest& request, const Context&) {
  return {{CompensationPlan::descriptor(), {"key"}, {request.key()}}};
}

std::vector<Named> ReadForAssignment(const AssignPlanRequest& request, const Context&) {
  return {{PlanAssignment::descriptor(), {"person_id"}, {request.person_id()}},
          {Statement::descriptor(), {"person_id"}, {request.person_id()}}};
}

Result<PlanAssigned> Assign(Tx& tx, const AssignPlanRequest& request, const Context& context) {
  const auto person = Find<Person>(tx, "person_id", request.person_id());
  if (!person.ok()) return person.refusal();
  const auto plan = Find<CompensationPlan>(tx, "plan_id", request.plan_id());
  if (!plan.ok()) return plan.refusal();
  PaidBy before{tx.List<PlanAssignment>({"person_id"}, {request.person_id()}), nullptr,
                tx.List<Statement>({"person_id"}, {request.person_id()})};
  if (!before.assignments.empty()) before.other = tx.Get<CompensationPlan>(before.assignments[0]->plan_id());
  return AssignPlan(**person, **plan, before, request, context);
}

// What there is of the sale, and up to where everybody with a part in it is settled.
SaleBefore ReadSale(Tx& tx, const std::string& invoice_id, std::vector<std::string> people, const Context& context) {
  const std::string id = SaleId(invoice_id, context.caller.tenant);
  SaleBefore before{tx.Get<Sale>(id), tx.List<SalesFact>({"sale_id"}, {id}), {}};
  for (const SalesFact* fact : before.facts) people.push_back(fact->person_id());
  std::sort(people.begin(), people.end());
  people.erase(std::unique(people.begin(), people.end()), people.end());
  for (const std::string& person : people) {
    const std::string settled = SettledThrough(tx.List<Statement>({"person_id"}, {person}));
    if (!settled.empty()) before.settled[person] = settled;
  }
  return before;
}

template <class Request>
std::vector<std::string> PeopleOf(const Request& request) {
  std::vector<std::string> people;
  for (const SalesShare& share : request.shares()) people.push_back(share.person_id());
  return people;
}

template <class Request>
std::vector<Named> ReadFacts(const Request& request, const Context& context) {
  const std::string id = SaleId(request.invoice_id(), context.caller.tenant);
  return {{Sale::descriptor(), {"id"}, {id}}, {SalesFact::descriptor(), {"sale_id"}, {id}}};
}

// The goals of a month that the plans look at, by metric.
std::map<std::string, int64_t> ReadGoals(Tx& tx, const PayRecords& records, const Context& context) {
  std::map<std::string, int64_t> goals;
  for (const auto& [id, plan] : records.plans) {
    const CompensationPlan::Terms& terms = plan->terms();
    if (terms.goal_metric().empty()) continue;
    int64_t sum = 0;
    const std::string goal = GoalId(terms.goal_metric(), terms.currency(), records.person_id,
                                    records.month.substr(0, 4), context.caller.tenant);
    for (const GoalDay* day : tx.List<GoalDay>({"goal_id"}, {goal}))
      if (day->month() == records.month) sum += day->amount();
    goals[terms.goal_metric()] = sum;
  }
  return goals;
}

PayRecords ReadMonth(Tx& tx, const std::string& person_id, const std::string& month, const Context& context) {
  PayRecords records;
  records.person_id = person_id;
  records.month = month;
  records.assignments = tx.List<PlanAssignment>({"person_id"}, {person_id});
  for (const PlanAssignment* assignment : records.assignments)
    if (const auto* plan = tx.Get<CompensationPlan>(assignment->plan_id())) records.plans[plan->id()] = plan;
  records.employments = tx.List<Employment>({"person_id"}, {person_id});
  records.goals = ReadGoals(tx, records, context);
  records.facts = tx.List<SalesFact>({"person_id", "month"}, {person_id, month});
  std::set<std::string> seen;
  for (const SalesFact* fact : records.facts) {
    if (fact->original_id().empty() || !seen.insert(fact->original_id()).second) continue;
    const auto* original = tx.Get<SalesFact>(fact->original_id());
    if (original == nullptr || original->month() == month) continue;
    records.originals.push_back(original);
    for (const auto* line : tx.List<StatementLine>({"fact_id"}, {original->id()})) records.settled.push_back(line);
  }
  return records;
}

std::vector<Named> ReadForSettling(const SettleStatementRequest& request, const Context&) {
  return {{PlanAssignment::descriptor(), {"person_id"}, {request.person_id()}},
          {Employment::descriptor(), {"person_id"}, {request.person_id()}},
          {Statement::descriptor(), {"person_id"}, {request.person_id()}},
          {SalesFact::descriptor(), {"person_id", "month"}, {request.person_id(), request.month()}}};
}

using SettleFacts = std::tuple<PayRecords, std::vector<const Statement*>>;
Result<SettleFacts> ReadToSettle(Tx& tx, const SettleStatementRequest& request, const Context& context) {
  return SettleFacts(ReadMonth(tx, request.person_id(), request.month(), context),
                     tx.List<Statement>({"person_id"}, {request.person_id()}));
}

using WriteFacts = std::tuple<const Statement&, PayRecords>;
Result<WriteFacts> ReadToWrite(Tx& tx, const WriteStatementLinesRequest& request, const Context& context) {
  const auto statement = Find<Statement>(tx, "statement_id", request.statement_id());
  if (!statement.ok()) return statement.refusal();
  PayRecords records = ReadMonth(tx, (*statement)->person_id(), (*statement)->month(), context);
  records.goals = {(*statement)->frozen_goals().begin(), (*statement)->frozen_goals().end()};
  return WriteFacts(**statement, records);
}

// Of the events that settle a statement or go on writing it.
std::string StatementsAddUp(const engine::Message& event, const std::vector<engine::Change>& changes) {
  const auto* settled = dynamic_cast<const StatementSettled*>(&event);
  const auto* written = dynamic_cast<const StatementLinesWritten*>(&event);
  if (settled == nullptr && written == nullptr) return {};
  const Statement& after = settled != nullptr ? settled->statement() : written->statement();
  const Statement* before = nullptr;
  for (const engine::Change& change : changes)
    if (change.after == &after) before = static_cast<const Statement*>(change.before);
  return IsSumOfLines(before, after, settled != nullptr ? settled->lines() : written->lines());
}

}  // namespace

void AddPay(engine::Service* service) {
  service->Command(DefineCompensationPlan);
  service->Reads<DefineCompensationPlanRequest>(ReadVersions);
  service->Command<AssignPlanRequest>(Assign);
  service->Reads<AssignPlanRequest>(ReadForAssignment);
  service->Command<RecordSaleRequest>([](Tx& tx, const RecordSaleRequest& request, const Context& context) {
    return RecordSale(ReadSale(tx, request.invoice_id(), PeopleOf(request), context), request, context);
  });
  service->Reads<RecordSaleRequest>(ReadFacts<RecordSaleRequest>);
  service->Command<RecordReturnRequest>([](Tx& tx, const RecordReturnRequest& request, const Context& context) {
    return RecordReturn(ReadSale(tx, request.invoice_id(), PeopleOf(request), context), request, context);
  });
  service->Reads<RecordReturnRequest>(ReadFacts<RecordReturnRequest>);
  service->Command<RecordCollectionRequest>([](Tx& tx, const RecordCollectionRequest& request, const Context& context) {
    return RecordCollection(ReadSale(tx, request.invoice_id(), {}, context), request, context);
  });
  service->Reads<RecordCollectionRequest>(ReadFacts<RecordCollectionRequest>);
  service->Policy("record_sale", RecordSaleOf);
  service->Policy("record_return", RecordReturnOf);
  service->Policy("record_collections", RecordCollectionsOf);
  service->Policy("record_credit", RecordCreditOf);
  service->Policy("record_undone", RecordUndoneOf);
  service->Command(ReadToSettle, SettleStatement);
  service->Reads<SettleStatementRequest>(ReadForSettling);
  service->Command(ReadToWrite, WriteStatementLines);
  service->Timer("write_at", WriteStatementLinesOf);
  service->Always("a statement is the sum of its lines", StatementsAddUp);
  AddPayQueries(service);
}

}  // namespace songsang::workforce
