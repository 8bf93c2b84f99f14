// Rules of closing (마감): which months of a unit's books are open, and on which day something is posted.
#pragma once

#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/billing/v1/period.pb.h"

namespace songsang::billing {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kPeriodMustBeOpen{"PERIOD_MUST_BE_OPEN", Code::kFailedPrecondition,
                                      "{month} is closed; what comes late is posted from {open_on} on.",
                                      "{month}은(는) 마감되었습니다. 늦은 건은 {open_on} 이후 날짜로 기표합니다."};

inline const Reason kPeriodTaken{"PERIOD_TAKEN", Code::kAlreadyExists, "The period exists already.",
                                 "이미 있는 회계기간입니다."};

// Where something goes in the books.
struct PostingDay {
  std::string posted_on;
  std::string month;       // of `posted_on`
  std::string belongs_to;  // its own month, where that is closed; else empty
};

// What a unit's periods are looked up by (`Period.books`).
inline std::string BooksOf(const std::string& unit_id) { return unit_id.empty() ? "-" : unit_id; }

// `periods` are all of the unit's that have rows; `happened_on` is the day it belongs to. What belongs to a closed month
// is posted on the first day of the next open one. `posted_on`, if given, must itself lie in an open month, not before
// `happened_on`'s own.
Result<PostingDay> PostingDayOf(const std::vector<const Period*>& periods, Period::Ledger ledger,
                                const std::string& happened_on, const std::string& posted_on);

}  // namespace songsang::billing
