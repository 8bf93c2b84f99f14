#include "streams/evil_stream.h"

#include <google/protobuf/util/json_util.h>

#include "songsang/v1/engine.pb.h"

namespace songsang {

using engine::StreamRecord;

namespace {

bool Ends(const StreamRecord& record, const char* end) { return record.topic.ends_with(end); }

Status Killed() { return engine::kStreamAway.With("detail", "killed at this point, by the test"); }

}  // namespace

class EvilPublisher : public engine::Publisher {
 public:
  EvilPublisher(EvilStream* stream, std::string name, std::unique_ptr<engine::Publisher> publisher)
      : stream_(stream), name_(std::move(name)), publisher_(std::move(publisher)) {}

  Status Begin() override {
    if (stream_->before_first) std::exchange(stream_->before_first, nullptr)();
    if (publisher_ == nullptr) {
      ++stream_->done_;
      if (auto opened = Open(); !opened.ok()) return opened;
    }
    return Is(StreamBug::kNoTransaction) ? Status(Done{}) : publisher_->Begin();
  }

  Status Send(const StreamRecord& record) override {
    if (Ends(record, ".events.v1")) return SendEvent(record);
    if (Ends(record, ".state.v1") && Is(StreamBug::kStateDropped) && ++stream_->states_ % 5 == 0) {
      ++stream_->done_;
      return Done{};
    }
    if (Ends(record, ".relay.v1") && Is(StreamBug::kPositionOutside)) {
      position_ = record;
      return Done{};
    }
    return SendThrough(record);
  }

  Status Commit() override {
    ++stream_->commits_;
    if (Is(StreamBug::kNoTransaction)) return Done{};
    if (Is(StreamBug::kCommitErrorTaken) && stream_->commits_ == 2) {
      ++stream_->done_;
      publisher_.reset();
      return Open();
    }
    if (auto committed = publisher_->Commit(); !committed.ok() || !Is(StreamBug::kPositionOutside)) return committed;
    if (stream_->commits_ == 2) {
      ++stream_->done_;
      return Killed();
    }
    const auto outside = stream_->stream_->OpenPublisher(name_ + ".outside");
    if (!outside.ok()) return outside.refusal();
    if (auto begun = (*outside)->Begin(); !begun.ok()) return begun;
    if (auto sent = (*outside)->Send(position_); !sent.ok()) return sent;
    return (*outside)->Commit();
  }

 private:
  bool Is(StreamBug bug) const { return stream_->bug_ == bug; }

  Status Open() {
    auto opened = stream_->stream_->OpenPublisher(name_);
    if (!opened.ok()) return opened.refusal();
    publisher_ = std::move(*opened);
    return Done{};
  }

  Status SendEvent(const StreamRecord& record) {
    const bool now = ++stream_->events_ == 30;
    if (now && (Is(StreamBug::kRecordDropped) || Is(StreamBug::kRecordTwice) || Is(StreamBug::kNoTransaction)))
      ++stream_->done_;
    if (now && Is(StreamBug::kRecordDropped)) return Done{};
    if (auto sent = SendThrough(record); !sent.ok()) return sent;
    if (now && Is(StreamBug::kNoTransaction)) return Killed();
    return now && Is(StreamBug::kRecordTwice) ? SendThrough(record) : Status(Done{});
  }

  Status SendThrough(const StreamRecord& record) {
    if (!Is(StreamBug::kNoTransaction)) return publisher_->Send(record);
    if (auto begun = publisher_->Begin(); !begun.ok()) return begun;
    if (auto sent = publisher_->Send(record); !sent.ok()) return sent;
    return publisher_->Commit();
  }

  EvilStream* const stream_;
  const std::string name_;
  std::unique_ptr<engine::Publisher> publisher_;
  StreamRecord position_;
};

// Reads positions without their hashes.
class ForgetfulListener : public engine::Listener {
 public:
  ForgetfulListener(EvilStream* stream, std::unique_ptr<engine::Listener> listener)
      : stream_(stream), listener_(std::move(listener)) {}

  Status Listen(const std::string& topic, int32_t partition, int64_t offset) override {
    return listener_->Listen(topic, partition, offset);
  }
  Status Pause(const std::string& topic, int32_t partition, bool pause) override {
    return listener_->Pause(topic, partition, pause);
  }
  Result<engine::Span> SpanOf(const std::string& topic, int32_t partition) override {
    return listener_->SpanOf(topic, partition);
  }
  Result<std::optional<StreamRecord>> Next(std::chrono::milliseconds wait) override {
    auto next = listener_->Next(wait);
    v1::Position position;
    if (!next.ok() || !*next || (*next)->offset < 0 || !Ends(**next, ".relay.v1") ||
        !google::protobuf::util::JsonStringToMessage(*(*next)->value, &position).ok())
      return next;
    position.clear_hash();
    (*next)->value.emplace();
    (void)google::protobuf::util::MessageToJsonString(position, &*(*next)->value);
    ++stream_->done_;
    return next;
  }

 private:
  EvilStream* const stream_;
  const std::unique_ptr<engine::Listener> listener_;
};

const char* ToText(StreamBug bug) {
  static constexpr const char* kTexts[] = {"None",
                                           "PositionBeforeInit",
                                           "PositionReadUncommitted",
                                           "PositionOutside",
                                           "HashNotCompared",
                                           "NoTransaction",
                                           "RecordDropped",
                                           "RecordTwice",
                                           "StateDropped",
                                           "CommitErrorTaken"};
  return kTexts[static_cast<int>(bug)];
}

Result<std::unique_ptr<engine::Publisher>> EvilStream::OpenPublisher(const std::string& name) {
  std::unique_ptr<engine::Publisher> publisher;
  if (bug_ != StreamBug::kPositionBeforeInit) {
    auto opened = stream_->OpenPublisher(name);
    if (!opened.ok()) return opened.refusal();
    publisher = std::move(*opened);
  }
  return std::unique_ptr<engine::Publisher>(new EvilPublisher(this, name, std::move(publisher)));
}

Result<std::unique_ptr<engine::Listener>> EvilStream::OpenListener(engine::Isolation isolation) {
  if (bug_ == StreamBug::kPositionReadUncommitted) {
    ++done_;
    isolation = engine::Isolation::kUncommitted;
  }
  auto listener = stream_->OpenListener(isolation);
  if (!listener.ok() || bug_ != StreamBug::kHashNotCompared) return listener;
  return std::unique_ptr<engine::Listener>(new ForgetfulListener(this, std::move(*listener)));
}

}  // namespace songsang
