#include "engine/lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "engine/lane_running.h"
#include "engine/lane_tx.h"
#include "engine/reasons.h"
#include "engine/settled.h"
#include "engine/tables.h"

namespace songsang::engine {
namespace {

// A batch closes at whichever comes first.
constexpr size_t kMostCommands = 512;
constexpr size_t kMostBytes = 1024 * 1024;
constexpr size_t kMostLookups = 2'000;
// A batch that takes longer to decide is committed as far as it is: the partition's lock is held, and the store ends a
// transaction that says nothing for 2 s.
constexpr std::chrono::milliseconds kMostDeciding{300};
constexpr int kMostRetries = 5;
// What one read leads to, and that to the next: an order, its client, the client's group, …
constexpr int kMostRounds = 8;

bool IsHouse(const Pending& pending) { return !pending.call->house_id.empty(); }

}  // namespace

Lane::Lane(std::string service, std::shared_ptr<Store> store, int partition, const Invariants& invariants,
           const std::map<std::string, const Reason*>& refusals, int32_t level, const Zones& zones, size_t capacity,
           Hooks hooks)
    : service_(std::move(service)),
      store_(std::move(store)),
      partition_(partition),
      invariants_(invariants),
      refusals_(refusals),
      level_(level),
      zones_(zones),
      capacity_(capacity),
      hooks_(std::move(hooks)),
      thread_([this] { Run(); }) {}

Lane::~Lane() { Drain(std::chrono::steady_clock::now()); }

bool Lane::Submit(std::unique_ptr<Pending>* pending) {
  std::lock_guard lock(mutex_);
  if (stopping_ || waiting_ >= capacity_) return false;
  auto& flow = flows_[(*pending)->flow];
  if (flow.empty()) turns_.push_back((*pending)->flow);
  flow.push_back(std::move(*pending));
  ++waiting_;
  if (idle_) wake_.notify_one();
  return true;
}

void Lane::Drain(std::chrono::steady_clock::time_point deadline) {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    drain_until_ = deadline;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

// Takes one command of each flow in turn, so that a flood of one caller does not hold up another.
Lane::Batch Lane::Take() {
  std::unique_lock lock(mutex_);
  idle_ = true;
  wake_.wait(lock, [this] { return waiting_ > 0 || stopping_; });
  idle_ = false;
  Batch batch;
  size_t bytes = 0, lookups = 0;
  while (!turns_.empty() && batch.size() < kMostCommands && bytes < kMostBytes && lookups < kMostLookups) {
    const uint64_t flow = turns_.front();
    turns_.pop_front();
    auto& queue = flows_[flow];
    bytes += queue.front()->bytes;
    lookups += queue.front()->lookups.size();
    batch.push_back(std::move(queue.front()));
    queue.pop_front();
    --waiting_;
    if (queue.empty()) {
      flows_.erase(flow);
    } else {
      turns_.push_back(flow);
    }
  }
  return batch;
}

void Lane::Run() {
  for (;;) {
    Batch batch = Take();
    if (batch.empty()) return;  // stopping, and nothing waits
    const auto now = std::chrono::steady_clock::now();
    const bool too_late = stopping_ && now > drain_until_;
    Batch undecided, decided;
    for (auto& pending : batch) {
      const bool gone = pending->call->cancelled && pending->call->cancelled();
      if (too_late)
        pending->outcome = Refused(kStopping);
      else if (gone)
        pending->outcome = Refused(kCancelled);
      else if (now > pending->call->deadline)
        pending->outcome = Refused(kDeadlineExceeded);
      (pending->outcome.refusal ? decided : undecided).push_back(std::move(pending));
    }
    if (!decided.empty()) hooks_.deliver(std::move(decided));
    if (undecided.empty()) continue;
    while (!undecided.empty()) {
      const auto settled = undecided.begin() + static_cast<std::ptrdiff_t>(Process(&undecided));
      Batch done(std::make_move_iterator(undecided.begin()), std::make_move_iterator(settled));
      undecided.erase(undecided.begin(), settled);
      hooks_.deliver(std::move(done));
    }
  }
}

// How many of the batch, from its beginning, have their outcome.
size_t Lane::Process(Batch* batch) {
  StoreError error;
  for (int attempt = 0; attempt < kMostRetries; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(std::chrono::milliseconds(5 * attempt + std::rand() % 10));
    if (!session_) session_ = store_->OpenSession();
    Running run;
    run.batch = batch;
    for (auto& pending : *batch) pending->outcome = {};
    error = Open(&run);
    if (error.ok()) error = Settle(&run);
    if (error.ok()) {
      for (size_t i = 0; i < run.cut; ++i)
        if (auto& marks = (*batch)[i]->outcome.marks; marks.empty()) marks.push_back(MarkOf(run, run.kept_seq));
      if (run.kept_seq != run.opening.last_seq) hooks_.committed(partition_, run.opening.epoch, run.kept_seq);
      return run.cut;
    }
    session_->Rollback();
    if (error.kind == StoreError::Kind::kAway) session_.reset();
    if (error.kind != StoreError::Kind::kAgain) break;
  }
  for (auto& pending : *batch) pending->outcome = Refused(kUnavailable.With("detail", error.message));
  return batch->size();
}

StoreError Lane::Open(Running* run) {
  std::vector<RequestKey> keys;
  std::vector<Lookup> lookups;
  std::unordered_set<std::string> named;
  for (const auto& pending : *run->batch) {
    pending->place = keys.size();
    keys.push_back(pending->key);
    for (const Lookup& lookup : pending->lookups)
      if (named.insert(LookupKey(lookup)).second) lookups.push_back(lookup);
  }
  StoreError error = session_->BeginLane(partition_, keys, lookups, &run->opening);
  if (!error.ok()) return error;
  // A newer release has finalized its schema: what this program would write, it would write without its new fields.
  if (run->opening.schema_level > level_)
    return {StoreError::Kind::kAway, "",
            fmt::format("the store is at schema level {}, this program knows {}", run->opening.schema_level, level_)};
  for (size_t i = 0; i < lookups.size(); ++i) run->overlay.Load(lookups[i], run->opening.bodies.at(i));
  // No two batches share an instant, even where the clock steps back: what was known on it never grows.
  run->now = std::max(run->opening.clock, Instant{run->opening.last_recorded_at.micros + 1});
  run->seq = run->kept_seq = run->opening.last_seq;
  run->hash = run->kept_hash = run->opening.last_hash;
  return ReadAhead(run);
}

// Reads what the commands will read beside what they named, a flight for each round of the whole batch.
StoreError Lane::ReadAhead(Running* run) {
  std::vector<Pending*> reading;
  for (const auto& pending : *run->batch)
    if (pending->method->read && !run->opening.requests.at(pending->place).found) reading.push_back(pending.get());
  for (int round = 0; round < kMostRounds && !reading.empty(); ++round) {
    std::vector<Lookup> lacking;
    const auto is_done = [&](Pending* pending) {
      Context context;
      if (!ContextOf(*run, *pending, &context).ok()) return true;
      const size_t before = lacking.size();
      LaneTx tx(this, run, *pending, std::move(context), &lacking);
      pending->method->read(tx, *pending->call->request, tx.context());
      return lacking.size() == before;
    };
    reading.erase(std::remove_if(reading.begin(), reading.end(), is_done), reading.end());
    if (lacking.empty()) return {};
    std::vector<Lookup> lookups;
    std::unordered_set<std::string> named;
    for (Lookup& lookup : lacking)
      if (named.insert(LookupKey(lookup)).second) lookups.push_back(std::move(lookup));
    std::vector<Bodies> bodies;
    const StoreError error = session_->Read(lookups, &bodies);
    if (!error.ok()) return error;
    for (size_t i = 0; i < lookups.size(); ++i) run->overlay.Load(lookups[i], bodies.at(i));
  }
  return {};
}

Status Lane::ContextOf(const Running& run, const Pending& pending, Context* context) const {
  context->caller = pending.call->caller;
  context->seed = pending.seed;
  return SetTimes(*pending.method, *pending.call->request, run.now, zones_, context);
}

// Decides everything and commits it in one flight; where the data of one command is at fault, halves until it stands
// alone, the lock kept.
StoreError Lane::Settle(Running* run) {
  StoreError error = DecideRange(run, 0, run->batch->size(), &run->cut);
  if (!error.ok()) return error;
  if (run->written.empty()) {
    session_->Rollback();
    return {};
  }
  error = session_->Commit(RowsOf(*run));
  if (error.ok()) {
    run->kept_seq = run->seq;
    return error;
  }
  if (error.kind != StoreError::Kind::kPoison) return error;
  error = session_->Undo();
  if (error.ok()) error = Halve(run, 0, run->cut);
  return error.ok() ? session_->Commit({}) : error;
}

// With `cut`, as far as time allows; it is then set to where deciding ended.
StoreError Lane::DecideRange(Running* run, size_t from, size_t to, size_t* cut) {
  run->Revert();
  const auto until = std::chrono::steady_clock::now() + kMostDeciding;
  for (size_t i = from; i < to; ++i) {
    Decide(run, (*run->batch)[i].get());
    if (!run->error.ok()) return run->error;
    if (cut == nullptr) continue;
    *cut = i + 1;
    if (std::chrono::steady_clock::now() > until) break;
  }
  return {};
}

StoreError Lane::Halve(Running* run, size_t from, size_t to) {
  StoreError error = DecideRange(run, from, to);
  if (!error.ok() || run->written.empty()) return error;
  error = session_->Write(RowsOf(*run));
  if (error.ok()) {
    run->Keep();
    return session_->Keep();
  }
  if (error.kind != StoreError::Kind::kPoison) return error;
  const StoreError poison = error;
  run->Revert();
  error = session_->Undo();
  if (!error.ok()) return error;
  if (to - from > 1) {
    const size_t middle = from + (to - from) / 2;
    error = Halve(run, from, middle);
    return error.ok() ? Halve(run, middle, to) : error;
  }
  Pending& culprit = *(*run->batch)[from];
  culprit.outcome = Refused(RefusalOf(poison));
  if (!IsHouse(culprit) || !IsFinal(*culprit.outcome.refusal)) return {};
  AppendSettled(run, &culprit, &*culprit.outcome.refusal);
  error = session_->Write(RowsOf(*run));
  if (error.ok()) {
    run->Keep();
    error = session_->Keep();
  }
  return error;
}

Refusal Lane::RefusalOf(const StoreError& poison) const {
  const auto reason = refusals_.find(poison.constraint);
  if (reason != refusals_.end()) return *reason->second;
  if (!poison.constraint.empty()) return kDuplicateValue.With("constraint", poison.constraint);
  return kInternal.With("detail", poison.message);
}

bool Lane::Replay(Running* run, Pending* pending) {
  const auto answer = [&](std::string_view hash, Outcome first) {
    if (!hash.empty() && hash != AsBytes(pending->body_hash) && !IsHouse(*pending)) {
      pending->outcome = Refused(kRequestIdReused.With("request_id", pending->key.request_id));
    } else {
      pending->outcome = std::move(first);
      pending->outcome.replayed = true;
    }
    return true;
  };
  const RequestFound& found = run->opening.requests.at(pending->place);
  if (found.found)
    return answer(found.body_hash, FirstOutcome(found.type, std::make_shared<const std::string>(found.payload),
                                                Mark{service_, found.partition, found.epoch, found.seq}));
  const std::string key = KeyText(pending->key);
  const auto here = run->by_key.find(key);
  if (here != run->by_key.end())
    return answer(AsBytes(here->second->pending->body_hash),
                  FirstOutcome(here->second->entry.type, here->second->payload, MarkOf(*run, here->second->entry.seq)));
  const auto kept = run->kept_by_key.find(key);
  if (kept != run->kept_by_key.end()) return answer(AsBytes(kept->second.first), kept->second.second);
  return false;
}

Status Lane::CheckReferences(Running*, Pending* pending, LaneTx* tx) {
  const Message& request = *pending->call->request;
  const CommandPlan& plan = pending->method->plan;
  const auto* reflection = request.GetReflection();
  for (const auto& reference : plan.references) {
    const std::string& id = reflection->GetStringReference(request, reference.field, nullptr);
    if (!id.empty() && tx->GetEntity(reference.entity, id) == nullptr)
      return detail::NotFound(reference.entity, reference.field->name(), id);
  }
  if (plan.expected_version && plan.resource_reference && reflection->HasField(request, plan.expected_version)) {
    const int64_t expected = reflection->GetInt64(request, plan.expected_version);
    const std::string id = reflection->GetString(request, plan.resource_reference);
    const Message* entity = id.empty() ? nullptr : tx->GetEntity(plan.resource, id);
    const int64_t version =
        entity ? entity->GetReflection()->GetInt64(*entity, plan.resource->FindFieldByName("version")) : 0;
    if (entity && version != expected)
      return kStaleVersion.With("kind", KindOf(plan.resource))
          .With("id", id)
          .With("version", std::to_string(version))
          .With("expected", std::to_string(expected));
  }
  if (plan.external_ref && plan.resource && reflection->HasField(request, plan.external_ref)) {
    const auto& ref = static_cast<const common::v1::ExternalRef&>(reflection->GetMessage(request, plan.external_ref));
    const std::string kind = KindOf(plan.resource);
    const std::string id = ReferenceId(pending->key.tenant, kind, ref);
    const bool is_change =
        plan.resource_reference && !reflection->GetStringReference(request, plan.resource_reference, nullptr).empty();
    if (!is_change && tx->GetEntity(plan.resource, id)) return kExternalRefTaken.With("kind", kind).With("id", id);
  }
  return Done{};
}

void Lane::Decide(Running* run, Pending* pending) {
  if (Replay(run, pending)) return;
  const size_t mark = run->overlay.Mark();
  auto recorded = Attempt(run, pending);
  if (!run->error.ok()) return;
  if (!recorded.ok()) {
    pending->outcome = Refused(recorded.refusal());
    if (IsHouse(*pending) && IsFinal(recorded.refusal())) AppendSettled(run, pending, &recorded.refusal());
    return;
  }
  pending->outcome = {};
  pending->outcome.reply = recorded->payload;
  if (pending->call->validate_only)
    run->overlay.RevertTo(mark);
  else if (recorded->changed)
    Append(run, pending, std::move(*recorded), run->now);
  else if (IsHouse(*pending))
    AppendSettled(run, pending, nullptr);
}

// What the command would record, or why it is refused.
Result<Recorded> Lane::Attempt(Running* run, Pending* pending) {
  Context context;
  const Status times = ContextOf(*run, *pending, &context);
  if (!times.ok()) return times.refusal();
  LaneTx tx(this, run, *pending, std::move(context));
  const Status references = CheckReferences(run, pending, &tx);
  if (!references.ok()) return references.refusal();
  Reply event = pending->method->decide(tx, *pending->call->request, tx.context());
  if (!tx.wrong().empty()) return kInternal.With("detail", tx.wrong());
  if (!event.ok()) return event.refusal();
  return Record(std::move(*event), tx.context(), invariants_, &run->overlay);
}

// A command of the system's own has one outcome for ever, also where that is a refusal or nothing.
void Lane::AppendSettled(Running* run, Pending* pending, const Refusal* refusal) {
  Context context;
  context.caller = pending->call->caller;
  context.seed = pending->seed;
  context.now = run->now;
  auto recorded = Record(SettledEvent(pending->method->name, refusal), context, {}, &run->overlay);
  Append(run, pending, std::move(*recorded), run->now);
}

void Lane::Append(Running* run, Pending* pending, Recorded recorded, Instant now) {
  Written& written = run->written.emplace_back();
  written.pending = pending;
  written.touches = std::move(recorded.touches);
  written.payload = recorded.payload;
  JournalEntry& entry = written.entry;
  entry = std::move(recorded.entry);
  entry.partition = partition_;
  entry.epoch = run->opening.epoch;
  entry.seq = ++run->seq;
  entry.tenant = pending->key.tenant;
  entry.actor = pending->call->caller.actor;
  entry.client = pending->key.client;
  entry.request_id = pending->key.request_id;
  entry.trace = pending->call->trace;
  entry.hops = pending->call->hops;
  entry.recorded_at = now;
  entry.payload = *written.payload;
  run->hash = entry.hash = ChainHash(run->hash, entry);
  run->by_key[KeyText(pending->key)] = &written;
  pending->outcome.marks.push_back(MarkOf(*run, entry.seq));
}

// Of an entity's table there are two sets: rows to be replaced come before fresh ones, as they may give up the unique
// values that those take.
rows::RowSet& Lane::SetOf(const rows::Table& table, bool fresh) {
  for (auto& set : sets_)
    if (set.table == &table && set.fresh == fresh) return set;
  for (const bool second : {false, true}) {
    if (second && !table.upsert) continue;
    rows::RowSet& set = sets_.emplace_back();
    set.table = &table;
    set.fresh = second;
  }
  return SetOf(table, fresh);
}

std::span<const rows::RowSet> Lane::RowsOf(const Running& run) {
  for (auto& set : sets_) {
    set.cells.clear();
    set.owned.clear();
  }
  for (const Slot* slot : run.overlay.PutSince(run.mark)) {
    const Message& entity = *slot->current;
    const bool fresh = entity.GetReflection()->GetInt64(entity, slot->table->entity->FindFieldByNumber(2)) == 1;
    rows::AppendRow(slot->tenant, entity, slot->body, &SetOf(*slot->table, fresh));
  }
  for (const Written& w : run.written) AppendEntry(w.entry, &SetOf(JournalTable()));
  for (const Written& w : run.written) AppendRequest(w.entry, AsBytes(w.pending->body_hash), &SetOf(RequestTable()));
  for (const Written& w : run.written)
    for (const Touch& touch : w.touches) AppendTouch(w.entry, touch, &SetOf(TouchTable()));
  return sets_;
}

Mark Lane::MarkOf(const Running& run, int64_t seq) const { return {service_, partition_, run.opening.epoch, seq}; }

}  // namespace songsang::engine
