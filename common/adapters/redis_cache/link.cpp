#include "adapters/redis_cache/link.h"

#include <poll.h>

#include <algorithm>
#include <string_view>

namespace songsang::redis {
namespace {

// What a connection that listens to channels gets beside answers: ["message", channel, text]; and its answers look
// like messages too: ["subscribe", channel, count].
bool IsMessage(const redisReply& reply) {
  return reply.type == REDIS_REPLY_ARRAY && reply.elements == 3 && reply.element[0]->type == REDIS_REPLY_STRING &&
         std::string_view(reply.element[0]->str, reply.element[0]->len) == "message";
}

}  // namespace

Link::Link(const Url& url, Then heard) : heard_(std::move(heard)) {
  context_ = redisConnectNonBlock(url.host.c_str(), url.port);
  if (context_ == nullptr)
    Die("out of memory");
  else
    Check();
  if (dead_.empty()) redisEnableKeepAlive(context_);
}

Link::~Link() {
  Die("closed");
  if (context_ != nullptr) redisFree(context_);
}

void Link::Send(const Words& words, Clock::time_point deadline, Then then) {
  if (!dead_.empty()) return then(nullptr);
  std::vector<const char*> texts;
  std::vector<size_t> sizes;
  size_t bytes = 0;
  for (const std::string& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
    bytes += word.size();
  }
  if (redisAppendCommandArgv(context_, static_cast<int>(words.size()), texts.data(), sizes.data()) != REDIS_OK) {
    then(nullptr);
    return Check();
  }
  asked_.push_back({bytes, deadline, std::move(then)});
  unanswered_ += bytes;
  unsent_ = true;
}

short Link::events() const { return static_cast<short>(POLLIN | (unsent_ ? POLLOUT : 0)); }

void Link::Move(short events) {
  if (!dead_.empty() || events == 0) return;
  if ((events & (POLLOUT | POLLERR | POLLHUP)) != 0 && unsent_) {
    int done = 0;
    if (redisBufferWrite(context_, &done) != REDIS_OK) return Check();
    unsent_ = done == 0;
  }
  if ((events & (POLLIN | POLLERR | POLLHUP)) == 0) return;
  if (redisBufferRead(context_) != REDIS_OK) return Check();
  for (void* reply = nullptr; dead_.empty();) {
    if (redisGetReplyFromReader(context_, &reply) != REDIS_OK) return Check();
    if (reply == nullptr) return;
    Hear(static_cast<redisReply*>(reply));
  }
}

void Link::Hear(redisReply* reply) {
  const std::unique_ptr<redisReply, void (*)(void*)> owned(reply, freeReplyObject);
  if (IsMessage(*reply)) return heard_(reply);
  if (asked_.empty()) return Die("it answered what nobody had asked");
  const Asked asked = std::move(asked_.front());
  asked_.pop_front();
  unanswered_ -= asked.bytes;
  if (asked.then) asked.then(reply);
}

Clock::duration Link::Overdue(Clock::time_point now) {
  for (Asked& asked : asked_) {
    if (!asked.then || asked.deadline > now) continue;
    const Then then = std::move(asked.then);
    asked.then = nullptr;
    then(nullptr);
  }
  return asked_.empty() ? Clock::duration(0) : std::max(Clock::duration(0), now - asked_.front().deadline);
}

Clock::time_point Link::NextDeadline() const {
  auto next = Clock::time_point::max();
  for (const Asked& asked : asked_)
    if (asked.then) next = std::min(next, asked.deadline);
  return next;
}

void Link::Check() {
  if (context_->err != 0) Die(context_->errstr);
}

void Link::Die(const std::string& why) {
  if (dead_.empty()) dead_ = why.empty() ? "an error without words" : why;
  std::deque<Asked> asked;
  asked.swap(asked_);
  for (Asked& one : asked)
    if (one.then) one.then(nullptr);
}

}  // namespace songsang::redis
