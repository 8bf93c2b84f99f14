#include "leads/rules_work_hand_over.h"

#include <algorithm>
#include <string>

#include "core/clock.h"

namespace songsang::leads {

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

Result<WorkHandedOver> StepWorkHandOver(const WorkHandOver& hand_over, const Work& work, const StepWorkHandOverRequest&,
                                        const Context& context) {
  WorkHandedOver event;
  WorkHandOver& stepped = *event.mutable_work_hand_over() = hand_over;
  if (hand_over.state() == WorkHandOver::STATE_DONE) {
    stepped.clear_step_at();
    return event;
  }
  const std::string& successor = hand_over.to_person_id();
  int left = successor.empty() ? 0 : kMostMovedAtOnce;
  const auto take = [&left](const auto& all, auto&& move) {
    int64_t moved = 0;
    for (auto item = all.begin(); item != all.end() && left > 0; ++item, --left, ++moved) move(**item);
    return moved;
  };
  const int64_t leads =
      take(work.leads, [&](const Lead& lead) { (*event.add_leads() = lead).set_owner_id(successor); });
  const int64_t opportunities = take(work.opportunities, [&](const Opportunity& opportunity) {
    (*event.add_opportunities() = opportunity).set_owner_id(successor);
  });
  const int64_t follow_ups = take(work.follow_ups, [&](const FollowUp& follow_up) {
    (*event.add_follow_ups() = follow_up).set_owner_id(successor);
  });
  const int64_t hand_offs =
      take(work.hand_offs, [&](const HandOff& hand_off) { (*event.add_hand_offs() = hand_off).set_to_id(successor); });
  stepped.set_leads(hand_over.leads() + leads);
  stepped.set_opportunities(hand_over.opportunities() + opportunities);
  stepped.set_follow_ups(hand_over.follow_ups() + follow_ups);
  stepped.set_hand_offs(hand_over.hand_offs() + hand_offs);
  stepped.set_moved(hand_over.moved() + leads + opportunities + follow_ups + hand_offs);
  // A step that was filled may have left something.
  if (left == 0 && !successor.empty()) {
    *stepped.mutable_step_at() = ToTimestamp(context.now);
    return event;
  }
  stepped.set_state(WorkHandOver::STATE_DONE);
  *stepped.mutable_done_at() = ToTimestamp(context.now);
  stepped.clear_step_at();
  return event;
}

}  // namespace songsang::leads
