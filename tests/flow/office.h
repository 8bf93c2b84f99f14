// The system as the people of one company meet it: all services in one process, or each in a process of its own that
// speaks to the others through their doors, and hears them there or through Kafka. Who calls notices no difference.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/token/token.h"
#include "host/methods.h"
#include "support/authority.h"
#include "support/installation.h"
#include "support/system.h"

namespace songsang {

// One of the company: calls whatever service a method belongs to.
class Colleague {
 public:
  template <class Reply>
  Reply Call(const std::string& method, const Proto& request) const {
    const auto called = Try<Reply>(method, request);
    EXPECT_THAT(called, IsOk()) << method;
    return *called;
  }
  template <class Reply>
  Called<Reply> Try(const std::string& method, const Proto& request) const {
    return Called<Reply>(Send(method, request));
  }

 private:
  friend class Office;
  client::Answer Send(const std::string& method, const Proto& request) const;

  std::map<std::string, std::shared_ptr<client::Client>> services_;
  std::shared_ptr<client::Seen> seen_;
};

class Office {
 public:
  enum class Shape { kOneProcess, kAProcessEach, kStreams };
  explicit Office(Shape shape);

  // By the subject of their token.
  Colleague As(const std::string& subject, std::initializer_list<v1::Role> roles) const;
  const AuthorityProcess& authority() const { return authority_; }
  // Where a service answers.
  const std::string& AddressOf(const std::string& service) const { return addresses_.at(service); }
  token::Key key() const;

 private:
  AuthorityProcess authority_;
  std::unique_ptr<System> system_;
  std::unique_ptr<Installation> installation_;
  std::map<std::string, std::string> addresses_;
  std::shared_ptr<client::Seen> seen_ = std::make_shared<client::Seen>();
};

}  // namespace songsang
