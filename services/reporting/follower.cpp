#include "reporting/follower.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "engine/clock.h"
#include "engine/tables.h"

namespace songsang::reporting {
namespace {

using engine::StoreError;
using rows::Cell;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Position = songsang::v1::Position;

constexpr int kAtOnce = 1000;
// A lane ends within this, whatever happens to it (its statement and idle limits); a journal that cannot be asked
// behind its lock is complete up to that long ago.
constexpr int64_t kLongestLaneMicros = 15'000'000;
// While nothing happens: how often the instant is moved on and written.
constexpr milliseconds kIdleBeat{2000};
// Rounds of questions to idle journals, at the most; where there are many, they are asked less often.
constexpr milliseconds kFewBeats{5}, kManyBeats{50};
constexpr size_t kMany = 8;
constexpr milliseconds kShortestPause{2}, kLongestPause{40}, kRetryPause{500};
// How often one that does not follow looks whether somebody waits, and how far the other has come.
constexpr milliseconds kWatch{20};

const Reason kReplicaAway("REPLICA_STORE_AWAY", Code::kUnavailable, "The replica's store is away: {detail}",
                          "리플리카 저장소에 연결할 수 없습니다: {detail}");

int64_t Clock() { return engine::Now().micros; }

bool IsOfAbsentService(const Refusal& refusal) {
  const std::string_view name = refusal.reason->name;
  return name == "SERVICE_UNKNOWN" || name == "PEER_UNKNOWN";
}

// What reports show of a journal: its entries up to here, since all journals are complete up to when they were recorded.
std::string ShownName(const std::string& service) { return "shown/" + service; }

int64_t InstantOf(const songsang::v1::JournalEvent& event) { return FromTimestamp(event.recorded_at()).micros; }

}  // namespace

Sources SourcesOf(engine::Engine& engine, ReadFunction read) {
  Sources sources;
  sources.services = FollowedServices();
  for (const std::string& service : sources.services) engine.Follows("reporting", service);
  sources.partitions = [&engine](const std::string& service) {
    const auto* store = engine.StoreOf(service);
    // Services of one installation have the same number of partitions.
    if (store == nullptr) store = engine.StoreOf("reporting");
    return store == nullptr ? 1 : store->partitions();
  };
  sources.read = std::move(read);
  const auto sessions = std::make_shared<std::map<std::string, std::unique_ptr<engine::Session>>>();
  sources.beat = [&engine, sessions](const std::string& service, int partition) -> std::optional<Beat> {
    auto* store = engine.StoreOf(service);
    if (store == nullptr) return std::nullopt;
    auto& session = (*sessions)[service];
    if (session == nullptr) session = store->OpenSession();
    engine::Opening opening;
    const auto error = session->BeginLane(partition, {}, {}, &opening);
    session->Rollback();
    if (!error.ok()) return std::nullopt;
    return Beat{opening.last_seq, opening.clock};
  };
  sources.advanced = [&engine](const engine::Mark& mark) { engine.Advanced("reporting", mark); };
  sources.awaited = [&engine] { return engine.Awaited("reporting"); };
  return sources;
}

Replicator::Replicator(engine::Store& store, const Schema& schema, Sources sources)
    : store_(store), schema_(schema), sources_(std::move(sources)) {}

Status Replicator::Begin() {
  journals_.clear();
  untold_.clear();
  session_ = store_.OpenSession();
  for (const auto& service : sources_.services) {
    engine::Rows rows;
    const std::string follower = schema_.follower_prefix() + service;
    const Cell parameters[] = {Cell::Text(follower)};
    const auto error = store_.Query(
        "SELECT partition, epoch, seq, hash, recorded_at FROM " + store_.schema() + ".position WHERE follower = $1",
        parameters, steady_clock::now() + std::chrono::seconds(10), &rows);
    if (!error.ok()) return kReplicaAway.With("detail", error.message);
    for (int partition = 0; partition < sources_.partitions(service); ++partition) {
      Progress& progress = journals_.emplace_back();
      progress.position.set_service(service);
      progress.position.set_partition(partition);
      for (const auto& row : rows.rows) {
        if (std::get<int64_t>(row[0]) != partition) continue;
        progress.position.set_epoch(std::get<int64_t>(row[1]));
        progress.position.set_seq(std::get<int64_t>(row[2]));
        progress.position.set_hash(std::get<std::string>(row[3]));
        progress.written_seq = progress.position.seq();
        progress.complete_up_to.micros = std::get<int64_t>(row[4]);
      }
      // Its last entry was recorded no later than this.
      if (progress.position.seq() > 0)
        untold_.emplace_back(Instant{progress.complete_up_to.micros + 1},
                             engine::Mark{service, partition, progress.position.epoch(), progress.position.seq()});
    }
  }
  return Watch();
}

Status Replicator::Watch() {
  if (!sources_.advanced) return Done{};
  engine::Rows rows;
  const auto error = store_.Query("SELECT follower, partition, epoch, seq FROM " + store_.schema() +
                                      ".position WHERE follower >= 'shown/' AND follower < 'shown0'",
                                  {}, steady_clock::now() + std::chrono::seconds(10), &rows);
  if (!error.ok()) return kReplicaAway.With("detail", error.message);
  for (const auto& row : rows.rows) {
    const std::string& name = std::get<std::string>(row[0]);
    sources_.advanced({name.substr(name.find('/') + 1), static_cast<int32_t>(std::get<int64_t>(row[1])),
                       std::get<int64_t>(row[2]), std::get<int64_t>(row[3])});
  }
  return Done{};
}

bool Replicator::caught_up() const {
  return std::all_of(journals_.begin(), journals_.end(), [](const Progress& p) { return p.caught_up || p.absent; });
}

Instant Replicator::complete_up_to() const {
  Instant least{std::numeric_limits<int64_t>::max()};
  bool any = false;
  for (const auto& journal : journals_) {
    if (journal.absent) continue;
    any = true;
    least = std::min(least, journal.complete_up_to);
  }
  return any ? least : Instant{0};
}

std::vector<Position> Replicator::positions() const {
  std::vector<Position> positions;
  for (const auto& journal : journals_) positions.push_back(journal.position);
  return positions;
}

Result<int> Replicator::Step(int limit, const std::vector<Position>* until) {
  Batch batch(schema_);
  for (size_t i = 0; i < journals_.size(); ++i) {
    Progress& journal = journals_[(first_ + i) % journals_.size()];
    const int room = limit - static_cast<int>(batch.events());
    if (room <= 0) {
      journal.caught_up = false;
      continue;
    }
    if (const auto read = ReadOne(&journal, room, until, &batch); !read.ok()) return read.refusal();
  }
  first_ = journals_.empty() ? 0 : (first_ + 1) % journals_.size();
  const int applied = static_cast<int>(batch.events());
  const Instant before = complete_up_to();
  TakeBeats();
  const bool moved = complete_up_to() > before;
  const bool due = steady_clock::now() - last_written_ >= kIdleBeat;
  // An instant that moved on alone is written now and then, or where something waits for it to be told.
  if (applied > 0 || (moved && (due || !untold_.empty()))) {
    if (const auto committed = Commit(&batch); !committed.ok()) {
      session_->Rollback();
      return committed.refusal();
    }
    last_written_ = steady_clock::now();
    LearnStatistics(applied);
  }
  Tell();
  return applied;
}

Status Replicator::ReadOne(Progress* progress, int limit, const std::vector<Position>* until, Batch* batch) {
  const int64_t asked_at = Clock();
  auto events = sources_.read(progress->position, limit, milliseconds(0));
  if (!events.ok()) {
    progress->absent = progress->position.seq() == 0 && IsOfAbsentService(events.refusal());
    if (progress->absent) return Done{};
    return events.refusal();
  }
  progress->absent = false;
  progress->caught_up = static_cast<int>(events->size()) < limit;
  if (events->empty() && !sources_.beat)
    progress->complete_up_to = std::max(progress->complete_up_to, Instant{asked_at - kLongestLaneMicros});
  int64_t last = 0;
  for (auto& event : *events) {
    if (until != nullptr) {
      const bool beyond = std::none_of(until->begin(), until->end(), [&](const Position& p) {
        return p.service() == progress->position.service() && p.partition() == progress->position.partition() &&
               event.position().seq() <= p.seq();
      });
      if (beyond) break;
    }
    if (!progress->position.hash().empty() && event.previous_hash() != progress->position.hash())
      return kReplicaForked.With("service", progress->position.service())
          .With("partition", std::to_string(progress->position.partition()))
          .With("seq", std::to_string(progress->position.seq()));
    progress->position = event.position();
    progress->position.set_service(event.position().service());
    last = InstantOf(event);
    if (const auto added = batch->Add(std::move(event)); !added.ok()) return added.refusal();
  }
  if (last == 0) return Done{};
  // Where the reading was cut off, further entries may bear the same instant.
  progress->complete_up_to = std::max(progress->complete_up_to, Instant{progress->caught_up ? last : last - 1});
  const auto& p = progress->position;
  untold_.emplace_back(Instant{last}, engine::Mark{p.service(), p.partition(), p.epoch(), p.seq()});
  return Done{};
}

// Journals in which nothing happens are asked for an instant, since a report shows what all of them can tell.
void Replicator::TakeBeats() {
  const auto now = steady_clock::now();
  const bool wanted = !untold_.empty() || now - last_written_ >= kIdleBeat;
  if (!wanted || now - last_beat_ < (journals_.size() > kMany ? kManyBeats : kFewBeats)) return;
  Instant newest{0};
  for (const auto& [instant, mark] : untold_) newest = std::max(newest, instant);
  bool asked = false;
  for (auto& journal : journals_) {
    if (journal.absent || !journal.caught_up) continue;
    const bool idle_beat = now - last_written_ >= kIdleBeat;
    if (journal.complete_up_to >= newest && !idle_beat) continue;
    asked = true;
    const auto beat =
        sources_.beat ? sources_.beat(journal.position.service(), journal.position.partition()) : std::nullopt;
    if (!beat) {
      if (sources_.beat)
        journal.complete_up_to = std::max(journal.complete_up_to, Instant{Clock() - kLongestLaneMicros});
      continue;
    }
    // The next entry is recorded behind the same lock, so not before this clock.
    if (beat->last_seq == journal.position.seq())
      journal.complete_up_to = std::max(journal.complete_up_to, Instant{beat->clock.micros - 1});
  }
  if (asked) last_beat_ = now;
}

Status Replicator::Commit(Batch* batch) {
  if (const auto fence = Fence(); !fence.ok()) return fence.refusal();
  StoreError error = batch->Write(*session_);
  if (error.ok()) error = WritePositions();
  if (!error.ok()) return kReplicaAway.With("detail", error.message);
  for (auto& journal : journals_) journal.written_seq = journal.position.seq();
  return Done{};
}

Status Replicator::Fence() {
  std::vector<Position> written;
  for (const auto& journal : journals_) {
    written.push_back(journal.position);
    written.back().set_seq(journal.written_seq);
  }
  return LockReplica(*session_, schema_, written, &journals_);
}

Status LockReplica(engine::Session& session, const Schema& schema, const std::vector<Position>& written,
                   std::vector<Progress>* journals) {
  // The head row of the reporting service's own journal is the lock.
  engine::Opening opening;
  if (const auto error = session.BeginLane(0, {}, {}, &opening); !error.ok())
    return kReplicaAway.With("detail", error.message);
  engine::Rows rows;
  const auto error = session.Query("SELECT follower, partition, seq, recorded_at FROM position", {}, &rows);
  if (!error.ok()) return kReplicaAway.With("detail", error.message);
  for (size_t i = 0; i < written.size(); ++i) {
    const std::string follower = schema.follower_prefix() + written[i].service();
    int64_t seq = 0, complete = 0;
    for (const auto& row : rows.rows) {
      if (std::get<std::string>(row[0]) != follower || std::get<int64_t>(row[1]) != written[i].partition()) continue;
      seq = std::get<int64_t>(row[2]);
      complete = std::get<int64_t>(row[3]);
    }
    if (seq != written[i].seq()) return kReplicaTaken;
    if (journals != nullptr) (*journals)[i].complete_up_to = std::max((*journals)[i].complete_up_to, Instant{complete});
  }
  return Done{};
}

StoreError Replicator::WritePositions() {
  std::vector<rows::RowSet> sets(1);
  rows::RowSet& set = sets.front();
  set.table = &engine::PositionTable();
  for (const auto& journal : journals_) {
    if (journal.absent) continue;
    const auto& p = journal.position;
    for (const Cell& cell :
         {Cell::Text(set.Own(schema_.follower_prefix() + p.service())), Cell::Int(p.partition()), Cell::Int(p.epoch()),
          Cell::Int(p.seq()), Cell::Bytes(p.hash()), Cell::Int(journal.complete_up_to.micros)})
      set.cells.push_back(cell);
  }
  AppendShown(&set);
  return session_->Commit(sets);
}

// What is told after this commit other processes read in it.
void Replicator::AppendShown(rows::RowSet* set) const {
  if (!sources_.advanced) return;
  const Instant complete = complete_up_to();
  std::map<std::pair<std::string, int32_t>, std::pair<int64_t, int64_t>> shown;
  for (const auto& [instant, mark] : untold_) {
    if (instant > complete) continue;
    auto& newest = shown[{mark.service, mark.partition}];
    newest = std::max(newest, {mark.epoch, mark.seq});
  }
  for (const auto& [journal, place] : shown)
    for (const Cell& cell :
         {Cell::Text(set->Own(ShownName(journal.first))), Cell::Int(journal.second), Cell::Int(place.first),
          Cell::Int(place.second), Cell::Bytes(""), Cell::Int(complete.micros)})
      set->cells.push_back(cell);
}

// PostgreSQL plans joins of a table that has just grown from nothing as if it were still empty, until it is analysed
// of its own accord a minute later: the first report after a large import should not wait for that.
void Replicator::LearnStatistics(int applied) {
  since_statistics_ += applied;
  if (since_statistics_ < next_statistics_ || std::string_view(store_.kind()) != "postgres") return;
  next_statistics_ = std::max(next_statistics_, since_statistics_) * 2;
  since_statistics_ = 0;
  if (!session_->Begin().ok()) return session_->Rollback();
  for (const auto* table : schema_.tables())
    if (!session_->Execute("ANALYZE " + store_.schema() + "." + table->name, {}).ok()) return session_->Rollback();
  if (!session_->Commit({}).ok()) session_->Rollback();
}

void Replicator::Tell() {
  const Instant complete = complete_up_to();
  std::erase_if(untold_, [&](const auto& entry) {
    if (entry.first > complete) return false;
    if (sources_.advanced) sources_.advanced(entry.second);
    return true;
  });
}

Follower::Follower(engine::Store& store, Sources sources)
    : Reaction(sources.lease), awaited_(sources.awaited), replicator_(store, Schema::Current(), std::move(sources)) {
  Reaction::Begin();
}

bool Follower::Taken() {
  pause_ = kShortestPause;
  const auto begun = replicator_.Begin();
  Tell(begun.ok() ? "" : begun.refusal().Sentence(false));
  return begun.ok();
}

milliseconds Follower::Standby() {
  if (!awaited_ || !awaited_()) return kWatch;
  if (const auto watched = replicator_.Watch(); !watched.ok()) Tell(watched.refusal().Sentence(false));
  return kWatch;
}

milliseconds Follower::Round() {
  const auto step = replicator_.Step(kAtOnce);
  if (!step.ok()) {
    const Refusal& refusal = step.refusal();
    // The positions in memory may be ahead of what was stored.
    Forget();
    if (refusal.reason == &kReplicaTaken) return kShortestPause;
    const bool passing = refusal.reason->code == Code::kUnavailable || refusal.reason->code == Code::kDeadlineExceeded;
    passing ? Tell(refusal.Sentence(false)) : GiveUp(refusal.Sentence(false));
    return kRetryPause;
  }
  applied_ += *step;
  Tell("");
  pause_ = *step > 0 ? kShortestPause : std::min(pause_ * 2, kLongestPause);
  return *step >= kAtOnce ? milliseconds(0) : pause_;
}

}  // namespace songsang::reporting
