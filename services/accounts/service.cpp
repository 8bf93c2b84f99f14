#include "accounts/accounts.h"
#include "accounts/rules_account.h"
#include "accounts/rules_contact.h"
#include "kit/brn.h"

namespace songsang::accounts {
namespace {

using engine::Named;

// Who bears the number already. Numbers are stored in one form; one that is not valid nobody bears, and the rule
// refuses it.
template <class Request>
std::vector<Named> ReadHolders(const Request& request, const Context&) {
  const auto normal = kit::NormalBrn(request.brn(), "brn");
  return {{Account::descriptor(), {"brn"}, {normal.ok() ? *normal : std::string()}}};
}

std::vector<Named> ReadMembers(const LinkGroupRequest& request, const Context&) {
  return {{Account::descriptor(), {"group_id"}, {request.account_id()}}};
}

}  // namespace

engine::Service Accounts() {
  engine::Service service("accounts");
  service.Command(RegisterAccount);
  service.Reads<RegisterAccountRequest>(ReadHolders<RegisterAccountRequest>);
  service.Command(UpdateAccount);
  service.Reads<UpdateAccountRequest>(ReadHolders<UpdateAccountRequest>);
  service.Command(AddContact);
  service.Command(UpdateContact);
  service.Command(LinkGroup);
  service.Reads<LinkGroupRequest>(ReadMembers);
  service.Command(TransferAccount);
  return service;
}

}  // namespace songsang::accounts
