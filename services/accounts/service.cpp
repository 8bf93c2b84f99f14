#include "accounts/accounts.h"
#include "accounts/rules_account.h"
#include "accounts/rules_contact.h"
#include "kit/brn.h"

namespace songsang::accounts {
namespace {

using engine::Find;
using engine::Named;
using engine::Tx;

// The number as it is stored; none where it is not valid, which the rule refuses.
std::string StoredBrn(const std::string& brn) {
  const auto normal = kit::NormalBrn(brn, "brn");
  return normal.ok() ? *normal : std::string();
}

Result<AccountRegistered> Register(Tx& tx, const RegisterAccountRequest& request, const Context& context) {
  return RegisterAccount(tx.List<Account>({"brn"}, {StoredBrn(request.brn())}), request, context);
}

Result<AccountUpdated> Update(Tx& tx, const UpdateAccountRequest& request, const Context& context) {
  const auto account = Find<Account>(tx, "account_id", request.account_id());
  if (!account.ok()) return account.refusal();
  return UpdateAccount(**account, tx.List<Account>({"brn"}, {StoredBrn(request.brn())}), request, context);
}

Result<GroupLinked> Link(Tx& tx, const LinkGroupRequest& request, const Context& context) {
  const auto account = Find<Account>(tx, "account_id", request.account_id());
  if (!account.ok()) return account.refusal();
  if (request.group_id().empty()) return LinkGroup(**account, nullptr, {}, request, context);
  const auto head = Find<Account>(tx, "group_id", request.group_id());
  if (!head.ok()) return head.refusal();
  return LinkGroup(**account, *head, tx.List<Account>({"group_id"}, {request.account_id()}), request, context);
}

template <class Request>
void ReadsHolders(engine::Service* service) {
  service->Reads<Request>([](const Request& request, const Context&) {
    return std::vector<Named>{{Account::descriptor(), {"brn"}, {StoredBrn(request.brn())}}};
  });
}

}  // namespace

engine::Service Accounts() {
  engine::Service service("accounts");
  service.Command<RegisterAccountRequest>(Register);
  service.Command<UpdateAccountRequest>(Update);
  service.Command(AddContact);
  service.Command(UpdateContact);
  service.Command<LinkGroupRequest>(Link);
  service.Command(TransferAccount);
  ReadsHolders<RegisterAccountRequest>(&service);
  ReadsHolders<UpdateAccountRequest>(&service);
  service.Reads<LinkGroupRequest>([](const LinkGroupRequest& request, const Context&) {
    return std::vector<Named>{{Account::descriptor(), {"group_id"}, {request.account_id()}}};
  });
  return service;
}

}  // namespace songsang::accounts
