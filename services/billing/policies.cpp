#include "billing/policies.h"

#include "kit/copy.h"
#include "songsang/billing/v1/assessment.pb.h"
#include "songsang/billing/v1/credit.pb.h"

namespace songsang::billing {

Commands OrderOfProposal(const leads::v1::ProposalAccepted& event, const Cause&) {
  const leads::v1::Proposal& proposal = event.proposal();
  PlaceOrderFromProposalRequest request;
  request.set_proposal_id(proposal.id());
  request.set_opportunity_id(proposal.opportunity_id());
  request.set_account_id(proposal.account_id());
  request.set_owner_id(event.opportunity().owner_id());
  request.set_unit_id(event.opportunity().unit_id());
  *request.mutable_supply() = proposal.supply();
  *request.mutable_tax() = proposal.tax();
  *request.mutable_total() = proposal.total();
  for (const leads::v1::ProposalLine& line : event.lines()) kit::CopyWhatIsSet(line, request.add_lines());
  return Commands().Add(request);
}

Commands AssessOpening(const accounts::v1::OpeningSubmitted& event, const Cause&) {
  const auto& opening = event.opening();
  AssessCreditRequest assess;
  kit::CopyWhatIsSet(opening, &assess);
  assess.set_opening_id(opening.id());
  return Commands().Add(assess);
}

Commands OpenLineOfAccount(const accounts::v1::AccountOpened& event, const Cause&) {
  const auto& account = event.account();
  OpenCreditLineRequest open;
  open.set_account_id(account.group_id().empty() ? account.id() : account.group_id());
  *open.mutable_limit() = event.opening().limit();
  return Commands().Add(open);
}

}  // namespace songsang::billing
