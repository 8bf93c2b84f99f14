// Rules of accounts and of their groups.
#pragma once

#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/accounts/v1/account.pb.h"

namespace songsang::accounts {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kAccountMustBeNamed{"ACCOUNT_MUST_BE_NAMED", Code::kInvalidArgument, "An account needs a name.",
                                        "거래처에는 이름이 필요합니다."};
inline const Reason kAccountMustHaveState{"ACCOUNT_MUST_HAVE_STATE", Code::kInvalidArgument,
                                          "An account always has a state: it can be changed, not emptied.",
                                          "거래처의 상태는 바꿀 수 있지만 비울 수 없습니다."};
inline const Reason kBusinessMustHaveBrn{
    "BUSINESS_MUST_HAVE_BRN", Code::kInvalidArgument,
    "A Korean business needs its business registration number; one abroad needs its country.",
    "국내 사업자에는 사업자등록번호가 필요합니다. 해외 사업자라면 국가를 지정하세요."};
inline const Reason kPersonMustHaveNoBrn{"PERSON_MUST_HAVE_NO_BRN", Code::kInvalidArgument,
                                         "A person has no registration number of a business; that is for businesses.",
                                         "개인 고객에는 사업자·법인등록번호나 사업자 세금번호를 쓸 수 없습니다."};
inline const Reason kAccountBrnTaken{"ACCOUNT_BRN_TAKEN", Code::kAlreadyExists,
                                     "Another account bears this business registration number.",
                                     "같은 사업자등록번호를 가진 거래처가 이미 있습니다."};
inline const Reason kGroupHeadMustDiffer{"GROUP_HEAD_MUST_DIFFER", Code::kFailedPrecondition,
                                         "An account cannot be a member of its own group.",
                                         "거래처를 자기 자신의 그룹에 넣을 수 없습니다."};
inline const Reason kGroupHeadMustBeBusiness{"GROUP_HEAD_MUST_BE_BUSINESS", Code::kFailedPrecondition,
                                             "Only a business can head a group.", "그룹 대표는 사업자여야 합니다."};
inline const Reason kGroupHeadMustNotBeMember{
    "GROUP_HEAD_MUST_NOT_BE_MEMBER", Code::kFailedPrecondition,
    "That account is itself a member of the group of {group_id}; link to that one.",
    "그 거래처는 이미 {group_id} 그룹에 속해 있습니다. 그 그룹 대표에 연결하세요."};
inline const Reason kGroupMemberMustNotBeHead{
    "GROUP_MEMBER_MUST_NOT_BE_HEAD", Code::kFailedPrecondition,
    "The account heads a group of {members}; take its members out first.",
    "이 거래처는 {members}곳이 속한 그룹의 대표입니다. 먼저 구성원을 해제하세요."};

// `holders` are the accounts that bear the business registration number asked for.
using Holders = std::vector<const Account*>;

Result<AccountRegistered> RegisterAccount(const Holders& holders, const RegisterAccountRequest& request,
                                          const Context& context);
Result<AccountUpdated> UpdateAccount(const Account& account, const Holders& holders,
                                     const UpdateAccountRequest& request, const Context& context);
// `members` are the accounts whose group this account heads.
Result<GroupLinked> LinkGroup(const Account& account, const Account* head, const std::vector<const Account*>& members,
                              const LinkGroupRequest& request, const Context& context);
Result<AccountTransferred> TransferAccount(const Account& account, const TransferAccountRequest& request,
                                           const Context& context);

}  // namespace songsang::accounts
