#include "billing/rules_receipt.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/money.h"
#include "kit/days.h"

namespace songsang::billing {
namespace {

constexpr auto kCollections = Period::LEDGER_COLLECTIONS;
constexpr int64_t kShippedResidueLimit = 1'000;

std::string Shown(int64_t minor, const std::string& currency) { return FormatMinor(minor, currency) + " " + currency; }

// Costs before interest before principal.
int RankOf(Receivable::Kind kind) {
  if (kind == Receivable::KIND_COST) return 0;
  return kind == Receivable::KIND_INTEREST ? 1 : 2;
}

bool Before(const Receivable& a, const Receivable& b, AllocationPolicy::Order order) {
  const int rank_a = order == AllocationPolicy::ORDER_FIFO ? 0 : RankOf(a.kind());
  const int rank_b = order == AllocationPolicy::ORDER_FIFO ? 0 : RankOf(b.kind());
  return std::tie(rank_a, a.due_on(), a.booked_on(), a.id()) < std::tie(rank_b, b.due_on(), b.booked_on(), b.id());
}

Allocation AllocationOf(const Receivable& receivable, int64_t minor, const std::string& day, const Entry& entry,
                        const Context& context) {
  Allocation allocation;
  allocation.set_id(context.NewId());
  allocation.set_receivable_id(receivable.id());
  allocation.set_account_id(receivable.account_id());
  allocation.set_allocated_on(day);
  *allocation.mutable_amount() = MoneyOf(minor, receivable.open().currency());
  allocation.set_entry_id(entry.id());
  return allocation;
}

void Apply(int64_t minor, Receipt* receipt) {
  *receipt->mutable_unapplied() = MoneyOf(receipt->unapplied().minor() - minor, receipt->amount().currency());
  *receipt->mutable_applied() = MoneyOf(receipt->applied().minor() + minor, receipt->amount().currency());
}

// The parts that the request names, or how they are wrong.
Result<std::vector<Part>> NamedParts(const AllocationFacts& facts, const CommitAllocationRequest& request) {
  if (request.receipt_version() != facts.receipt.version()) return kPlanOutdated;
  const std::string& currency = facts.receipt.amount().currency();
  std::map<std::string, const Receivable*> open;
  for (const Receivable* receivable : facts.open) open[receivable->id()] = receivable;
  std::set<std::string> named;
  std::vector<Part> parts;
  for (const AllocatedPart& part : request.parts()) {
    if (part.amount_minor() <= 0) return kPartMustBePositive.At("parts");
    if (!named.insert(part.receivable_id()).second) return kReceivableMustBeNamedOnce.At("parts");
    const auto found = open.find(part.receivable_id());
    if (found == open.end() || found->second->version() != part.receivable_version()) return kPlanOutdated;
    const Receivable& receivable = *found->second;
    if (receivable.open().currency() != currency || part.amount_minor() > receivable.open().minor())
      return kPartMustFitReceivable.With("number", receivable.number())
          .With("open", Shown(receivable.open().minor(), receivable.open().currency()))
          .With("wanted", Shown(part.amount_minor(), currency));
    parts.push_back({&receivable, part.amount_minor()});
  }
  return parts;
}

}  // namespace

AllocationPolicy PolicyOn(const std::vector<const AllocationPolicy*>& defined, const std::string& currency,
                          const std::string& day) {
  const AllocationPolicy* latest = nullptr;
  for (const AllocationPolicy* policy : defined)
    if (policy->currency() == currency && policy->valid_from_on() <= day &&
        (latest == nullptr || latest->valid_from_on() < policy->valid_from_on()))
      latest = policy;
  if (latest != nullptr) return *latest;
  AllocationPolicy shipped;
  shipped.set_currency(currency);
  shipped.set_charging_order(AllocationPolicy::ORDER_COST_INTEREST_PRINCIPAL);
  shipped.set_residue_limit(currency == "KRW" ? kShippedResidueLimit : 0);
  return shipped;
}

std::vector<Part> Allocate(int64_t minor, const std::string& currency, std::vector<const Receivable*> open,
                           AllocationPolicy::Order order) {
  std::erase_if(open, [&](const Receivable* receivable) {
    return receivable->open().minor() <= 0 || receivable->open().currency() != currency;
  });
  std::sort(open.begin(), open.end(), [&](const Receivable* a, const Receivable* b) { return Before(*a, *b, order); });
  std::vector<Part> parts;
  for (const Receivable* receivable : open) {
    if (minor <= 0 || parts.size() == kMostParts) break;
    const int64_t part = std::min(minor, receivable->open().minor());
    parts.push_back({receivable, part});
    minor -= part;
  }
  return parts;
}

Result<ReceiptRecorded> RecordReceipt(const std::vector<const Period*>& periods, const Sequence* numbers,
                                      const RecordReceiptRequest& request, const Context& context) {
  if (request.amount().minor() <= 0) return kReceiptMustBePositive.At("amount");
  const auto received_on = kit::RecentDay(request.received_on(), "received_on", context);
  if (!received_on.ok()) return received_on.refusal();
  const auto posting = PostingDayOf(periods, kCollections, *received_on, request.posted_on());
  if (!posting.ok()) return posting.refusal();
  // From here on the receipt must be recorded.
  ReceiptRecorded event;
  Receipt& receipt = *event.mutable_receipt();
  const std::string& currency = request.amount().currency();
  receipt.set_id(context.NewId<Receipt>(request));
  if (request.has_external_ref()) *receipt.mutable_external_ref() = request.external_ref();
  Numbering numbering(SeriesOf("receipt", *received_on), numbers, context);
  receipt.set_number(numbering.Take("RCT"));
  numbering.Into(&event);
  receipt.set_account_id(request.account_id());
  receipt.set_unit_id(request.unit_id());
  receipt.set_means(request.means());
  receipt.set_received_on(*received_on);
  receipt.set_payer(request.payer());
  *receipt.mutable_amount() = request.amount();
  *receipt.mutable_unapplied() = request.amount();
  *receipt.mutable_applied() = MoneyOf(0, currency);
  Entry entry(LedgerEntry::KIND_RECEIPT, *posting, receipt.unit_id(), receipt.id(), request.account_id(), currency,
              context);
  entry.Post(request.means() == Receipt::MEANS_CASH ? LedgerAccount::PURPOSE_CASH : LedgerAccount::PURPOSE_BANK,
             request.amount().minor());
  entry.Post(LedgerAccount::PURPOSE_UNAPPLIED_RECEIPTS, -request.amount().minor());
  entry.Into(&event);
  receipt.set_entry_id(entry.id());
  return event;
}

Result<ReceiptAllocated> CommitAllocation(const AllocationFacts& facts, const CommitAllocationRequest& request,
                                          const Context& context) {
  const std::string& currency = facts.receipt.amount().currency();
  const auto day = kit::RecentDay(request.allocated_on(), "allocated_on", context);
  if (!day.ok()) return day.refusal();
  std::vector<Part> parts;
  if (request.parts().empty()) {
    parts = Allocate(facts.receipt.unapplied().minor(), currency, facts.open,
                     PolicyOn(facts.policies, currency, *day).charging_order());
  } else {
    auto named = NamedParts(facts, request);
    if (!named.ok()) return named.refusal();
    parts = std::move(*named);
  }
  int64_t sum = 0;
  for (const Part& part : parts) sum += part.minor;
  if (parts.empty()) return kNothingToAllocate;
  if (sum > facts.receipt.unapplied().minor())
    return kReceiptMustSuffice.With("unapplied", Shown(facts.receipt.unapplied().minor(), currency))
        .With("wanted", Shown(sum, currency));
  const auto posting = PostingDayOf(facts.periods, kCollections, *day, request.posted_on());
  if (!posting.ok()) return posting.refusal();
  // From here on the receipt must be applied.
  ReceiptAllocated event;
  Receipt& receipt = *event.mutable_receipt() = facts.receipt;
  Entry entry(LedgerEntry::KIND_ALLOCATION, *posting, receipt.unit_id(), receipt.id(), receipt.account_id(), currency,
              context);
  entry.Post(LedgerAccount::PURPOSE_UNAPPLIED_RECEIPTS, sum);
  std::map<std::string, int64_t> by_line;
  for (const Part& part : parts) {
    Allocation allocation = AllocationOf(*part.receivable, part.minor, *day, entry, context);
    allocation.set_receipt_id(receipt.id());
    *event.add_allocations() = allocation;
    Receivable& paid = *event.add_receivables() = *part.receivable;
    entry.Move(&paid, -part.minor);
    by_line[paid.credit_line_id()] -= part.minor;
  }
  Apply(sum, &receipt);
  for (const CreditLine* line : facts.credit_lines)
    if (const auto moved = by_line.find(line->id()); moved != by_line.end())
      MoveReceivables(moved->second, &(*event.add_credit_lines() = *line));
  entry.Into(&event);
  return event;
}

PlanAllocationResponse PlanAllocation(const AllocationFacts& facts, const std::string& day) {
  const std::string& currency = facts.receipt.amount().currency();
  PlanAllocationResponse plan;
  plan.set_receipt_id(facts.receipt.id());
  plan.set_receipt_version(facts.receipt.version());
  int64_t left = facts.receipt.unapplied().minor();
  for (const Part& part :
       Allocate(left, currency, facts.open, PolicyOn(facts.policies, currency, day).charging_order())) {
    PlannedPart& planned = *plan.add_parts();
    planned.set_receivable_id(part.receivable->id());
    planned.set_receivable_version(part.receivable->version());
    planned.set_number(part.receivable->number());
    planned.set_due_on(part.receivable->due_on());
    *planned.mutable_open() = part.receivable->open();
    *planned.mutable_amount() = MoneyOf(part.minor, currency);
    left -= part.minor;
  }
  *plan.mutable_unapplied() = MoneyOf(left, currency);
  return plan;
}

Result<CreditApplied> ApplyCredit(const Receivable& credit, const Receivable& receivable,
                                  const std::vector<const Period*>& periods, const ApplyCreditRequest& request,
                                  const Context& context) {
  const std::string& currency = credit.open().currency();
  const int64_t left = std::max<int64_t>(-credit.open().minor(), 0);
  const int64_t open = std::max<int64_t>(receivable.open().minor(), 0);
  const int64_t wanted = request.has_amount_minor() ? request.amount_minor() : std::min(left, open);
  if (request.has_amount_minor() && wanted <= 0) return kPartMustBePositive.At("amount_minor");
  if (credit.account_id() != receivable.account_id() || credit.credit_line_id() != receivable.credit_line_id() ||
      currency != receivable.open().currency())
    return kReceivablesMustBeOfOneClient;
  if (wanted == 0 || wanted > left)
    return kCreditMustSuffice.With("left", Shown(left, currency)).With("wanted", Shown(wanted, currency));
  if (wanted > open)
    return kPartMustFitReceivable.With("number", receivable.number())
        .With("open", Shown(open, currency))
        .With("wanted", Shown(wanted, currency));
  const auto day = kit::RecentDay(request.allocated_on(), "allocated_on", context);
  if (!day.ok()) return day.refusal();
  const auto posting = PostingDayOf(periods, kCollections, *day, request.posted_on());
  if (!posting.ok()) return posting.refusal();
  // From here on the credit must be applied.
  CreditApplied event;
  Receivable& spent = *event.mutable_credit() = credit;
  Receivable& paid = *event.mutable_receivable() = receivable;
  Entry entry(LedgerEntry::KIND_ALLOCATION, *posting, credit.unit_id(), credit.id(), credit.account_id(), currency,
              context);
  entry.Move(&spent, wanted);
  entry.Move(&paid, -wanted);
  *event.mutable_allocation() = AllocationOf(receivable, wanted, *day, entry, context);
  event.mutable_allocation()->set_credit_id(credit.id());
  entry.Into(&event);
  return event;
}

Result<AllocationUndone> UndoAllocation(const Undoing& undoing, const UndoAllocationRequest& request,
                                        const Context& context) {
  const Allocation& allocation = undoing.allocation;
  if (allocation.undone()) return kAllocationMustStand;
  const std::string& unit = undoing.receipt != nullptr ? undoing.receipt->unit_id() : undoing.receivable.unit_id();
  const auto posting = PostingDayOf(undoing.periods, kCollections, context.today.ToIso(), request.posted_on());
  if (!posting.ok()) return posting.refusal();
  // From here on the allocation must be undone.
  AllocationUndone event;
  const int64_t minor = allocation.amount().minor();
  Allocation& undone = *event.mutable_allocation() = allocation;
  undone.set_undone(true);
  undone.set_undone_reason(request.reason());
  Entry entry(LedgerEntry::KIND_ALLOCATION, *posting, unit, allocation.id(), allocation.account_id(),
              allocation.amount().currency(), context);
  entry.Reverses(allocation.entry_id());
  entry.Move(&(*event.add_receivables() = undoing.receivable), minor);
  if (undoing.receipt != nullptr) {
    Apply(-minor, &(*event.mutable_receipt() = *undoing.receipt));
    entry.Post(LedgerAccount::PURPOSE_UNAPPLIED_RECEIPTS, -minor);
    if (undoing.credit_line != nullptr) MoveReceivables(minor, &(*event.mutable_credit_line() = *undoing.credit_line));
  } else if (undoing.credit != nullptr) {
    entry.Move(&(*event.add_receivables() = *undoing.credit), -minor);
  }
  entry.Into(&event);
  return event;
}

Result<ResidueWrittenOff> WriteOffResidue(const Receivable& receivable, const CreditLine* credit_line,
                                          const std::vector<const AllocationPolicy*>& policies,
                                          const std::vector<const Period*>& periods,
                                          const WriteOffResidueRequest& request, const Context& context) {
  const int64_t open = receivable.open().minor();
  const std::string& currency = receivable.open().currency();
  const std::string today = context.today.ToIso();
  if (open == 0 || open == receivable.amount().minor()) return kResidueMustBeOfPartlyPaid;
  const int64_t limit = PolicyOn(policies, currency, today).residue_limit();
  if (std::abs(open) > limit)
    return kResidueMustBeWithinLimit.With("open", Shown(open, currency)).With("limit", Shown(limit, currency));
  const auto posting = PostingDayOf(periods, kCollections, today, request.posted_on());
  if (!posting.ok()) return posting.refusal();
  // From here on the residue must be written off.
  ResidueWrittenOff event;
  Receivable& settled = *event.mutable_receivable() = receivable;
  Entry entry(LedgerEntry::KIND_RESIDUE, *posting, receivable.unit_id(), receivable.id(), receivable.account_id(),
              currency, context);
  entry.Post(open > 0 ? LedgerAccount::PURPOSE_RESIDUE_LOSS : LedgerAccount::PURPOSE_RESIDUE_GAIN, open);
  entry.Move(&settled, -open);
  if (credit_line != nullptr) MoveReceivables(-open, &(*event.mutable_credit_line() = *credit_line));
  entry.Into(&event);
  event.set_reason(request.reason());
  return event;
}

Result<AllocationPolicyDefined> DefineAllocationPolicy(const std::vector<const AllocationPolicy*>& defined,
                                                       const DefineAllocationPolicyRequest& request,
                                                       const Context& context) {
  if (request.residue_limit() < 0) return kResidueLimitMustNotBeNegative.At("residue_limit");
  AllocationPolicyDefined event;
  AllocationPolicy& policy = *event.mutable_allocation_policy();
  policy.set_id(context.NewId());
  for (const AllocationPolicy* same : defined)
    if (same->valid_from_on() == request.valid_from_on()) policy = *same;
  policy.set_currency(request.currency());
  policy.set_valid_from_on(request.valid_from_on());
  policy.set_charging_order(request.charging_order());
  policy.set_residue_limit(request.residue_limit());
  return event;
}

std::string ReceiptsAddUp(const Steps& steps) {
  std::map<std::string, int64_t> moves;
  for (const Step& step : steps) {
    if (step.after->GetDescriptor() == Receipt::descriptor()) {
      const auto& after = static_cast<const Receipt&>(*step.after);
      const auto* before = static_cast<const Receipt*>(step.before);
      if (after.applied().minor() < 0 || after.unapplied().minor() < 0 ||
          after.applied().minor() + after.unapplied().minor() != after.amount().minor())
        return "receipt " + after.number() + " is not what is applied and unapplied of it";
      moves[after.id()] += after.applied().minor() - (before == nullptr ? 0 : before->applied().minor());
    } else if (step.after->GetDescriptor() == Allocation::descriptor()) {
      const auto& after = static_cast<const Allocation&>(*step.after);
      const auto* before = static_cast<const Allocation*>(step.before);
      if (after.receipt_id().empty()) continue;
      const auto standing = [](const Allocation& one) { return one.undone() ? 0 : one.amount().minor(); };
      moves[after.receipt_id()] -= standing(after) - (before == nullptr ? 0 : standing(*before));
    }
  }
  for (const auto& [receipt, difference] : moves)
    if (difference != 0)
      return "receipt " + receipt + " moved " + std::to_string(difference) + " beyond its allocations";
  return {};
}

}  // namespace songsang::billing
