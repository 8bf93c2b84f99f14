// What a service does by itself: it follows journals (policies, mirrors), it minds the time (timers), it speaks to the
// outside world (effects). The lines are filled in by engine/service.h; engine/followers, engine/timers and
// engine/effects run them.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>

#include "core/commands.h"

namespace songsang::engine {

// When this event is heard, these commands follow. Each policy has a position of its own.
struct PolicyLine {
  std::string name;
  const google::protobuf::Descriptor* event = nullptr;
  std::function<Commands(const google::protobuf::Message& event, const Cause& cause)> when;
};

// When this field of an entity falls due, this command follows.
struct TimerLine {
  const google::protobuf::Descriptor* entity = nullptr;
  std::string field;
  const google::protobuf::Descriptor* request = nullptr;
  std::function<std::unique_ptr<google::protobuf::Message>(const google::protobuf::Message& entity)> fire;
};

// When this field of an entity falls due, the outside world is called or asked, as its CallState says.
struct EffectLine {
  const google::protobuf::Descriptor* entity = nullptr;
  std::string field;
  std::string port;
  const google::protobuf::Descriptor* start_request = nullptr;
  const google::protobuf::Descriptor* settle_request = nullptr;
  std::function<std::string(const google::protobuf::Message& entity)> ask;
  std::function<std::unique_ptr<google::protobuf::Message>(const google::protobuf::Message& entity)> start;
  std::function<std::unique_ptr<google::protobuf::Message>(const google::protobuf::Message& entity, const PortAnswer&)>
      settle;
};

}  // namespace songsang::engine
