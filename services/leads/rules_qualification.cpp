#include "leads/rules_qualification.h"

#include <algorithm>
#include <set>
#include <utility>

#include "kit/days.h"
#include "leads/rules_lead.h"

namespace songsang::leads {
namespace {

QualificationCriteria MakeStandardCriteria() {
  struct Named {
    const char* key;
    const char* ko;
    const char* en;
    bool required;
  };
  static constexpr Named kCriteria[] = {{"need", "필요", "Need", true},
                                        {"authority", "결정 권한", "Authority", true},
                                        {"timing", "도입 시기", "Timing", true},
                                        {"budget", "예산", "Budget", false}};
  QualificationCriteria criteria;
  criteria.set_key(kStandard);
  criteria.set_number(1);
  criteria.set_status(QualificationCriteria::STATUS_APPROVED);
  for (const Named& named : kCriteria) {
    auto* criterion = criteria.add_criteria();
    criterion->set_key(named.key);
    criterion->set_name_ko(named.ko);
    criterion->set_name_en(named.en);
    criterion->set_required(named.required);
  }
  return criteria;
}

bool Has(const QualificationCriteria& criteria, const std::string& key) {
  return std::any_of(criteria.criteria().begin(), criteria.criteria().end(),
                     [&](const auto& criterion) { return criterion.key() == key; });
}

// What the lead bears; null while it bears none.
const QualificationCriteria* BorneBy(const Lead& lead, const QualificationCriteria* held) {
  if (lead.criteria_number() == 0) return nullptr;
  return held == nullptr ? &StandardCriteria() : held;
}

void Append(std::string* list, const std::string& item) { *list += (list->empty() ? "" : ", ") + item; }

}  // namespace

const QualificationCriteria& StandardCriteria() {
  static const auto* criteria = new QualificationCriteria(MakeStandardCriteria());
  return *criteria;
}

Result<QualificationAnswered> AnswerQualification(const Lead& lead, const QualificationCriteria* held,
                                                  const CriteriaVersions& defined, const Answered& before,
                                                  const AnswerQualificationRequest& request, const Context& context) {
  if (const auto open = MustBeOpen(lead); !open.ok()) return open.refusal();
  const std::string today = context.today.ToIso();
  const QualificationCriteria* criteria = BorneBy(lead, held);
  const std::string& key = KeyOr(request.criteria_key());
  if (criteria == nullptr) criteria = InForceOr(defined, key, today, StandardCriteria());
  if (criteria == nullptr) return kCriteriaMustExist.With("criteria", key).At("criteria_key");
  std::set<std::string> keys;
  for (const auto& answer : request.answers()) {
    if (!keys.insert(answer.criterion()).second)
      return kCriteriaMustDiffer.With("criterion", answer.criterion()).At("answers");
    if (!Has(*criteria, answer.criterion()))
      return kCriterionMustBeKnown.With("criteria", criteria->key())
          .With("number", std::to_string(criteria->number()))
          .With("criterion", answer.criterion())
          .At("answers");
  }
  // From here on the answers must succeed.
  QualificationAnswered event;
  Lead& answered = *event.mutable_lead() = lead;
  answered.set_criteria_key(criteria->key());
  answered.set_criteria_number(criteria->number());
  answered.set_criteria_id(criteria->id());
  for (const auto& given : request.answers()) {
    QualificationAnswer& answer = *event.add_answers();
    const auto known = std::find_if(before.begin(), before.end(),
                                    [&](const auto* known) { return known->criterion() == given.criterion(); });
    if (known != before.end()) answer = **known;
    if (known == before.end()) answer.set_id(context.NewId());
    answer.set_lead_id(lead.id());
    answer.set_criterion(given.criterion());
    answer.set_verdict(given.verdict());
    answer.set_answer(given.answer());
    answer.set_answered_on(today);
  }
  return event;
}

Result<LeadQualified> QualifyLead(const Lead& lead, const QualificationCriteria* held, const CriteriaVersions& standard,
                                  const Answered& answers, const QualifyLeadRequest& request, const Context& context) {
  LeadQualified event;
  Lead& qualified = *event.mutable_lead() = lead;
  if (lead.status() == Lead::STATUS_QUALIFIED) return event;
  if (const auto free = MustBeFree(lead); !free.ok()) return free.refusal();
  const auto qualified_on = kit::RecentDay(request.qualified_on(), "qualified_on", context);
  if (!qualified_on.ok()) return qualified_on.refusal();
  const QualificationCriteria* criteria = BorneBy(lead, held);
  if (criteria == nullptr) criteria = InForceOr(standard, kStandard, context.today.ToIso(), StandardCriteria());
  std::string missing;
  std::string unmet;
  for (const auto& criterion : criteria->criteria()) {
    if (!criterion.required()) continue;
    const auto answer = std::find_if(answers.begin(), answers.end(),
                                     [&](const auto* given) { return given->criterion() == criterion.key(); });
    if (answer == answers.end())
      Append(&missing, criterion.key());
    else if ((*answer)->verdict() != QualificationAnswer::VERDICT_MET)
      Append(&unmet, criterion.key());
  }
  if (!missing.empty() || !unmet.empty())
    return kLeadMustMeetCriteria.With("missing", missing.empty() ? "-" : missing)
        .With("unmet", unmet.empty() ? "-" : unmet);
  // From here on the qualification must succeed.
  qualified.set_status(Lead::STATUS_QUALIFIED);
  qualified.set_qualified_on(*qualified_on);
  return event;
}

Result<QualificationCriteriaDefined> DefineQualificationCriteria(const CriteriaVersions& defined,
                                                                 const DefineQualificationCriteriaRequest& request,
                                                                 const Context& context) {
  std::set<std::string> keys;
  for (const auto& criterion : request.criteria())
    if (!keys.insert(criterion.key()).second)
      return kCriteriaMustDiffer.With("criterion", criterion.key()).At("criteria");
  // From here on the definition must succeed.
  QualificationCriteriaDefined event;
  const int32_t shipped = KeyOr(request.key()) == kStandard ? StandardCriteria().number() : 0;
  QualificationCriteria& criteria = *event.mutable_criteria() = NextVersion(defined, shipped, request, context);
  *criteria.mutable_criteria() = request.criteria();
  return event;
}

Result<QualificationCriteriaApproved> ApproveQualificationCriteria(const QualificationCriteria& criteria,
                                                                   const ApproveQualificationCriteriaRequest&,
                                                                   const Context&) {
  auto approved = Approved(criteria);
  if (!approved.ok()) return approved.refusal();
  QualificationCriteriaApproved event;
  *event.mutable_criteria() = std::move(*approved);
  return event;
}

Result<QualificationCriteriaRetired> RetireQualificationCriteria(const QualificationCriteria& criteria,
                                                                 const RetireQualificationCriteriaRequest&,
                                                                 const Context&) {
  auto retired = Retired(criteria);
  if (!retired.ok()) return retired.refusal();
  QualificationCriteriaRetired event;
  *event.mutable_criteria() = std::move(*retired);
  return event;
}

}  // namespace songsang::leads
