#include "host/restore.h"

#include <fmt/format.h>

#include <vector>

#include "engine/adopt.h"
#include "engine/reasons.h"
#include "host/published_journal.h"

namespace songsang::host {
namespace {

using v1::Position;
using Event = v1::JournalEvent;

constexpr size_t kAtOnce = 500;

// The entry that the journal holds at a sequence, or its last one before.
Result<Position> Held(engine::Store& store, int32_t partition, int64_t seq) {
  const rows::Cell cells[] = {rows::Cell::Int(partition), rows::Cell::Int(seq)};
  engine::Rows rows;
  const auto error = store.Query("SELECT epoch, seq, hash FROM " + store.schema() +
                                     ".journal WHERE partition = $1 AND seq <= $2 ORDER BY seq DESC LIMIT 1",
                                 cells, std::chrono::steady_clock::now() + std::chrono::seconds(10), &rows);
  if (!error.ok()) return engine::kUnavailable.With("detail", error.message);
  Position position;
  position.set_partition(partition);
  if (rows.rows.empty()) return position;
  position.set_epoch(std::get<int64_t>(rows.rows[0][0]));
  position.set_seq(std::get<int64_t>(rows.rows[0][1]));
  position.set_hash(std::get<std::string>(rows.rows[0][2]));
  return position;
}

constexpr int64_t kLast = INT64_MAX;

bool Same(const Position& a, const Position& b) { return a.seq() == b.seq() && a.hash() == b.hash(); }

Refusal Part(const Publication& publication, const Position& at) {
  return kJournalsPart.With("partition", std::to_string(at.partition()))
      .With("service", publication.service)
      .With("seq", std::to_string(at.seq()));
}

Result<std::optional<Position>> AdoptPartition(engine::Stream& stream, engine::Store& store,
                                               const Publication& publication, int32_t partition, const Told& told) {
  auto published = PublishedJournal::Open(stream, publication.prefix, publication.service, partition);
  if (!published.ok()) return published.refusal();
  const auto last = published->Last();
  if (!last.ok()) return last.refusal();
  const auto head = Held(store, partition, kLast);
  if (!head.ok()) return head.refusal();
  if (!*last) return std::optional<Position>();
  if ((*last)->position().seq() <= head->seq()) {
    const auto held = Held(store, partition, (*last)->position().seq());
    if (!held.ok()) return held.refusal();
    if (!Same(*held, (*last)->position())) return Part(publication, (*last)->position());
    return std::optional(*held);
  }
  int64_t taken = 0;
  std::vector<Event> events;
  Status status = Done{};
  Position before = *head;
  const auto flush = [&] {
    status = engine::AdoptEntries(store, events);
    taken += static_cast<int64_t>(events.size());
    events.clear();
    return status.ok();
  };
  const auto read = published->ReadFrom(head->seq() + 1, [&](Event event) {
    if (event.previous_hash() != std::string(before.hash().empty() ? std::string(32, '\0') : before.hash())) {
      status = event.position().seq() == head->seq() + 1 ? Part(publication, *head)
                                                         : kPublishedCut.With("partition", std::to_string(partition))
                                                               .With("service", publication.service)
                                                               .With("seq", std::to_string(before.seq()));
      return false;
    }
    before = event.position();
    events.push_back(std::move(event));
    return events.size() < kAtOnce || flush();
  });
  if (!read.ok()) return read.refusal();
  if (status.ok()) flush();
  if (!status.ok()) return status.refusal();
  told(fmt::format("partition {}: {} entries taken back, up to {}", partition, taken, before.seq()));
  return std::optional(before);
}

// Where both parted: the last sequence at which they hold the same entry, by halves, since behind the first that differs
// all do.
Result<engine::Parting> Compare(engine::Store& store, PublishedJournal* published, const Event& last) {
  engine::Parting parting;
  parting.abandoned = last.position();
  parting.common.set_partition(last.position().partition());
  int64_t low = 0, high = last.position().seq();
  while (low < high) {
    const int64_t middle = low + (high - low + 1) / 2;
    const auto held = Held(store, last.position().partition(), middle);
    if (!held.ok()) return held.refusal();
    bool same = false;
    const auto read = published->ReadFrom(middle, [&](const Event& event) {
      // What is no longer kept was published from this very journal.
      same = event.position().seq() > middle ? held->seq() == middle : Same(*held, event.position());
      return false;
    });
    if (!read.ok()) return read.refusal();
    if (same) parting.common = *held;
    (same ? low : high) = same ? middle : middle - 1;
  }
  return parting;
}

Result<std::optional<Position>> ForkPartition(engine::Stream& stream, engine::Store& store,
                                              const Publication& publication, int32_t partition, const Told& told) {
  auto published = PublishedJournal::Open(stream, publication.prefix, publication.service, partition);
  if (!published.ok()) return published.refusal();
  const auto last = published->Last();
  if (!last.ok()) return last.refusal();
  if (!*last) return std::optional<Position>();
  const auto parting = Compare(store, &*published, **last);
  if (!parting.ok()) return parting.refusal();
  if (Same(parting->common, parting->abandoned)) return std::optional(parting->common);
  const auto forked = engine::ForkJournal(store, *parting);
  if (!forked.ok()) return forked.refusal();
  told(fmt::format("partition {}: goes on as epoch {} behind entry {}; published entries {} to {} are given up",
                   partition, forked->epoch(), parting->common.seq(), parting->common.seq() + 1,
                   parting->abandoned.seq()));
  return std::optional(parting->common);
}

// Answers how far the partition is published and held alike; nothing where nothing is published.
using Step = Result<std::optional<Position>> (*)(engine::Stream&, engine::Store&, const Publication&, int32_t,
                                                 const Told&);

// Each partition, with the relay out of work; then its position, from where it goes on.
Status Restore(engine::Stream& stream, engine::Store& store, const Publication& publication, const Told& told,
               Step step) {
  const auto publisher = stream.OpenPublisher(PublisherName(publication));
  if (!publisher.ok()) return publisher.refusal();
  std::vector<Position> positions;
  for (int32_t partition = 0; partition < store.partitions(); ++partition) {
    auto position = step(stream, store, publication, partition, told);
    if (!position.ok()) return position.refusal();
    if (!*position) continue;
    (*position)->set_service(publication.service);
    (*position)->set_partition(partition);
    positions.push_back(std::move(**position));
  }
  if (const auto begun = (*publisher)->Begin(); !begun.ok()) return begun;
  for (const Position& position : positions)
    if (const auto sent = (*publisher)->Send(RelayRecord(publication, position)); !sent.ok()) return sent;
  return (*publisher)->Commit();
}

}  // namespace

Status AdoptJournal(engine::Stream& stream, engine::Store& store, const Publication& publication, const Told& told) {
  return Restore(stream, store, publication, told, AdoptPartition);
}

Status ForkFromPublished(engine::Stream& stream, engine::Store& store, const Publication& publication,
                         const Told& told) {
  return Restore(stream, store, publication, told, ForkPartition);
}

}  // namespace songsang::host
