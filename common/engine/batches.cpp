#include "engine/batches.h"

#include <google/protobuf/util/json_util.h>

#include <atomic>
#include <list>
#include <set>

#include "engine/export.h"
#include "engine/parked.h"
#include "engine/published.h"
#include "engine/reasons.h"
#include "engine/record.h"
#include "engine/status.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::engine {
namespace pb = google::protobuf;
namespace {

constexpr int kPage = 1'000;
// What is read at once stays well below what a message may hold, however large the events are.
constexpr size_t kMostRead = 2'000'000;
constexpr std::chrono::milliseconds kBreath{3}, kPollEvery{50};

void Refuse(Call& call, Refusal refusal) { call.done(Refused(std::move(refusal))); }

void Finish(Call& call, const Message& reply, std::vector<Mark> marks) {
  Outcome outcome;
  outcome.reply = std::make_shared<const std::string>(reply.SerializeAsString());
  outcome.marks = std::move(marks);
  call.done(std::move(outcome));
}

// ---- Execute

// A batch under way: answered when its last item is.
struct Batch {
  std::unique_ptr<Call> call;
  std::mutex mutex;
  v1::ExecuteResponse response;
  std::map<std::pair<std::string, int32_t>, Mark> marks;  // the furthest of each partition
  std::atomic<int> open{0};
};

void Settle(const std::shared_ptr<Batch>& batch, int item, const std::string& service, Outcome outcome) {
  {
    std::lock_guard lock(batch->mutex);
    auto* result = batch->response.mutable_results(item);
    if (outcome.refusal) {
      *result->mutable_error() = ToStatus(*outcome.refusal, service, LanguageOf(batch->call->accept_language));
    } else {
      result->set_event(*outcome.reply);
      result->set_replayed(outcome.replayed);
    }
    for (Mark& mark : outcome.marks) {
      auto& furthest = batch->marks[{mark.service, mark.partition}];
      if (furthest.seq <= mark.seq) furthest = std::move(mark);
    }
  }
  if (--batch->open > 0) return;
  std::vector<Mark> marks;
  for (auto& [place, mark] : batch->marks) marks.push_back(std::move(mark));
  Finish(*batch->call, batch->response, std::move(marks));
}

// The call that an item stands for, or why it cannot be one.
Result<std::unique_ptr<Call>> ItemCall(const Catalogue& catalogue, const Batch& batch,
                                       const v1::ExecuteRequest& request, int item) {
  const auto& asked = request.items(item);
  const BoundMethod* method = catalogue.Find(asked.method());
  if (method == nullptr) return kMethodUnknown.With("method", asked.method());
  if (method->kind != Method::Kind::kCommand) return kMethodMustBeCommand.With("method", asked.method());
  auto call = std::make_unique<Call>();
  call->method = method;
  call->request.reset(method->request_prototype->New());
  if (!call->request->ParseFromString(asked.request()))
    return NotParsed(*method->descriptor->input_type(), asked.request());
  const auto* reflection = call->request->GetReflection();
  if (reflection->GetStringReference(*call->request, method->plan.request_id, nullptr).empty())
    reflection->SetString(call->request.get(), method->plan.request_id,
                          request.request_id() + "." + std::to_string(item));
  call->caller = batch.call->caller;
  call->trace = batch.call->trace;
  call->validate_only = batch.call->validate_only;
  call->deadline = batch.call->deadline;
  call->cancelled = batch.call->cancelled;
  call->counted = true;
  return call;
}

void ExecuteBatch(Engine* engine, const Catalogue* catalogue, std::unique_ptr<Call> call) {
  static std::atomic<uint64_t> flows{1};
  const uint64_t flow = flows++;
  auto batch = std::make_shared<Batch>();
  batch->call = std::move(call);
  const auto& request = static_cast<const v1::ExecuteRequest&>(*batch->call->request);
  const int items = request.items_size();
  batch->open = items;
  for (int i = 0; i < items; ++i) batch->response.add_results();
  for (int i = 0; i < items; ++i) {
    auto item = ItemCall(*catalogue, *batch, request, i);
    if (!item.ok()) {
      Outcome outcome;
      outcome.refusal = item.refusal();
      Settle(batch, i, "", std::move(outcome));
      continue;
    }
    (*item)->flow = flow;
    const std::string service = (*item)->method->service_name;
    (*item)->done = [batch, i, service](Outcome outcome) { Settle(batch, i, service, std::move(outcome)); };
    engine->Execute(std::move(*item));
  }
}

// ---- ReadEvents

bool Wanted(const std::set<std::string>& types, const std::set<std::string>& ids, const v1::JournalEvent& event) {
  if (!types.empty() && types.count(event.type()) == 0) return false;
  if (ids.empty() || ids.count(event.subject_id())) return true;
  const auto payload = PayloadOf(event);
  if (payload == nullptr) return false;
  for (const Message* entity : EntitiesIn(*payload)) {
    const auto* id = entity->GetDescriptor()->FindFieldByName("id");
    if (ids.count(entity->GetReflection()->GetString(*entity, id))) return true;
  }
  return false;
}

// Gives the payload in the form that was asked for.
void Shape(v1::ReadEventsRequest::Format format, v1::JournalEvent* event) {
  const bool states = format == v1::ReadEventsRequest::FORMAT_STATE_JSON;
  if (!states && format != v1::ReadEventsRequest::FORMAT_JSON) return;
  const auto payload = PayloadOf(*event);
  if (payload == nullptr) return;
  if (states) {
    for (const Message* entity : EntitiesWritten(*event, *payload))
      event->add_states_json(StateJsonOf(*event, *entity));
  } else {
    pb::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    (void)pb::util::MessageToJsonString(*payload, event->mutable_payload_json(), options);
  }
  event->clear_payload();
}

// Reads on from the request's position until something is wanted, the journal ends or enough was looked at.
Result<v1::ReadEventsResponse> ReadOnce(Engine* engine, const Call& call, v1::Position* after) {
  const auto& request = static_cast<const v1::ReadEventsRequest&>(*call.request);
  const std::set<std::string> types(request.types().begin(), request.types().end());
  const std::set<std::string> ids(request.ids().begin(), request.ids().end());
  const int limit = request.limit() == 0 ? 100 : request.limit();
  v1::ReadEventsResponse response;
  size_t bytes = 0;
  const auto is_full = [&] { return response.events_size() == limit || bytes > kMostRead; };
  for (int page = 0; page < 10 && !is_full(); ++page) {
    auto events = engine->ReadJournal(*after, kPage, std::chrono::milliseconds(0));
    if (!events.ok()) return events.refusal();
    for (auto& event : *events) {
      if (is_full()) break;
      *after = event.position();
      const bool visible = call.caller.Has(v1::ROLE_SERVICE) || event.tenant() == call.caller.tenant;
      if (!visible || !Wanted(types, ids, event)) continue;
      Shape(request.format(), &event);
      bytes += event.ByteSizeLong();
      *response.add_events() = std::move(event);
    }
    if (static_cast<int>(events->size()) < kPage) break;
  }
  *response.mutable_position() = *after;
  return response;
}

// Calls that wait for something to read. They are asked again together, so that waiting holds no thread: when the journal
// has grown, and now and then, since not everything may be heard.
class LongPolls : public std::enable_shared_from_this<LongPolls> {
 public:
  LongPolls(Engine* engine, Pool* pool) : engine_(engine), pool_(pool), thread_([this] { Run(); }) {}
  ~LongPolls() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      wake_.notify_one();
    }
    thread_.join();
  }

  void Start(std::unique_ptr<Call> call) {
    const auto& request = static_cast<const v1::ReadEventsRequest&>(*call->request);
    auto poll = std::make_shared<Poll>();
    poll->after = request.after();
    poll->until = std::min(call->deadline - std::chrono::milliseconds(20),
                           std::chrono::steady_clock::now() + std::chrono::milliseconds(request.wait_ms()));
    poll->call = std::move(call);
    Ask(poll);
  }
  void Wake() {
    const std::lock_guard lock(mutex_);
    if (!waiting_.empty()) wake_.notify_one();
  }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Poll {
    std::unique_ptr<Call> call;
    v1::Position after;
    Time until, read_at;
    int64_t moves = 0;  // of its journal, when it was read
    // Longer each time that the journal has grown by nothing that is wanted.
    std::chrono::milliseconds breath = kBreath;
  };

  void Ask(const std::shared_ptr<Poll>& poll) {
    if (!pool_->Submit([this, poll] { Read(poll); })) Refuse(*poll->call, kStopping);
  }
  void Read(const std::shared_ptr<Poll>& poll) {
    const int64_t moves = engine_->MovesOf(poll->after.service());
    if (poll->read_at != Time()) poll->breath = std::min(moves == poll->moves ? kBreath : poll->breath * 2, kPollEvery);
    poll->moves = moves;
    poll->read_at = std::chrono::steady_clock::now();
    auto response = ReadOnce(engine_, *poll->call, &poll->after);
    if (!response.ok()) return Refuse(*poll->call, response.refusal());
    const bool gone = poll->call->cancelled && poll->call->cancelled();
    if (response->events_size() > 0 || gone || std::chrono::steady_clock::now() >= poll->until)
      return Finish(*poll->call, *response, {});
    std::lock_guard lock(mutex_);
    waiting_.push_back(poll);
    wake_.notify_one();
  }
  Time DueAt(const Poll& poll) const {
    const bool moved = engine_->MovesOf(poll.after.service()) != poll.moves;
    return std::min(poll.until, poll.read_at + (moved ? poll.breath : kPollEvery));
  }
  void Run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      const Time now = std::chrono::steady_clock::now();
      Time next = now + std::chrono::seconds(60);
      std::list<std::shared_ptr<Poll>> due;
      for (auto poll = waiting_.begin(); poll != waiting_.end();) {
        const Time at = DueAt(**poll);
        const auto here = poll++;
        if (at <= now)
          due.splice(due.end(), waiting_, here);
        else
          next = std::min(next, at);
      }
      if (due.empty()) {
        wake_.wait_until(lock, next);
        continue;
      }
      lock.unlock();
      for (const auto& poll : due) Ask(poll);
      lock.lock();
    }
  }

  Engine* engine_;
  Pool* pool_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::list<std::shared_ptr<Poll>> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

