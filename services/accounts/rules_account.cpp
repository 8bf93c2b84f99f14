#include "accounts/rules_account.h"

#include <string>

#include "kit/brn.h"
#include "kit/copy.h"
#include "kit/reach.h"

namespace songsang::accounts {
namespace {

constexpr char kKorea[] = "KR";
constexpr char kCheckDigitWarning[] = "CORPORATE_NO_CHECK_DIGIT";
constexpr char kBrnUnknownWarning[] = "BRN_UNKNOWN";

bool LacksBrn(const Account& account) {
  return account.kind() == Account::KIND_BUSINESS && account.country() == kKorea && account.brn().empty();
}

// What every account must satisfy, whoever wrote it last; brings its numbers into the form in which they are stored.
Status Settle(Account* account, const Holders& holders, bool may_lack_brn) {
  if (account->name().empty()) return kAccountMustBeNamed.At("name");
  if (account->kind() == Account::KIND_PERSON) {
    if (!account->brn().empty()) return kPersonMustHaveNoBrn.At("brn");
    if (!account->corporate_no().empty()) return kPersonMustHaveNoBrn.At("corporate_no");
    if (!account->tax_id().empty()) return kPersonMustHaveNoBrn.At("tax_id");
    return Done{};
  }
  if (account->country().empty()) account->set_country(kKorea);
  if (LacksBrn(*account) && !may_lack_brn) return kBusinessMustHaveBrn.At("brn");
  const auto brn = kit::NormalBrn(account->brn(), "brn");
  if (!brn.ok()) return brn.refusal();
  const auto corporate_no = kit::NormalCorporateNo(account->corporate_no(), "corporate_no");
  if (!corporate_no.ok()) return corporate_no.refusal();
  for (const Account* holder : holders)
    if (holder->id() != account->id()) return kAccountBrnTaken.With("account_id", holder->id()).At("brn");
  account->set_brn(*brn);
  account->set_corporate_no(*corporate_no);
  return Done{};
}

template <class Event>
void Warn(Event* event) {
  const std::string& number = event->account().corporate_no();
  if (!number.empty() && !kit::CorporateNoCheckDigitHolds(number)) event->add_warnings(kCheckDigitWarning);
  if (LacksBrn(event->account())) event->add_warnings(kBrnUnknownWarning);
}

}  // namespace

Result<AccountRegistered> RegisterAccount(const Holders& holders, const RegisterAccountRequest& request,
                                          const Context& context) {
  AccountRegistered event;
  Account& account = *event.mutable_account();
  kit::CopyWhatIsSet(request, &account);
  kit::NormaliseReach(&account);
  account.set_id(context.NewId<Account>(request));
  const bool may_lack_brn = request.brn_unknown() && context.caller.Has(songsang::v1::ROLE_IMPORTER);
  if (const auto settled = Settle(&account, holders, may_lack_brn); !settled.ok()) return settled.refusal();
  // From here on the registration must succeed.
  if (account.state() == Account::STATE_UNSPECIFIED) account.set_state(Account::STATE_PROSPECT);
  Warn(&event);
  return event;
}

Result<AccountUpdated> UpdateAccount(const Account& account, const Holders& holders,
                                     const UpdateAccountRequest& request, const Context&) {
  if (request.has_state() && request.state() == Account::STATE_UNSPECIFIED) return kAccountMustHaveState.At("state");
  AccountUpdated event;
  Account& updated = *event.mutable_account() = account;
  kit::CopyWhatIsSet(request, &updated);
  kit::NormaliseReach(&updated);
  // What an import let in without its number can be worked on without it; what has one keeps one.
  if (const auto settled = Settle(&updated, holders, LacksBrn(account)); !settled.ok()) return settled.refusal();
  // From here on the update must succeed.
  Warn(&event);
  return event;
}

Result<GroupLinked> LinkGroup(const Account& account, const Account* head, const std::vector<const Account*>& members,
                              const LinkGroupRequest& request, const Context&) {
  if (head != nullptr) {
    if (head->id() == account.id()) return kGroupHeadMustDiffer.At("group_id");
    if (head->kind() != Account::KIND_BUSINESS) return kGroupHeadMustBeBusiness.At("group_id");
    if (!head->group_id().empty()) return kGroupHeadMustNotBeMember.With("group_id", head->group_id());
    if (!members.empty()) return kGroupMemberMustNotBeHead.With("members", std::to_string(members.size()));
  }
  // From here on the link must succeed.
  GroupLinked event;
  Account& linked = *event.mutable_account() = account;
  linked.set_group_id(request.group_id());
  return event;
}

Result<AccountTransferred> TransferAccount(const Account& account, const TransferAccountRequest& request,
                                           const Context&) {
  AccountTransferred event;
  Account& transferred = *event.mutable_account() = account;
  kit::CopyWhatIsSet(request, &transferred);
  return event;
}

}  // namespace songsang::accounts
