// Rules of qualification: which criteria there are, what was answered, and whether a lead is worth a representative's
// time.
#pragma once

#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "leads/rules_definition.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/qualification.pb.h"

namespace songsang::leads {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kCriteriaMustDiffer{"CRITERIA_MUST_DIFFER", Code::kInvalidArgument,
                                        "The criterion {criterion} is named twice.",
                                        "자격 기준 {criterion}이(가) 두 번 나옵니다."};
inline const Reason kCriteriaMustExist{"CRITERIA_MUST_EXIST", Code::kNotFound,
                                       "There are no qualification criteria {criteria} in force.",
                                       "시행 중인 자격 기준 {criteria}이(가) 없습니다."};
inline const Reason kCriterionMustBeKnown{"CRITERION_MUST_BE_KNOWN", Code::kInvalidArgument,
                                          "Version {number} of the criteria {criteria} has no criterion {criterion}.",
                                          "자격 기준 {criteria} {number}판에는 {criterion} 항목이 없습니다."};
inline const Reason kLeadMustMeetCriteria{
    "LEAD_MUST_MEET_CRITERIA", Code::kFailedPrecondition,
    "The lead does not meet every required criterion: not answered {missing}, not met {unmet}.",
    "필수 자격 기준을 모두 충족해야 합니다. 미응답: {missing}, 미충족: {unmet}."};

// The criteria that are shipped: `standard`, version 1.
const QualificationCriteria& StandardCriteria();

using CriteriaVersions = Versions<QualificationCriteria>;
using Answered = std::vector<const QualificationAnswer*>;

// `held` is the version that the lead bears, null where it bears none or the shipped one; `defined` are the versions of
// the key that is asked for.
Result<QualificationAnswered> AnswerQualification(const Lead& lead, const QualificationCriteria* held,
                                                  const CriteriaVersions& defined, const Answered& before,
                                                  const AnswerQualificationRequest& request, const Context& context);
// `standard` are the versions of the criteria that a lead without answers would take.
Result<LeadQualified> QualifyLead(const Lead& lead, const QualificationCriteria* held, const CriteriaVersions& standard,
                                  const Answered& answers, const QualifyLeadRequest& request, const Context& context);

Result<QualificationCriteriaDefined> DefineQualificationCriteria(const CriteriaVersions& defined,
                                                                 const DefineQualificationCriteriaRequest& request,
                                                                 const Context& context);
Result<QualificationCriteriaApproved> ApproveQualificationCriteria(const QualificationCriteria& criteria,
                                                                   const ApproveQualificationCriteriaRequest& request,
                                                                   const Context& context);
Result<QualificationCriteriaRetired> RetireQualificationCriteria(const QualificationCriteria& criteria,
                                                                 const RetireQualificationCriteriaRequest& request,
                                                                 const Context& context);

}  // namespace songsang::leads