// What a journal's last entry is, and the store's clock, both read behind the lane's lock: whatever comes later is
// recorded later.
Status AddComplete(Store& store, v1::Position* head, v1::GetHeadsResponse* response) {
  const auto session = store.OpenSession();
  Opening opening;
  const StoreError error = session->BeginLane(head->partition(), {}, {}, &opening);
  session->Rollback();
  if (!error.ok()) return kUnavailable.With("detail", error.message);
  head->set_epoch(opening.epoch);
  head->set_seq(opening.last_seq);
  head->set_hash(opening.last_seq == 0 ? "" : std::string(AsBytes(opening.last_hash)));
  *response->add_complete_up_to() = ToTimestamp(opening.clock);
  return Done{};
}

void TellHeads(Engine* engine, Call& call) {
  const auto& request = static_cast<const v1::GetHeadsRequest&>(*call.request);
  auto heads = engine->Heads(request.service());
  if (!heads.ok()) return Refuse(call, heads.refusal());
  const std::set<int32_t> partitions(request.partitions().begin(), request.partitions().end());
  v1::GetHeadsResponse response;
  for (auto& head : *heads) {
    if (!partitions.empty() && partitions.count(head.partition()) == 0) continue;
    v1::Position& told = *response.add_heads() = std::move(head);
    if (!request.complete()) continue;
    const Status status = AddComplete(*engine->StoreOf(request.service()), &told, &response);
    if (!status.ok()) return Refuse(call, status.refusal());
  }
  Finish(call, response, {});
}

