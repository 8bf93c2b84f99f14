// Rules of training programmes, and of whom they are for.
#pragma once

#include <string>

#include "core/context.h"
#include "core/result.h"
#include "songsang/training/v1/programme.pb.h"

namespace songsang::training {

using namespace v1;  // NOLINT: the service's own messages

inline const Reason kOfferMustNotEndBeforeItBegins{
    "OFFER_MUST_NOT_END_BEFORE_IT_BEGINS", Code::kInvalidArgument,
    "The programme would be offered until {to}, before it begins on {from}.",
    "교육 프로그램의 종료일 {to}이(가) 시작일 {from}보다 빠릅니다."};

// What somebody is on a day, as far as an audience asks.
struct Learner {
  std::string role;
  std::string grade;
  std::string unit_path;  // `Unit.path`; empty if nobody knows
};
bool IsInAudience(const Programme& programme, const Learner& learner);
bool IsOffered(const Programme& programme, const std::string& day);

Result<ProgrammeOpened> OpenProgramme(const OpenProgrammeRequest& request, const Context& context);
Result<AudienceDefined> DefineAudience(const Programme& programme, const DefineAudienceRequest& request,
                                       const Context& context);

}  // namespace songsang::training
