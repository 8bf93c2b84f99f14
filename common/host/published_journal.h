// One partition of a service's events topic, read as the journal that was published there.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "engine/stream.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::host {

// Reads a partition from an offset to its end; `take` hears each record, and says whether it wants more.
Status ReadTopic(engine::Listener& listener, const std::string& topic, int32_t partition, int64_t offset,
                 const std::function<bool(const engine::StreamRecord&)>& take);

class PublishedJournal {
 public:
  static Result<PublishedJournal> Open(engine::Stream& stream, const std::string& prefix, const std::string& service,
                                       int32_t partition);

  // The offset of the first entry at or behind a sequence; the topic's end if there is none.
  Result<int64_t> OffsetOf(int64_t seq);
  // Entries at or behind a sequence, in order, as long as `take` wants more.
  Status ReadFrom(int64_t seq, const std::function<bool(v1::JournalEvent)>& take);
  // The last entry that was published; none if none ever was, or all are gone.
  Result<std::optional<v1::JournalEvent>> Last();
  // Whether retention has removed entries, or all of them.
  bool cut() const { return span_.begin > 0; }

 private:
  PublishedJournal(std::unique_ptr<engine::Listener> listener, std::string topic, std::string service,
                   int32_t partition, engine::Span span)
      : listener_(std::move(listener)),
        topic_(std::move(topic)),
        service_(std::move(service)),
        partition_(partition),
        span_(span) {}
  Result<std::optional<v1::JournalEvent>> FirstFrom(int64_t offset, int64_t* found_at);

  std::unique_ptr<engine::Listener> listener_;
  std::string topic_, service_;
  int32_t partition_;
  engine::Span span_;
};

}  // namespace songsang::host
