// The arithmetic of compliance.
#pragma once

#include <string>
#include <vector>

#include "core/dates.h"
#include "core/result.h"
#include "songsang/training/v1/compliance.pb.h"

namespace songsang::training {

using namespace v1;  // NOLINT: the service's own messages

inline const Reason kProgrammeMustBeMandatory{
    "PROGRAMME_MUST_BE_MANDATORY", Code::kNotFound,
    "There is no mandatory programme {programme_id}; of others nobody is missed.",
    "필수 교육 프로그램 {programme_id}을(를) 찾을 수 없습니다. 필수가 아닌 교육에는 미이수자가 없습니다."};

// Fills in what is missed and the rate.
void Rate(Compliance* compliance);
// Fills in the term and what is overdue of it, and puts the longest overdue first. `missed` bears the term of the
// enrolment, where it has one.
ListMissedResponse Arrange(std::vector<Missed> missed, int due_days, Date as_of);

}  // namespace songsang::training
