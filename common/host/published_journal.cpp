#include "host/published_journal.h"

#include <algorithm>

#include "engine/published.h"

namespace songsang::host {
namespace {

using engine::StreamRecord;
using std::chrono::milliseconds;

// To the end of a topic that is being written to, as far as it reached when asked: between two records.
constexpr milliseconds kPatience{10'000};
// Records that were aborted, and the marks of transactions, take offsets too; so many are looked through at once for the
// last that was committed.
constexpr int64_t kStepBack = 1'000;

}  // namespace

Status ReadTopic(engine::Listener& listener, const std::string& topic, int32_t partition, int64_t offset,
                 const std::function<bool(const StreamRecord&)>& take) {
  if (auto listening = listener.Listen(topic, partition, offset); !listening.ok()) return listening;
  auto until = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < until) {
    const auto next = listener.Next(milliseconds(100));
    if (!next.ok()) return next.refusal();
    if (!*next) continue;
    if ((*next)->offset < 0 || !take(**next)) return Done{};
    until = std::chrono::steady_clock::now() + kPatience;
  }
  return engine::kStreamAway.With("detail", "topic " + topic + " could not be read to its end");
}

Result<PublishedJournal> PublishedJournal::Open(engine::Stream& stream, const std::string& prefix,
                                                const std::string& service, int32_t partition) {
  auto listener = stream.OpenListener();
  if (!listener.ok()) return listener.refusal();
  const std::string topic = engine::EventsTopic(prefix, service);
  const auto span = (*listener)->SpanOf(topic, partition);
  if (!span.ok()) return span.refusal();
  return PublishedJournal(std::move(*listener), topic, service, partition, *span);
}

// The first entry at or behind an offset; none where the topic ends before one comes.
Result<std::optional<v1::JournalEvent>> PublishedJournal::FirstFrom(int64_t offset, int64_t* found_at) {
  std::optional<v1::JournalEvent> first;
  const auto read = ReadTopic(*listener_, topic_, partition_, offset, [&](const StreamRecord& record) {
    first = engine::ReadEventRecord(service_, record);
    *found_at = record.offset;
    return !first.has_value();
  });
  if (!read.ok()) return read.refusal();
  return first;
}

// Sequences grow with offsets, so it is looked for by halves.
Result<int64_t> PublishedJournal::OffsetOf(int64_t seq) {
  int64_t low = span_.begin, high = span_.end;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    int64_t found_at = 0;
    const auto first = FirstFrom(middle, &found_at);
    if (!first.ok()) return first.refusal();
    if (*first && (*first)->position().seq() < seq) {
      low = found_at + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

Status PublishedJournal::ReadFrom(int64_t seq, const std::function<bool(v1::JournalEvent)>& take) {
  const auto offset = OffsetOf(seq);
  if (!offset.ok()) return offset.refusal();
  if (*offset >= span_.end) return Done{};
  return ReadTopic(*listener_, topic_, partition_, *offset, [&](const StreamRecord& record) {
    auto event = engine::ReadEventRecord(service_, record);
    return !event || take(std::move(*event));
  });
}

Result<std::optional<v1::JournalEvent>> PublishedJournal::Last() {
  std::optional<v1::JournalEvent> last;
  for (int64_t from = span_.end; !last && from > span_.begin;) {
    from = std::max(span_.begin, from - kStepBack);
    const auto read = ReadTopic(*listener_, topic_, partition_, from, [&](const StreamRecord& record) {
      if (auto event = engine::ReadEventRecord(service_, record)) last = std::move(event);
      return true;
    });
    if (!read.ok()) return read.refusal();
  }
  return last;
}

}  // namespace songsang::host
