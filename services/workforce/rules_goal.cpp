#include "workforce/rules_goal.h"

#include <algorithm>

#include "core/ids.h"
#include "core/split.h"
#include "kit/calendar_kr.h"

namespace songsang::workforce {
namespace {

Date LastOfMonth(Date first) {
  return Date::Of(first.year() + first.month() / 12, first.month() % 12 + 1, 1).PlusDays(-1);
}

// Gives an amount out over days by the label of the first level, and what each label gets over its days by the next.
using Label = std::string (*)(Date);
void GiveOutBy(const std::vector<Label>& levels, size_t level, int64_t amount, const std::vector<Date>& days,
               std::map<std::string, int64_t>* given) {
  if (level == levels.size()) {
    const auto parts = Split(amount, std::vector<int64_t>(days.size(), 1));
    for (size_t i = 0; parts && i < days.size(); ++i) (*given)[days[i].ToIso()] = (*parts)[i];
    return;
  }
  std::map<std::string, std::vector<Date>> by_label;
  for (const Date day : days) by_label[levels[level](day)].push_back(day);
  std::vector<int64_t> weights;
  for (const auto& [label, of_label] : by_label) weights.push_back(static_cast<int64_t>(of_label.size()));
  const auto parts = Split(amount, weights);
  size_t place = 0;
  for (const auto& [label, of_label] : by_label)
    if (parts) GiveOutBy(levels, level + 1, (*parts)[place++], of_label, given);
}

std::vector<Date> WorkingDays(Date from, Date to, const std::vector<const CalendarDay*>& declared) {
  const auto days = kit::DeclaredIn(declared);
  std::vector<Date> working;
  for (Date day = from; day <= to; day = day.PlusDays(1))
    if (kit::IsBusinessDay(day, days)) working.push_back(day);
  return working;
}

// The goal as it was, or a new one.
Goal GoalOf(const Goal* before, const SetGoalRequest& request, const Context& context) {
  Goal goal;
  if (before != nullptr) goal = *before;
  goal.set_year(request.period().substr(0, 4));
  goal.set_id(GoalId(request.metric(), request.currency(), HolderOf(request), goal.year(), context.caller.tenant));
  goal.set_metric(request.metric());
  goal.set_currency(request.currency());
  goal.set_person_id(request.person_id());
  goal.set_unit_id(request.unit_id());
  if (!request.evidence().empty()) goal.set_evidence(request.evidence());
  return goal;
}

}  // namespace

std::string MonthOf(Date day) { return day.ToIso().substr(0, 7); }

std::string WeekOf(Date day) {
  const int first_weekday = day.PlusDays(1 - day.day()).iso_weekday();
  return MonthOf(day) + "-W" + std::to_string((day.day() + first_weekday - 2) / 7 + 1);
}

std::optional<Days> DaysOf(const std::string& period) {
  const auto year = Date::Parse(period.substr(0, 4) + "-01-01");
  if (!year) return std::nullopt;
  if (period.size() == 4) return Days{*year, Date::Of(year->year(), 12, 31)};
  const auto month = Date::Parse(period.substr(0, 7) + "-01");
  if (!month) return std::nullopt;
  if (period.size() == 7) return Days{*month, LastOfMonth(*month)};
  if (period[8] != 'W') {
    const auto day = Date::Parse(period);
    return day ? std::optional(Days{*day, *day}) : std::nullopt;
  }
  // The first week ends on the first Sunday.
  const Date first_sunday = month->PlusDays(7 - month->iso_weekday());
  const int week = period.back() - '0';
  const Days days{week == 1 ? *month : first_sunday.PlusDays(7 * (week - 2) + 1),
                  std::min(first_sunday.PlusDays(7 * (week - 1)), LastOfMonth(*month))};
  return week >= 1 && days.first <= days.last ? std::optional(days) : std::nullopt;
}

std::map<std::string, int64_t> GiveOut(int64_t amount, const std::vector<Date>& days) {
  std::map<std::string, int64_t> given;
  GiveOutBy({MonthOf, WeekOf}, 0, amount, days, &given);
  return given;
}

std::string GoalId(const std::string& metric, const std::string& currency, const std::string& holder_id,
                   const std::string& year, const std::string& tenant) {
  common::v1::ExternalRef ref;
  ref.set_system("goal");
  ref.set_key(metric + "/" + currency + "/" + holder_id + "/" + year);
  return ReferenceId(tenant, KindOf(Goal::descriptor()), ref);
}

Result<GoalSet> SetGoal(const GoalBefore& before, const SetGoalRequest& request, const Context& context) {
  if (request.person_id().empty() == request.unit_id().empty()) return kGoalMustHaveOneHolder.At("person_id");
  const auto period = DaysOf(request.period());
  if (!period) return kPeriodMustExist.With("period", request.period()).At("period");
  std::map<std::string, const GoalDay*> there;
  int64_t past = 0;
  for (const GoalDay* day : before.days) {
    if (day->date() < period->first.ToIso() || day->date() > period->last.ToIso()) continue;
    there[day->date()] = day;
    if (day->date() < context.today.ToIso()) past += day->amount();
  }
  if (request.amount() < past)
    return kGoalMustCoverPast.With("period", request.period()).With("past", std::to_string(past)).At("amount");
  const Date from = std::max(period->first, context.today);
  const std::vector<Date> working = WorkingDays(from, period->last, before.declared);
  const int64_t rest = request.amount() - past;
  if (working.empty() && rest > 0)
    return kGoalMustHaveDaysLeft.With("period", request.period()).With("rest", std::to_string(rest)).At("period");
  // From here on the setting must succeed.
  auto given = GiveOut(rest, working);
  // A day that has become a holiday gives up its share.
  for (const auto& [date, day] : there)
    if (date >= from.ToIso()) given.try_emplace(date, 0);
  GoalSet event;
  *event.mutable_goal() = GoalOf(before.goal, request, context);
  for (const auto& [date, amount] : given) {
    const auto place = there.find(date);
    if (place == there.end() ? amount == 0 : place->second->amount() == amount) continue;
    GoalDay& day = *event.add_days();
    if (place != there.end()) day = *place->second;
    if (place == there.end()) day.set_id(context.NewId());
    const Date on = Date::Parse(date).value_or(Date());
    day.set_goal_id(event.goal().id());
    day.set_date(date);
    day.set_month(MonthOf(on));
    day.set_week(WeekOf(on));
    day.set_amount(amount);
  }
  return event;
}

GoalTree ArrangeGoal(const Goal& goal, const std::map<std::string, int64_t>& days) {
  GoalTree tree;
  tree.set_goal_id(goal.id());
  tree.set_year(goal.year());
  tree.set_evidence(goal.evidence());
  GoalTree::Month* month = nullptr;
  GoalTree::Week* week = nullptr;
  for (const auto& [date, amount] : days) {
    if (amount == 0) continue;
    const Date on = Date::Parse(date).value_or(Date());
    if (month == nullptr || month->month() != MonthOf(on)) {
      month = tree.add_months();
      month->set_month(MonthOf(on));
      week = nullptr;
    }
    if (week == nullptr || week->week() != WeekOf(on)) {
      week = month->add_weeks();
      week->set_week(WeekOf(on));
    }
    GoalTree::Day* day = week->add_days();
    day->set_date(date);
    day->set_amount(amount);
    week->set_amount(week->amount() + amount);
    month->set_amount(month->amount() + amount);
    tree.set_amount(tree.amount() + amount);
  }
  return tree;
}

}  // namespace songsang::workforce
