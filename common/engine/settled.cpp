#include "engine/settled.h"

namespace songsang::engine {

bool IsFinal(const Refusal& refusal) {
  const Code code = refusal.reason->code;
  return code != Code::kUnavailable && code != Code::kInternal && code != Code::kResourceExhausted;
}

std::unique_ptr<Message> SettledEvent(const std::string& method, const Refusal* refusal) {
  auto settled = std::make_unique<v1::CommandSettled>();
  settled->set_method(method);
  if (refusal == nullptr) return settled;
  settled->set_reason(refusal->reason->name);
  for (const auto& [variable, value] : refusal->variables) (*settled->mutable_variables())[variable] = value;
  return settled;
}

Outcome FirstOutcome(const std::string& type, std::shared_ptr<const std::string> payload, Mark mark) {
  Outcome outcome;
  outcome.marks.push_back(std::move(mark));
  v1::CommandSettled settled;
  if (type == settled.GetDescriptor()->full_name() && settled.ParseFromString(*payload)) {
    if (const Reason* reason = FindReason(settled.reason()); reason != nullptr) {
      outcome.refusal = *reason;
      for (const auto& [variable, value] : settled.variables())
        outcome.refusal->variables.emplace_back(variable, value);
    }
  }
  outcome.reply = std::move(payload);
  return outcome;
}

}  // namespace songsang::engine
