// Rules of the response standard: how long who receives a hand-off has to answer.
#pragma once

#include "core/context.h"
#include "core/result.h"
#include "leads/rules_definition.h"
#include "songsang/leads/v1/response.pb.h"

namespace songsang::leads {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kOfficeMustCloseAfterOpening{"OFFICE_MUST_CLOSE_AFTER_OPENING", Code::kInvalidArgument,
                                                 "Business hours must end after they begin.",
                                                 "영업 종료 시각은 시작 시각보다 늦어야 합니다."};

// The standard that is shipped: `standard`, version 1.
const ResponseStandard& StandardResponse();

using Standards = Versions<ResponseStandard>;

Result<ResponseStandardDefined> DefineResponseStandard(const Standards& defined,
                                                       const DefineResponseStandardRequest& request,
                                                       const Context& context);
Result<ResponseStandardApproved> ApproveResponseStandard(const ResponseStandard& standard,
                                                         const ApproveResponseStandardRequest& request,
                                                         const Context& context);
Result<ResponseStandardRetired> RetireResponseStandard(const ResponseStandard& standard,
                                                       const RetireResponseStandardRequest& request,
                                                       const Context& context);

}  // namespace songsang::leads
