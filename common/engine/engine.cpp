#include "engine/engine.h"

#include <fmt/format.h>

#include <atomic>
#include <future>
#include <shared_mutex>
#include <unordered_map>

#include "engine/batches.h"
#include "engine/catalogue.h"
#include "engine/clock.h"
#include "engine/detours.h"
#include "engine/effects.h"
#include "engine/followers.h"
#include "engine/journal.h"
#include "engine/lane.h"
#include "engine/limiter.h"
#include "engine/marks.h"
#include "engine/moves.h"
#include "engine/pool.h"
#include "engine/reader.h"
#include "engine/reasons.h"
#include "engine/tables.h"
#include "engine/timers.h"
#include "rows/schema.h"

namespace songsang::engine {
namespace {

using Clock = std::chrono::steady_clock;

// With fewer outcomes than this the lane delivers them itself: a hand-over would cost a lone caller more than it saves.
constexpr size_t kDeliverInPlace = 4;
constexpr size_t kMostQueries = 2'000;
constexpr auto kDrain = std::chrono::seconds(10);
constexpr int kLookThrough = 1'000;  // entries of a journal at once

void Refuse(Call& call, Refusal refusal) { call.done(Refused(std::move(refusal))); }

}  // namespace

// What one service has at run time.
struct Part {
  std::string name;
  std::shared_ptr<Store> store;
  std::vector<const rows::Table*> tables;
  std::map<std::string, const Reason*> refusals;
  std::vector<std::unique_ptr<Lane>> lanes;
  std::mutex lanes_mutex;  // lanes are made when first needed
  std::shared_mutex tenants_mutex;
  std::unordered_map<std::string, int> tenants;
  // Commands of tenants whose partition is just being looked up, in the order in which they came. Under tenants_mutex.
  std::unordered_map<std::string, std::vector<std::unique_ptr<Pending>>> placing;

  std::mutex lease_mutex;
  std::unique_ptr<Lease> lease;
};

struct Engine::Impl {
  Impl(Engine* engine, std::vector<Service> services, Settings given)
      : settings(std::move(given)),
        zones(settings.zone, settings.zones),
        kept(settings.cache, settings.release),
        moves(settings.cache),
        queries(settings.query_threads, kMostQueries),
        catalogue(std::move(services)),
        deliveries(1, static_cast<size_t>(-1)),
        detours(engine, catalogue, zones, queries, waiting, world) {}

  Settings settings;
  Zones zones;
  Kept kept;
  Moves moves;
  Pool queries;
  Catalogue catalogue;  // with it end the threads of the engine's own methods, which use what stands before it
  std::shared_ptr<Limiter> limiter;  // null: clients may send any number
  std::map<std::string, std::unique_ptr<Part>, std::less<>> parts;
  Pool deliveries;
  Waiting waiting;
  std::atomic<bool> stopping{false}, stopped{false};
  Surroundings world;
  Detours detours;
  std::vector<std::unique_ptr<Reaction>> reactions;

