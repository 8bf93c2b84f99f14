#include "leads/rules_response.h"

#include <utility>

#include "core/clock.h"

namespace songsang::leads {
namespace {

ResponseStandard MakeStandardResponse() {
  const WorkHours hours;
  ResponseStandard standard;
  standard.set_key(kStandard);
  standard.set_number(1);
  standard.set_status(ResponseStandard::STATUS_APPROVED);
  // One business day.
  standard.set_hand_off_minutes(hours.closes - hours.opens);
  standard.set_opens_minute(hours.opens);
  standard.set_closes_minute(hours.closes);
  return standard;
}

}  // namespace

const ResponseStandard& StandardResponse() {
  static const auto* standard = new ResponseStandard(MakeStandardResponse());
  return *standard;
}

Result<ResponseStandardDefined> DefineResponseStandard(const Standards& defined,
                                                       const DefineResponseStandardRequest& request,
                                                       const Context& context) {
  if (request.closes_minute() <= request.opens_minute()) return kOfficeMustCloseAfterOpening.At("closes_minute");
  // From here on the definition must succeed.
  ResponseStandardDefined event;
  const int32_t shipped = KeyOr(request.key()) == kStandard ? StandardResponse().number() : 0;
  ResponseStandard& standard = *event.mutable_response_standard() = NextVersion(defined, shipped, request, context);
  standard.set_hand_off_minutes(request.hand_off_minutes());
  standard.set_opens_minute(request.opens_minute());
  standard.set_closes_minute(request.closes_minute());
  return event;
}

Result<ResponseStandardApproved> ApproveResponseStandard(const ResponseStandard& standard,
                                                         const ApproveResponseStandardRequest&, const Context&) {
  auto approved = Approved(standard);
  if (!approved.ok()) return approved.refusal();
  ResponseStandardApproved event;
  *event.mutable_response_standard() = std::move(*approved);
  return event;
}

Result<ResponseStandardRetired> RetireResponseStandard(const ResponseStandard& standard,
                                                       const RetireResponseStandardRequest&, const Context&) {
  auto retired = Retired(standard);
  if (!retired.ok()) return retired.refusal();
  ResponseStandardRetired event;
  *event.mutable_response_standard() = std::move(*retired);
  return event;
}

}  // namespace songsang::leads
