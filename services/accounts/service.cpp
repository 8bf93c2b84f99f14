#include "accounts/accounts.h"
#include "accounts/policies.h"
#include "accounts/rules_account.h"
#include "accounts/rules_contact.h"
#include "accounts/rules_opening.h"
#include "accounts/rules_work_hand_over.h"
#include "kit/brn.h"

namespace songsang::accounts {
namespace {

using engine::Find;
using engine::Named;
using engine::Tx;

// `business` for KIND_BUSINESS, as it is stored.
std::string NameOf(Account::Kind kind) {
  return std::string(rows::EnumText(Account::Kind_descriptor()->FindValueByNumber(kind)));
}

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

// A checklist is for one kind of account, and a few exist of each: all are read.
Result<OpeningSubmitted> Submit(Tx& tx, const SubmitOpeningRequest& request, const Context& context) {
  const auto account = Find<Account>(tx, "account_id", request.account_id());
  if (!account.ok()) return account.refusal();
  return SubmitOpening(**account, tx.List<AccountOpening>({"account_id"}, {request.account_id()}),
                       tx.List<OpeningChecklist>({"account_kind"}, {NameOf((*account)->kind())}), request, context);
}

template <class Request>
std::vector<Named> ReadDocuments(const Request& request, const Context&) {
  return {{OpeningDocument::descriptor(), {"opening_id"}, {request.opening_id()}}};
}

std::vector<Named> ReadChecklists(const DefineOpeningChecklistRequest& request, const Context&) {
  return {{OpeningChecklist::descriptor(), {"account_kind"}, {NameOf(request.account_kind())}}};
}

// A step looks at as many as it may move, prospects and clients alike.
Result<WorkHandedOver> Step(Tx& tx, const StepWorkHandOverRequest& request, const Context& context) {
  const auto hand_over = Find<WorkHandOver>(tx, "work_hand_over_id", request.work_hand_over_id());
  if (!hand_over.ok()) return hand_over.refusal();
  std::vector<const Account*> held;
  for (const char* state : {"prospect", "open"})
    for (const Account* account : tx.List<Account>({"owner_id", "state"}, {(*hand_over)->from_person_id(), state}))
      held.push_back(account);
  return StepWorkHandOver(**hand_over, held, request, context);
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
  service.Command<SubmitOpeningRequest>(Submit);
  service.Command(AttachOpeningDocument);
  service.Reads<AttachOpeningDocumentRequest>(ReadDocuments<AttachOpeningDocumentRequest>);
  service.Command(NoteAssessment);
  service.Command(OpenAccount);
  service.Reads<OpenAccountRequest>(ReadDocuments<OpenAccountRequest>);
  service.Command(RefuseOpening);
  service.Command(DefineOpeningChecklist);
  service.Reads<DefineOpeningChecklistRequest>(ReadChecklists);
  service.Command(StartWorkHandOver);
  service.Command<StepWorkHandOverRequest>(Step);
  service.Policy("note_assessment", NoteAssessmentOf);
  service.Policy("hand_over_work", HandOverWorkOf);
  service.Timer("step_at", StepWorkHandOverOf);
  return service;
}

}  // namespace songsang::accounts
