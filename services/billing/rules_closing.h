// Rules of closing a month: softly, so that nothing moves; computed; for good; and opened again by two persons.
#pragma once

#include <string>
#include <vector>

#include "billing/rules_period.h"
#include "core/context.h"
#include "core/result.h"

namespace songsang::billing {

inline const Reason kMonthMustHaveBegun{"MONTH_MUST_HAVE_BEGUN", Code::kFailedPrecondition,
                                        "{month} has not begun yet.", "{month}은(는) 아직 시작되지 않았습니다."};
inline const Reason kMonthMustHaveEnded{"MONTH_MUST_HAVE_ENDED", Code::kFailedPrecondition, "{month} is not over yet.",
                                        "{month}이(가) 아직 끝나지 않았습니다."};
inline const Reason kPeriodMustBeOpenStill{"PERIOD_MUST_BE_OPEN_STILL", Code::kFailedPrecondition,
                                           "{month} is closed already.", "{month}은(는) 이미 마감되었습니다."};
inline const Reason kPeriodMustBeSoftClosed{"PERIOD_MUST_BE_SOFT_CLOSED", Code::kFailedPrecondition,
                                            "The month must be closed softly first, and not for good.",
                                            "가마감 상태의 월에만 할 수 있습니다."};
inline const Reason kClosingOutdated{"CLOSING_OUTDATED", Code::kAborted,
                                     "The period has changed while its result was computed; compute it again.",
                                     "집계하는 동안 기간 상태가 바뀌었습니다. 다시 집계하세요."};
inline const Reason kResultMustBeRecorded{"RESULT_MUST_BE_RECORDED", Code::kFailedPrecondition,
                                          "The month's result must be recorded before it is closed for good.",
                                          "확정 마감 전에 마감 집계를 기록해야 합니다."};
inline const Reason kPeriodMustBeClosed{"PERIOD_MUST_BE_CLOSED", Code::kFailedPrecondition, "The month is open.",
                                        "마감되지 않은 월입니다."};
inline const Reason kReopeningMustBeAsked{"REOPENING_MUST_BE_ASKED", Code::kFailedPrecondition,
                                          "Nobody has asked to open the month again.",
                                          "마감 취소 요청이 없습니다. 먼저 요청하세요."};
inline const Reason kReopeningNeedsSecondPerson{"REOPENING_NEEDS_SECOND_PERSON", Code::kPermissionDenied,
                                                "Whoever asked to open the month again cannot be the one who opens it.",
                                                "마감 취소를 요청한 사람이 직접 승인할 수 없습니다."};

// A posting, as far as the result of its month goes.
struct ClosingRow {
  std::string id, entry_id, account_id, receivable_id, posted_on, currency;
  LedgerAccount::Purpose purpose = LedgerAccount::PURPOSE_UNSPECIFIED;
  int64_t minor = 0;
};
// Totals and hash of a month; the same whatever the order of the rows.
ClosingResult ResultOf(const Period& period, std::vector<ClosingRow> rows, const std::string& position);

// `same` are the periods of the unit.
Result<PeriodSoftClosed> SoftClose(const std::vector<const Period*>& same, const SoftCloseRequest& request,
                                   const Context& context);
Result<ClosingRecorded> RecordClosing(const Period& period, const ClosingResult& result,
                                      const RecordClosingRequest& request, const Context& context);
Result<PeriodHardClosed> HardClose(const Period& period, const HardCloseRequest& request, const Context& context);
Result<PeriodReopenAsked> AskReopenPeriod(const Period& period, const AskReopenPeriodRequest& request,
                                          const Context& context);
Result<PeriodReopened> ReopenPeriod(const Period& period, const ReopenPeriodRequest& request, const Context& context);

}  // namespace songsang::billing