void TellState(Engine* engine, Call& call) {
  const auto state = ExportState(*engine, call.caller, static_cast<const v1::ExportStateRequest&>(*call.request));
  if (!state.ok()) return Refuse(call, state.refusal());
  Finish(call, *state, {});
}

void TellParked(Engine* engine, Call& call) {
  const auto& request = static_cast<const v1::ListParkedRequest&>(*call.request);
  Store* store = engine->StoreOf(request.service());
  if (store == nullptr) return Refuse(call, kServiceUnknown.With("service", request.service()));
  const auto parked = ListParked(*store);
  if (!parked.ok()) return Refuse(call, parked.refusal());
  Finish(call, *parked, {});
}

void Release(Engine* engine, Call& call) {
  const auto& request = static_cast<const v1::ReleaseParkedRequest&>(*call.request);
  Store* store = engine->StoreOf(request.service());
  if (store == nullptr) return Refuse(call, kServiceUnknown.With("service", request.service()));
  const auto released = ReleaseParked(*store, request);
  if (!released.ok()) return Refuse(call, released.refusal());
  Finish(call, v1::ReleaseParkedResponse(), {});
}

}  // namespace

void AddEngineMethods(Engine* engine, Catalogue* catalogue, Pool* pool) {
  const auto* file = v1::ExecuteRequest::descriptor()->file();
  const auto* execute = file->FindServiceByName("BatchService")->FindMethodByName("Execute");
  catalogue->AddEngineMethod(
      execute, [engine, catalogue](std::unique_ptr<Call> call) { ExecuteBatch(engine, catalogue, std::move(call)); });
  auto polls = std::make_shared<LongPolls>(engine, pool);
  engine->OnMove([polls = std::weak_ptr(polls)] {
    if (const auto there = polls.lock()) there->Wake();
  });
  const auto* read = file->FindServiceByName("EventService")->FindMethodByName("ReadEvents");
  catalogue->AddEngineMethod(read, [polls](std::unique_ptr<Call> call) { polls->Start(std::move(call)); });
  // What reads or writes a store is run by the pool, never on the door's threads.
  const auto add = [&](const char* service, const char* name, void (*run)(Engine*, Call&)) {
    catalogue->AddEngineMethod(file->FindServiceByName(service)->FindMethodByName(name),
                               [engine, pool, run](std::unique_ptr<Call> call) {
                                 const auto shared = std::make_shared<std::unique_ptr<Call>>(std::move(call));
                                 if (!pool->Submit([engine, run, shared] { run(engine, **shared); }))
                                   Refuse(**shared, kStopping);
                               });
  };
  add("EventService", "GetHeads", TellHeads);
  add("EventService", "ExportState", TellState);
  add("PolicyService", "ListParked", TellParked);
  add("PolicyService", "ReleaseParked", Release);
}

}  // namespace songsang::engine
