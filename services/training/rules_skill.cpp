#include "training/rules_skill.h"

#include <algorithm>
#include <map>

#include "kit/copy.h"
#include "kit/days.h"
#include "training/rules_ids.h"

namespace songsang::training {

Result<SkillSaved> SaveSkill(const Skill* skill, const SaveSkillRequest& request, const Context& context) {
  if (skill != nullptr && request.has_external_ref()) return kSkillRefMustStay.At("external_ref");
  SkillSaved event;
  Skill& saved = *event.mutable_skill();
  if (skill != nullptr)
    saved = *skill;
  else
    saved.set_id(context.NewId<Skill>(request));
  kit::CopyWhatIsSet(request, &saved);
  if (saved.name().empty()) return kSkillMustBeNamed.At("name");
  return event;
}

Result<SkillRequirementSet> SetSkillRequirement(const Skill& skill,
                                                const std::vector<const SkillRequirement*>& required,
                                                const SetSkillRequirementRequest& request, const Context& context) {
  SkillRequirementSet event;
  SkillRequirement& requirement = *event.mutable_skill_requirement();
  requirement.set_id(IdOf<SkillRequirement>(context, {request.role(), skill.id()}));
  for (const SkillRequirement* one : required)
    if (one->id() == requirement.id()) requirement = *one;
  requirement.set_role(request.role());
  requirement.set_skill_id(skill.id());
  requirement.set_level(request.level());
  return event;
}

Result<SkillAssessed> AssessSkill(const Skill&, const AssessSkillRequest& request, const Context& context) {
  if (request.assessor_id() == request.person_id()) return kAssessorMustBeAnother.At("assessor_id");
  const auto day = kit::RecentDay(request.assessed_on(), "assessed_on", context);
  if (!day.ok()) return day.refusal();
  // From here on the assessment must succeed.
  SkillAssessed event;
  Assessment& assessment = *event.mutable_assessment();
  kit::CopyWhatIsSet(request, &assessment);
  assessment.set_id(context.NewId());
  assessment.set_assessed_on(*day);
  return event;
}

std::vector<SkillGap> Gaps(const std::vector<Required>& required) {
  std::vector<SkillGap> gaps;
  for (const Required& one : required) {
    gaps.push_back(one.gap);
    gaps.back().set_missing(std::max(0, one.gap.required() - one.gap.assessed()));
  }
  std::sort(gaps.begin(), gaps.end(), [](const SkillGap& a, const SkillGap& b) {
    if (a.missing() != b.missing()) return a.missing() > b.missing();
    return a.skill_name() != b.skill_name() ? a.skill_name() < b.skill_name() : a.skill_id() < b.skill_id();
  });
  return gaps;
}

SuggestRolesResponse SuggestRoles(const std::vector<Required>& required) {
  std::map<std::string, std::vector<Required>> roles;
  for (const Required& one : required) roles[one.role].push_back(one);
  std::vector<RoleFit> fits;
  for (const auto& [role, ones] : roles) {
    RoleFit& fit = fits.emplace_back();
    fit.set_role(role);
    int wanted = 0, had = 0;
    for (const SkillGap& gap : Gaps(ones)) {
      wanted += gap.required();
      had += gap.required() - gap.missing();
      if (gap.missing() > 0) *fit.add_gaps() = gap;
    }
    fit.set_fit_bp(wanted == 0 ? 0 : (20'000 * had + wanted) / (2 * wanted));
    fit.set_skills_required(static_cast<int>(ones.size()));
    fit.set_skills_met(fit.skills_required() - fit.gaps_size());
  }
  std::stable_sort(fits.begin(), fits.end(),
                   [](const RoleFit& a, const RoleFit& b) { return a.fit_bp() > b.fit_bp(); });
  SuggestRolesResponse response;
  for (const RoleFit& fit : fits) *response.add_roles() = fit;
  return response;
}

}  // namespace songsang::training
