// Hears the journal of a service of another process through the stream, and closes with the service itself what the
// stream lacks. One a service and process; followers read from what it keeps.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/reaction.h"
#include "engine/stream.h"

namespace songsang::host {

// The service itself, asked through its door: at most `limit` entries after a place.
using AskFunction = std::function<Result<std::vector<v1::JournalEvent>>(const v1::Position& after, int limit)>;

class Hearing : public engine::Reaction {
 public:
  Hearing(std::shared_ptr<engine::Stream> stream, std::string prefix, std::string service, int partitions,
          AskFunction ask);
  ~Hearing() override;

  // Entries after a place, oldest first. Refused where `after.hash` is not that of the entry there: a fork.
  Result<std::vector<v1::JournalEvent>> Read(const v1::Position& after, int limit);

 private:
  // What is kept of a partition: entries in order, without a hole, from where somebody reads.
  struct Part {
    std::deque<v1::JournalEvent> kept;
    size_t bytes = 0;
    int64_t floor = -1;        // no entry from here on is missing in front of what is kept; -1: not yet listened to
    int64_t wanted = -1;       // the sequence that somebody reads from, to be looked for; -1: nobody waits
    int64_t next_offset = -1;  // where to listen on after a new start; -1: not yet found
    int64_t taken = 0;         // up to here somebody has read
    bool paused = false;
    std::chrono::steady_clock::time_point asked{};  // when the service itself was asked last
  };

  std::chrono::milliseconds Round() override;
  Status Place();
  void Keep(engine::StreamRecord record);
  void MakeRoom(int32_t partition);
  Result<std::vector<v1::JournalEvent>> FromKept(const Part& part, const v1::Position& after, int limit) const;

  const std::shared_ptr<engine::Stream> stream_;
  const std::string prefix_, service_, topic_;
  const AskFunction ask_;
  std::unique_ptr<engine::Listener> listener_;
  std::mutex mutex_;
  std::vector<Part> parts_;
};

}  // namespace songsang::host
