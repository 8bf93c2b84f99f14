#include "leads/policies.h"

namespace songsang::leads {

using namespace v1;  // NOLINT: policies speak of the service's own messages

ExpireHandOffRequest ExpireHandOffOf(const HandOff& hand_off) {
  ExpireHandOffRequest expire;
  expire.set_hand_off_id(hand_off.id());
  return expire;
}

RemindFollowUpRequest RemindFollowUpOf(const FollowUp& follow_up) {
  RemindFollowUpRequest remind;
  remind.set_follow_up_id(follow_up.id());
  return remind;
}

ExpireProposalRequest ExpireProposalOf(const Proposal& proposal) {
  ExpireProposalRequest expire;
  expire.set_proposal_id(proposal.id());
  return expire;
}

StepWorkHandOverRequest StepWorkHandOverOf(const WorkHandOver& hand_over) {
  StepWorkHandOverRequest step;
  step.set_work_hand_over_id(hand_over.id());
  return step;
}

Commands NoteOrderOf(const billing::v1::ProposalOrdered& event, const Cause&) {
  NoteOrderRequest note;
  note.set_proposal_id(event.order().proposal_id());
  note.set_order_id(event.order().id());
  return Commands().Add(note);
}

Commands StartWorkHandOverOf(const workforce::v1::PersonResigned& event, const Cause&) {
  StartWorkHandOverRequest start;
  start.set_hand_over_id(event.hand_over().id());
  start.set_from_person_id(event.hand_over().from_person_id());
  start.set_to_person_id(event.hand_over().to_person_id());
  start.set_last_on(event.hand_over().last_on());
  return Commands().Add(start);
}

}  // namespace songsang::leads
