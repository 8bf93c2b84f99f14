// Calls to the outside world, around an entity that remembers how far a call has come (common.v1.CallState). What is due
// is recorded as started, called, and recorded as it ended. A call whose end is unknown is never repeated: what became of
// it is asked for, until the other side knows, or says that it never saw it.
#pragma once

#include <memory>
#include <string>

#include "engine/house.h"
#include "engine/pool.h"
#include "engine/reaction.h"
#include "engine/timers.h"

namespace songsang::engine {

// The CallState of an entity; null if it has none.
const google::protobuf::FieldDescriptor* CallStateOf(const google::protobuf::Descriptor* entity);

class Effects : public Reaction {
 public:
  Effects(const Reacting& reacting, const EffectLine& effect);
  ~Effects() override { Stop(); }

 private:
  std::chrono::milliseconds Round() override;
  // True where something was done.
  bool Carry(const Due& due);

  const Reacting reacting_;
  const EffectLine& effect_;
  Store& store_;
  std::shared_ptr<Port> port_;
};

}  // namespace songsang::engine
