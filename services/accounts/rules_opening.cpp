#include "accounts/rules_opening.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/money.h"
#include "core/text.h"
#include "kit/copy.h"

namespace songsang::accounts {
namespace {

std::string NameOf(OpeningDocument::Kind kind) {
  return Lower(OpeningDocument::Kind_Name(kind).substr(sizeof("KIND_") - 1));
}

bool IsDecided(const AccountOpening& opening) {
  return opening.state() == AccountOpening::STATE_OPENED || opening.state() == AccountOpening::STATE_REFUSED;
}

Status MustBeUndecided(const AccountOpening& opening) {
  if (!IsDecided(opening)) return Done{};
  return kOpeningMustBeUndecided
      .With("state", Lower(AccountOpening::State_Name(opening.state()).substr(sizeof("STATE_") - 1)))
      .With("decided_on", opening.decided_on());
}

std::string IdOfDocument(const AttachOpeningDocumentRequest& request, const Context& context) {
  common::v1::ExternalRef ref;
  ref.set_system("songsang");
  ref.set_key(ToHex(AsBytes(Framed()
                                .Add(request.opening_id())
                                .Add(OpeningDocument::Kind_Name(request.kind()))
                                .Add(request.sha256())
                                .Hash())));
  return ReferenceId(context.caller.tenant, KindOf(OpeningDocument::descriptor()), ref);
}

std::string MissingOf(const AccountOpening& opening, const Documents& documents) {
  std::string missing;
  for (const int kind : opening.required_documents())
    if (std::none_of(documents.begin(), documents.end(), [&](const auto* one) { return one->kind() == kind; }))
      missing += (missing.empty() ? "" : ", ") + NameOf(static_cast<OpeningDocument::Kind>(kind));
  return missing;
}

Status MayGrant(const common::v1::Money& limit, const common::v1::Money& proposed, const std::string& reason,
                const Caller& caller) {
  if (limit.currency() != proposed.currency() || limit.minor() < 0)
    return kLimitMustBeInCurrency.With("currency", proposed.currency()).At("limit");
  const bool may_exceed =
      !reason.empty() && (caller.Has(songsang::v1::ROLE_EXECUTIVE) || caller.Has(songsang::v1::ROLE_ADMIN));
  if (limit.minor() > proposed.minor() && !may_exceed)
    return kLimitMustNotExceedProposal
        .With("proposed", FormatMinor(proposed.minor(), proposed.currency()) + " " + proposed.currency())
        .At("limit");
  return Done{};
}

void Decide(AccountOpening::State state, const std::string& reason, const Context& context, AccountOpening* opening) {
  opening->set_state(state);
  opening->set_reason(reason);
  opening->set_decided_by(context.caller.actor);
  opening->set_decided_on(context.today.ToIso());
}

}  // namespace

OpeningChecklist ShippedChecklist(Account::Kind kind) {
  OpeningChecklist checklist;
  checklist.set_account_kind(kind);
  checklist.set_number(1);
  if (kind == Account::KIND_BUSINESS) {
    checklist.add_documents(OpeningDocument::KIND_BUSINESS_REGISTRATION);
    checklist.add_documents(OpeningDocument::KIND_BANKBOOK);
  }
  checklist.add_documents(OpeningDocument::KIND_TRADE_AGREEMENT);
  return checklist;
}

OpeningChecklist ChecklistOn(const Checklists& defined, Account::Kind kind, const std::string& day) {
  const OpeningChecklist* newest = nullptr;
  for (const OpeningChecklist* one : defined)
    if (one->account_kind() == kind && one->valid_from_on() <= day &&
        (newest == nullptr ||
         std::pair(newest->valid_from_on(), newest->number()) < std::pair(one->valid_from_on(), one->number())))
      newest = one;
  return newest == nullptr ? ShippedChecklist(kind) : *newest;
}

Result<OpeningSubmitted> SubmitOpening(const Account& account, const std::vector<const AccountOpening*>& openings,
                                       const Checklists& defined, const SubmitOpeningRequest& request,
                                       const Context& context) {
  if (request.requested_limit().minor() < 0) return kRequestedLimitMustNotBeNegative.At("requested_limit");
  for (const AccountOpening* one : openings)
    if (!IsDecided(*one)) return kOpeningMustBeOne.With("opening_id", one->id());
  // From here on the submission must succeed.
  OpeningSubmitted event;
  AccountOpening& opening = *event.mutable_opening();
  kit::CopyWhatIsSet(request, &opening);
  opening.set_id(context.NewId());
  opening.set_state(AccountOpening::STATE_SUBMITTED);
  opening.set_asked_by(context.caller.actor);
  opening.set_submitted_on(context.today.ToIso());
  if (request.founded_year() == 0) opening.set_founded_year(account.founded_year());
  const OpeningChecklist checklist = ChecklistOn(defined, account.kind(), context.today.ToIso());
  *opening.mutable_required_documents() = checklist.documents();
  return event;
}

Result<OpeningDocumentAttached> AttachOpeningDocument(const AccountOpening& opening, const Documents& documents,
                                                      const AttachOpeningDocumentRequest& request,
                                                      const Context& context) {
  if (const auto undecided = MustBeUndecided(opening); !undecided.ok()) return undecided.refusal();
  OpeningDocumentAttached event;
  OpeningDocument& document = *event.mutable_document();
  document.set_id(IdOfDocument(request, context));
  for (const OpeningDocument* one : documents)
    if (one->id() == document.id()) {
      document = *one;
      return event;
    }
  // From here on the attachment must succeed.
  kit::CopyWhatIsSet(request, &document);
  document.set_attached_on(context.today.ToIso());
  return event;
}

Result<OpeningAssessed> NoteAssessment(const AccountOpening& opening, const NoteAssessmentRequest& request,
                                       const Context&) {
  OpeningAssessed event;
  AccountOpening& assessed = *event.mutable_opening() = opening;
  if (IsDecided(opening)) return event;
  kit::CopyWhatIsSet(request, &assessed);
  assessed.set_score(request.score());
  assessed.set_state(AccountOpening::STATE_ASSESSED);
  return event;
}

Result<AccountOpened> OpenAccount(const AccountOpening& opening, const Account& account, const Documents& documents,
                                  const OpenAccountRequest& request, const Context& context) {
  if (const auto undecided = MustBeUndecided(opening); !undecided.ok()) return undecided.refusal();
  if (context.caller.actor == opening.asked_by()) return kApproverMustBeAnother;
  if (opening.state() != AccountOpening::STATE_ASSESSED) return kOpeningMustBeAssessed;
  if (const std::string missing = MissingOf(opening, documents); !missing.empty())
    return kOpeningDocumentsMustBeComplete.With("missing", missing);
  const auto& limit = request.has_limit() ? request.limit() : opening.proposed_limit();
  if (const auto may = MayGrant(limit, opening.proposed_limit(), request.reason(), context.caller); !may.ok())
    return may.refusal();
  // From here on the opening must succeed.
  AccountOpened event;
  Account& opened = *event.mutable_account() = account;
  opened.set_state(Account::STATE_OPEN);
  *event.mutable_opening() = opening;
  *event.mutable_opening()->mutable_limit() = limit;
  Decide(AccountOpening::STATE_OPENED, request.reason(), context, event.mutable_opening());
  return event;
}

Result<OpeningRefused> RefuseOpening(const AccountOpening& opening, const RefuseOpeningRequest& request,
                                     const Context& context) {
  if (const auto undecided = MustBeUndecided(opening); !undecided.ok()) return undecided.refusal();
  if (context.caller.actor == opening.asked_by()) return kApproverMustBeAnother;
  // From here on the refusal must succeed.
  OpeningRefused event;
  *event.mutable_opening() = opening;
  Decide(AccountOpening::STATE_REFUSED, request.reason(), context, event.mutable_opening());
  return event;
}

Result<OpeningChecklistDefined> DefineOpeningChecklist(const Checklists& defined,
                                                       const DefineOpeningChecklistRequest& request,
                                                       const Context& context) {
  std::set<int> kinds;
  for (const int kind : request.documents())
    if (!kinds.insert(kind).second)
      return kChecklistDocumentsMustDiffer.With("document", NameOf(static_cast<OpeningDocument::Kind>(kind)))
          .At("documents");
  // From here on the definition must succeed.
  OpeningChecklistDefined event;
  OpeningChecklist& checklist = *event.mutable_checklist();
  checklist.set_id(context.NewId());
  checklist.set_account_kind(request.account_kind());
  checklist.set_valid_from_on(request.valid_from_on().empty() ? context.today.ToIso() : request.valid_from_on());
  *checklist.mutable_documents() = request.documents();
  int number = 1;
  for (const OpeningChecklist* one : defined) number = std::max(number, one->number());
  checklist.set_number(number + 1);
  return event;
}

}  // namespace songsang::accounts
