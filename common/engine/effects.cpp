#include "engine/effects.h"

#include <fmt/format.h>

#include <atomic>

#include "engine/clock.h"
#include "engine/reasons.h"
#include "songsang/common/v1/values.pb.h"

namespace songsang::engine {
namespace {

using common::v1::CallState;
using std::chrono::milliseconds;

// As many calls are under way at once; the other side may take seconds for each.
constexpr int kAtOnce = 32;
constexpr milliseconds kPause{200}, kRetry{1000};

}  // namespace

const google::protobuf::FieldDescriptor* CallStateOf(const google::protobuf::Descriptor* entity) {
  for (int i = 0; i < entity->field_count(); ++i)
    if (entity->field(i)->message_type() == CallState::descriptor()) return entity->field(i);
  return nullptr;
}

Effects::Effects(const Reacting& reacting, const EffectLine& effect)
    : Reaction(&reacting.lease),
      reacting_(reacting),
      effect_(effect),
      store_(*reacting.engine.StoreOf(reacting.service.name())) {
  const auto port = reacting.world.ports.find(effect.port);
  if (port != reacting.world.ports.end()) port_ = port->second;
  Begin();
}

milliseconds Effects::Round() {
  const auto due = FindDue(store_, effect_.entity, effect_.field, Now(), kAtOnce, nullptr);
  if (!due.ok()) {
    Tell(fmt::format("the port {} waits: {} ", effect_.port, due.refusal().Sentence(false)));
    return kRetry;
  }
  if (due->empty()) {
    Tell("");
    return kPause;
  }
  if (port_ == nullptr) {
    Tell(kPortMissing.With("port", effect_.port).Sentence(false) + " ");
    return kRetry;
  }
  std::atomic<int> done{0};
  {
    Pool pool(static_cast<int>(due->size()), due->size());
    for (const Due& one : *due) (void)pool.Submit([this, &one, &done] { done += Carry(one) ? 1 : 0; });
    pool.Stop();
  }
  Tell("");
  return done > 0 ? milliseconds(0) : kRetry;
}

bool Effects::Carry(const Due& due) {
  const auto& state =
      static_cast<const CallState&>(due.entity->GetReflection()->GetMessage(*due.entity, CallStateOf(effect_.entity)));
  const std::string actor = "port/" + effect_.port;
  const std::string id = fmt::format("eff/{}/{}/{}", due.id, effect_.port, due.at.micros);
  PortAnswer answer;
  if (state.state() == CallState::STATE_DUE) {
    const auto start = effect_.start(*due.entity);
    const auto started = RunHouse(reacting_, {{start.get(), due.tenant, actor, id + "/start", "", 0}});
    // Where another replica, or this one before it was killed, has started it, its lease must run out first.
    if (SettledOf(started[0]) != Settled::kYes || !started[0].ok() || started[0].replayed) return false;
    // Frozen since, it may long have been taken for lost by another replica, which then calls instead.
    if (!acting()) return false;
    answer = port_->Call(due.id, effect_.ask(*due.entity));
  } else {
    answer = port_->Query(due.id);
  }
  const auto settle = effect_.settle(*due.entity, answer);
  const auto settled = RunHouse(reacting_, {{settle.get(), due.tenant, actor, id + "/settle", "", 0}});
  return SettledOf(settled[0]) == Settled::kYes;
}

}  // namespace songsang::engine
