#include "unit/door/room.h"

#include <google/protobuf/descriptor.h>

#include "songsang/leads/v1/lead.pb.h"

namespace songsang::tests {

TestRoom::TestRoom() {
  const auto* service = leads::v1::Lead::descriptor()->file()->FindServiceByName("LeadService");
  for (int i = 0; i < service->method_count(); ++i) {
    engine::Method& method = methods_.emplace_back();
    method.descriptor = service->method(i);
    method.name = service->full_name() + "/" + service->method(i)->name();
    method.service_name = "leads";
  }
}

void TestRoom::Set(Executes executes) {
  const std::lock_guard lock(mutex_);
  executes_ = std::move(executes);
}

grpc_door::Room TestRoom::Behind() {
  grpc_door::Room room;
  for (const auto& method : methods_) room.methods.push_back(&method);
  room.execute = [this](std::unique_ptr<engine::Call> call) {
    Executes executes;
    {
      const std::lock_guard lock(mutex_);
      executes = executes_;
    }
    executes(std::move(call));
  };
  return room;
}

engine::Outcome Replies(const google::protobuf::Message& message) {
  engine::Outcome outcome;
  outcome.reply = std::make_shared<const std::string>(message.SerializeAsString());
  return outcome;
}

engine::Outcome Refuses(Refusal refusal) {
  engine::Outcome outcome;
  outcome.refusal = std::move(refusal);
  return outcome;
}

}  // namespace songsang::tests
