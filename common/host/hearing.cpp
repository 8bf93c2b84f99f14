#include "host/hearing.h"

#include <algorithm>

#include "engine/published.h"
#include "engine/reasons.h"
#include "host/published_journal.h"

namespace songsang::host {
namespace {

using engine::StreamRecord;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Events = std::vector<v1::JournalEvent>;

// What is kept of a partition before it is paused.
constexpr size_t kMostKept = 4'000, kMostBytes = 8 << 20;
constexpr milliseconds kWait{50}, kRetry{500};
// While the stream tells nothing new, the service itself is asked now and then: the stream may be away, or its records
// may be gone already.
constexpr milliseconds kAskAgain{3'000};

int64_t SeqOf(const v1::JournalEvent& event) { return event.position().seq(); }

Refusal Forked(const v1::Position& after) {
  return engine::kJournalForked.With("service", after.service())
      .With("partition", std::to_string(after.partition()))
      .With("seq", std::to_string(after.seq()));
}

}  // namespace

Hearing::Hearing(std::shared_ptr<engine::Stream> stream, std::string prefix, std::string service, int partitions,
                 AskFunction ask)
    : Reaction(nullptr),
      stream_(std::move(stream)),
      prefix_(std::move(prefix)),
      service_(std::move(service)),
      topic_(engine::EventsTopic(prefix_, service_)),
      ask_(std::move(ask)),
      parts_(static_cast<size_t>(partitions)) {
  Begin();
}

Hearing::~Hearing() { Stop(); }

Result<Events> Hearing::Read(const v1::Position& after, int limit) {
  if (after.partition() < 0 || static_cast<size_t>(after.partition()) >= parts_.size()) return Events();
  Part& part = parts_[static_cast<size_t>(after.partition())];
  bool covered = false;
  {
    const std::lock_guard lock(mutex_);
    part.taken = std::max(part.taken, after.seq());
    covered = part.floor >= 0 && part.floor <= after.seq() + 1;
    if (covered) {
      auto events = FromKept(part, after, limit);
      if (!events.ok() || !events->empty() || steady_clock::now() - part.asked < kAskAgain) return events;
    } else if (part.floor < 0) {
      part.wanted = after.seq() + 1;
    }
    part.asked = steady_clock::now();
  }
  auto asked = ask_(after, limit);
  if (asked.ok() || asked.refusal().reason->code != Code::kUnavailable) return asked;
  // The service is away: what the stream still holds of it is looked for there. That the stream is away too is told by
  // whoever listens to it; nothing is lost meanwhile.
  const std::lock_guard lock(mutex_);
  if (!covered) part.wanted = after.seq() + 1;
  return Events();
}

Result<Events> Hearing::FromKept(const Part& part, const v1::Position& after, int limit) const {
  Events events;
  const auto& kept = part.kept;
  auto next = std::partition_point(kept.begin(), kept.end(),
                                   [&after](const auto& event) { return SeqOf(event) <= after.seq(); });
  if (next == kept.end()) return events;
  if (!after.hash().empty() && next->previous_hash() != after.hash()) return Forked(after);
  for (; next != kept.end() && static_cast<int>(events.size()) < limit; ++next) events.push_back(*next);
  return events;
}

milliseconds Hearing::Round() {
  Status status = Done{};
  if (listener_ == nullptr) {
    auto listener = stream_->OpenListener();
    if (listener.ok()) {
      listener_ = std::move(*listener);
      const std::lock_guard lock(mutex_);
      for (size_t i = 0; i < parts_.size() && status.ok(); ++i) {
        parts_[i].paused = false;
        if (parts_[i].next_offset >= 0)
          status = listener_->Listen(topic_, static_cast<int32_t>(i), parts_[i].next_offset);
      }
    } else {
      status = listener.refusal();
    }
  }
  if (status.ok()) status = Place();
  if (status.ok()) {
    auto next = listener_->Next(kWait);
    if (!next.ok()) {
      status = next.refusal();
    } else if (*next && (*next)->offset >= 0) {
      Keep(std::move(**next));
    }
  }
  if (!status.ok()) {
    listener_.reset();
    Tell("hearing " + service_ + ": " + status.refusal().Sentence(false) + " ");
    return kRetry;
  }
  Tell("");
  return milliseconds(0);
}

// Begins to listen where somebody reads.
Status Hearing::Place() {
  for (size_t i = 0; i < parts_.size(); ++i) {
    int64_t wanted = -1;
    {
      const std::lock_guard lock(mutex_);
      wanted = parts_[i].wanted;
      if (parts_[i].paused) MakeRoom(static_cast<int32_t>(i));
    }
    if (wanted < 0) continue;
    const auto partition = static_cast<int32_t>(i);
    auto published = PublishedJournal::Open(*stream_, prefix_, service_, partition);
    if (!published.ok()) return published.refusal();
    const auto offset = published->OffsetOf(wanted);
    if (!offset.ok()) return offset.refusal();
    if (auto listening = listener_->Listen(topic_, partition, *offset); !listening.ok()) return listening;
    const std::lock_guard lock(mutex_);
    Part& part = parts_[i];
    part.kept.clear();
    part.bytes = 0;
    part.paused = false;
    part.next_offset = *offset;
    part.floor = wanted;
    if (part.wanted == wanted) part.wanted = -1;
  }
  return Done{};
}

void Hearing::Keep(StreamRecord record) {
  auto event = engine::ReadEventRecord(service_, record);
  const std::lock_guard lock(mutex_);
  if (static_cast<size_t>(record.partition) >= parts_.size()) return;
  Part& part = parts_[static_cast<size_t>(record.partition)];
  if (record.offset < part.next_offset) return;
  part.next_offset = record.offset + 1;
  if (!event) return;
  // What does not follow on what is kept begins anew: whoever reads finds the hole or the fork there.
  if (!part.kept.empty() && event->previous_hash() != part.kept.back().position().hash()) {
    part.kept.clear();
    part.bytes = 0;
    part.floor = SeqOf(*event);
  }
  // Behind what retention has left over, the first record may be a later one than was looked for.
  if (part.kept.empty()) part.floor = std::max(part.floor, SeqOf(*event));
  part.bytes += event->ByteSizeLong();
  part.kept.push_back(std::move(*event));
  MakeRoom(record.partition);
}

// Forgets what has been read, as far as there is no room for it, and pauses what is not read in time.
void Hearing::MakeRoom(int32_t partition) {
  Part& part = parts_[static_cast<size_t>(partition)];
  const auto full = [&part] { return part.kept.size() > kMostKept || part.bytes > kMostBytes; };
  while (full() && SeqOf(part.kept.front()) < part.taken) {
    part.bytes -= part.kept.front().ByteSizeLong();
    part.kept.pop_front();
    part.floor = SeqOf(part.kept.front());
  }
  if (full() == part.paused || listener_ == nullptr) return;
  part.paused = full();
  if (!listener_->Pause(topic_, partition, part.paused).ok()) part.paused = !part.paused;
}

}  // namespace songsang::host
