// Keeps the replica up with the journals: one thread over all services and partitions, effect and position in one
// transaction. A journal that is not the one read before stops it, loudly. Of several processes that host reporting on
// one store, one follows; all answer.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/dates.h"
#include "core/result.h"
#include "engine/engine.h"
#include "engine/reaction.h"
#include "engine/store.h"
#include "reporting/replica.h"

namespace songsang::reporting {

inline const Reason kReplicaForked("REPLICA_FORKED", Code::kInternal,
                                   "The journal of {service}, partition {partition}, is not the one that the replica "
                                   "was made of: entry {seq} differs. "
                                   "Run `songsang rebuild` once the journal is as it should be.",
                                   "{service} 저널의 파티션 {partition}이(가) 리플리카를 만든 저널과 "
                                   "다릅니다({seq}번). 저널을 바로잡은 뒤 `songsang rebuild`를 "
                                   "실행하세요.");

inline const Reason kReplicaTaken("REPLICA_TAKEN", Code::kAborted,
                                  "Another process has moved the replica on; this one reads on from there.",
                                  "다른 프로세스가 리플리카를 갱신했습니다. 그 지점부터 이어서 읽습니다.");

// Reads a journal on, wherever its service runs: Engine::ReadJournal, or EventService/ReadEvents of another process.
using ReadFunction = std::function<Result<std::vector<songsang::v1::JournalEvent>>(
    const songsang::v1::Position& after, int limit, std::chrono::milliseconds wait)>;

// What a journal says when asked behind its lock: its last entry, and an instant before which none will follow.
struct Beat {
  int64_t last_seq = 0;
  Instant clock;
};
// Nothing where it cannot be asked: then an idle journal counts as complete up to some seconds ago.
using BeatFunction = std::function<std::optional<Beat>(const std::string& service, int partition)>;

struct Sources {
  std::vector<std::string> services;
  // Partitions of a service's journal.
  std::function<int(const std::string& service)> partitions;
  ReadFunction read;
  BeatFunction beat;  // may be empty
  // Waits for news of the journals, at most so long. May be empty: then they are asked again and again.
  std::function<void(std::chrono::milliseconds)> await;
  // Told once what was recorded up to a mark is visible in reports. May be empty.
  std::function<void(const engine::Mark&)> advanced;
  // Whether somebody waits for that.
  std::function<bool()> awaited;
  // Of the reporting service, where several processes host it. May be null: then this one follows.
  const engine::Lease* lease = nullptr;
};

// The journals of an engine's own services, read directly, and those of other processes through `read`.
Sources SourcesOf(engine::Engine& engine, ReadFunction read);

// How far one journal has been followed.
struct Progress {
  songsang::v1::Position position;
  // Where the store's position stands, as far as this process has written or read it.
  int64_t written_seq = 0;
  // Nothing that is recorded up to here is missing.
  Instant complete_up_to;
  bool caught_up = false;  // the last reading found nothing more
  bool absent = false;     // the service is not installed
};

// Locks the replica within a new transaction of the session, and makes sure that its positions are those of `written`
// (service, partition, seq): several processes may host reporting, and each entry is applied once. An instant that
// another process has written is taken over into `journals`, where given.
Status LockReplica(engine::Session& session, const Schema& schema, const std::vector<songsang::v1::Position>& written,
                   std::vector<Progress>* journals = nullptr);

// One generation of the replica, moved on step by step. Used by one thread.
class Replicator {
 public:
  Replicator(engine::Store& store, const Schema& schema, Sources sources);

  // Reads the positions. Refused if the store is away.
  Status Begin();
  // Tells what another process has made visible.
  Status Watch();
  // Reads every journal once and applies what it finds, up to `limit` events; how many it applied.
  // With `until`, nothing beyond these positions.
  Result<int> Step(int limit, const std::vector<songsang::v1::Position>* until = nullptr);

  // Until there may be more.
  void Await(std::chrono::milliseconds wait) const;
  bool caught_up() const;
  Instant complete_up_to() const;
  std::vector<songsang::v1::Position> positions() const;

 private:
  Status ReadOne(Progress* progress, int limit, const std::vector<songsang::v1::Position>* until, Batch* batch);
  void TakeBeats();
  Status Commit(Batch* batch);
  Status Fence();
  engine::StoreError WritePositions();
  void AppendShown(rows::RowSet* set) const;
  void LearnStatistics(int applied);
  void Tell();

  engine::Store& store_;
  const Schema& schema_;
  const Sources sources_;
  std::unique_ptr<engine::Session> session_;
  std::vector<Progress> journals_;
  size_t first_ = 0;  // where the next step begins, so that none starves
  std::chrono::steady_clock::time_point last_beat_{}, last_written_{};
  int64_t since_statistics_ = 0, next_statistics_ = 1000;
  // Applied, but not yet complete: what is recorded at the instant may lack entries of other journals.
  std::vector<std::pair<Instant, engine::Mark>> untold_;
};

// The thread.
class Follower : public engine::Reaction {
 public:
  Follower(engine::Store& store, Sources sources);
  ~Follower() override { Stop(); }

  int64_t applied() const { return applied_; }

 private:
  std::chrono::milliseconds Round() override;
  bool Taken() override;
  std::chrono::milliseconds Standby() override;

  const std::function<bool()> awaited_;
  Replicator replicator_;
  std::chrono::milliseconds pause_{0};
  std::atomic<int64_t> applied_{0};
};

}  // namespace songsang::reporting
