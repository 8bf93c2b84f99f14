// Rules of proposals: drafted and revised at the client's prices, sent, and answered before they end.
#pragma once

#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/leads/v1/proposal.pb.h"

namespace songsang::leads {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

inline const Reason kProposalMustBeValidForATime{"PROPOSAL_MUST_BE_VALID_FOR_A_TIME", Code::kInvalidArgument,
                                                 "A proposal is valid until {today} at least.",
                                                 "견적 유효기간은 {today} 이후여야 합니다."};
inline const Reason kProposalMustBeForClient{
    "PROPOSAL_MUST_BE_FOR_CLIENT", Code::kFailedPrecondition,
    "The opportunity is with the client {account}; its proposals bear that client and that client's prices.",
    "영업 기회의 거래처는 {account}입니다. 견적은 그 거래처와 그 거래처의 단가로 작성해야 합니다."};
inline const Reason kProposalLineMustHavePrice{"PROPOSAL_LINE_MUST_HAVE_PRICE", Code::kFailedPrecondition,
                                               "There is no price of the product {product} on {day}.",
                                               "{day} 기준으로 상품 {product}의 단가가 없습니다."};
inline const Reason kProposalMustHaveOneCurrency{
    "PROPOSAL_MUST_HAVE_ONE_CURRENCY", Code::kFailedPrecondition,
    "The prices are in {currency} and {other}; a proposal has one currency.",
    "단가 통화가 {currency}와 {other}로 다릅니다. 견적 통화는 하나여야 합니다."};
inline const Reason kProposalTooLarge{"PROPOSAL_TOO_LARGE", Code::kInvalidArgument,
                                      "The proposal's sum is larger than any amount that is kept.",
                                      "견적 합계가 처리할 수 있는 금액을 넘습니다."};
inline const Reason kProposalMustBeRevisable{
    "PROPOSAL_MUST_BE_REVISABLE", Code::kFailedPrecondition,
    "Revision {revision} is {state}; only the newest revision is revised, and "
    "none that was accepted.",
    "{revision}차 견적 상태가 {state}입니다. 수락되지 않은 최신 견적만 개정할 수 있습니다."};
inline const Reason kProposalMustBeDraft{"PROPOSAL_MUST_BE_DRAFT", Code::kFailedPrecondition,
                                         "The proposal is {state}; only a draft is sent.",
                                         "견적 상태가 {state}입니다. 작성 중인 견적만 발송할 수 있습니다."};
inline const Reason kProposalMustBeSent{"PROPOSAL_MUST_BE_SENT", Code::kFailedPrecondition,
                                        "The proposal is a draft; nobody can have seen it.",
                                        "아직 발송하지 않은 견적이므로 열람할 수 없습니다."};
inline const Reason kProposalMustBeOpen{
    "PROPOSAL_MUST_BE_OPEN", Code::kFailedPrecondition,
    "The proposal is {state}; only one that was sent and not yet answered is.",
    "견적 상태가 {state}입니다. 발송 후 아직 회신하지 않은 견적만 처리할 수 있습니다."};
inline const Reason kProposalMustNotBeExpired{"PROPOSAL_MUST_NOT_BE_EXPIRED", Code::kFailedPrecondition,
                                              "The proposal was valid until {valid_until}; revise it.",
                                              "견적 유효기간이 {valid_until}까지였습니다. 개정 견적이 필요합니다."};
inline const Reason kProposalMustHaveAccount{"PROPOSAL_MUST_HAVE_ACCOUNT", Code::kFailedPrecondition,
                                             "The proposal names no client; an order needs one.",
                                             "견적에 거래처가 없습니다. 주문에는 거래처가 필요합니다."};
inline const Reason kOpportunityMustNotBeAgreed{
    "OPPORTUNITY_MUST_NOT_BE_AGREED", Code::kFailedPrecondition,
    "The client accepted the proposal {proposal} of this opportunity already.",
    "이 영업 기회에서는 이미 견적 {proposal}이(가) 수락되었습니다."};

using Lines = std::vector<const ProposalLine*>;

// `quote` are the prices of the lines asked for, in their order.
Result<ProposalDrafted> DraftProposal(const Opportunity& opportunity, const billing::v1::QuotePricesResponse& quote,
                                      const DraftProposalRequest& request, const Context& context);
Result<ProposalRevised> ReviseProposal(const Proposal& proposal, const Opportunity& opportunity,
                                       const billing::v1::QuotePricesResponse& quote,
                                       const ReviseProposalRequest& request, const Context& context);
Result<ProposalSent> SendProposal(const Proposal& proposal, const SendProposalRequest& request, const Context& context);
Result<ProposalViewed> NoteProposalViewed(const Proposal& proposal, const NoteProposalViewedRequest& request,
                                          const Context& context);
Result<ProposalAccepted> AcceptProposal(const Proposal& proposal, const Opportunity& opportunity, const Lines& lines,
                                        const AcceptProposalRequest& request, const Context& context);
Result<ProposalDeclined> DeclineProposal(const Proposal& proposal, const DeclineProposalRequest& request,
                                         const Context& context);
Result<ProposalExpired> ExpireProposal(const Proposal& proposal, const ExpireProposalRequest& request,
                                       const Context& context);
Result<OrderNoted> NoteOrder(const Proposal& proposal, const Opportunity& opportunity, const NoteOrderRequest& request,
                             const Context& context);

}  // namespace songsang::leads
