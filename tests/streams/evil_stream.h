// A stream that breaks one promise on purpose, now and then, around the real one: so that the audit, or the relay itself,
// can be seen to notice. What it does is what a relay would do that was written with that bug.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/stream.h"

namespace songsang {

enum class StreamBug {
  kNone,
  kPositionBeforeInit,       // the position is read before the producer of the former life is put out of work
  kPositionReadUncommitted,  // the position of an aborted transaction counts
  kPositionOutside,          // the position is written in a transaction of its own, after that of the records
  kHashNotCompared,          // the position bears no hash, so a journal that is another one is not noticed
  kNoTransaction,            // each record is committed when it is sent
  kRecordDropped,            // a record was never sent
  kRecordTwice,              // a record is sent twice
  kStateDropped,             // an entity's state was never sent
  kCommitErrorTaken,         // a transaction that was not committed counts as committed
};
const char* ToText(StreamBug bug);

class EvilStream : public engine::Stream {
 public:
  EvilStream(StreamBug bug, std::shared_ptr<engine::Stream> stream) : bug_(bug), stream_(std::move(stream)) {}

  // What somebody else does before this stream's publisher begins its first transaction.
  std::function<void()> before_first;
  // How often it has broken its promise.
  int done() const { return done_; }

  Result<std::unique_ptr<engine::Publisher>> OpenPublisher(const std::string& name) override;
  Result<std::unique_ptr<engine::Listener>> OpenListener(engine::Isolation isolation) override;
  Result<std::map<std::string, engine::TopicFound>> Find(const std::vector<engine::TopicPlan>& plans) override {
    return stream_->Find(plans);
  }
  Status Create(const std::vector<engine::TopicPlan>& plans, int replication) override {
    return stream_->Create(plans, replication);
  }
  Status Alter(const std::string& topic, const std::map<std::string, std::string>& settings) override {
    return stream_->Alter(topic, settings);
  }

 private:
  friend class EvilPublisher;
  friend class ForgetfulListener;

  const StreamBug bug_;
  const std::shared_ptr<engine::Stream> stream_;
  int events_ = 0, states_ = 0, commits_ = 0, done_ = 0;
};

}  // namespace songsang
