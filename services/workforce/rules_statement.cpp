#include "workforce/rules_statement.h"

#include <algorithm>
#include <deque>

#include "core/dates.h"
#include "core/ids.h"
#include "core/money.h"
#include "kit/days.h"
#include "workforce/rules_commission.h"
#include "workforce/rules_goal.h"
#include "workforce/rules_plan.h"
#include "workforce/rules_sale.h"

namespace songsang::workforce {
namespace {

Days MonthDays(const std::string& month) { return DaysOf(month).value_or(Days{}); }

const CompensationPlan* PlanOf(const PayRecords& records, const std::string& id) {
  const auto place = records.plans.find(id);
  return place == records.plans.end() ? nullptr : place->second;
}

std::vector<Assigned> AssignedIn(const PayRecords& records) {
  std::vector<Assigned> assigned;
  for (const PlanAssignment* assignment : records.assignments) {
    const CompensationPlan* plan = PlanOf(records, assignment->plan_id());
    if (plan == nullptr || kit::IsEmpty(assignment->from_on(), assignment->to_on())) continue;
    const auto goal = records.goals.find(plan->terms().goal_metric());
    assigned.push_back({assignment->from_on(), assignment->to_on(), plan->id(), &plan->terms(),
                        goal == records.goals.end() ? 0 : goal->second});
  }
  std::sort(assigned.begin(), assigned.end(),
            [](const Assigned& a, const Assigned& b) { return a.from_on < b.from_on; });
  return assigned;
}

// Lines as they are written, one after another.
class Writer {
 public:
  Writer(const PayRecords& records, const std::string& tenant, const std::function<std::string(int)>& id_of)
      : records_(records), id_of_(id_of) {
    statement_.set_id(StatementId(records.person_id, records.month, tenant));
    statement_.set_person_id(records.person_id);
    statement_.set_month(records.month);
    const auto currency = CurrencyOf(records);
    if (currency.ok()) currency_ = *currency;
  }

  // The employment's pay for the days of the month on which the plan pays it.
  void Base(const Employment& employment, const Assigned& by) {
    const Days month = MonthDays(records_.month);
    const std::string first = std::max({month.first.ToIso(), employment.from_on(), by.from_on});
    std::string last = month.last.ToIso();
    for (const std::string& end : {employment.to_on(), by.to_on})
      if (!end.empty()) last = std::min(last, end);
    if (last < first || employment.base_pay().minor() == 0) return;
    const int days = *Date::Parse(last) - *Date::Parse(first) + 1;
    const int of_month = month.last - month.first + 1;
    StatementLine& line = Add(StatementLine::KIND_BASE, Proportion(employment.base_pay().minor(), days, of_month));
    line.set_plan_id(std::string(by.plan_id));
    line.set_employment_id(employment.id());
    line.set_days(days);
    line.set_basis_minor(employment.base_pay().minor());
  }

  void Earned(const std::vector<Line>& lines) {
    const auto first = static_cast<size_t>(event_.lines_size());
    for (const Line& earned : lines) {
      StatementLine& line = Add(earned.kind, earned.amount);
      line.set_plan_id(std::string(earned.plan_id));
      line.set_rule(earned.rule);
      line.set_fact_id(earned.fact->id);
      line.set_basis_minor(earned.basis);
      *line.mutable_rate() = *earned.rate;
      line.set_cut_minor(earned.cut);
      if (earned.kind != StatementLine::KIND_CLAW_BACK) continue;
      line.set_claws_back_id(earned.mirrors == SIZE_MAX ? std::string(earned.taken_from)
                                                        : event_.lines(static_cast<int>(first + earned.mirrors)).id());
    }
  }

  const std::string& currency() const { return currency_; }

  StatementSettled Finish(int64_t goal) {
    int64_t base = 0, commission = 0, claw_back = 0;
    for (const StatementLine& line : event_.lines()) {
      int64_t& sum = line.kind() == StatementLine::KIND_BASE        ? base
                     : line.kind() == StatementLine::KIND_CLAW_BACK ? claw_back
                                                                    : commission;
      sum += line.amount().minor();
    }
    *statement_.mutable_base() = MoneyOf(base, currency_);
    *statement_.mutable_commission() = MoneyOf(commission, currency_);
    *statement_.mutable_claw_back() = MoneyOf(claw_back, currency_);
    *statement_.mutable_total() = MoneyOf(base + commission + claw_back, currency_);
    statement_.set_goal_minor(goal);
    statement_.set_line_count(event_.lines_size());
    statement_.set_written_minor(base + commission + claw_back);
    *event_.mutable_statement() = std::move(statement_);
    return std::move(event_);
  }

