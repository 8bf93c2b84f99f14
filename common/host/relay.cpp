#include "host/relay.h"

#include <google/protobuf/util/json_util.h>

#include "engine/published.h"
#include "engine/reasons.h"
#include "host/published_journal.h"
#include "host/topics.h"

namespace songsang::host {
namespace {

using engine::StreamRecord;
using std::chrono::milliseconds;
using v1::Position;

// Entries of a partition in one transaction, and how much they may hold together.
constexpr int kAtOnce = 4'000;
constexpr size_t kMostBytes = 4 << 20;
constexpr milliseconds kRetry{500}, kLookAgain{500};
}  // namespace

Publication PublicationOf(const Config& config, const std::string& service) {
  return {service, config.topic_prefix, PublishedOf(service, config.state_topics),
          TopicsOf(config.topic_prefix, service, config.partitions, config.state_topics)};
}

Result<std::map<int32_t, Position>> ReadRelayPositions(engine::Stream& stream, const Publication& publication) {
  const auto listener = stream.OpenListener();
  if (!listener.ok()) return listener.refusal();
  const std::string topic = engine::RelayTopic(publication.prefix, publication.service);
  const auto span = (*listener)->SpanOf(topic, 0);
  if (!span.ok()) return span.refusal();
  std::map<int32_t, Position> positions;
  if (span->begin == span->end) return positions;
  const auto read = ReadTopic(**listener, topic, 0, span->begin, [&positions](const StreamRecord& record) {
    Position position;
    if (record.value && google::protobuf::util::JsonStringToMessage(*record.value, &position).ok())
      positions[position.partition()] = position;
    return true;
  });
  if (!read.ok()) return read.refusal();
  return positions;
}

namespace {

// The journal holds what was published last, as it was published.
Status Compare(engine::Store& store, const Publication& publication, const Position& position) {
  const auto read = engine::ReadEntries(store, position, 1, nullptr);
  if (read.ok()) return Done{};
  if (read.refusal().reason != &engine::kJournalForked) return read.refusal();
  return kRelayForked.With("service", publication.service)
      .With("partition", std::to_string(position.partition()))
      .With("seq", std::to_string(position.seq()));
}

// Where no position is known, nothing may have been published.
Status SureOfNone(engine::Stream& stream, const Publication& publication, int32_t partition) {
  auto published = PublishedJournal::Open(stream, publication.prefix, publication.service, partition);
  if (!published.ok()) return published.refusal();
  const auto last = published->Last();
  if (!last.ok()) return last.refusal();
  if (!*last && !published->cut()) return Done{};
  return kRelayLost.With("service", publication.service)
      .With("topic", engine::EventsTopic(publication.prefix, publication.service));
}

}  // namespace

Result<std::map<int32_t, Position>> ComparePublished(engine::Stream& stream, engine::Store& store,
                                                     const Publication& publication) {
  const auto published = ReadRelayPositions(stream, publication);
  if (!published.ok()) return published.refusal();
  std::map<int32_t, Position> positions;
  for (int32_t partition = 0; partition < store.partitions(); ++partition) {
    const auto known = published->find(partition);
    const auto sure = known != published->end() ? Compare(store, publication, known->second)
                                                : SureOfNone(stream, publication, partition);
    if (!sure.ok()) return sure.refusal();
    Position& position = positions[partition];
    if (known != published->end()) position = known->second;
    position.set_service(publication.service);
    position.set_partition(partition);
  }
  return positions;
}

StreamRecord RelayRecord(const Publication& publication, const Position& position) {
  StreamRecord record;
  record.topic = engine::RelayTopic(publication.prefix, publication.service);
  record.partition = 0;
  record.key = std::to_string(position.partition());
  (void)google::protobuf::util::MessageToJsonString(position, &record.value.emplace());
  return record;
}

std::string PublisherName(const Publication& publication) {
  return publication.prefix + publication.service + ".relay";
}

Relay::Relay(engine::Engine& engine, std::shared_ptr<engine::Stream> stream, Publication publication)
    : Reaction(&engine.LeaseOf(publication.service)),
      engine_(engine),
      store_(*engine.StoreOf(publication.service)),
      stream_(std::move(stream)),
      publication_(std::move(publication)),
      states_(publication_.states.begin(), publication_.states.end()) {
  Begin();
}

// The lanes have ended by now: what they recorded last is published before the process goes.
Relay::~Relay() {
  Stop();
  bool more = publisher_ != nullptr && stopped().empty();
  while (more && Publish(&more).ok()) continue;
}

// What another has published meanwhile is not known here, and its producer has put this one out of work.
bool Relay::Taken() {
  publisher_.reset();
  return true;
}

milliseconds Relay::Round() {
  bool more = false;
  Status status = publisher_ == nullptr ? Open() : Done{};
  if (status.ok()) status = Publish(&more);
  if (!status.ok()) {
    // Whatever went wrong: what was begun is aborted, and the position is read anew.
    publisher_.reset();
    const auto* reason = status.refusal().reason;
    if (reason == &kRelayForked || reason == &kRelayLost) {
      GiveUp(status.refusal().Sentence(false) + " ");
    } else {
      Tell("the relay of " + publication_.service + " waits: " + status.refusal().Sentence(false) + " ");
    }
    return kRetry;
  }
  Tell("");
  if (!more) engine_.AwaitMoves({publication_.service}, &moves_, kLookAgain);
  return milliseconds(0);
}

// First the producer, which ends what another had begun; then the position; then the journal. In any other order a
// transaction of the other could still be committed behind the position that was read.
Status Relay::Open() {
  const auto found = stream_->Find(publication_.topics);
  if (!found.ok()) return found.refusal();
  for (const auto& plan : publication_.topics)
    if (!found->contains(plan.name)) return engine::kTopicMissing.With("topic", plan.name);
  auto publisher = stream_->OpenPublisher(PublisherName(publication_));
  if (!publisher.ok()) return publisher.refusal();
  auto positions = ComparePublished(*stream_, store_, publication_);
  if (!positions.ok()) return positions.refusal();
  positions_ = std::move(*positions);
  publisher_ = std::move(*publisher);
  return Done{};
}

Status Relay::Publish(bool* more) {
  *more = false;
  size_t bytes = 0;
  std::map<int32_t, Position> moved;
  for (const auto& [partition, position] : positions_) {
    const auto read = engine::ReadEntries(store_, position, kAtOnce, nullptr);
    if (!read.ok())
      return read.refusal().reason == &engine::kJournalForked ? Compare(store_, publication_, position)
                                                              : Status(read.refusal());
    if (read->events.empty()) continue;
    if (moved.empty())
      if (const auto begun = publisher_->Begin(); !begun.ok()) return begun;
    for (const auto& event : read->events) {
      if (const auto sent = Send(event); !sent.ok()) return sent;
      bytes += event.payload().size();
    }
    moved[partition] = read->position;
    *more = *more || static_cast<int>(read->events.size()) == kAtOnce;
    if (bytes >= kMostBytes) {
      *more = true;
      break;
    }
  }
  if (moved.empty()) return Done{};
  for (const auto& [partition, position] : moved)
    if (const auto sent = publisher_->Send(RelayRecord(publication_, position)); !sent.ok()) return sent;
  if (const auto committed = publisher_->Commit(); !committed.ok()) return committed;
  for (auto& [partition, position] : moved) positions_[partition] = std::move(position);
  return Done{};
}

Status Relay::Send(const v1::JournalEvent& event) const {
  if (const auto sent = publisher_->Send(engine::EventRecord(publication_.prefix, event)); !sent.ok()) return sent;
  if (states_.empty()) return Done{};
  const auto payload = engine::PayloadOf(event);
  if (payload == nullptr)
    return engine::kInternal.With("detail",
                                  "the journal holds an event of a type that is not known here: " + event.type());
  for (const auto* entity : engine::EntitiesWritten(event, *payload))
    if (states_.contains(entity->GetDescriptor()))
      if (const auto sent = publisher_->Send(engine::StateRecord(publication_.prefix, event, *entity)); !sent.ok())
        return sent;
  return Done{};
}

}  // namespace songsang::host
