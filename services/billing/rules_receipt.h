// Rules of receipts (수금): money that arrived, and how it is applied to what is owed.
#pragma once

#include <string>
#include <vector>

#include "billing/rules_credit.h"
#include "billing/rules_ledger.h"
#include "core/context.h"
#include "core/result.h"
#include "songsang/billing/v1/receipt.pb.h"

namespace songsang::billing {

inline const Reason kReceiptMustBePositive{"RECEIPT_MUST_BE_POSITIVE", Code::kInvalidArgument,
                                           "A receipt must be of more than nothing.", "수금액은 0보다 커야 합니다."};
inline const Reason kPlanOutdated{"PLAN_OUTDATED", Code::kAborted,
                                  "What the plan was made for has changed since; plan again.",
                                  "배분 계획을 세운 뒤 내용이 바뀌었습니다. 계획을 다시 세우세요."};
inline const Reason kReceiptMustSuffice{"RECEIPT_MUST_SUFFICE", Code::kFailedPrecondition,
                                        "The receipt has {unapplied} left, and {wanted} are to be applied.",
                                        "수금 잔액({unapplied})보다 많은 금액({wanted})은 배분할 수 없습니다."};
inline const Reason kPartMustFitReceivable{"PART_MUST_FIT_RECEIVABLE", Code::kFailedPrecondition,
                                           "Of {number} only {open} are open, not {wanted}.",
                                           "{number}의 미수 잔액은 {open}이며 {wanted}을(를) 배분할 수 없습니다."};
inline const Reason kPartMustBePositive{"PART_MUST_BE_POSITIVE", Code::kInvalidArgument,
                                        "What is applied must be more than nothing.", "배분 금액은 0보다 커야 합니다."};
inline const Reason kReceivableMustBeNamedOnce{"RECEIVABLE_MUST_BE_NAMED_ONCE", Code::kInvalidArgument,
                                               "A plan names a receivable once.",
                                               "같은 채권을 두 번 지정할 수 없습니다."};
inline const Reason kNothingToAllocate{"NOTHING_TO_ALLOCATE", Code::kFailedPrecondition,
                                       "The client owes nothing in this currency, or the receipt is applied already.",
                                       "배분할 미수금이 없거나 수금액이 모두 배분되었습니다."};
inline const Reason kCreditMustSuffice{"CREDIT_MUST_SUFFICE", Code::kFailedPrecondition,
                                       "The credit has {left} left, and {wanted} are to be applied.",
                                       "대변 잔액({left})보다 많은 금액({wanted})은 충당할 수 없습니다."};
inline const Reason kReceivablesMustBeOfOneClient{
    "RECEIVABLES_MUST_BE_OF_ONE_CLIENT", Code::kFailedPrecondition,
    "A credit pays what the same client owes on the same credit line, in the same currency.",
    "같은 거래처, 같은 여신, 같은 통화의 채권에만 충당할 수 있습니다."};
inline const Reason kAllocationMustStand{"ALLOCATION_MUST_STAND", Code::kFailedPrecondition,
                                         "The allocation was taken back already.", "이미 취소된 배분입니다."};
inline const Reason kResidueMustBeOfPartlyPaid{"RESIDUE_MUST_BE_OF_PARTLY_PAID", Code::kFailedPrecondition,
                                               "Only the rest of what was paid in part is a residue.",
                                               "일부 수금된 채권의 잔액만 단수 정리할 수 있습니다."};
inline const Reason kResidueMustBeWithinLimit{"RESIDUE_MUST_BE_WITHIN_LIMIT", Code::kFailedPrecondition,
                                              "The rest of {open} is over the limit of {limit} for residues.",
                                              "잔액 {open}이(가) 단수 정리 한도 {limit}을(를) 넘습니다."};
inline const Reason kResidueLimitMustNotBeNegative{"RESIDUE_LIMIT_MUST_NOT_BE_NEGATIVE", Code::kInvalidArgument,
                                                   "The limit for residues must not be negative.",
                                                   "단수 정리 한도는 음수일 수 없습니다."};
inline const Reason kReceiptNumberTaken{"RECEIPT_NUMBER_TAKEN", Code::kAlreadyExists,
                                        "A receipt of this number exists.", "이미 있는 수금 번호입니다."};

// The most receivables that one allocation pays: its event carries three entities for each.
inline constexpr size_t kMostParts = 150;

// The policy that holds on a day: the latest of those defined for the currency, else the shipped one.
AllocationPolicy PolicyOn(const std::vector<const AllocationPolicy*>& defined, const std::string& currency,
                          const std::string& day);

// How much goes to which receivable.
struct Part {
  const Receivable* receivable = nullptr;
  int64_t minor = 0;
};
// Applies an amount to what is open, in the order of the policy. Pure, and the same for a plan and for what is committed.
std::vector<Part> Allocate(int64_t minor, const std::string& currency, std::vector<const Receivable*> open,
                           AllocationPolicy::Order order);

// `numbers` is the series of receipts of the year; null where none was given yet.
Result<ReceiptRecorded> RecordReceipt(const std::vector<const Period*>& periods, const Sequence* numbers,
                                      const RecordReceiptRequest& request, const Context& context);

// What stands when a receipt is applied.
struct AllocationFacts {
  const Receipt& receipt;
  std::vector<const Receivable*> open;            // of the client, not settled
  std::vector<const CreditLine*> credit_lines;    // on which those count
  std::vector<const AllocationPolicy*> policies;  // of the currency
  std::vector<const Period*> periods;             // of the books it is posted in
};
Result<ReceiptAllocated> CommitAllocation(const AllocationFacts& facts, const CommitAllocationRequest& request,
                                          const Context& context);
PlanAllocationResponse PlanAllocation(const AllocationFacts& facts, const std::string& day);

Result<CreditApplied> ApplyCredit(const Receivable& credit, const Receivable& receivable,
                                  const std::vector<const Period*>& periods, const ApplyCreditRequest& request,
                                  const Context& context);

// What an allocation moved.
struct Undoing {
  const Allocation& allocation;
  const Receipt* receipt = nullptr;    // what had paid: this
  const Receivable* credit = nullptr;  // or this
  const Receivable& receivable;
  const CreditLine* credit_line = nullptr;
  std::vector<const Period*> periods;
};
Result<AllocationUndone> UndoAllocation(const Undoing& undoing, const UndoAllocationRequest& request,
                                        const Context& context);

Result<ResidueWrittenOff> WriteOffResidue(const Receivable& receivable, const CreditLine* credit_line,
                                          const std::vector<const AllocationPolicy*>& policies,
                                          const std::vector<const Period*>& periods,
                                          const WriteOffResidueRequest& request, const Context& context);

// `defined` are those of the currency.
Result<AllocationPolicyDefined> DefineAllocationPolicy(const std::vector<const AllocationPolicy*>& defined,
                                                       const DefineAllocationPolicyRequest& request,
                                                       const Context& context);

// Invariant: a receipt is what is applied and what is not, neither below zero, and what is applied moves by exactly its
// allocations in the same event.
std::string ReceiptsAddUp(const Steps& steps);

}  // namespace songsang::billing
