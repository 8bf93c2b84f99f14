#include "engine/parked.h"

#include <span>

#include "engine/clock.h"
#include "engine/reasons.h"
#include "engine/tables.h"

namespace songsang::engine {
namespace {

using rows::Cell;

const Reason kParkedBehind{"PARKED_BEHIND", Code::kFailedPrecondition,
                           "An earlier event about the same entity is parked; this one waits behind it.",
                           "같은 대상에 대한 앞선 이벤트가 보류되어 이 이벤트도 대기합니다."};

std::chrono::steady_clock::time_point Soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(5); }

// One statement in a transaction of its own, and the rows that it answers.
Result<Rows> RunAlone(Store& store, const std::string& sql, std::span<const Cell> parameters) {
  const auto session = store.OpenSession();
  Rows rows;
  StoreError error = session->Begin();
  if (error.ok()) error = session->Query(sql, parameters, &rows);
  if (error.ok()) error = session->Commit({});
  if (error.ok()) return rows;
  session->Rollback();
  return kUnavailable.With("detail", error.message);
}

}  // namespace

Result<v1::ListParkedResponse> ListParked(Store& store) {
  Rows rows;
  const auto error =
      store.Query("SELECT follower, partition, seq, tenant, event_id, subject_id, reason, detail, parked_at FROM " +
                      store.schema() + ".parked ORDER BY follower, partition, seq LIMIT 1000",
                  {}, Soon(), &rows);
  if (!error.ok()) return kUnavailable.With("detail", error.message);
  v1::ListParkedResponse response;
  for (const auto& row : rows.rows) {
    auto& parked = *response.add_parked();
    parked.set_follower(std::get<std::string>(row[0]));
    parked.set_partition(static_cast<int32_t>(std::get<int64_t>(row[1])));
    parked.set_seq(std::get<int64_t>(row[2]));
    parked.set_tenant(std::get<std::string>(row[3]));
    parked.set_event_id(std::get<std::string>(row[4]));
    parked.set_subject_id(std::get<std::string>(row[5]));
    parked.set_reason(std::get<std::string>(row[6]));
    parked.set_detail(std::get<std::string>(row[7]));
    *parked.mutable_parked_at() = ToTimestamp({std::get<int64_t>(row[8])});
  }
  return response;
}

Status ReleaseParked(Store& store, const v1::ReleaseParkedRequest& request) {
  const bool skip = request.action() == v1::ReleaseParkedRequest::ACTION_SKIP;
  const Cell cells[] = {Cell::Text(skip ? "skip" : "retry"), Cell::Text(request.follower()),
                        Cell::Int(request.partition()), Cell::Int(request.seq())};
  const auto released = RunAlone(store,
                                 "UPDATE " + store.schema() +
                                     ".parked SET release = $1 WHERE follower = $2 AND partition = $3 AND seq = $4 "
                                     "RETURNING seq",
                                 cells);
  if (!released.ok()) return released.refusal();
  if (!released->rows.empty()) return Done{};
  return kNotFound.With("kind", "parked event").With("id", request.follower() + "/" + std::to_string(request.seq()));
}

Status Parked::Load() {
  places_.clear();
  Rows rows;
  const auto error = store_.Query(
      "SELECT follower, partition, seq, tenant, subject_id FROM " + store_.schema() + ".parked", {}, Soon(), &rows);
  if (!error.ok()) return kUnavailable.With("detail", error.message);
  for (const auto& row : rows.rows)
    places_[std::get<std::string>(row[0])]
           [{static_cast<int32_t>(std::get<int64_t>(row[1])), std::get<int64_t>(row[2])}] = {
               std::get<std::string>(row[3]), std::get<std::string>(row[4])};
  return Done{};
}

bool Parked::Blocks(const std::string& follower, const v1::JournalEvent& event) const {
  const auto found = places_.find(follower);
  if (found == places_.end()) return false;
  for (const auto& [place, subject] : found->second)
    if (subject == Subject{event.tenant(), event.subject_id()}) return true;
  return false;
}

Status Parked::Park(const std::string& follower, const v1::JournalEvent& event, const Refusal& why) {
  const bool behind = Blocks(follower, event);
  const Refusal refusal = behind ? Refusal(kParkedBehind) : why;
  const std::string sentence = refusal.Sentence(false);
  const auto& position = event.position();
  const Cell cells[] = {Cell::Text(follower),
                        Cell::Int(position.partition()),
                        Cell::Int(position.seq()),
                        Cell::Text(event.tenant()),
                        Cell::Text(event.subject_id()),
                        Cell::Text(event.event_id()),
                        Cell::Text(refusal.reason->name),
                        Cell::Text(sentence),
                        Cell::Int(Now().micros)};
  const auto written =
      RunAlone(store_,
               "INSERT INTO " + store_.schema() +
                   ".parked (follower, partition, seq, tenant, subject_id, event_id, reason, detail, parked_at) VALUES "
                   "($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (follower, partition, seq) DO UPDATE SET reason = "
                   "excluded.reason, detail = excluded.detail, release = NULL RETURNING seq",
               cells);
  if (!written.ok()) return written.refusal();
  places_[follower][{position.partition(), position.seq()}] = {event.tenant(), event.subject_id()};
  return Done{};
}

Result<std::vector<Parked::Release>> Parked::Released() const {
  std::vector<Release> released;
  if (places_.empty()) return released;
  Rows rows;
  const auto error = store_.Query("SELECT follower, partition, seq, release FROM " + store_.schema() +
                                      ".parked WHERE release IS NOT NULL ORDER BY follower, partition, seq",
                                  {}, Soon(), &rows);
  if (!error.ok()) return kUnavailable.With("detail", error.message);
  for (const auto& row : rows.rows)
    released.push_back({std::get<std::string>(row[0]), static_cast<int32_t>(std::get<int64_t>(row[1])),
                        std::get<int64_t>(row[2]), std::get<std::string>(row[3]) == "skip"});
  return released;
}

Status Parked::Forget(const Release& release) {
  auto& places = places_[release.follower];
  const auto place = places.find({release.partition, release.seq});
  if (place == places.end()) return Done{};
  const Subject subject = place->second;
  const Cell cells[] = {Cell::Text(release.follower), Cell::Int(release.partition), Cell::Int(release.seq)};
  const auto gone = RunAlone(
      store_,
      "DELETE FROM " + store_.schema() + ".parked WHERE follower = $1 AND partition = $2 AND seq = $3 RETURNING seq",
      cells);
  if (!gone.ok()) return gone.refusal();
  places.erase(place);
  for (const auto& [next, about] : places) {
    if (about != subject) continue;
    const Cell behind[] = {Cell::Text(release.follower), Cell::Int(next.first), Cell::Int(next.second)};
    const auto released = RunAlone(store_,
                                   "UPDATE " + store_.schema() +
                                       ".parked SET release = 'retry' WHERE follower = $1 AND partition = $2 AND seq = "
                                       "$3 RETURNING seq",
                                   behind);
    if (!released.ok()) return released.refusal();
    return Done{};
  }
  if (places.empty()) places_.erase(release.follower);
  return Done{};
}

}  // namespace songsang::engine
