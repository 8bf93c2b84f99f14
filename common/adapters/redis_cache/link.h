// One connection to Redis that never blocks: what is sent is answered in order, each with a deadline. After any error it
// is dead, and a new one is made.
#pragma once

#include <hiredis/hiredis.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/redis_cache/url.h"

namespace songsang::redis {

using Clock = std::chrono::steady_clock;
using Words = std::vector<std::string>;
// Hears the answer, or null where there will be none.
using Then = std::function<void(const redisReply*)>;

class Link {
 public:
  // Begins to connect. `heard` gets what comes without being asked for (messages of channels).
  Link(const Url& url, Then heard);
  ~Link();  // whoever waits for an answer hears that there will be none
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // Answered by `deadline`, or given up: `then` is told at once, and the answer is not listened to when it comes.
  void Send(const Words& words, Clock::time_point deadline, Then then);

  int fd() const { return context_ == nullptr ? -1 : context_->fd; }
  // What poll should wait for, and what is done once it has come.
  short events() const;
  void Move(short events);
  // Gives up what is overdue; how long the oldest question has been overdue.
  Clock::duration Overdue(Clock::time_point now);
  // When there will be something to give up; far away where nothing is asked.
  Clock::time_point NextDeadline() const;
  bool idle() const { return asked_.empty(); }
  // Bytes of what was asked and is not answered.
  size_t unanswered() const { return unanswered_; }
  // Empty while it lives.
  const std::string& dead() const { return dead_; }
  void Die(const std::string& why);

 private:
  struct Asked {
    size_t bytes;
    Clock::time_point deadline;
    Then then;  // empty once given up
  };

  void Check();
  void Hear(redisReply* reply);

  redisContext* context_ = nullptr;
  const Then heard_;
  std::deque<Asked> asked_;
  size_t unanswered_ = 0;
  bool unsent_ = false;
  std::string dead_;
};

}  // namespace songsang::redis
