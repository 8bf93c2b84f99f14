#include "billing/policies.h"

#include "kit/copy.h"

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

}  // namespace songsang::billing
