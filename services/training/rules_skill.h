// Rules of skills: what roles require, what was seen, and what follows.
#pragma once

#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/training/v1/skill.pb.h"

namespace songsang::training {

using namespace v1;  // NOLINT: the service's own messages

inline const Reason kSkillMustBeNamed{"SKILL_MUST_BE_NAMED", Code::kInvalidArgument, "A skill needs a name.",
                                      "역량에는 이름이 필요합니다."};
inline const Reason kSkillRefMustStay{"SKILL_REF_MUST_STAY", Code::kInvalidArgument,
                                      "The external reference of a skill is given when it is recorded, and stays.",
                                      "역량의 외부 참조는 등록할 때만 지정할 수 있습니다."};
inline const Reason kAssessorMustBeAnother{"ASSESSOR_MUST_BE_ANOTHER", Code::kPermissionDenied,
                                           "Nobody assesses their own skills.",
                                           "본인의 역량을 본인이 평가할 수 없습니다."};
inline const Reason kRoleMustHaveRequirements{"ROLE_MUST_HAVE_REQUIREMENTS", Code::kNotFound,
                                              "The role {role} requires no skill that anybody recorded.",
                                              "{role} 역할에 등록된 요구 역량이 없습니다."};

Result<SkillSaved> SaveSkill(const Skill* skill, const SaveSkillRequest& request, const Context& context);
// `required` are the requirements of the role.
Result<SkillRequirementSet> SetSkillRequirement(const Skill& skill,
                                                const std::vector<const SkillRequirement*>& required,
                                                const SetSkillRequirementRequest& request, const Context& context);
Result<SkillAssessed> AssessSkill(const Skill& skill, const AssessSkillRequest& request, const Context& context);

// A requirement beside the last assessment, as a query reads them. `gap.missing` is not set yet.
struct Required {
  std::string role;
  SkillGap gap;
};
// The widest gap first, then by name.
std::vector<SkillGap> Gaps(const std::vector<Required>& required);
SuggestRolesResponse SuggestRoles(const std::vector<Required>& required);

}  // namespace songsang::training
