// What leads does by itself: when something fell due, and when another service says that something happened. Pure.
#pragma once

#include "core/commands.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/leads/v1/follow_up.pb.h"
#include "songsang/leads/v1/hand_over.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/proposal.pb.h"
#include "songsang/workforce/v1/employment.pb.h"

namespace songsang::leads {

// Timers.
v1::ExpireHandOffRequest ExpireHandOffOf(const v1::HandOff& hand_off);
v1::RemindFollowUpRequest RemindFollowUpOf(const v1::FollowUp& follow_up);
v1::ExpireProposalRequest ExpireProposalOf(const v1::Proposal& proposal);
v1::StepWorkHandOverRequest StepWorkHandOverOf(const v1::WorkHandOver& hand_over);

// An order that came of a proposal is noted on it, placed or held.
Commands NoteOrderOf(const billing::v1::ProposalOrdered& event, const Cause& cause);
// Who leaves hands over what they have here.
Commands StartWorkHandOverOf(const workforce::v1::PersonResigned& event, const Cause& cause);

}  // namespace songsang::leads
