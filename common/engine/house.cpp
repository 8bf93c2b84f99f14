#include "engine/house.h"

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "engine/reasons.h"

namespace songsang::engine {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);
// A command of one policy may be another's event; where that does not come to rest, somebody has to look.
constexpr int32_t kMostHops = 16;

struct Together {
  std::mutex mutex;
  std::condition_variable done;
  std::vector<Outcome> outcomes;
  size_t open = 0;
};

std::unique_ptr<Call> CallOf(const BoundMethod& method, const HouseCommand& command, uint64_t flow) {
  auto call = std::make_unique<Call>();
  call->method = &method;
  call->request.reset(command.request->New());
  call->request->CopyFrom(*command.request);
  call->caller.tenant = command.tenant;
  call->caller.actor = command.actor;
  call->caller.client = kHouseClient;
  // It may date facts in the past, since what it follows may have been brought in by an importer.
  call->caller.roles = 1u << v1::ROLE_SERVICE | 1u << v1::ROLE_IMPORTER;
  call->house_id = command.id;
  call->trace = command.trace;
  call->hops = command.hops;
  call->flow = flow;
  call->deadline = std::chrono::steady_clock::now() + kPatience;
  return call;
}

}  // namespace

std::vector<Outcome> RunHouse(const Reacting& reacting, const std::vector<HouseCommand>& commands) {
  // Above the flows of batches, which count up from one.
  static std::atomic<uint64_t> flows{uint64_t{1} << 62};
  const uint64_t flow = flows++;
  auto together = std::make_shared<Together>();
  together->outcomes.resize(commands.size());
  together->open = commands.size();
  const auto settle = [together](size_t i, Outcome outcome) {
    const std::lock_guard lock(together->mutex);
    together->outcomes[i] = std::move(outcome);
    if (--together->open == 0) together->done.notify_one();
  };
  for (size_t i = 0; i < commands.size(); ++i) {
    const auto* request = commands[i].request->GetDescriptor();
    const BoundMethod* method = reacting.catalogue.Taking(request);
    const bool own =
        method != nullptr && method->kind == Method::Kind::kCommand && method->service_name == reacting.service.name();
    if (!own) {
      settle(i, Refused(kMethodUnknown.With("method", "for " + request->full_name())));
    } else if (commands[i].hops > kMostHops) {
      settle(i, Refused(kTooManyHops.With("hops", std::to_string(kMostHops))));
    } else {
      auto call = CallOf(*method, commands[i], flow);
      call->done = [settle, i](Outcome outcome) { settle(i, std::move(outcome)); };
      reacting.engine.Execute(std::move(call));
    }
  }
  std::unique_lock lock(together->mutex);
  together->done.wait(lock, [&] { return together->open == 0; });
  return std::move(together->outcomes);
}

Settled SettledOf(const Outcome& outcome) {
  if (outcome.ok()) return Settled::kYes;
  switch (outcome.refusal->reason->code) {
    case Code::kUnavailable:
    case Code::kResourceExhausted:
    case Code::kDeadlineExceeded:
    case Code::kCancelled:
      return Settled::kLater;
    case Code::kInternal:
    case Code::kUnimplemented:
      return Settled::kNeeded;
    default:
      break;
  }
  // What the lane decides is recorded; these are answered before it.
  const Reason* reason = outcome.refusal->reason;
  return reason == &kInvalidRequest || reason == &kPermissionDenied ? Settled::kNeeded : Settled::kYes;
}

}  // namespace songsang::engine
