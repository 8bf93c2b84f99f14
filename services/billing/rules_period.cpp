#include "billing/rules_period.h"

namespace songsang::billing {
namespace {

bool IsClosed(const std::vector<const Period*>& periods, Period::Ledger ledger, const std::string& month) {
  for (const Period* period : periods)
    if (period->ledger() == ledger && period->month() == month)
      return period->state() == Period::STATE_SOFT_CLOSED || period->state() == Period::STATE_HARD_CLOSED;
  return false;
}

// `2026-12` -> `2027-01`.
std::string MonthAfter(const std::string& month) {
  const Date first = *Date::Parse(month + "-01");
  return first.PlusDays(31).ToIso().substr(0, 7);
}

}  // namespace

Result<PostingDay> PostingDayOf(const std::vector<const Period*>& periods, Period::Ledger ledger,
                                const std::string& happened_on, const std::string& posted_on) {
  const std::string own = happened_on.substr(0, 7);
  std::string open = own;
  while (IsClosed(periods, ledger, open)) open = MonthAfter(open);
  PostingDay day;
  day.posted_on = !posted_on.empty() ? posted_on : open == own ? happened_on : open + "-01";
  day.month = day.posted_on.substr(0, 7);
  if (day.month < own || IsClosed(periods, ledger, day.month))
    return kPeriodMustBeOpen.With("month", day.month).With("open_on", open + "-01").At("posted_on");
  if (IsClosed(periods, ledger, own)) day.belongs_to = own;
  return day;
}

}  // namespace songsang::billing