 private:
  StatementLine& Add(StatementLine::Kind kind, int64_t amount) {
    StatementLine& line = *event_.add_lines();
    line.set_id(id_of_(event_.lines_size()));
    line.set_statement_id(statement_.id());
    line.set_number(event_.lines_size());
    line.set_kind(kind);
    *line.mutable_amount() = MoneyOf(amount, currency_);
    return line;
  }

  const PayRecords& records_;
  const std::function<std::string(int)>& id_of_;
  Statement statement_;
  StatementSettled event_;
  std::string currency_;
};

// As many lines are written by one event.
constexpr int kAtOnce = 200;
// As many facts of a month are read; where there are more, they are not all.
constexpr size_t kMostFacts = 1'000;

std::string LineId(const std::string& statement_id, int number, const std::string& tenant) {
  common::v1::ExternalRef ref;
  ref.set_system("statement_line");
  ref.set_key(statement_id + "/" + std::to_string(number));
  return ReferenceId(tenant, KindOf(StatementLine::descriptor()), ref);
}

StatementSettled Whole(const PayRecords& records, const Context& context) {
  const std::string& tenant = context.caller.tenant;
  const std::string id = StatementId(records.person_id, records.month, tenant);
  return Compute(records, tenant, [&](int number) { return LineId(id, number, tenant); });
}

// Takes the next lines of all that there are into the event.
template <class Event>
void WriteNext(const StatementSettled& whole, const Context& context, Event* event) {
  Statement& statement = *event->mutable_statement();
  const int written = statement.line_count() - statement.unwritten();
  int64_t sum = statement.written_minor();
  for (int i = written; i < std::min(written + kAtOnce, whole.lines_size()); ++i) {
    sum += whole.lines(i).amount().minor();
    *event->add_lines() = whole.lines(i);
  }
  statement.set_written_minor(sum);
  statement.set_unwritten(statement.unwritten() - event->lines_size());
  if (statement.unwritten() > 0) {
    *statement.mutable_write_at() = ToTimestamp(context.now);
  } else {
    statement.clear_write_at();
    statement.clear_frozen_goals();
  }
}

// The facts of other months that are taken back from, with the lines by which they were paid.
Originals SettledOriginals(const PayRecords& records, std::deque<Fact>* facts) {
  Originals originals;
  for (const SalesFact* original : records.originals) {
    const Fact& fact = facts->emplace_back(FactOf(*original));
    originals[fact.id].amount = fact.amount;
  }
  // In the order in which they were paid, however they were found.
  std::vector<const StatementLine*> lines = records.settled;
  std::sort(lines.begin(), lines.end(),
            [](const StatementLine* a, const StatementLine* b) { return a->number() < b->number(); });
  for (const StatementLine* settled : lines) {
    const auto original = originals.find(settled->fact_id());
    if (original == originals.end() || settled->kind() == StatementLine::KIND_CLAW_BACK) continue;
    Line& line = original->second.lines.emplace_back();
    line.plan_id = settled->plan_id();
    line.rule = settled->rule();
    line.rate = &settled->rate();
    line.basis = settled->basis_minor();
    line.amount = settled->amount().minor();
    line.taken_from = settled->id();
  }
  return originals;
}

}  // namespace

std::string NextToSettle(const std::vector<const Statement*>& statements,
                         const std::vector<const PlanAssignment*>& assignments) {
  const std::string settled = SettledThrough(statements);
  if (!settled.empty()) return NextMonth(settled);
  std::string first;
  for (const PlanAssignment* assignment : assignments)
    if (!kit::IsEmpty(assignment->from_on(), assignment->to_on()) && (first.empty() || assignment->from_on() < first))
      first = assignment->from_on();
  return first.substr(0, 7);
}

Result<std::string> CurrencyOf(const PayRecords& records) {
  std::string currency;
  bool pays_base = false;
  for (const auto& [id, plan] : records.plans) {
    currency = plan->terms().currency();
    pays_base = pays_base || plan->terms().pays_base();
  }
  bool same = true;
  for (const Employment* employment : records.employments)
    same = same && (!pays_base || employment->base_pay().minor() == 0 || employment->base_pay().currency() == currency);
  if (!same) return kPayCurrencyMustBePlans.With("currency", currency);
  return currency;
}

StatementSettled Compute(const PayRecords& records, const std::string& tenant,
                         const std::function<std::string(int)>& id_of) {
  const std::vector<Assigned> assigned = AssignedIn(records);
  Writer writer(records, tenant, id_of);
  std::vector<const Employment*> employments = records.employments;
  std::sort(employments.begin(), employments.end(),
            [](const Employment* a, const Employment* b) { return a->from_on() < b->from_on(); });
  for (const Employment* employment : employments)
    for (const Assigned& by : assigned)
      if (by.terms->pays_base()) writer.Base(*employment, by);
  std::deque<Fact> kept;
  Originals originals = SettledOriginals(records, &kept);
  std::vector<const Fact*> facts;
  for (const SalesFact* fact : records.facts)
    if (fact->amount().currency() == writer.currency()) facts.push_back(&kept.emplace_back(FactOf(*fact)));
  writer.Earned(Earn(assigned, facts, nullptr, &originals));
  const std::string last = MonthDays(records.month).last.ToIso();
  int64_t goal = 0;
  for (const Assigned& by : assigned)
    if (kit::Holds(by.from_on, by.to_on, last)) goal = by.goal;
  return writer.Finish(goal);
}

Result<StatementSettled> SettleStatement(const PayRecords& records, const std::vector<const Statement*>& statements,
                                         const SettleStatementRequest& request, const Context& context) {
  const std::string next = NextToSettle(statements, records.assignments);
  if (next.empty()) return kPersonMustHavePlan.With("month", request.month()).At("person_id");
  if (request.month() != next) return kStatementMustFollow.With("next", next).At("month");
  if (MonthDays(request.month()).last >= context.today)
    return kMonthMustBeOver.With("month", request.month()).At("month");
  if (const auto currency = CurrencyOf(records); !currency.ok()) return currency.refusal();
  for (const Statement* earlier : statements)
    if (earlier->unwritten() > 0) return kStatementMustBeWritten.With("month", earlier->month());
  if (records.facts.size() >= kMostFacts) return kStatementFactsMustBeFewer.With("most", std::to_string(kMostFacts));
  // From here on the settling must succeed.
  const StatementSettled whole = Whole(records, context);
  StatementSettled event;
  Statement& statement = *event.mutable_statement() = whole.statement();
  statement.set_unwritten(statement.line_count());
  statement.set_written_minor(0);
  statement.mutable_frozen_goals()->insert(records.goals.begin(), records.goals.end());
  WriteNext(whole, context, &event);
  return event;
}

Result<StatementLinesWritten> WriteStatementLines(const Statement& statement, const PayRecords& records,
                                                  const WriteStatementLinesRequest&, const Context& context) {
  StatementLinesWritten event;
  *event.mutable_statement() = statement;
  if (statement.unwritten() == 0) return event;
  const StatementSettled whole = Whole(records, context);
  if (whole.lines_size() != statement.line_count() || whole.statement().total().minor() != statement.total().minor())
    return kStatementMustStandStill.With("month", statement.month());
  // From here on the lines must be written.
  WriteNext(whole, context, &event);
  return event;
}

WriteStatementLinesRequest WriteStatementLinesOf(const Statement& statement) {
  WriteStatementLinesRequest request;
  request.set_statement_id(statement.id());
  return request;
}

std::string IsSumOfLines(const Statement* before, const Statement& statement,
                         const google::protobuf::RepeatedPtrField<StatementLine>& lines) {
  int64_t sum = before == nullptr ? 0 : before->written_minor();
  for (const StatementLine& line : lines) {
    sum += line.amount().minor();
    const bool leads =
        line.kind() == StatementLine::KIND_BASE ? !line.employment_id().empty() : !line.fact_id().empty();
    if (!leads || line.plan_id().empty()) return "line " + std::to_string(line.number()) + " leads nowhere";
  }
  if (sum != statement.written_minor()) return "the lines sum to " + std::to_string(sum) + ", not to what is written";
  const int64_t total = statement.total().minor();
  if (statement.unwritten() == 0 && sum != total)
    return "the lines sum to " + std::to_string(sum) + ", not to the total";
  if (statement.base().minor() + statement.commission().minor() + statement.claw_back().minor() != total)
    return "base, commission and claw-back are not the total";
  return {};
}

std::string StatementId(const std::string& person_id, const std::string& month, const std::string& tenant) {
  common::v1::ExternalRef ref;
  ref.set_system("statement");
  ref.set_key(person_id + "/" + month);
  return ReferenceId(tenant, KindOf(Statement::descriptor()), ref);
}

}  // namespace songsang::workforce
