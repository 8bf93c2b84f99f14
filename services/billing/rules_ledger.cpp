#include "billing/rules_ledger.h"

#include <map>
#include <utility>

#include "core/money.h"
#include "kit/copy.h"

namespace songsang::billing {
namespace {

constexpr size_t kNumberDigits = 6;

LedgerAccount Of(LedgerAccount::Purpose purpose, LedgerAccount::Side side, const char* code, const char* korean,
                 const char* english) {
  LedgerAccount account;
  account.set_purpose(purpose);
  account.set_code(code);
  account.set_name_ko(korean);
  account.set_name_en(english);
  account.set_side(side);
  return account;
}

std::vector<LedgerAccount> MakeChart() {
  constexpr auto kDebit = LedgerAccount::SIDE_DEBIT;
  constexpr auto kCredit = LedgerAccount::SIDE_CREDIT;
  return {
      Of(LedgerAccount::PURPOSE_CASH, kDebit, "101", "현금", "Cash"),
      Of(LedgerAccount::PURPOSE_BANK, kDebit, "103", "보통예금", "Bank deposits"),
      Of(LedgerAccount::PURPOSE_TRADE_RECEIVABLES, kDebit, "108", "외상매출금", "Trade receivables"),
      Of(LedgerAccount::PURPOSE_VAT_PAYABLE, kCredit, "255", "부가세예수금", "Output VAT payable"),
      Of(LedgerAccount::PURPOSE_UNAPPLIED_RECEIPTS, kCredit, "259", "선수금", "Unapplied receipts"),
      Of(LedgerAccount::PURPOSE_SALES, kCredit, "401", "상품매출", "Sales"),
      Of(LedgerAccount::PURPOSE_SALES_RETURNS, kDebit, "402", "매출환입및에누리", "Sales returns"),
      Of(LedgerAccount::PURPOSE_COLLECTION_COSTS, kDebit, "831", "지급수수료", "Collection costs"),
      Of(LedgerAccount::PURPOSE_INTEREST_INCOME, kCredit, "901", "이자수익", "Interest income"),
      Of(LedgerAccount::PURPOSE_RESIDUE_GAIN, kCredit, "930", "잡이익", "Residues gained"),
      Of(LedgerAccount::PURPOSE_RESIDUE_LOSS, kDebit, "960", "잡손실", "Residues lost"),
  };
}

template <class Entity>
const Entity* As(const google::protobuf::Message* message) {
  return message != nullptr && message->GetDescriptor() == Entity::descriptor() ? static_cast<const Entity*>(message)
                                                                                : nullptr;
}

}  // namespace

const std::vector<LedgerAccount>& ShippedChart() {
  static const std::vector<LedgerAccount> chart = MakeChart();
  return chart;
}

Result<LedgerAccountSaved> SaveLedgerAccount(const std::vector<const LedgerAccount*>& saved,
                                             const SaveLedgerAccountRequest& request, const Context& context) {
  LedgerAccountSaved event;
  LedgerAccount& account = *event.mutable_ledger_account();
  if (!saved.empty()) {
    account = *saved.front();
  } else {
    for (const LedgerAccount& shipped : ShippedChart())
      if (shipped.purpose() == request.purpose()) account = shipped;
    account.set_id(context.NewId());
  }
  kit::CopyWhatIsSet(request, &account);
  return event;
}

Numbering::Numbering(const std::string& series, const Sequence* standing, const Context& context) {
  if (standing != nullptr) {
    sequence_ = *standing;
    return;
  }
  sequence_.set_id(context.NewId());
  sequence_.set_series(series);
  sequence_.set_next(1);
}

int64_t Numbering::Take() {
  const int64_t number = sequence_.next();
  sequence_.set_next(number + 1);
  taken_ = true;
  return number;
}

std::string Numbering::Take(const char* prefix) {
  std::string digits = std::to_string(Take());
  if (digits.size() < kNumberDigits) digits.insert(0, kNumberDigits - digits.size(), '0');
  const std::string& series = sequence_.series();
  return std::string(prefix) + "-" + series.substr(series.find('/') + 1) + "-" + digits;
}

Result<PostingDay> PostingDayNow(const std::vector<const Period*>& periods, Period::Ledger ledger,
                                 const std::string& happened_on, const std::string& asked, const Context& context) {
  if (!asked.empty()) return PostingDayOf(periods, ledger, happened_on, asked);
  const auto today = PostingDayOf(periods, ledger, context.today.ToIso(), "");
  if (!today.ok()) return today.refusal();
  return PostingDayOf(periods, ledger, happened_on, today->posted_on);
}

Entry::Entry(LedgerEntry::Kind kind, const PostingDay& day, const std::string& unit_id, const std::string& document_id,
             const std::string& account_id, const std::string& currency, const Context& context)
    : account_id_(account_id), currency_(currency), context_(context) {
  entry_.set_id(context.NewId());
  entry_.set_kind(kind);
  entry_.set_posted_on(day.posted_on);
  entry_.set_month(day.month);
  entry_.set_belongs_to(day.belongs_to);
  entry_.set_unit_id(unit_id);
  entry_.set_document_id(document_id);
}

void Entry::Post(LedgerAccount::Purpose purpose, int64_t minor, const std::string& receivable_id) {
  if (minor == 0) return;
  Posting posting;
  posting.set_id(context_.NewId());
  posting.set_entry_id(entry_.id());
  posting.set_purpose(purpose);
  posting.set_account_id(account_id_);
  posting.set_unit_id(entry_.unit_id());
  posting.set_receivable_id(receivable_id);
  posting.set_posted_on(entry_.posted_on());
  posting.set_month(entry_.month());
  *posting.mutable_amount() = MoneyOf(minor, currency_);
  postings_.push_back(std::move(posting));
}

void Entry::Move(Receivable* receivable, int64_t minor) {
  const int64_t open = receivable->open().minor() + minor;
  *receivable->mutable_open() = MoneyOf(open, currency_);
  receivable->set_settled(open == 0);
  receivable->set_standing(open == 0 ? Receivable::STANDING_SETTLED : Receivable::STANDING_OPEN);
  receivable->set_settled_on(open == 0 ? entry_.posted_on() : "");
  Post(LedgerAccount::PURPOSE_TRADE_RECEIVABLES, minor, receivable->id());
}

std::string EntriesBalance(const Steps& steps) {
  std::map<std::pair<std::string, std::string>, int64_t> sums;  // entry, currency
  for (const Step& step : steps) {
    const auto* posting = As<Posting>(step.after);
    if (posting == nullptr) continue;
    if (step.before != nullptr) return "posting " + posting->id() + " was changed";
    sums[{posting->entry_id(), posting->amount().currency()}] += posting->amount().minor();
  }
  for (const auto& [key, sum] : sums)
    if (sum != 0) return "entry " + key.first + " sums to " + std::to_string(sum) + " " + key.second;
  return {};
}

std::string OpenItemsFollowPostings(const Steps& steps) {
  std::map<std::string, int64_t> moves;
  for (const Step& step : steps) {
    if (const auto* posting = As<Posting>(step.after)) {
      if (posting->purpose() != LedgerAccount::PURPOSE_TRADE_RECEIVABLES) continue;
      if (posting->receivable_id().empty()) return "posting " + posting->id() + " names no receivable";
      moves[posting->receivable_id()] -= posting->amount().minor();
    }
    if (const auto* after = As<Receivable>(step.after)) {
      const auto* before = As<Receivable>(step.before);
      moves[after->id()] += after->open().minor() - (before == nullptr ? 0 : before->open().minor());
    }
  }
  for (const auto& [receivable, difference] : moves)
    if (difference != 0)
      return "receivable " + receivable + " moved " + std::to_string(difference) + " beyond its postings";
  return {};
}

}  // namespace songsang::billing
