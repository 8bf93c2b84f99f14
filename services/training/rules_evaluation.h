// Rules of evaluations: how a learner stands before and after, and what the training brought.
#pragma once

#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/training/v1/evaluation.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "training/rules_enrolment.h"

namespace songsang::training {

inline const Reason kEvaluatorMustBeAnother{"EVALUATOR_MUST_BE_ANOTHER", Code::kPermissionDenied,
                                            "Nobody evaluates their own training.",
                                            "본인의 교육을 본인이 평가할 수 없습니다."};
inline const Reason kEvaluationBeforeMustComeFirst{
    "EVALUATION_BEFORE_MUST_COME_FIRST", Code::kFailedPrecondition,
    "The evaluation before the training is taken once, before any item is done.",
    "사전 평가는 교육 항목을 이수하기 전에 한 번만 할 수 있습니다."};
inline const Reason kItemsMustBeDone{
    "ITEMS_MUST_BE_DONE", Code::kFailedPrecondition,
    "{done} of {total} required items are done; all must be before this evaluation.",
    "필수 항목 {total}개 중 {done}개를 이수했습니다. 사후 평가는 모두 이수한 뒤에 합니다."};
inline const Reason kTrainingMustBeOver{"TRAINING_MUST_BE_OVER", Code::kFailedPrecondition,
                                        "The training is {state}; feedback is given when it is over.",
                                        "교육이 아직 {state} 상태입니다. 피드백은 교육이 끝난 뒤에 남길 수 있습니다."};
inline const Reason kFeedbackMustBeOwn{
    "FEEDBACK_MUST_BE_OWN", Code::kPermissionDenied,
    "Learners speak for themselves; only a trainer records it for them.",
    "피드백은 수강자 본인만 남길 수 있습니다. 대리 입력은 교육 담당자만 가능합니다."};

Result<EvaluationRecorded> RecordEvaluation(const Enrolment& enrolment, const Programme& programme,
                                            const Curricula& curricula, const RecordEvaluationRequest& request,
                                            const Context& context);
// `learner` is null where nobody knows the person.
Result<FeedbackGiven> GiveFeedback(const Enrolment& enrolment, const workforce::v1::Person* learner,
                                   const GiveFeedbackRequest& request, const Context& context);

// `enrolments` are those of the programme that were evaluated twice or rated.
Improvement Improve(const std::string& programme_id, const std::vector<Enrolment>& enrolments);

}  // namespace songsang::training
