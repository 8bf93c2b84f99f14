#include "engine/followers.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor_database.h>

#include <algorithm>
#include <tuple>

#include "engine/published.h"
#include "engine/reasons.h"
#include "engine/record.h"
#include "engine/tables.h"

namespace songsang::engine {
namespace pb = google::protobuf;
namespace {

using rows::Cell;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Between rounds, so that what comes in quick succession is taken together.
constexpr milliseconds kBreath{3};
constexpr milliseconds kRetry{200}, kAbsent{1000};
// Journals of other processes are not heard but asked; those of this one may also be written by another replica.
constexpr milliseconds kAskOthers{25}, kLookAgain{100};
// A policy's position may lag: what is heard again is answered by its house id.
constexpr milliseconds kWritePositions{200};
// How often a replica that stands by looks whether somebody waits, and how far the other has come.
constexpr milliseconds kWatch{20};

std::string PolicyName(const PolicyLine& policy) { return "policy/" + policy.name; }

// The events of a service that carry an entity.
void AddTypesWith(const pb::Descriptor* entity, std::set<std::string>* types) {
  std::vector<std::string> files;
  pb::DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  for (const std::string& name : files) {
    if (name.rfind("songsang/", 0) != 0) continue;
    const auto* file = pb::DescriptorPool::generated_pool()->FindFileByName(name);
    if (file->package() != entity->file()->package()) continue;
    for (int i = 0; i < file->message_type_count(); ++i) {
      const auto* type = file->message_type(i);
      for (int f = 0; f < type->field_count(); ++f)
        if (type->field(f)->message_type() == entity) types->insert(type->full_name());
    }
  }
}

const Reason kPositionTaken{"POSITION_TAKEN", Code::kAborted,
                            "Another replica has moved {follower} on; this one reads on from there.",
                            "다른 복제본이 {follower}의 위치를 옮겼습니다. 그 지점부터 이어서 읽습니다."};

v1::Position After(const std::string& service, int32_t partition) {
  v1::Position position;
  position.set_service(service);
  position.set_partition(partition);
  return position;
}

}  // namespace

Followers::Followers(const Reacting& reacting)
    : Reaction(&reacting.lease),
      reacting_(reacting),
      store_(*reacting.engine.StoreOf(reacting.service.name())),
      parked_(store_) {
  std::set<std::string> sources;
  for (const PolicyLine& policy : reacting_.service.policies()) sources.emplace(rows::ServiceOf(policy.event));
  for (const auto* entity : reacting_.service.mirrors()) sources.emplace(rows::ServiceOf(entity));
  sources_.assign(sources.begin(), sources.end());
  for (const std::string& source : sources_) reacting_.engine.Follows(reacting_.service.name(), source);
  // Of the journals here it is known before the door opens where they stand, so that nothing is missed.
  if (parked_.Load().ok())
    for (const std::string& source : sources_)
      if (reacting_.engine.StoreOf(source) != nullptr) (void)OpenStreams(source);
  Begin();
}

// What another replica has parked and how far it has come is read anew.
bool Followers::Taken() {
  session_.reset();
  bool loaded = parked_.Load().ok();
  for (Stream& stream : streams_) {
    loaded = loaded && Load(&stream).ok();
    stream.told_seq = -1;
  }
  return loaded;
}

// Calls that wait here for what another replica copies learn of it from the store.
milliseconds Followers::Standby() {
  if (!reacting_.engine.Awaited(reacting_.service.name())) return kWatch;
  OpenMissing();
  if (const auto watched = Watch(); !watched.ok()) Tell(watched.refusal().Sentence(false));
  return kWatch;
}

Status Followers::Watch() {
  Rows rows;
  const auto error = store_.Query("SELECT follower, partition, epoch, seq FROM " + store_.schema() + ".position", {},
                                  steady_clock::now() + std::chrono::seconds(5), &rows);
  if (!error.ok()) return kUnavailable.With("detail", error.message);
  std::map<std::pair<std::string, int64_t>, std::pair<int64_t, int64_t>> places;
  for (const auto& row : rows.rows)
    places[{std::get<std::string>(row[0]), std::get<int64_t>(row[1])}] = {std::get<int64_t>(row[2]),
                                                                          std::get<int64_t>(row[3])};
  for (const Stream& stream : streams_) {
    // What the slowest of them has not heard is not shown.
    auto least = places[{stream.followers.front().name, stream.partition}];
    for (const Follower& follower : stream.followers)
      least = std::min(least, places[{follower.name, stream.partition}]);
    reacting_.engine.Advanced(reacting_.service.name(), {stream.service, stream.partition, least.first, least.second});
  }
  return Done{};
}

// True where some are still absent.
bool Followers::OpenMissing() {
  bool absent = false;
  for (const std::string& source : sources_) {
    if (opened_.contains(source)) continue;
    const auto opened = OpenStreams(source);
    absent = absent || !opened.ok();
    if (!opened.ok() && opened.refusal().reason != &kServiceUnknown) Tell(opened.refusal().Sentence(false));
  }
  return absent;
}

milliseconds Followers::Round() {
  bool more = false;
  const bool absent = OpenMissing();
  LookAtHeads();
  for (Stream& stream : streams_) {
    bool rest = false;
    const auto followed = Follow(&stream, &rest);
    if (followed.ok()) {
      more = more || rest;
      continue;
    }
    if (followed.refusal().reason == &kPositionTaken) {
      Forget();
      return kBreath;
    }
    const auto what = fmt::format("{} cannot follow {}: {} ", reacting_.service.name(), stream.service,
                                  followed.refusal().Sentence(false));
    if (followed.refusal().reason == &kJournalForked) {
      GiveUp(what);
    } else {
      Tell(what);
    }
    return kRetry;
  }
  if (!absent) Tell("");
  if (more) return milliseconds(0);
  const bool others = std::any_of(sources_.begin(), sources_.end(), [this](const std::string& source) {
    return reacting_.engine.StoreOf(source) == nullptr;
  });
  reacting_.engine.AwaitMoves(sources_, &moves_, others ? (absent ? kAbsent : kAskOthers) : kLookAgain);
  return kBreath;
}

Status Followers::OpenStreams(const std::string& service) {
  const bool here = reacting_.engine.StoreOf(service) != nullptr;
  if (!here && !reacting_.world.heads) return kServiceUnknown.With("service", service);
  const auto heads = here ? reacting_.engine.Heads(service) : reacting_.world.heads(service);
  if (!heads.ok()) return heads.refusal();
  for (const v1::Position& head : *heads) {
    const bool known = std::any_of(streams_.begin(), streams_.end(), [&](const Stream& stream) {
      return stream.service == service && stream.partition == head.partition();
    });
    if (known) continue;
    if (const auto opened = OpenStream(head); !opened.ok()) return opened;
  }
  opened_.insert(service);
  return Done{};
}

// A policy that was never here before begins at the journal's head, and says so at once; a mirror at its beginning.
Status Followers::OpenStream(const v1::Position& head) {
  Stream stream{head.service(), head.partition(), {}, {}};
  for (const PolicyLine& policy : reacting_.service.policies()) {
    if (rows::ServiceOf(policy.event) != head.service()) continue;
    stream.followers.push_back({PolicyName(policy), &policy, nullptr, head});
    stream.types.insert(policy.event->full_name());
  }
  for (const auto* entity : reacting_.service.mirrors()) {
    if (rows::ServiceOf(entity) != head.service()) continue;
    const std::string name = fmt::format("mirror/{}.{}", head.service(), entity->name());
    stream.followers.push_back({name, nullptr, entity, After(head.service(), head.partition())});
    AddTypesWith(entity, &stream.types);
  }
  if (const auto loaded = Load(&stream); !loaded.ok()) return loaded;
  streams_.push_back(std::move(stream));
  return Done{};
}

// Where each follower stands as the store says; one that the store does not know begins where it stands, for good.
Status Followers::Load(Stream* stream) {
  const std::string position = store_.schema() + ".position";
  const auto session = store_.OpenSession();
  StoreError error = session->Begin();
  for (Follower& follower : stream->followers) {
    const auto& p = follower.position;
    const Cell cells[] = {Cell::Text(follower.name), Cell::Int(stream->partition), Cell::Int(p.epoch()),
                          Cell::Int(p.seq()), Cell::Bytes(p.hash())};
    if (error.ok())
      error = session->Execute("INSERT INTO " + position +
                                   " (follower, partition, epoch, seq, hash, recorded_at) VALUES ($1, $2, $3, $4, $5, "
                                   "0) ON CONFLICT (follower, partition) DO NOTHING",
                               cells);
    Rows rows;
    if (error.ok())
      error = session->Query("SELECT epoch, seq, hash FROM " + position + " WHERE follower = $1 AND partition = $2",
                             std::span(cells, 2), &rows);
    if (!error.ok() || rows.rows.empty()) break;
    follower.position = After(stream->service, stream->partition);
    follower.position.set_epoch(std::get<int64_t>(rows.rows[0][0]));
    follower.position.set_seq(std::get<int64_t>(rows.rows[0][1]));
    follower.position.set_hash(std::get<std::string>(rows.rows[0][2]));
    follower.written_seq = follower.position.seq();
  }
  if (error.ok()) error = session->Commit({});
  if (error.ok()) return Done{};
  session->Rollback();
  return kUnavailable.With("detail", error.message);
}

Result<Reading> Followers::Read(const v1::Position& after, const std::set<std::string>& types, bool now) const {
  return reacting_.engine.StoreOf(after.service()) != nullptr ? reacting_.engine.ReadWanted(after, types)
                                                              : reacting_.world.read(after, types, now);
}

// One question for all partitions of a journal, most of which have nothing new.
void Followers::LookAtHeads() {
  heads_.clear();
  for (const std::string& source : sources_) {
    if (reacting_.engine.StoreOf(source) == nullptr) continue;
    auto heads = reacting_.engine.Heads(source);
    if (!heads.ok()) continue;
    for (v1::Position& head : *heads) heads_[{source, head.partition()}] = std::move(head);
  }
}

bool Followers::AtHead(const Stream& stream, const v1::Position& position) const {
  const auto head = heads_.find({stream.service, stream.partition});
  return head != heads_.end() && head->second.seq() == position.seq() && head->second.hash() == position.hash();
}

Status Followers::Follow(Stream* stream, bool* more) {
  const auto least =
      std::min_element(stream->followers.begin(), stream->followers.end(),
                       [](const Follower& a, const Follower& b) { return a.position.seq() < b.position.seq(); });
  const v1::Position from = least->position;
  if (AtHead(*stream, from) && stream->told_seq == from.seq() && !parked_.any()) return WritePositions(stream);
  const auto reading = Read(from, stream->types, false);
  if (!reading.ok()) return reading.refusal();
  *more = reading->position.seq() > from.seq();
  if (!*more && stream->told_seq == from.seq() && !parked_.any()) return WritePositions(stream);
  if (const auto copied = Copy(stream, *reading); !copied.ok()) return copied;
  if (const auto reacted = React(stream, *reading); !reacted.ok()) return reacted;
  for (Follower& follower : stream->followers)
    if (follower.position.seq() < reading->position.seq()) follower.position = reading->position;
  const auto& p = reading->position;
  reacting_.engine.Advanced(reacting_.service.name(), {stream->service, stream->partition, p.epoch(), p.seq()});
  stream->told_seq = p.seq();
  return WritePositions(stream);
}

// The copies and the positions of the mirrors, in one transaction.
Status Followers::Copy(Stream* stream, const Reading& reading) {
  std::map<const pb::Descriptor*, std::map<std::string, std::pair<std::string, const Message*>>> copies;
  std::vector<std::unique_ptr<Message>> payloads;
  for (const v1::JournalEvent& event : reading.events) {
    auto payload = PayloadOf(event);
    if (payload == nullptr) continue;
    for (const Message* entity : EntitiesIn(*payload)) {
      const auto* type = entity->GetDescriptor();
      const std::string id = entity->GetReflection()->GetString(*entity, type->FindFieldByNumber(1));
      for (const Follower& follower : stream->followers)
        if (follower.mirrored == type && event.position().seq() > follower.position.seq())
          copies[type][event.tenant() + '\n' + id] = {event.tenant(), entity};
    }
    payloads.push_back(std::move(payload));
  }
  if (copies.empty()) return Done{};
  std::vector<rows::RowSet> sets;
  std::deque<std::string> bodies;
  std::vector<Follower*> moving;
  for (Follower& follower : stream->followers) {
    const auto own = copies.find(follower.mirrored);
    if (follower.mirrored == nullptr || own == copies.end()) continue;
    follower.position = reading.position;
    moving.push_back(&follower);
    rows::RowSet& set = sets.emplace_back();
    set.table = &rows::MirrorOf(follower.mirrored);
    for (const auto& [key, copy] : own->second)
      rows::AppendRow(copy.first, *copy.second, bodies.emplace_back(copy.second->SerializeAsString()), &set);
  }
  const auto moved = Move(*stream, moving, sets);
  // What was not written is to be read again.
  if (!moved.ok()) Forget();
  return moved;
}

// Brings all mirrors up to what is recorded now. An event refers only to what was recorded before it, so a policy that
// heard it finds in the mirrors whatever it refers to.
Status Followers::CopyAhead() {
  for (Stream& stream : streams_) {
    const auto first = std::find_if(stream.followers.begin(), stream.followers.end(),
                                    [](const Follower& follower) { return follower.mirrored != nullptr; });
    if (first == stream.followers.end()) continue;
    for (;;) {
      const int64_t before = first->position.seq();
      const auto reading = Read(first->position, stream.types, true);
      if (!reading.ok()) return reading.refusal();
      if (reading->position.seq() == before) break;
      if (const auto copied = Copy(&stream, *reading); !copied.ok()) return copied;
      for (Follower& follower : stream.followers)
        if (follower.mirrored != nullptr && follower.position.seq() < reading->position.seq())
          follower.position = reading->position;
    }
  }
  return Done{};
}

// Moves positions on, with what was written up to them. Another replica of this service may have been quicker: a
// position is then another than the one written here, nothing is written, and this one reads on from there.
Status Followers::Move(const Stream& stream, const std::vector<Follower*>& followers,
                       std::span<const rows::RowSet> sets) {
  if (session_ == nullptr) session_ = store_.OpenSession();
  StoreError error = session_->Begin();
  for (const Follower* follower : followers) {
    const auto& p = follower->position;
    const Cell cells[] = {Cell::Int(p.epoch()),       Cell::Int(p.seq()),          Cell::Bytes(p.hash()),
                          Cell::Text(follower->name), Cell::Int(stream.partition), Cell::Int(follower->written_seq)};
    Rows moved;
    if (error.ok())
      error = session_->Query("UPDATE " + store_.schema() +
                                  ".position SET epoch = $1, seq = $2, hash = $3 WHERE follower = $4 AND partition = "
                                  "$5 AND seq = $6 RETURNING seq",
                              cells, &moved);
    if (!error.ok() || !moved.rows.empty()) continue;
    session_->Rollback();
    return kPositionTaken.With("follower", follower->name);
  }
  if (error.ok()) error = session_->Commit(sets);
  if (!error.ok()) {
    session_->Rollback();
    return kUnavailable.With("detail", error.message);
  }
  for (Follower* follower : followers) follower->written_seq = follower->position.seq();
  return Done{};
}

Status Followers::WritePositions(Stream* stream) {
  if (!stopping() && steady_clock::now() - stream->last_written < kWritePositions) return Done{};
  std::vector<Follower*> moving;
  for (Follower& follower : stream->followers)
    if (follower.position.seq() != follower.written_seq) moving.push_back(&follower);
  if (moving.empty()) return Done{};
  stream->last_written = steady_clock::now();
  return Move(*stream, moving, {});
}

// Commands of one policy's answer to one event.
struct Followers::Answer {
  std::string follower;
  const v1::JournalEvent* event = nullptr;
  Commands commands;
};

// Lets the policies answer, in the order of the journal. Many commands are under way together, but of one policy about
// one entity only those of one event, since what follows must wait if that is parked. The positions move once each has
// an outcome.
Status Followers::React(Stream* stream, const Reading& reading) {
  if (const auto released = Release(stream); !released.ok()) return released;
  std::vector<Answer> answers;
  std::set<std::tuple<const PolicyLine*, std::string, std::string>> about;
  for (const v1::JournalEvent& event : reading.events) {
    for (const Follower& follower : stream->followers) {
      if (follower.policy == nullptr || event.type() != follower.policy->event->full_name()) continue;
      if (event.position().seq() <= follower.position.seq()) continue;
      if (!about.emplace(follower.policy, event.tenant(), event.subject_id()).second) {
        if (const auto carried = Carry(answers, nullptr); !carried.ok()) return carried;
        answers.clear();
        about = {{follower.policy, event.tenant(), event.subject_id()}};
      }
      if (parked_.Blocks(follower.name, event)) {
        if (const auto parked = parked_.Park(follower.name, event, kInternal); !parked.ok()) return parked;
      } else if (auto answer = AnswerOf(follower, event)) {
        answers.push_back(std::move(*answer));
      }
    }
  }
  return Carry(answers, nullptr);
}

std::optional<Followers::Answer> Followers::AnswerOf(const Follower& follower, const v1::JournalEvent& event) const {
  const auto payload = PayloadOf(event);
  if (payload == nullptr) return std::nullopt;
  Cause cause{event.event_id(), event.tenant(), event.actor(), FromTimestamp(event.recorded_at()), {}};
  cause.day = reacting_.zones.DayOf(event.tenant(), cause.at);
  Answer answer{follower.name, &event, follower.policy->when(*payload, cause)};
  if (answer.commands.empty()) return std::nullopt;
  return answer;
}

// Runs the commands of these answers. What nobody can settle but a person is parked; `parked` counts it.
Status Followers::Carry(const std::vector<Answer>& answers, int* parked) {
  std::vector<HouseCommand> commands;
  for (const Answer& answer : answers) {
    const std::string policy = answer.follower.substr(answer.follower.find('/') + 1);
    for (size_t n = 0; n < answer.commands.size(); ++n)
      commands.push_back({&answer.commands[n], answer.event->tenant(), answer.follower,
                          fmt::format("evt/{}/{}/{}", answer.event->event_id(), policy, n), answer.event->trace(),
                          answer.event->hops() + 1});
  }
  if (commands.empty()) return Done{};
  if (const auto copied = CopyAhead(); !copied.ok()) return copied;
  const auto outcomes = RunHouse(reacting_, commands);
  for (const Outcome& outcome : outcomes)
    if (SettledOf(outcome) == Settled::kLater) return *outcome.refusal;
  size_t at = 0;
  for (const Answer& answer : answers) {
    for (size_t n = 0; n < answer.commands.size(); ++n, ++at) {
      if (SettledOf(outcomes[at]) != Settled::kNeeded) continue;
      if (const auto done = parked_.Park(answer.follower, *answer.event, *outcomes[at].refusal); !done.ok())
        return done;
      if (parked != nullptr) ++*parked;
    }
  }
  return Done{};
}

// What somebody has looked at: skipped, or answered again as the policy answers today.
Status Followers::Release(Stream* stream) {
  const auto released = parked_.Released();
  if (!released.ok()) return released.refusal();
  for (const Parked::Release& release : *released) {
    const auto follower = std::find_if(stream->followers.begin(), stream->followers.end(),
                                       [&](const Follower& f) { return f.name == release.follower; });
    if (follower == stream->followers.end() || release.partition != stream->partition) continue;
    if (!release.skip) {
      v1::Position before = After(stream->service, stream->partition);
      before.set_seq(release.seq - 1);
      const auto reading = Read(before, stream->types, true);
      if (!reading.ok()) return reading.refusal();
      if (reading->events.empty() || reading->events[0].position().seq() != release.seq) continue;
      int parked = 0;
      std::vector<Answer> answers;
      if (auto answer = AnswerOf(*follower, reading->events[0])) answers.push_back(std::move(*answer));
      if (const auto carried = Carry(answers, &parked); !carried.ok()) return carried;
      if (parked > 0) continue;
    }
    if (const auto forgotten = parked_.Forget(release); !forgotten.ok()) return forgotten;
  }
  return Done{};
}

}  // namespace songsang::engine
