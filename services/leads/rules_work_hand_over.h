// Rules of handing over a leaver's work: step by step, until nothing of it is left with the leaver.
#pragma once

#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/leads/v1/hand_over.pb.h"

namespace songsang::leads {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

// How much one step moves at most.
inline constexpr int kMostMovedAtOnce = 200;

// What a leaver still has, as far as a step looks.
struct Work {
  std::vector<const Lead*> leads;
  std::vector<const Opportunity*> opportunities;
  std::vector<const FollowUp*> follow_ups;
  std::vector<const HandOff*> hand_offs;
};

Result<WorkHandOverStarted> StartWorkHandOver(const StartWorkHandOverRequest& request, const Context& context);
Result<WorkHandedOver> StepWorkHandOver(const WorkHandOver& hand_over, const Work& work,
                                        const StepWorkHandOverRequest& request, const Context& context);

}  // namespace songsang::leads
