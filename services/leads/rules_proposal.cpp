#include "leads/rules_proposal.h"

#include <algorithm>
#include <string>

#include "core/clock.h"
#include "core/money.h"
#include "core/text.h"
#include "kit/copy.h"
#include "leads/rules_opportunity.h"

namespace songsang::leads {
namespace {

std::string NameOf(Proposal::State state) { return Lower(Proposal::State_Name(state).substr(sizeof("STATE_") - 1)); }

bool IsOpen(const Proposal& proposal) {
  return proposal.state() == Proposal::STATE_SENT || proposal.state() == Proposal::STATE_VIEWED;
}

Status MustBeOpen(const Proposal& proposal) {
  if (IsOpen(proposal)) return Done{};
  return kProposalMustBeOpen.With("state", NameOf(proposal.state()));
}

// A proposal can be accepted on its last valid day, whether or not its timer has been.
Status MustBeValid(const Proposal& proposal, const Context& context) {
  if (context.today.ToIso() <= proposal.valid_until()) return Done{};
  return kProposalMustNotBeExpired.With("valid_until", proposal.valid_until());
}

Status MustNotBeAgreed(const Opportunity& opportunity) {
  if (opportunity.proposal_id().empty()) return Done{};
  return kOpportunityMustNotBeAgreed.With("proposal", opportunity.proposal_id());
}

Instant EndOf(const Proposal& proposal) {
  return StartOfDay(Date::Parse(proposal.valid_until()).value_or(Date()).PlusDays(1));
}

// What is asked of a draft before its prices: an open opportunity, its client, and time to answer.
template <class Request>
Status MustBeAskable(const Opportunity& opportunity, const Request& request, const Context& context) {
  if (const auto open = leads::MustBeOpen(opportunity); !open.ok()) return open;
  if (const auto free = MustNotBeAgreed(opportunity); !free.ok()) return free;
  if (!opportunity.account_id().empty() && request.account_id() != opportunity.account_id())
    return kProposalMustBeForClient.With("account", opportunity.account_id()).At("account_id");
  if (request.valid_until() < context.today.ToIso())
    return kProposalMustBeValidForATime.With("today", context.today.ToIso()).At("valid_until");
  return Done{};
}

bool AddTo(const common::v1::Money& amount, common::v1::Money* sum) {
  const auto added = Add(*sum, amount);
  if (added) *sum = *added;
  return added.has_value();
}

// Gives the proposal the lines of the quote, and their sums.
template <class Event>
Status Price(const billing::v1::QuotePricesResponse& quote, const Context& context, Event* event) {
  Proposal& proposal = *event->mutable_proposal();
  for (const auto& quoted : quote.lines()) {
    if (!quoted.has_total())
      return kProposalLineMustHavePrice.With("product", quoted.product_id())
          .With("day", proposal.priced_on())
          .At("lines");
    const std::string& currency = quoted.total().currency();
    if (!proposal.has_total())
      for (auto* sum : {proposal.mutable_supply(), proposal.mutable_tax(), proposal.mutable_total()})
        *sum = MoneyOf(0, currency);
    if (proposal.total().currency() != currency)
      return kProposalMustHaveOneCurrency.With("currency", proposal.total().currency())
          .With("other", currency)
          .At("lines");
    if (!AddTo(quoted.supply(), proposal.mutable_supply()) || !AddTo(quoted.tax(), proposal.mutable_tax()) ||
        !AddTo(quoted.total(), proposal.mutable_total()))
      return kProposalTooLarge.At("lines");
    ProposalLine& line = *event->add_lines();
    kit::CopyWhatIsSet(quoted, &line);
    line.set_id(context.NewId());
    line.set_proposal_id(proposal.id());
    line.set_number(event->lines_size());
  }
  return Done{};
}

}  // namespace

Result<ProposalDrafted> DraftProposal(const Opportunity& opportunity, const billing::v1::QuotePricesResponse& quote,
                                      const DraftProposalRequest& request, const Context& context) {
  if (const auto askable = MustBeAskable(opportunity, request, context); !askable.ok()) return askable.refusal();
  ProposalDrafted event;
  Proposal& proposal = *event.mutable_proposal();
  kit::CopyWhatIsSet(request, &proposal);
  proposal.set_id(context.NewId<Proposal>(request));
  proposal.set_series_id(proposal.id());
  proposal.set_revision(1);
  proposal.set_state(Proposal::STATE_DRAFT);
  proposal.set_priced_on(context.today.ToIso());
  if (const auto priced = Price(quote, context, &event); !priced.ok()) return priced.refusal();
  return event;
}

Result<ProposalRevised> ReviseProposal(const Proposal& proposal, const Opportunity& opportunity,
                                       const billing::v1::QuotePricesResponse& quote,
                                       const ReviseProposalRequest& request, const Context& context) {
  if (proposal.state() == Proposal::STATE_ACCEPTED || proposal.state() == Proposal::STATE_SUPERSEDED)
    return kProposalMustBeRevisable.With("revision", std::to_string(proposal.revision()))
        .With("state", NameOf(proposal.state()));
  if (const auto askable = MustBeAskable(opportunity, request, context); !askable.ok()) return askable.refusal();
  ProposalRevised event;
  Proposal& revised = *event.mutable_proposal();
  revised.set_opportunity_id(proposal.opportunity_id());
  revised.set_series_id(proposal.series_id());
  revised.set_note(proposal.note());
  kit::CopyWhatIsSet(request, &revised);
  revised.set_id(context.NewId<Proposal>(request));
  revised.set_revision(proposal.revision() + 1);
  revised.set_state(Proposal::STATE_DRAFT);
  revised.set_priced_on(context.today.ToIso());
  if (const auto priced = Price(quote, context, &event); !priced.ok()) return priced.refusal();
  // From here on the revision must succeed.
  Proposal& superseded = *event.mutable_superseded() = proposal;
  superseded.set_state(Proposal::STATE_SUPERSEDED);
  superseded.clear_expires_at();
  return event;
}

Result<ProposalSent> SendProposal(const Proposal& proposal, const SendProposalRequest&, const Context& context) {
  if (proposal.state() != Proposal::STATE_DRAFT) return kProposalMustBeDraft.With("state", NameOf(proposal.state()));
  if (const auto valid = MustBeValid(proposal, context); !valid.ok()) return valid.refusal();
  // From here on the sending must succeed.
  ProposalSent event;
  Proposal& sent = *event.mutable_proposal() = proposal;
  sent.set_state(Proposal::STATE_SENT);
  *sent.mutable_sent_at() = ToTimestamp(context.when);
  // What an importer brings from the past has ended, or was answered: nothing needs to end it.
  if (EndOf(proposal) > context.now) *sent.mutable_expires_at() = ToTimestamp(EndOf(proposal));
  return event;
}

Result<ProposalViewed> NoteProposalViewed(const Proposal& proposal, const NoteProposalViewedRequest&,
                                          const Context& context) {
  if (proposal.state() == Proposal::STATE_DRAFT) return kProposalMustBeSent;
  ProposalViewed event;
  Proposal& viewed = *event.mutable_proposal() = proposal;
  if (proposal.state() != Proposal::STATE_SENT) return event;
  viewed.set_state(Proposal::STATE_VIEWED);
  *viewed.mutable_viewed_at() = ToTimestamp(context.when);
  return event;
}

Result<ProposalAccepted> AcceptProposal(const Proposal& proposal, const Opportunity& opportunity, const Lines& lines,
                                        const AcceptProposalRequest&, const Context& context) {
  if (const auto open = MustBeOpen(proposal); !open.ok()) return open.refusal();
  if (const auto valid = MustBeValid(proposal, context); !valid.ok()) return valid.refusal();
  if (proposal.account_id().empty()) return kProposalMustHaveAccount;
  if (const auto open = leads::MustBeOpen(opportunity); !open.ok()) return open.refusal();
  if (const auto free = MustNotBeAgreed(opportunity); !free.ok()) return free.refusal();
  // The client may have become known, or changed, after this revision was priced.
  if (!opportunity.account_id().empty() && opportunity.account_id() != proposal.account_id())
    return kProposalMustBeForClient.With("account", opportunity.account_id());
  if (const auto fits = MustFit(proposal.supply(), opportunity); !fits.ok()) return fits.refusal();
  // From here on the acceptance must succeed.
  ProposalAccepted event;
  Proposal& accepted = *event.mutable_proposal() = proposal;
  accepted.set_state(Proposal::STATE_ACCEPTED);
  *accepted.mutable_answered_at() = ToTimestamp(context.when);
  accepted.clear_expires_at();
  for (const ProposalLine* line : lines) *event.add_lines() = *line;
  std::sort(event.mutable_lines()->begin(), event.mutable_lines()->end(),
            [](const auto& a, const auto& b) { return a.number() < b.number(); });
  Opportunity& agreed = *event.mutable_opportunity() = opportunity;
  agreed.set_proposal_id(proposal.id());
  agreed.set_account_id(proposal.account_id());
  *agreed.mutable_value() = proposal.supply();
  return event;
}

Result<ProposalDeclined> DeclineProposal(const Proposal& proposal, const DeclineProposalRequest& request,
                                         const Context& context) {
  if (const auto open = MustBeOpen(proposal); !open.ok()) return open.refusal();
  // From here on the answer must succeed.
  ProposalDeclined event;
  Proposal& declined = *event.mutable_proposal() = proposal;
  declined.set_state(Proposal::STATE_DECLINED);
  declined.set_decline_reason(request.reason());
  *declined.mutable_answered_at() = ToTimestamp(context.when);
  declined.clear_expires_at();
  return event;
}

Result<ProposalExpired> ExpireProposal(const Proposal& proposal, const ExpireProposalRequest&, const Context& context) {
  ProposalExpired event;
  Proposal& expired = *event.mutable_proposal() = proposal;
  expired.clear_expires_at();
  if (!IsOpen(proposal)) return event;
  if (context.now < EndOf(proposal))
    *expired.mutable_expires_at() = ToTimestamp(EndOf(proposal));
  else
    expired.set_state(Proposal::STATE_EXPIRED);
  return event;
}

Result<OrderNoted> NoteOrder(const Proposal& proposal, const Opportunity& opportunity, const NoteOrderRequest& request,
                             const Context&) {
  OrderNoted event;
  Proposal& noted = *event.mutable_proposal() = proposal;
  Opportunity& ordered = *event.mutable_opportunity() = opportunity;
  noted.set_order_id(request.order_id());
  // A reopened opportunity has begun anew; the order belongs to the cycle that ended.
  if (opportunity.proposal_id() == proposal.id()) ordered.set_order_id(request.order_id());
  return event;
}

}  // namespace songsang::leads
