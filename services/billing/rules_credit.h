// Rules of credit: who may order how much more, in one function for every path.
#pragma once

#include <string>
#include <vector>

#include "billing/rules_ledger.h"
#include "core/context.h"
#include "core/result.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/credit.pb.h"
#include "songsang/billing/v1/order.pb.h"

namespace songsang::billing {

inline const Reason kAccountMustBeOpen{"ACCOUNT_MUST_BE_OPEN", Code::kFailedPrecondition,
                                       "The account is not open for trade.", "거래가 개설되지 않은 거래처입니다."};
inline const Reason kCreditLineMustExist{"CREDIT_LINE_MUST_EXIST", Code::kFailedPrecondition,
                                         "The client has no credit line: no credit sale.",
                                         "여신 한도가 없는 거래처에는 외상으로 판매할 수 없습니다."};
inline const Reason kCreditMustNotBeHeld{"CREDIT_MUST_NOT_BE_HELD", Code::kFailedPrecondition,
                                         "The client's credit is held: {why}.",
                                         "거래처의 여신이 정지되어 있습니다. 사유: {why}"};
inline const Reason kCreditCurrencyMustFit{"CREDIT_CURRENCY_MUST_FIT", Code::kFailedPrecondition,
                                           "The credit line is in {currency}, not in {given}.",
                                           "여신 한도의 통화는 {currency}입니다. {given}(으)로는 사용할 수 없습니다."};
inline const Reason kCreditLimitMustSuffice{
    "CREDIT_LIMIT_MUST_SUFFICE", Code::kFailedPrecondition,
    "The order of {total} does not fit: of the limit {limit}, {exposure} are taken and {available} left.",
    "주문 금액 {total}이(가) 여신 한도를 초과합니다. 한도 {limit}, 사용 {exposure}, 잔여 {available}"};
inline const Reason kCreditLineTaken{"CREDIT_LINE_TAKEN", Code::kAlreadyExists, "The client has a credit line already.",
                                     "이미 여신 한도가 있는 거래처입니다."};
inline const Reason kCreditLineMustBeOfGroupHead{
    "CREDIT_LINE_MUST_BE_OF_GROUP_HEAD", Code::kFailedPrecondition,
    "The account belongs to the group of {head}, whose credit line it shares.",
    "{head}의 그룹에 속한 거래처로, 그룹의 여신 한도를 함께 사용합니다."};
inline const Reason kLimitMustNotBeNegative{"LIMIT_MUST_NOT_BE_NEGATIVE", Code::kInvalidArgument,
                                            "A limit must not be negative.", "한도는 음수일 수 없습니다."};

// Who would owe.
struct Buyer {
  const accounts::v1::Account* account = nullptr;  // null: unknown here
  const CreditLine* line = nullptr;                // of the account or of its group's head; null: none
};

// orders + receivables.
int64_t ExposureOf(const CreditLine& line);

// The exposure rule, on every path that takes credit: what stands against taking this much more, in the order in which
// it should be settled; none if it may be taken.
std::vector<SalesOrder::HoldReason> ObstaclesTo(const common::v1::Money& total, const Buyer& buyer);
// How a person is told of the first of them.
Refusal ToRefusal(SalesOrder::HoldReason reason, const common::v1::Money& total, const Buyer& buyer);

// How a credit line moves.
void MoveOrders(int64_t minor, CreditLine* line);
void MoveReceivables(int64_t minor, CreditLine* line);

// `lines` are those of the account.
Result<CreditLineOpened> OpenCreditLine(const accounts::v1::Account* account,
                                        const std::vector<const CreditLine*>& lines,
                                        const OpenCreditLineRequest& request, const Context& context);
Result<CreditLimitSet> SetCreditLimit(const CreditLine& line, const SetCreditLimitRequest& request,
                                      const Context& context);
Result<CreditHeld> HoldCredit(const CreditLine& line, const HoldCreditRequest& request, const Context& context);
Result<CreditHoldLifted> LiftCreditHold(const CreditLine& line, const LiftCreditHoldRequest& request,
                                        const Context& context);

// Invariant: a credit line moves by exactly what its documents moved in the same event (orders by what they reserve,
// receivables by what is open), and where orders took more, its exposure is within its limit.
std::string ExposureFollowsDocuments(const Steps& steps);

}  // namespace songsang::billing
