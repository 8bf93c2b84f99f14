// What billing does when something happens elsewhere.
#pragma once

#include "core/commands.h"
#include "songsang/accounts/v1/opening.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/leads/v1/proposal.pb.h"

namespace songsang::billing {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

// An accepted proposal becomes an order with the same lines and totals.
Commands OrderOfProposal(const leads::v1::ProposalAccepted& event, const Cause& cause);

// A client that is to be opened is assessed; one that was opened has a credit line. Members of a group buy on the line of
// its head: where that has one, nothing is opened.
Commands AssessOpening(const accounts::v1::OpeningSubmitted& event, const Cause& cause);
Commands OpenLineOfAccount(const accounts::v1::AccountOpened& event, const Cause& cause);

}  // namespace songsang::billing
