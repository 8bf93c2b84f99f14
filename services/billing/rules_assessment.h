// Rules of credit assessments: what a client is worth, point by point, by dated criteria.
#pragma once

#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/billing/v1/assessment.pb.h"

namespace songsang::billing {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kCriteriaBandsMustRise{"CRITERIA_BANDS_MUST_RISE", Code::kInvalidArgument,
                                           "Each band must begin above the one before it.",
                                           "구간은 앞 구간보다 높은 값에서 시작해야 합니다."};
inline const Reason kCriteriaGradesMustBeginAtZero{
    "CRITERIA_GRADES_MUST_BEGIN_AT_ZERO", Code::kInvalidArgument,
    "The lowest grade must begin at 0 points, and each further one above the one before it.",
    "가장 낮은 등급은 0점에서 시작하고, 다음 등급은 앞 등급보다 높은 점수에서 시작해야 합니다."};
inline const Reason kCriteriaPointsMustFit{"CRITERIA_POINTS_MUST_FIT", Code::kInvalidArgument,
                                           "The best client would earn {points} points of 100.",
                                           "배점 합계가 {points}점입니다. 100점을 넘을 수 없습니다."};

using Criteria = std::vector<const CreditCriteria*>;
// The criteria that are shipped. Their limits are in won; in another currency nothing is proposed until somebody defines
// criteria for it.
CreditCriteria ShippedCriteria(const std::string& currency);
// What counts on a day.
CreditCriteria CriteriaOn(const Criteria& defined, const std::string& currency, const std::string& day);

// `defined` are the criteria of the currency asked for.
Result<CreditAssessed> AssessCredit(const Criteria& defined, const PaymentHistory& history,
                                    const AssessCreditRequest& request, const Context& context);
Result<CreditCriteriaDefined> DefineCreditCriteria(const Criteria& defined, const DefineCreditCriteriaRequest& request,
                                                   const Context& context);

}  // namespace songsang::billing
