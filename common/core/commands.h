// What a service does by itself: the commands that a policy answers an event with, and the answer of the outside world
// that an effect settles. Pure, so that policies are tested as tables.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/dates.h"

namespace songsang {

// What a policy, a timer or an effect may know of the event it follows.
struct Cause {
  std::string event_id;
  std::string tenant;
  std::string actor;  // who caused the event
  Instant at;         // when it was recorded
  Date day;           // of `at`, in the tenant's time zone
};

// Commands of a policy's own service, in the order in which they are to be decided. Their request ids are the engine's.
//
//   return Commands().Add(note).Add(remind);
class Commands {
 public:
  template <class Request>
  Commands& Add(Request request) {
    list_.push_back(std::make_shared<const Request>(std::move(request)));
    return *this;
  }
  size_t size() const { return list_.size(); }
  bool empty() const { return list_.empty(); }
  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }
  const google::protobuf::Message& operator[](size_t i) const { return *list_.at(i); }

 private:
  std::vector<std::shared_ptr<const google::protobuf::Message>> list_;
};

// How a call to the outside world ended.
struct PortAnswer {
  enum class Kind {
    kDone,
    kRefused,   // for good: asking again would not help
    kUnknown,   // it may or may not have been taken; asking by the key tells, calling again might double it
    kNotThere,  // only of a query: it was never taken
  };
  Kind kind = Kind::kUnknown;
  std::string reference;  // what the other side calls it
  std::string detail;     // why, in words
};

}  // namespace songsang
