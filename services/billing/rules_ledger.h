// Rules of the ledger: its chart, the day something is posted on, entries, open items, and what must hold after every
// event.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "billing/rules_product.h"
#include "core/context.h"
#include "core/result.h"
#include "songsang/billing/v1/ledger.pb.h"
#include "songsang/billing/v1/period.pb.h"
#include "songsang/billing/v1/receivable.pb.h"

namespace songsang::billing {

inline const Reason kPeriodMustBeOpen{"PERIOD_MUST_BE_OPEN", Code::kFailedPrecondition,
                                      "The month {month} of these books is closed; post on a day of an open month.",
                                      "{month}월 장부는 마감되었습니다. 열려 있는 달의 날짜로 전기하세요."};
inline const Reason kPostingMustFollowDocument{
    "POSTING_MUST_FOLLOW_DOCUMENT", Code::kInvalidArgument,
    "It would be posted on {posted_on}, before its document of {document_on}.",
    "전기일({posted_on})이 증빙 일자({document_on})보다 빠릅니다."};
inline const Reason kLedgerPurposeTaken{"LEDGER_PURPOSE_TAKEN", Code::kAlreadyExists,
                                        "The chart has this account already.", "이미 등록된 계정과목입니다."};
inline const Reason kSeriesTaken{"SERIES_TAKEN", Code::kAlreadyExists, "The series exists already.",
                                 "이미 있는 번호 체계입니다."};
inline const Reason kPeriodTaken{"PERIOD_TAKEN", Code::kAlreadyExists, "The period exists already.",
                                 "이미 있는 회계기간입니다."};

// The accounts as shipped, by code.
const std::vector<LedgerAccount>& ShippedChart();

// `saved` are those of the purpose: the one to change, or none.
Result<LedgerAccountSaved> SaveLedgerAccount(const std::vector<const LedgerAccount*>& saved,
                                             const SaveLedgerAccountRequest& request, const Context& context);

// `2026-03` of `2026-03-15`.
inline std::string MonthOf(const std::string& day) { return day.substr(0, 7); }

// Where in the books something is posted.
struct Place {
  std::string posted_on;
  std::string belongs_to;  // the month of the document, where that is another
  std::string unit_id;
};
// The one rule of periods, for everything that posts. `asked` is the day asked for, by default that of the document.
// `periods` are those of the month of that day, of all units. Refused where the unit's is closed, softly or hard; one
// that nobody closed is open.
Result<Place> PostingDay(const std::string& asked, const std::string& document_on, const std::string& unit_id,
                         const std::vector<const Period*>& periods, const Context& context);

// An entry under way, and its postings.
class Entry {
 public:
  Entry(LedgerEntry::Kind kind, const Place& place, const std::string& document_id, const std::string& account_id,
        const std::string& currency, const Context& context);
  const std::string& id() const { return entry_.id(); }
  // Positive is debit, negative credit; nothing is posted of nothing.
  void Post(LedgerAccount::Purpose purpose, int64_t minor, const std::string& receivable_id = {});
  void Reverses(const std::string& entry_id) { entry_.set_reverses_id(entry_id); }
  // Moves what is open of a receivable, and the control account with it.
  void Move(Receivable* receivable, int64_t minor);
  // Into the `entry` and `postings` of an event.
  template <class Event>
  void Into(Event* event) const {
    *event->mutable_entry() = entry_;
    for (const Posting& posting : postings_) *event->add_postings() = posting;
  }

 private:
  LedgerEntry entry_;
  std::vector<Posting> postings_;
  std::string account_id_, currency_;
  const Context& context_;
};

// What an event did to one entity; `before` is null where it creates it.
struct Step {
  const google::protobuf::Message* before = nullptr;
  const google::protobuf::Message* after = nullptr;
};
using Steps = std::vector<Step>;

// Invariants of the books. Each answers what is wrong, or nothing.
// An entry sums to zero in each currency, and a posting is never changed.
std::string EntriesBalance(const Steps& steps);
// What is open of a receivable moves by exactly what is posted for it on the control account, and nothing is posted
// there but for a receivable.
std::string OpenItemsFollowPostings(const Steps& steps);

}  // namespace songsang::billing
