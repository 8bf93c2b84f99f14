#include "engine/timers.h"

#include <fmt/format.h>

#include "engine/clock.h"
#include "engine/reasons.h"

namespace songsang::engine {
namespace {

using rows::Cell;
using std::chrono::milliseconds;

constexpr int kAtOnce = 200;
constexpr milliseconds kPause{200}, kRetry{1000};

}  // namespace

Result<std::vector<Due>> FindDue(Store& store, const google::protobuf::Descriptor* entity, const std::string& field,
                                 Instant now, int limit, const Due* after) {
  const rows::Table& table = rows::TableOf(entity);
  std::vector<Cell> cells = {Cell::Int(now.micros)};
  std::string behind;
  if (after != nullptr) {
    behind = fmt::format(" AND ({}, tenant, id) > ($2, $3, $4)", field);
    cells.insert(cells.end(), {Cell::Int(after->at.micros), Cell::Text(after->tenant), Cell::Text(after->id)});
  }
  Rows rows;
  const auto error = store.Query(
      fmt::format("SELECT tenant, id, {0}, body FROM {1}.{2} WHERE {0} <= $1{3} ORDER BY {0}, tenant, id LIMIT {4}",
                  field, store.schema(), table.name, behind, limit),
      cells, std::chrono::steady_clock::now() + std::chrono::seconds(5), &rows);
  if (!error.ok()) return kUnavailable.With("detail", error.message);
  std::vector<Due> due;
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  for (const auto& row : rows.rows) {
    Due& one = due.emplace_back();
    one.tenant = std::get<std::string>(row[0]);
    one.id = std::get<std::string>(row[1]);
    one.at = {std::get<int64_t>(row[2])};
    one.entity.reset(factory->GetPrototype(entity)->New());
    one.entity->ParseFromString(std::get<std::string>(row[3]));
  }
  return due;
}

Timers::Timers(const Reacting& reacting)
    : Reaction(&reacting.lease), reacting_(reacting), store_(*reacting.engine.StoreOf(reacting.service.name())) {
  Begin();
}

milliseconds Timers::Round() {
  bool fired = false;
  for (const TimerLine& timer : reacting_.service.timers()) {
    if (stopping()) return milliseconds(0);
    const auto any = Fire(timer);
    if (!any.ok()) {
      Tell(fmt::format("the timer {} of {} waits: {} ", timer.field, reacting_.service.name(),
                       any.refusal().Sentence(false)));
      return kRetry;
    }
    fired = fired || *any;
  }
  Tell("");
  // What fired may have armed itself again: a job steps on.
  return fired ? milliseconds(0) : kPause;
}

Result<bool> Timers::Fire(const TimerLine& timer) {
  const Instant now = Now();
  bool fired = false;
  std::unique_ptr<Due> last;
  std::set<Fired> still;
  const std::set<Fired>& before = standing_[&timer];
  for (;;) {
    auto due = FindDue(store_, timer.entity, timer.field, now, kAtOnce, last.get());
    if (!due.ok()) return due.refusal();
    const bool full = due->size() == kAtOnce;
    std::vector<HouseCommand> commands;
    std::vector<std::unique_ptr<Message>> requests;
    for (const Due& one : *due) {
      still.emplace(one.tenant, one.id, one.at.micros);
      if (before.contains({one.tenant, one.id, one.at.micros})) continue;
      requests.push_back(timer.fire(*one.entity));
      commands.push_back({requests.back().get(), one.tenant, "timer/" + timer.field,
                          fmt::format("tmr/{}/{}/{}", one.id, timer.field, one.at.micros), "", 0});
    }
    const auto outcomes = RunHouse(reacting_, commands);
    // Where one must wait, all of this pass are tried again; what was settled is answered by its id.
    for (const Outcome& outcome : outcomes)
      if (SettledOf(outcome) == Settled::kLater) return *outcome.refusal;
    fired = fired || !commands.empty();
    if (full) {
      last = std::make_unique<Due>(std::move(due->back()));
      continue;
    }
    standing_[&timer] = std::move(still);
    return fired;
  }
}

}  // namespace songsang::engine
