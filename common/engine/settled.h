// What stands in the journal where a command of the house recorded nothing else: v1.CommandSettled, written and read.
#pragma once

#include <memory>
#include <string>

#include "engine/engine.h"

namespace songsang::engine {

// Whether asking again would be refused again.
bool IsFinal(const Refusal& refusal);
// `refusal` null: there was nothing to do.
std::unique_ptr<Message> SettledEvent(const std::string& method, const Refusal* refusal);
// What a request that recorded this event was answered.
Outcome FirstOutcome(const std::string& type, std::shared_ptr<const std::string> payload, Mark mark);

}  // namespace songsang::engine