  Part* Find(std::string_view service) const {
    const auto place = parts.find(service);
    return place == parts.end() ? nullptr : place->second.get();
  }
  void Deliver(std::vector<std::unique_ptr<Pending>> batch);
  Lane& LaneOf(Part& part, int partition);
  bool KnownTenant(Part& part, const std::string& tenant, int* partition);
  StoreError PlaceTenant(Part& part, const std::string& tenant, int* partition);
  void Placed(Part& part, const std::string& tenant, const Refusal* refusal, int partition);
  void Enqueue(Part& part, int partition, std::unique_ptr<Pending> pending);
  void Run(std::unique_ptr<Call> call);
  void RunCommand(std::unique_ptr<Call> call);
  void RunQuery(std::unique_ptr<Call> call);
  void Queue(Part& part, std::unique_ptr<Call> call);
  void Respond(Part& part, Call& call);
};

void Engine::Impl::Deliver(std::vector<std::unique_ptr<Pending>> batch) {
  const auto finish = [](std::vector<std::unique_ptr<Pending>>& all) {
    for (auto& pending : all) pending->call->done(std::move(pending->outcome));
  };
  if (batch.size() < kDeliverInPlace) {
    finish(batch);
    return;
  }
  auto shared = std::make_shared<std::vector<std::unique_ptr<Pending>>>(std::move(batch));
  if (!deliveries.Submit([shared, finish] { finish(*shared); })) finish(*shared);
}

Lane& Engine::Impl::LaneOf(Part& part, int partition) {
  std::lock_guard lock(part.lanes_mutex);
  if (part.lanes.empty()) part.lanes.resize(static_cast<size_t>(part.store->partitions()));
  auto& lane = part.lanes.at(static_cast<size_t>(partition));
  if (!lane) {
    Lane::Hooks hooks;
    hooks.deliver = [this](std::vector<std::unique_ptr<Pending>> batch) { Deliver(std::move(batch)); };
    hooks.committed = [this, &part](int number, int64_t epoch, int64_t seq) {
      moves.Moved({part.name, number, epoch, seq});
    };
    lane = std::make_unique<Lane>(part.name, part.store, partition, catalogue.InvariantsOf(part.name), part.refusals,
                                  rows::SchemaLevel(part.tables), zones, settings.queue_commands, std::move(hooks));
  }
  return *lane;
}

bool Engine::Impl::KnownTenant(Part& part, const std::string& tenant, int* partition) {
  std::shared_lock lock(part.tenants_mutex);
  const auto place = part.tenants.find(tenant);
  if (place == part.tenants.end()) return false;
  *partition = place->second;
  return true;
}

// A tenant's partition is chosen at its first command and then stands for ever, so that a large tenant can be given its
// own.
StoreError Engine::Impl::PlaceTenant(Part& part, const std::string& tenant, int* partition) {
  const std::string table = part.store->schema() + ".tenant";
  const int count = part.store->partitions();
  const auto chosen = static_cast<int64_t>(Sha256(tenant)[0] % static_cast<unsigned>(count));
  auto session = part.store->OpenSession();
  StoreError error = session->Begin();
  const rows::Cell insert[] = {rows::Cell::Text(tenant), rows::Cell::Int(chosen)};
  if (error.ok())
    error = session->Execute(
        "INSERT INTO " + table + " (tenant, partition) VALUES ($1, $2) ON CONFLICT (tenant) DO NOTHING", insert);
  Rows rows;
  if (error.ok())
    error = session->Query("SELECT partition FROM " + table + " WHERE tenant = $1", std::span(insert, 1), &rows);
  if (error.ok()) error = session->Commit({});
  if (!error.ok()) {
    session->Rollback();
    return error;
  }
  *partition = rows.rows.empty() ? static_cast<int>(chosen) : static_cast<int>(std::get<int64_t>(rows.rows[0][0]));
  return {};
}

// Sends off what waited for a tenant's partition before anything that comes later can: the order of a batch is kept.
void Engine::Impl::Placed(Part& part, const std::string& tenant, const Refusal* refusal, int partition) {
  std::unique_lock lock(part.tenants_mutex);
  auto waiting = std::move(part.placing[tenant]);
  part.placing.erase(tenant);
  if (refusal == nullptr) {
    for (auto& pending : waiting) Enqueue(part, partition, std::move(pending));
    part.tenants[tenant] = partition;
    return;
  }
  lock.unlock();
  for (auto& pending : waiting) Refuse(*pending->call, *refusal);
}

void Engine::Impl::Enqueue(Part& part, int partition, std::unique_ptr<Pending> pending) {
  if (!LaneOf(part, partition).Submit(&pending)) {
    Refusal refusal(stopping ? kStopping : kOverloaded);
    refusal.retry_after_ms = 200;
    Refuse(*pending->call, std::move(refusal));
  }
}

void Engine::Impl::RunCommand(std::unique_ptr<Call> call) {
  Part& part = *Find(call->method->service_name);
  detours.WhenSeen(std::move(call), [this, &part](std::unique_ptr<Call> seen) {
    detours.Gather(std::move(seen), [this, &part](std::unique_ptr<Call> ready) {
      detours.SendPatiently(std::move(ready),
                            [this, &part](std::unique_ptr<Call> sent) { Queue(part, std::move(sent)); });
    });
  });
}

void Engine::Impl::Queue(Part& part, std::unique_ptr<Call> call) {
  auto pending = std::make_unique<Pending>();
  pending->method = static_cast<const BoundMethod*>(call->method);
  pending->flow = call->flow != 0 ? call->flow : std::hash<std::string>()(call->caller.tenant);
  pending->call = std::move(call);
  Prepare(zones, Now(), pending.get());
  const std::string tenant = pending->key.tenant;
  int partition = 0;
  if (KnownTenant(part, tenant, &partition)) {
    Enqueue(part, partition, std::move(pending));
    return;
  }
  {
    std::unique_lock lock(part.tenants_mutex);
    const auto known = part.tenants.find(tenant);
    if (known != part.tenants.end()) return Enqueue(part, known->second, std::move(pending));
    auto& waiting = part.placing[tenant];
    waiting.push_back(std::move(pending));
    if (waiting.size() > 1) return;
  }
  const bool taken = queries.Submit([this, &part, name = tenant] {
    int placed = 0;
    const StoreError error = PlaceTenant(part, name, &placed);
    const Refusal refusal = kUnavailable.With("detail", error.message);
    Placed(part, name, error.ok() ? nullptr : &refusal, placed);
  });
  const Refusal overloaded(kOverloaded);
  if (!taken) Placed(part, tenant, &overloaded, 0);
}

void Engine::Impl::Respond(Part& part, Call& call) {
  if (Clock::now() >= call.deadline) return Refuse(call, kDeadlineExceeded);
  const auto& method = *static_cast<const BoundMethod*>(call.method);
  Context context;
  context.caller = call.caller;
  context.now = context.when = Now();
  context.today = zones.DayOf(call.caller.tenant, context.now);
  SqlReader reader(*part.store, part.tables, zones, std::move(context), call.deadline, call.fresh ? nullptr : &kept);
  Reply reply = method.respond(reader, *call.request);
  if (!reply.ok()) return Refuse(call, reply.refusal());
  Outcome outcome;
  outcome.reply = std::make_shared<const std::string>((*reply)->SerializeAsString());
  outcome.kept = reader.answered();
  call.done(std::move(outcome));
}

void Engine::Impl::RunQuery(std::unique_ptr<Call> call) {
  Part& part = *Find(call->method->service_name);
  detours.WhenSeen(std::move(call), [this, &part](std::unique_ptr<Call> ready) {
    const auto shared = std::make_shared<std::unique_ptr<Call>>(std::move(ready));
    if (!queries.Submit([this, &part, shared] { Respond(part, **shared); }))
      Refuse(**shared, stopping ? kStopping : kOverloaded);
  });
}

Engine::Engine(std::vector<Hosted> hosted, Settings settings) {
  std::vector<Service> services;
  services.reserve(hosted.size());
  for (const Hosted& h : hosted) services.push_back(h.service);
  impl_ = std::make_unique<Impl>(this, std::move(services), std::move(settings));
  if (const auto& given = impl_->settings; given.cache != nullptr && given.rate_limit > 0)
    impl_->limiter =
        std::make_shared<Limiter>(*given.cache, given.rate_limit,
                                  [impl = impl_.get()](std::unique_ptr<Call> call) { impl->Run(std::move(call)); });
  for (const Hosted& h : hosted) {
    auto part = std::make_unique<Part>();
    part->name = h.service.name();
    part->store = h.store;
    part->tables = impl_->catalogue.TablesOf(part->name);
    for (const auto* table : part->tables)
      for (const auto& index : table->indexes)
        if (index.unique && !index.reason.empty()) {
          const Reason* reason = FindReason(index.reason);
          if (!reason)
            throw std::logic_error(
                fmt::format("{}: index {} names the unknown reason {}", table->name, index.name, index.reason));
          part->refusals[index.name] = reason;
        }
    impl_->parts[part->name] = std::move(part);
  }
  AddEngineMethods(this, &impl_->catalogue, &impl_->queries);
}

Engine::~Engine() { Stop(); }

const Method* Engine::Find(std::string_view name) const { return impl_->catalogue.Find(name); }
std::vector<const Method*> Engine::methods() const { return impl_->catalogue.methods(); }

Store* Engine::StoreOf(std::string_view service) const {
  const Part* part = impl_->Find(service);
  return part ? part->store.get() : nullptr;
}

std::vector<const rows::Table*> Engine::TablesOf(std::string_view service) const {
  const Part* part = impl_->Find(service);
  return part ? part->tables : std::vector<const rows::Table*>();
}

void Engine::Execute(std::unique_ptr<Call> call) {
  if (impl_->stopping) return Refuse(*call, kStopping);
  const int64_t cost = impl_->limiter == nullptr ? 0 : Limiter::CostOf(*call);
  if (cost > 0) return impl_->limiter->Admit(std::move(call), cost);
  impl_->Run(std::move(call));
}

void Engine::Impl::Run(std::unique_ptr<Call> call) {
  const Status admitted = Admit(call.get());
  if (!admitted.ok()) return Refuse(*call, admitted.refusal());
  switch (call->method->kind) {
    case Method::Kind::kCommand:
      return RunCommand(std::move(call));
    case Method::Kind::kQuery:
      return RunQuery(std::move(call));
    case Method::Kind::kEngine: {
      const Method& method = *call->method;
      return method.run(std::move(call));
    }
  }
}

Outcome Engine::ExecuteAndWait(std::unique_ptr<Call> call) {
  auto promise = std::make_shared<std::promise<Outcome>>();
  auto answer = promise->get_future();
  call->done = [promise](Outcome outcome) { promise->set_value(std::move(outcome)); };
  Execute(std::move(call));
  return answer.get();
}

Result<std::vector<v1::JournalEvent>> Engine::ReadJournal(const v1::Position& after, int limit,
                                                          std::chrono::milliseconds wait) {
  Part* part = impl_->Find(after.service());
  if (part == nullptr) return kServiceUnknown.With("service", after.service());
  const auto deadline = Clock::now() + wait;
  std::map<std::string, int64_t> seen{{part->name, impl_->moves.Of(part->name)}};
  for (;;) {
    auto reading = ReadEntries(*part->store, after, limit, nullptr);
    if (!reading.ok()) return reading.refusal();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (!reading->events.empty() || left.count() <= 0 || impl_->stopped) return std::move(reading->events);
    // Another process may write the same journal, so that not every move is heard here.
    AwaitMoves({part->name}, &seen, std::min(left, std::chrono::milliseconds(200)));
  }
}

Result<Reading> Engine::ReadWanted(const v1::Position& after, const std::set<std::string>& types) {
  const Part* part = impl_->Find(after.service());
  if (part == nullptr) return kServiceUnknown.With("service", after.service());
  return ReadEntries(*part->store, after, kLookThrough, &types);
}

bool Engine::AwaitMoves(const std::vector<std::string>& services, std::map<std::string, int64_t>* seen,
                        std::chrono::milliseconds wait) {
  return impl_->moves.Await(services, seen, wait);
}

int64_t Engine::MovesOf(const std::string& service) { return impl_->moves.Of(service); }

void Engine::OnMove(std::function<void()> listener) { impl_->moves.Listen(std::move(listener)); }

Kept::Counts Engine::kept() const { return impl_->kept.counts(); }

Result<std::vector<v1::Position>> Engine::Heads(const std::string& service) {
  Part* part = impl_->Find(service);
  if (part == nullptr) return kServiceUnknown.With("service", service);
  const std::string schema = part->store->schema();
  // Each by the key alone, whatever is known of the tables.
  const auto last = [&schema](const char* column) {
    return fmt::format("(SELECT j.{} FROM {}.journal j WHERE j.partition = h.partition ORDER BY j.seq DESC LIMIT 1)",
                       column, schema);
  };
  Rows rows;
  const StoreError error =
      part->store->Query(fmt::format("SELECT h.partition, {}, {}, {} FROM {}.head h ORDER BY h.partition",
                                     last("epoch"), last("seq"), last("hash"), schema),
                         {}, Clock::now() + std::chrono::seconds(5), &rows);
  if (!error.ok()) return kUnavailable.With("detail", error.message);
  std::vector<v1::Position> heads;
  for (const auto& row : rows.rows) {
    v1::Position& head = heads.emplace_back();
    head.set_service(service);
    head.set_partition(static_cast<int32_t>(std::get<int64_t>(row[0])));
    if (!std::holds_alternative<int64_t>(row[2])) continue;
    head.set_epoch(std::get<int64_t>(row[1]));
    head.set_seq(std::get<int64_t>(row[2]));
    head.set_hash(std::get<std::string>(row[3]));
  }
  return heads;
}

void Engine::Start(Surroundings surroundings) {
  impl_->world = std::move(surroundings);
  for (const Service& service : impl_->catalogue.services()) {
    const bool follows = !service.policies().empty() || !service.mirrors().empty();
    if (!follows && service.timers().empty() && service.effects().empty()) continue;
    const Reacting reacting{*this, impl_->catalogue, impl_->zones, impl_->world, service, LeaseOf(service.name())};
    if (follows) impl_->reactions.push_back(std::make_unique<Followers>(reacting));
    if (!service.timers().empty()) impl_->reactions.push_back(std::make_unique<Timers>(reacting));
    for (const EffectLine& effect : service.effects())
      impl_->reactions.push_back(std::make_unique<Effects>(reacting, effect));
  }
}

const Lease& Engine::LeaseOf(const std::string& service) {
  Part& part = *impl_->Find(service);
  const std::lock_guard lock(part.lease_mutex);
  if (part.lease == nullptr) part.lease = std::make_unique<Lease>(*part.store, "service", impl_->settings.replica);
  return *part.lease;
}

std::string Engine::stopped() const {
  std::string why;
  for (const auto& reaction : impl_->reactions) why += reaction->stopped();
  return why;
}

std::string Engine::trouble() const {
  std::string what;
  for (const auto& reaction : impl_->reactions) what += reaction->trouble();
  for (const auto& [name, part] : impl_->parts) {
    const std::lock_guard lock(part->lease_mutex);
    const std::string away = part->lease == nullptr ? "" : part->lease->trouble();
    if (!away.empty()) what += fmt::format("the lease of {} waits: {} ", name, away);
  }
  return what;
}

void Engine::Follows(const std::string& reader_service, const std::string& source) {
  impl_->waiting.Follows(reader_service, source);
}

bool Engine::Awaited(const std::string& reader_service) { return impl_->waiting.Awaited(reader_service); }

void Engine::Advanced(const std::string& reader_service, const Mark& mark) {
  impl_->waiting.Advanced(reader_service, mark);
}

void Engine::Stop() {
  if (impl_->stopped.exchange(true)) return;
  impl_->moves.Stop();
  // What the system does by itself ends first: it finishes what it is at, through the lanes.
  for (auto& reaction : impl_->reactions) reaction->Stop();
  for (auto& [name, part] : impl_->parts)
    if (part->lease) part->lease->Stop();
  impl_->stopping = true;
  if (impl_->limiter != nullptr) impl_->limiter->Stop();
  const auto until = Clock::now() + kDrain;
  for (auto& [name, part] : impl_->parts)
    for (auto& lane : part->lanes)
      if (lane) lane->Drain(until);
  impl_->waiting.Stop();
  impl_->queries.Stop();
  impl_->deliveries.Stop();
}

}  // namespace songsang::engine
