#include "accounts/rules_work_hand_over.h"

#include <algorithm>

#include "core/clock.h"

namespace songsang::accounts {

Result<WorkHandOverStarted> StartWorkHandOver(const StartWorkHandOverRequest& request, const Context& context) {
  WorkHandOverStarted event;
  WorkHandOver& hand_over = *event.mutable_work_hand_over();
  hand_over.set_id(context.NewId());
  hand_over.set_hand_over_id(request.hand_over_id());
  hand_over.set_from_person_id(request.from_person_id());
  hand_over.set_to_person_id(request.to_person_id());
  hand_over.set_state(WorkHandOver::STATE_RUNNING);
  const auto last = Date::Parse(request.last_on());
  // Until the last day begins the leaver still works.
  const Instant begins = last ? StartOfDay(*last) : context.now;
  *hand_over.mutable_step_at() = ToTimestamp(std::max(begins, context.now));
  return event;
}

Result<WorkHandedOver> StepWorkHandOver(const WorkHandOver& hand_over, const std::vector<const Account*>& held,
                                        const StepWorkHandOverRequest&, const Context& context) {
  WorkHandedOver event;
  WorkHandOver& stepped = *event.mutable_work_hand_over() = hand_over;
  if (hand_over.state() == WorkHandOver::STATE_DONE) {
    stepped.clear_step_at();
    return event;
  }
  if (!hand_over.to_person_id().empty())
    for (const Account* account : held) {
      if (event.accounts_size() == kMostMovedAtOnce) break;
      (*event.add_accounts() = *account).set_owner_id(hand_over.to_person_id());
    }
  stepped.set_moved(hand_over.moved() + event.accounts_size());
  // A step that was filled may have left something.
  if (event.accounts_size() == kMostMovedAtOnce) {
    *stepped.mutable_step_at() = ToTimestamp(context.now);
    return event;
  }
  stepped.set_state(WorkHandOver::STATE_DONE);
  *stepped.mutable_done_at() = ToTimestamp(context.now);
  stepped.clear_step_at();
  return event;
}

}  // namespace songsang::accounts
