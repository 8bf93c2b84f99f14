// Rules of the ledger: its chart, the day something is posted on, entries, open items, and what must hold after every
// event.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "billing/rules_period.h"
#include "billing/rules_product.h"
#include "core/context.h"
#include "core/result.h"
#include "songsang/billing/v1/ledger.pb.h"
#include "songsang/billing/v1/period.pb.h"
#include "songsang/billing/v1/receivable.pb.h"

namespace songsang::billing {

inline const Reason kLedgerPurposeTaken{"LEDGER_PURPOSE_TAKEN", Code::kAlreadyExists,
                                        "The chart has this account already.", "이미 등록된 계정과목입니다."};
inline const Reason kSeriesTaken{"SERIES_TAKEN", Code::kAlreadyExists, "The series exists already.",
                                 "이미 있는 번호 체계입니다."};

// The accounts as shipped, by code.
const std::vector<LedgerAccount>& ShippedChart();

// `saved` are those of the purpose: the one to change, or none.
Result<LedgerAccountSaved> SaveLedgerAccount(const std::vector<const LedgerAccount*>& saved,
                                             const SaveLedgerAccountRequest& request, const Context& context);

// A series of numbers without gaps, under way: `invoice/2026`.
class Numbering {
 public:
  // `standing` is where the series stands; null: it begins.
  Numbering(const std::string& series, const Sequence* standing, const Context& context);
  int64_t Take();
  // `INV-2026-000001`.
  std::string Take(const char* prefix);
  // Into the `sequences` of an event, if a number was taken.
  template <class Event>
  void Into(Event* event) const {
    if (taken_) *event->add_sequences() = sequence_;
  }

 private:
  Sequence sequence_;
  bool taken_ = false;
};
// `invoice/2026` for a day of 2026.
inline std::string SeriesOf(const char* name, const std::string& day) {
  return std::string(name) + "/" + day.substr(0, 4);
}

// The day something is posted on that is known only now, whenever it happened: the day asked for, else today, or the
// first day after it that is in an open month. Refused as PostingDayOf refuses.
Result<PostingDay> PostingDayNow(const std::vector<const Period*>& periods, Period::Ledger ledger,
                                 const std::string& happened_on, const std::string& asked, const Context& context);

// An entry under way, and its postings.
class Entry {
 public:
  Entry(LedgerEntry::Kind kind, const PostingDay& day, const std::string& unit_id, const std::string& document_id,
        const std::string& account_id, const std::string& currency, const Context& context);
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
