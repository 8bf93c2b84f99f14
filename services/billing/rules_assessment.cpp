#include "billing/rules_assessment.h"

#include <algorithm>
#include <optional>

#include "core/money.h"
#include "kit/copy.h"

namespace songsang::billing {
namespace {

using Line = CreditAssessment::Line;

constexpr char kWon[] = "KRW";

// `300,000,000 KRW`; in Korean `300,000,000원`.
std::string Shown(int64_t minor, const std::string& currency, bool korean) {
  std::string amount = FormatMinor(minor, currency);
  const size_t whole = std::min(amount.find('.'), amount.size());
  for (size_t at = whole; at > 3 && amount[at - 4] != '-'; at -= 3) amount.insert(at - 3, ",");
  return amount + (korean && currency == kWon ? "원" : " " + currency);
}

// `70%`, `12.50%`
std::string Percent(int32_t bp) { return bp % 100 == 0 ? std::to_string(bp / 100) : Quotient(bp, 100, 2); }

struct Fact {
  std::optional<int64_t> value;
  std::string ko, en;  // how it reads
};

template <class Bands>
int MostOf(const Bands& bands) {
  int most = 0;
  for (const auto& band : bands) most = std::max(most, band.points());
  return most;
}

template <class Bands>
int PointsOf(const Bands& bands, int64_t value) {
  int points = 0;
  for (const auto& band : bands)
    if (value >= band.at_least()) points = band.points();
  return points;
}

void AddLine(Line::Criterion criterion, const Fact& fact, int points, int most, CreditAssessment* assessment) {
  Line& line = *assessment->add_lines();
  line.set_criterion(criterion);
  if (fact.value) line.set_fact(*fact.value);
  line.set_points(points);
  line.set_most(most);
  const std::string earned = std::to_string(points), of = std::to_string(most);
  line.set_explanation_ko(fact.ko + ": " + of + "점 만점에 " + earned + "점");
  line.set_explanation_en(fact.en + ": " + earned + " of " + of + " points");
  assessment->set_score(assessment->score() + points);
}

Fact YearsOf(const AssessCreditRequest& request, const Context& context) {
  const int years = context.today.year() - request.founded_year();
  if (request.founded_year() == 0 || years < 0) return {{}, "업력을 알 수 없음", "years in business unknown"};
  const std::string count = std::to_string(years);
  return {years, "업력 " + count + "년", count + " years in business"};
}

Fact CapitalOf(const AssessCreditRequest& request) {
  const auto& capital = request.capital();
  const std::string& currency = request.requested_limit().currency();
  if (!request.has_capital()) return {{}, "자본금을 알 수 없음", "capital unknown"};
  const std::string ko = "자본금 " + Shown(capital.minor(), capital.currency(), true);
  const std::string en = "capital " + Shown(capital.minor(), capital.currency(), false);
  if (capital.currency() != currency) return {{}, ko + "(신청 통화와 다름)", en + " is in another currency"};
  return {capital.minor(), ko, en};
}

Fact PaymentsOf(const PaymentHistory& history) {
  if (history.receivables() == 0) return {{}, "거래 이력 없음", "no payment history"};
  const std::string all = std::to_string(history.receivables()), late = std::to_string(history.overdue());
  const std::string days = std::to_string(history.oldest_overdue_days());
  if (history.overdue() == 0)
    return {0, "채권 " + all + "건 중 연체 없음", "none of " + all + " receivables is overdue"};
  return {history.oldest_overdue_days(), "채권 " + all + "건 중 " + late + "건 연체(최장 " + days + "일)",
          late + " of " + all + " receivables are overdue, by " + days + " days at most"};
}

int Score(const CreditCriteria& criteria, const AssessCreditRequest& request, const PaymentHistory& history,
          const Context& context, CreditAssessment* assessment) {
  const Fact years = YearsOf(request, context);
  AddLine(Line::CRITERION_YEARS, years, years.value ? PointsOf(criteria.years(), *years.value) : 0,
          MostOf(criteria.years()), assessment);
  const Fact capital = CapitalOf(request);
  AddLine(Line::CRITERION_CAPITAL, capital, capital.value ? PointsOf(criteria.capital(), *capital.value) : 0,
          MostOf(criteria.capital()), assessment);
  const Fact payments = PaymentsOf(history);
  AddLine(Line::CRITERION_PAYMENTS, payments,
          payments.value ? PointsOf(criteria.overdue_days(), *payments.value) : criteria.points_without_history(),
          std::max(MostOf(criteria.overdue_days()), criteria.points_without_history()), assessment);
  return assessment->score();
}

// The limit that follows, and why.
void Propose(const CreditCriteria& criteria, const PaymentHistory& history, CreditAssessment* assessment) {
  const bool barred = history.oldest_overdue_days() >= criteria.refuse_from_overdue_days();
  const CreditCriteria::Grade* grade = &criteria.grades(0);
  for (const auto& one : criteria.grades())
    if (!barred && assessment->score() >= one.min_score()) grade = &one;
  const auto& requested = assessment->requested_limit();
  const auto share =
      static_cast<int64_t>(static_cast<__int128>(std::max<int64_t>(0, requested.minor())) * grade->share_bp() / 10'000);
  const int64_t limit = std::min(share, grade->most());
  assessment->set_grade(grade->grade());
  *assessment->mutable_proposed_limit() = MoneyOf(limit, requested.currency());
  Line& line = *assessment->add_lines();
  line.set_criterion(Line::CRITERION_LIMIT);
  line.set_fact(limit);
  const auto ko_money = [&](int64_t minor) { return Shown(minor, requested.currency(), true); };
  const auto en_money = [&](int64_t minor) { return Shown(minor, requested.currency(), false); };
  const std::string score = std::to_string(assessment->score()), percent = Percent(grade->share_bp());
  std::string ko = grade->grade() + "등급(" + score + "점)", en = "grade " + grade->grade() + " (" + score + " points)";
  if (barred) {
    const std::string days = std::to_string(criteria.refuse_from_overdue_days());
    ko += ", " + days + "일 이상 연체로 최저 등급";
    en += ", the lowest for being overdue by " + days + " days or more";
  }
  line.set_explanation_ko(ko + ": 신청 한도의 " + percent + "%, 최대 " + ko_money(grade->most()) + " → 제안 한도 " +
                          ko_money(limit));
  line.set_explanation_en(en + ": " + percent + " % of what is asked for, at most " + en_money(grade->most()) +
                          ", so the limit proposed is " + en_money(limit));
}

template <class Bands>
bool Rise(const Bands& bands) {
  for (int i = 1; i < bands.size(); ++i)
    if (bands[i].at_least() <= bands[i - 1].at_least()) return false;
  return true;
}

template <class Bands>
void AddBands(std::initializer_list<std::pair<int64_t, int>> pairs, Bands* bands) {
  for (const auto& [at_least, points] : pairs) {
    auto& band = *bands->Add();
    band.set_at_least(at_least);
    band.set_points(points);
  }
}

}  // namespace

CreditCriteria ShippedCriteria(const std::string& currency) {
  CreditCriteria criteria;
  criteria.set_number(1);
  criteria.set_currency(currency);
  AddBands({{0, 0}, {1, 8}, {3, 15}, {5, 22}, {10, 30}}, criteria.mutable_years());
  AddBands({{0, 40}, {1, 20}, {30, 5}, {90, 0}}, criteria.mutable_overdue_days());
  criteria.set_points_without_history(20);
  criteria.set_refuse_from_overdue_days(90);
  struct Graded {
    const char* grade;
    int min_score, share_bp;
    int64_t most;
  };
  static constexpr Graded kGrades[] = {
      {"D", 0, 0, 0}, {"C", 40, 4000, 30'000'000}, {"B", 60, 7000, 100'000'000}, {"A", 80, 10000, 300'000'000}};
  if (currency == kWon)
    AddBands({{0, 0}, {50'000'000, 8}, {100'000'000, 15}, {300'000'000, 22}, {1'000'000'000, 30}},
             criteria.mutable_capital());
  for (const auto& one : kGrades) {
    auto& grade = *criteria.add_grades();
    grade.set_grade(one.grade);
    grade.set_min_score(one.min_score);
    grade.set_share_bp(one.share_bp);
    grade.set_most(currency == kWon ? one.most : 0);
  }
  return criteria;
}

CreditCriteria CriteriaOn(const Criteria& defined, const std::string& currency, const std::string& day) {
  const CreditCriteria* newest = nullptr;
  for (const CreditCriteria* one : defined)
    if (one->currency() == currency && one->valid_from_on() <= day &&
        (newest == nullptr ||
         std::pair(newest->valid_from_on(), newest->number()) < std::pair(one->valid_from_on(), one->number())))
      newest = one;
  return newest == nullptr ? ShippedCriteria(currency) : *newest;
}

Result<CreditAssessed> AssessCredit(const Criteria& defined, const PaymentHistory& history,
                                    const AssessCreditRequest& request, const Context& context) {
  const CreditCriteria criteria = CriteriaOn(defined, request.requested_limit().currency(), context.today.ToIso());
  CreditAssessed event;
  CreditAssessment& assessment = *event.mutable_assessment();
  kit::CopyWhatIsSet(request, &assessment);
  assessment.set_id(context.NewId());
  assessment.set_assessed_on(context.today.ToIso());
  assessment.set_criteria_number(criteria.number());
  Score(criteria, request, history, context, &assessment);
  Propose(criteria, history, &assessment);
  return event;
}

Result<CreditCriteriaDefined> DefineCreditCriteria(const Criteria& defined, const DefineCreditCriteriaRequest& request,
                                                   const Context& context) {
  if (!Rise(request.years())) return kCriteriaBandsMustRise.At("years");
  if (!Rise(request.capital())) return kCriteriaBandsMustRise.At("capital");
  if (!Rise(request.overdue_days())) return kCriteriaBandsMustRise.At("overdue_days");
  for (int i = 0; i < request.grades_size(); ++i)
    if (i == 0 ? request.grades(0).min_score() != 0
               : request.grades(i).min_score() <= request.grades(i - 1).min_score())
      return kCriteriaGradesMustBeginAtZero.At("grades");
  const int points = MostOf(request.years()) + MostOf(request.capital()) +
                     std::max(MostOf(request.overdue_days()), request.points_without_history());
  if (points > 100) return kCriteriaPointsMustFit.With("points", std::to_string(points));
  // From here on the definition must succeed.
  CreditCriteriaDefined event;
  CreditCriteria& criteria = *event.mutable_criteria();
  kit::CopyWhatIsSet(request, &criteria);
  *criteria.mutable_years() = request.years();
  *criteria.mutable_capital() = request.capital();
  *criteria.mutable_overdue_days() = request.overdue_days();
  *criteria.mutable_grades() = request.grades();
  criteria.set_id(context.NewId());
  if (criteria.valid_from_on().empty()) criteria.set_valid_from_on(context.today.ToIso());
  int number = 1;
  for (const CreditCriteria* one : defined) number = std::max(number, one->number());
  criteria.set_number(number + 1);
  return event;
}

}  // namespace songsang::billing
