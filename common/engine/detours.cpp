#include "engine/detours.h"

#include "engine/clock.h"
#include "engine/reasons.h"

namespace songsang::engine {
namespace {

std::unique_ptr<Message> Copied(const Message& message) {
  std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  return copy;
}

// The same call once more, without the one who waits for its outcome.
std::unique_ptr<Call> Copied(const Call& call) {
  auto copy = std::make_unique<Call>();
  copy->method = call.method;
  copy->request = Copied(*call.request);
  copy->caller = call.caller;
  copy->trace = call.trace;
  copy->validate_only = call.validate_only;
  copy->flow = call.flow;
  copy->after = call.after;
  copy->deadline = call.deadline;
  copy->cancelled = call.cancelled;
  copy->gathered = call.gathered;
  return copy;
}

// The service whose entity was not found; empty where that is not why.
std::string Missed(const Outcome& outcome) {
  if (outcome.ok() || outcome.refusal->reason != &kNotFound) return "";
  for (const auto& [name, value] : outcome.refusal->variables)
    if (name == "kind") return value.substr(0, value.find('.'));
  return "";
}

}  // namespace

void Detours::WhenSeen(std::unique_ptr<Call> call, Continue then) {
  const std::string& service = call->method->service_name;
  std::vector<Mark> marks;
  for (const Mark& mark : call->after)
    if (mark.service != service) marks.push_back(mark);
  if (marks.empty()) return then(std::move(call));
  const auto deadline = call->deadline;
  const auto shared = std::make_shared<std::unique_ptr<Call>>(std::move(call));
  waiting_.Await(service, std::move(marks), deadline, [then = std::move(then), shared](bool reached) {
    if (reached)
      then(std::move(*shared));
    else
      (*shared)->done(Refused(kNotYetVisible));
  });
}

void Detours::Gather(std::unique_ptr<Call> call, Continue then) {
  if (!call->method->ask) return then(std::move(call));
  Context context;
  context.caller = call->caller;
  context.now = context.when = Now();
  context.today = zones_.DayOf(call->caller.tenant, context.now);
  auto query = call->method->ask(*call->request, context);
  Caller asking = call->caller;
  asking.roles |= 1u << v1::ROLE_SERVICE;
  const BoundMethod* method = catalogue_.Taking(call->method->gathers);
  const auto shared = std::make_shared<std::unique_ptr<Call>>(std::move(call));
  const auto go_on = [shared, then = std::move(then)](Reply reply) {
    if (!reply.ok()) return (*shared)->done(Refused(reply.refusal()));
    (*shared)->gathered = std::move(*reply);
    then(std::move(*shared));
  };
  if (method == nullptr) {
    const auto* elsewhere = MethodTaking((*shared)->method->gathers);
    const std::shared_ptr<Message> request = std::move(query);
    const bool taken = pool_.Submit([this, shared, go_on, request, asking, elsewhere] {
      if (!world_.ask) return go_on(kServiceUnknown.With("service", elsewhere->full_name()));
      go_on(world_.ask(elsewhere, *request, asking, (*shared)->deadline));
    });
    if (!taken) (*shared)->done(Refused(kOverloaded));
    return;
  }
  auto inner = std::make_unique<Call>();
  inner->method = method;
  inner->request = std::move(query);
  inner->caller = std::move(asking);
  inner->deadline = (*shared)->deadline;
  inner->after = (*shared)->after;
  inner->done = [go_on, method](Outcome outcome) {
    if (!outcome.ok()) return go_on(*outcome.refusal);
    auto* factory = google::protobuf::MessageFactory::generated_factory();
    std::unique_ptr<Message> reply(factory->GetPrototype(method->descriptor->output_type())->New());
    reply->ParseFromString(*outcome.reply);
    go_on(std::move(reply));
  };
  engine_->Execute(std::move(inner));
}

// Only commands of people: those of the house are sent off after the mirrors have come up, and are refused once.
void Detours::SendPatiently(std::unique_ptr<Call> call, Continue send) {
  const auto& plan = static_cast<const BoundMethod*>(call->method)->plan;
  if (plan.mirrored.empty() || !call->house_id.empty()) return send(std::move(call));
  const auto again = std::make_shared<std::unique_ptr<Call>>(Copied(*call));
  const auto done = std::make_shared<std::function<void(Outcome)>>(std::move(call->done));
  call->done = [this, again, done, send](Outcome outcome) {
    const std::string service = Missed(outcome);
    if (service.empty() || service == (*again)->method->service_name) return (*done)(std::move(outcome));
    (*again)->done = *done;
    const auto first = std::make_shared<Outcome>(std::move(outcome));
    if (!pool_.Submit([this, again, service, first, send] { SendAgain(std::move(*again), service, *first, send); }))
      (*done)(*first);
  };
  send(std::move(call));
}

void Detours::SendAgain(std::unique_ptr<Call> call, const std::string& service, Outcome first, const Continue& send) {
  const auto heads = engine_->StoreOf(service) != nullptr ? engine_->Heads(service)
                     : world_.heads                       ? world_.heads(service)
                                    : Result<std::vector<v1::Position>>(kServiceUnknown.With("service", service));
  if (!heads.ok()) return call->done(std::move(first));
  call->after.clear();
  for (const auto& head : *heads) call->after.push_back({service, head.partition(), head.epoch(), head.seq()});
  WhenSeen(std::move(call), send);
}

}  // namespace songsang::engine
