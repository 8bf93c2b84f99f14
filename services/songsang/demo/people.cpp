// Chapters about people: units, hires, moves, goals, pay and leaving.
#include <algorithm>
#include <array>
#include <set>

#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/billing/v1/tax_service.pb.h"
#include "songsang/demo/teller.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/goal.pb.h"
#include "songsang/workforce/v1/plan.pb.h"
#include "songsang/workforce/v1/statement.pb.h"

namespace songsang::demo {
namespace {

constexpr const char* kUnits = "songsang.workforce.v1.UnitService/";
constexpr const char* kEmployment = "songsang.workforce.v1.EmploymentService/";
constexpr const char* kGoals = "songsang.workforce.v1.GoalService/";
constexpr const char* kPlans = "songsang.workforce.v1.PlanService/";

// Somebody who was there long before the story.
constexpr int kLongBefore = 900;

struct Grade {
  std::string_view name;
  int64_t pay;   // a month
  int64_t goal;  // a year
};
constexpr std::array kGrades = {Grade{"사원", 2'800'000, 46'000'000}, Grade{"대리", 3'400'000, 58'000'000},
                                Grade{"과장", 4'200'000, 68'000'000}, Grade{"차장", 5'000'000, 76'000'000},
                                Grade{"부장", 6'200'000, 0},          Grade{"상무", 9'500'000, 0}};

const Grade& GradeOf(std::string_view name) {
  const auto found =
      std::find_if(kGrades.begin(), kGrades.end(), [&](const Grade& grade) { return grade.name == name; });
  return found == kGrades.end() ? kGrades.front() : *found;
}

Date FirstOf(const std::string& month) { return Date::Parse(month + "-01").value_or(Date()); }

}  // namespace

void Teller::Found(const Learnt&) {
  OpenCatalogue();
  OpenUnits();
  OpenProgramme();
  DefinePlan();
}

void Teller::OpenUnit(const std::string& key, const std::string& name, workforce::v1::Unit::Kind kind,
                      const std::string& region, const std::string& parent) {
  workforce::v1::OpenUnitRequest request;
  Name(&request, key);
  request.set_name(name);
  request.set_kind(kind);
  request.set_region(region);
  if (!parent.empty()) request.set_parent_id(Ext(parent));
  request.set_opened_on("");
  Give(std::string(kUnits) + "OpenUnit", request, "unit-" + key);
}

void Teller::OpenUnits() {
  using workforce::v1::Unit;
  OpenUnit("headquarters", "송상오피스 본사", Unit::KIND_HEADQUARTERS, "서울", "");
  OpenUnit("inside-sales", "인사이드세일즈팀", Unit::KIND_TEAM, "서울", "headquarters");
  for (const BranchWords& branch : Branches()) {
    OpenUnit(branch.key, branch.name, Unit::KIND_BRANCH, branch.region, "headquarters");
    for (int team = 1; team <= (branch.weight > 20 ? 3 : 2); ++team)
      OpenUnit(fmt::format("{}-{}", branch.key, team),
               fmt::format("{} 영업{}팀", std::string_view(branch.name).substr(0, 6), team), Unit::KIND_TEAM,
               branch.region, branch.key);
  }
}

// 2 % of a month's sales, 3 % beyond ten million, 4 % beyond thirty; one more beyond the goal.
void Teller::DefinePlan() {
  workforce::v1::DefineCompensationPlanRequest request;
  request.set_key("demo_standard");
  request.set_name("영업직 표준 보상");
  auto& terms = *request.mutable_terms();
  terms.set_basis(workforce::v1::CompensationPlan::BASIS_INVOICE);
  terms.set_currency("KRW");
  terms.set_pays_base(true);
  for (const auto& [above, percent] : {std::pair{0, 2}, std::pair{10'000'000, 3}, std::pair{30'000'000, 4}}) {
    auto& tier = *terms.add_tiers();
    tier.set_above_minor(above);
    tier.mutable_rate()->set_units(percent);
    tier.mutable_rate()->set_scale(2);
  }
  auto& accelerator = *terms.add_accelerators();
  accelerator.set_above_percent(100);
  accelerator.mutable_rate()->set_units(1);
  accelerator.mutable_rate()->set_scale(2);
  terms.set_goal_metric("revenue");
  Give(std::string(kPlans) + "DefineCompensationPlan", request, "plan");
}

void Teller::Employ(const Learnt& learnt) {
  const Date before = settings_.from.PlusDays(-kLongBefore);
  Hire("headquarters", "executive", "상무", before);
  trainer_ = Hire("headquarters", "trainer", "과장", before).key;
  Hire("inside-sales", "sales_manager", "차장", before);
  for (int i = 0; i < 9; ++i) sdrs_.push_back(Hire("inside-sales", "sdr", i % 3 == 0 ? "대리" : "사원", before));
  for (size_t b = 0; b < Branches().size(); ++b) HireBranch(b);
  MoveSome();
  ChooseLeavers();
  SetGoals();
  AssignPlans(learnt.IdOf("plan"));
  ApproveCurriculum(learnt.IdOf("curriculum"));
}

Person Teller::Hire(const std::string& unit, const std::string& role, const std::string& grade, Date from) {
  Person person;
  person.key = fmt::format("p{:03}", ++people_);
  person.name = PersonName(&chance_);
  person.grade = grade;
  person.from = from;
  person.unit = unit;
  person.skill = chance_.Between(-90, 110);
  workforce::v1::HirePersonRequest request;
  Name(&request, person.key);
  request.set_name(person.name);
  request.set_email(person.key + "@songsang-demo.example");
  request.set_phone(fmt::format("010-0000-{:04}", people_));
  request.set_grade(grade);
  Amount(GradeOf(grade).pay, request.mutable_base_pay());
  request.set_unit_id(Ext(unit));
  request.set_role(role);
  request.set_from_on(from.ToIso());
  Give(std::string(kEmployment) + "HirePerson", request, "hire-" + person.key);
  return person;
}

void Teller::HireBranch(size_t branch) {
  const BranchWords& words = Branches()[branch];
  const Date before = settings_.from.PlusDays(-kLongBefore);
  const std::array kRepGrades = {"사원", "사원", "대리", "대리", "과장", "차장"};
  Hire(words.key, "branch_manager", "부장", before);
  Hire(words.key, "sales_support", "대리", before);
  Hire(words.key, "receivables_clerk", "대리", before);
  for (int team = 1; team <= (words.weight > 20 ? 3 : 2); ++team) {
    const std::string key = fmt::format("{}-{}", words.key, team);
    Hire(key, "sales_manager", "과장", before);
    for (int i = 0; i < (words.weight > 20 ? 6 : 5); ++i) {
      const bool new_here = i > 0 && chance_.In1000(120);
      const Date from = new_here ? settings_.from.PlusDays(chance_.Between(20, 120)) : before;
      Person rep = Hire(key, "sales_rep", new_here ? "사원" : chance_.Pick(kRepGrades), from);
      rep.branch = branch;
      reps_[branch].push_back(std::move(rep));
    }
  }
}

// Three representatives changed branches half-way; what they sold before stays with the old one.
void Teller::MoveSome() {
  const Date day = settings_.from.PlusDays(181);
  for (const size_t from : {size_t{0}, size_t{1}, size_t{4}}) {
    Person& mover = reps_[from].front();
    mover.later = day;
    mover.later_branch = from == 0 ? 1 : 0;
    mover.later_unit = fmt::format("{}-1", Branches()[mover.later_branch].key);
    workforce::v1::TransferPersonRequest request;
    request.set_person_id(Ext(mover.key));
    request.set_unit_id(Ext(mover.later_unit));
    request.set_role("sales_rep");
    request.set_from_on(day.ToIso());
    Give(std::string(kEmployment) + "TransferPerson", request, "move-" + mover.key);
  }
}

// Three leave within the year; whoever sits beside them takes over.
void Teller::ChooseLeavers() {
  int days = 140;
  for (const size_t branch : {size_t{0}, size_t{2}, size_t{3}}) {
    auto& reps = reps_[branch];
    for (size_t i = reps.size() - 1; i > 0; --i) {
      if (settings_.from < reps[i].from || settings_.from < reps[i - 1].from) continue;
      reps[i].until = settings_.from.PlusDays(days);
      reps[i].successor = reps[i - 1].key;
      break;
    }
    days += 85;
  }
}

void Teller::SetGoal(const std::string& person, const std::string& unit, const std::string& period, Date first,
                     int64_t amount) {
  workforce::v1::SetGoalRequest request;
  // Set the day before: a goal leaves days that are over as they are.
  On(first.PlusDays(-1), &request);
  request.set_metric("revenue");
  request.set_currency("KRW");
  if (!person.empty()) request.set_person_id(Ext(person));
  if (!unit.empty()) request.set_unit_id(Ext(unit));
  request.set_period(period);
  request.set_amount(amount);
  request.set_evidence("연간 사업계획");
  Give(std::string(kGoals) + "SetGoal", request, fmt::format("goal-{}{}-{}", person, unit, period));
}

// Of a calendar year for those who were there; month by month for who came later.
void Teller::SetGoals() {
  const std::set<int> years = {settings_.from.year(), end_.PlusDays(-1).year()};
  for (const auto& [branch, reps] : reps_) {
    int64_t sum = 0;
    for (const Person& rep : reps) {
      const int64_t goal = GradeOf(rep.grade).goal;
      if (rep.from < settings_.from) {
        sum += goal;
        for (const int year : years) SetGoal(rep.key, "", std::to_string(year), Date::Of(year, 1, 1), goal);
        continue;
      }
      for (const std::string& month : Months())
        if (rep.from < FirstOf(month)) SetGoal(rep.key, "", month, FirstOf(month), goal / 12);
    }
    for (const int year : years)
      SetGoal("", Branches()[branch].key, std::to_string(year), Date::Of(year, 1, 1), sum / 1'000'000 * 1'000'000);
  }
}

void Teller::AssignPlans(const std::string& plan) {
  for (const auto& [branch, reps] : reps_)
    for (const Person& rep : reps) {
      workforce::v1::AssignPlanRequest request;
      request.set_person_id(Ext(rep.key));
      request.set_plan_id(plan);
      request.set_from_on(std::max(settings_.from, rep.from).ToIso());
      Give(std::string(kPlans) + "AssignPlan", request, "plan-" + rep.key);
    }
}

void Teller::Resign(const Learnt&) {
  for (const auto& [branch, reps] : reps_)
    for (const Person& rep : reps) {
      if (rep.successor.empty()) continue;
      workforce::v1::ResignPersonRequest request;
      request.set_person_id(Ext(rep.key));
      request.set_successor_id(Ext(rep.successor));
      request.set_last_on(rep.until.ToIso());
      Give(std::string(kEmployment) + "ResignPerson", request, "resign-" + rep.key);
    }
}

// Everybody's pay of every month but the last, which is still being looked at.
void Teller::Settle(const Learnt&) {
  for (const auto& [branch, reps] : reps_)
    for (const Person& rep : reps)
      for (const std::string& month : Months()) {
        if (month == Months().back() || month < rep.from.ToIso().substr(0, 7)) continue;
        workforce::v1::SettleStatementRequest request;
        request.set_person_id(Ext(rep.key));
        request.set_month(month);
        Give("songsang.workforce.v1.StatementService/SettleStatement", request,
             fmt::format("statement-{}-{}", rep.key, month));
      }
}

}  // namespace songsang::demo
