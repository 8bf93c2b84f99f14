// Rules of curricula: a version is drafted, approved, and then never changes.
#pragma once

#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/training/v1/curriculum.pb.h"
#include "training/rules_programme.h"

namespace songsang::training {

inline const Reason kItemsMustDiffer{"ITEMS_MUST_DIFFER", Code::kInvalidArgument, "The item {item} is listed twice.",
                                     "교육 항목 {item}이(가) 두 번 나옵니다."};
inline const Reason kItemsMustBeRequired{"ITEMS_MUST_BE_REQUIRED", Code::kInvalidArgument,
                                         "Every item is an elective; at least one must be required.",
                                         "모든 항목이 선택 과목입니다. 필수 항목이 하나 이상 필요합니다."};
inline const Reason kCurriculumDraftMustBeOne{
    "CURRICULUM_DRAFT_MUST_BE_ONE", Code::kFailedPrecondition,
    "Version {number} is still a draft; revise, approve or retire it first.",
    "버전 {number} 초안이 아직 있습니다. 먼저 수정하거나 승인하거나 폐기하세요."};
inline const Reason kCurriculumMustBeDraft{
    "CURRICULUM_MUST_BE_DRAFT", Code::kFailedPrecondition,
    "The curriculum is {state}; only a draft can be changed or approved. Draft the next version.",
    "커리큘럼이 {state} 상태입니다. 초안만 수정하거나 승인할 수 있으니 다음 버전을 작성하세요."};
inline const Reason kCurriculumMustNotBeRetired{"CURRICULUM_MUST_NOT_BE_RETIRED", Code::kFailedPrecondition,
                                                "The curriculum was retired on {retired_on}.",
                                                "이미 {retired_on}에 폐기된 커리큘럼입니다."};
inline const Reason kCurriculumMustBeApproved{"CURRICULUM_MUST_BE_APPROVED", Code::kFailedPrecondition,
                                              "The programme has no approved curriculum to begin with.",
                                              "이 교육 프로그램에는 승인된 커리큘럼이 없습니다."};
inline const Reason kItemMustBeKnown{"ITEM_MUST_BE_KNOWN", Code::kInvalidArgument,
                                     "Version {number} of the curriculum has no item {item}; it has {items}.",
                                     "커리큘럼 버전 {number}에는 {item} 항목이 없습니다. 항목: {items}."};

// Every version that a programme has.
using Curricula = std::vector<const Curriculum*>;
// The version that learners begin with; null if none is approved.
const Curriculum* ApprovedOf(const Curricula& curricula);
// The refusal says which items there are.
Result<const Curriculum::Item*> ItemOf(const Curriculum& curriculum, const std::string& key);
int RequiredItems(const Curriculum& curriculum);

Result<CurriculumDrafted> DraftCurriculum(const Programme& programme, const Curricula& curricula,
                                          const DraftCurriculumRequest& request, const Context& context);
Result<CurriculumRevised> ReviseCurriculum(const Curriculum& curriculum, const ReviseCurriculumRequest& request,
                                           const Context& context);
// `curricula` are those of the same programme.
Result<CurriculumApproved> ApproveCurriculum(const Curriculum& curriculum, const Curricula& curricula,
                                             const ApproveCurriculumRequest& request, const Context& context);
Result<CurriculumRetired> RetireCurriculum(const Curriculum& curriculum, const RetireCurriculumRequest& request,
                                           const Context& context);

}  // namespace songsang::training
