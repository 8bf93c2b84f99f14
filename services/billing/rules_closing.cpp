#include "billing/rules_closing.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/hash.h"
#include "core/money.h"

namespace songsang::billing {
namespace {

bool IsClosed(const Period& period) {
  return period.state() == Period::STATE_SOFT_CLOSED || period.state() == Period::STATE_HARD_CLOSED;
}

// Every part with its length, so that no two lists of parts give the same text.
void Append(const std::string& part, std::string* text) { *text += std::to_string(part.size()) + ":" + part + ";"; }

void ForgetResult(Period* period) {
  period->clear_hash();
  period->clear_totals();
  period->clear_postings();
  period->clear_position();
}

}  // namespace

ClosingResult ResultOf(const Period& period, std::vector<ClosingRow> rows, const std::string& position) {
  std::sort(rows.begin(), rows.end(), [](const ClosingRow& a, const ClosingRow& b) { return a.id < b.id; });
  ClosingResult result;
  result.set_period_id(period.id());
  result.set_period_version(period.version());
  std::map<std::pair<int, std::string>, ClosingTotal> totals;
  std::string text;
  for (const std::string& part : {period.unit_id(), std::to_string(period.ledger()), period.month()})
    Append(part, &text);
  for (const ClosingRow& row : rows) {
    ClosingTotal& total = totals[{row.purpose, row.currency}];
    if (total.postings() == 0) {
      total.set_purpose(row.purpose);
      *total.mutable_debit() = MoneyOf(0, row.currency);
      *total.mutable_credit() = MoneyOf(0, row.currency);
    }
    auto* side = row.minor > 0 ? total.mutable_debit() : total.mutable_credit();
    side->set_minor(side->minor() + std::abs(row.minor));
    total.set_postings(total.postings() + 1);
    for (const std::string& part : {row.id, row.entry_id, std::to_string(row.purpose), row.account_id,
                                    row.receivable_id, row.posted_on, std::to_string(row.minor), row.currency})
      Append(part, &text);
  }
  for (auto& [key, total] : totals) *result.add_totals() = std::move(total);
  result.set_postings(static_cast<int64_t>(rows.size()));
  const Digest digest = Sha256(text);
  result.set_hash(ToHex({reinterpret_cast<const char*>(digest.data()), digest.size()}));
  result.set_position(position);
  return result;
}

Result<PeriodSoftClosed> SoftClose(const std::vector<const Period*>& same, const SoftCloseRequest& request,
                                   const Context& context) {
  if (request.month() > context.today.ToIso().substr(0, 7)) return kMonthMustHaveBegun.With("month", request.month());
  PeriodSoftClosed event;
  Period& period = *event.mutable_period();
  for (const Period* one : same)
    if (one->month() == request.month() && one->ledger() == request.ledger()) period = *one;
  if (IsClosed(period)) return kPeriodMustBeOpenStill.With("month", request.month());
  if (period.id().empty()) period.set_id(context.NewId());
  period.set_unit_id(request.unit_id());
  period.set_books(BooksOf(request.unit_id()));
  period.set_month(request.month());
  period.set_ledger(request.ledger());
  period.set_state(Period::STATE_SOFT_CLOSED);
  return event;
}

Result<ClosingRecorded> RecordClosing(const Period& period, const ClosingResult& result, const RecordClosingRequest&,
                                      const Context&) {
  if (period.state() != Period::STATE_SOFT_CLOSED) return kPeriodMustBeSoftClosed;
  // Computed before it was closed, or before it was opened and closed again: it may lack postings.
  if (result.period_version() != period.version()) return kClosingOutdated;
  ClosingRecorded event;
  Period& recorded = *event.mutable_period() = period;
  recorded.set_hash(result.hash());
  *recorded.mutable_totals() = result.totals();
  recorded.set_postings(result.postings());
  recorded.set_position(result.position());
  return event;
}

Result<PeriodHardClosed> HardClose(const Period& period, const HardCloseRequest&, const Context& context) {
  if (period.state() != Period::STATE_SOFT_CLOSED) return kPeriodMustBeSoftClosed;
  if (period.hash().empty()) return kResultMustBeRecorded;
  if (context.today.ToIso().substr(0, 7) <= period.month()) return kMonthMustHaveEnded.With("month", period.month());
  PeriodHardClosed event;
  *event.mutable_period() = period;
  event.mutable_period()->set_state(Period::STATE_HARD_CLOSED);
  return event;
}

Result<PeriodReopenAsked> AskReopenPeriod(const Period& period, const AskReopenPeriodRequest& request,
                                          const Context& context) {
  if (!IsClosed(period)) return kPeriodMustBeClosed;
  PeriodReopenAsked event;
  Period& asked = *event.mutable_period() = period;
  asked.set_reopen_asked_by(context.caller.actor);
  asked.set_reopen_reason(request.reason());
  return event;
}

Result<PeriodReopened> ReopenPeriod(const Period& period, const ReopenPeriodRequest&, const Context& context) {
  if (!IsClosed(period)) return kPeriodMustBeClosed;
  if (period.reopen_asked_by().empty()) return kReopeningMustBeAsked;
  if (period.reopen_asked_by() == context.caller.actor) return kReopeningNeedsSecondPerson;
  PeriodReopened event;
  event.set_asked_by(period.reopen_asked_by());
  event.set_reason(period.reopen_reason());
  Period& opened = *event.mutable_period() = period;
  opened.set_state(Period::STATE_OPEN);
  opened.clear_reopen_asked_by();
  opened.clear_reopen_reason();
  ForgetResult(&opened);
  return event;
}

}  // namespace songsang::billing
