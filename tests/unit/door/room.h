// A room behind the door that does what the test says, so that what the door itself does with a call can be seen, held
// up and cut off.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "adapters/grpc_door/grpc_door.h"

namespace songsang::tests {

using Executes = std::function<void(std::unique_ptr<engine::Call>)>;

// Has the methods of leads' LeadService.
class TestRoom {
 public:
  TestRoom();
  // What is done with the next calls.
  void Set(Executes executes);
  grpc_door::Room Behind();

 private:
  std::deque<engine::Method> methods_;
  std::mutex mutex_;
  Executes executes_;
};

engine::Outcome Replies(const google::protobuf::Message& message);
engine::Outcome Refuses(Refusal refusal);

}  // namespace songsang::tests
