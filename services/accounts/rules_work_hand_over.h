// Rules of handing over a leaver's accounts: step by step, until none is left with the leaver.
#pragma once

#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "songsang/accounts/v1/hand_over.pb.h"

namespace songsang::accounts {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

// How many accounts one step moves at most.
inline constexpr int kMostMovedAtOnce = 200;

Result<WorkHandOverStarted> StartWorkHandOver(const StartWorkHandOverRequest& request, const Context& context);
// `held` are accounts that the leaver still has, as far as a step looks.
Result<WorkHandedOver> StepWorkHandOver(const WorkHandOver& hand_over, const std::vector<const Account*>& held,
                                        const StepWorkHandOverRequest& request, const Context& context);

}  // namespace songsang::accounts
