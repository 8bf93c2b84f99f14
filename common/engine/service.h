// A service is a table of methods. Each line names a rule; the engine finds the method by the rule's request and event
// types, loads the entities in its signature through the request's `(ref)` fields, and does everything else.
//
//   Service Leads() {
//     Service service("leads");
//     service.Command(CaptureLead);   // Result<LeadCaptured> CaptureLead(const CaptureLeadRequest&, const Context&)
//     service.Command(ConvertLead);   // (const Lead&, const Account*, const ConvertLeadRequest&, const Context&)
//     service.Command<RegisterAccountRequest>([](Tx& tx, const RegisterAccountRequest& request, const Context& context) {
//       return RegisterAccount(tx.List<Account>({"brn"}, {request.brn()}), request, context);
//     });
//     service.Query<FunnelRequest, Funnel>(kFunnelSql);
//     return service;
//   }
//
// `const Entity&` must be named by the request, or by an entity before it in the signature, and exist; `const Entity*`
// is null where nothing names one; `const std::vector<const Entity*>&` is the list that the command's Reads names:
//
//     service.Command(DefineProcess);  // (const std::vector<const Process*>& same_key, const DefineProcessRequest&, …)
//     service.Reads<DefineProcessRequest>([](const auto& request, const Context&) {
//       return std::vector<Named>{{Process::descriptor(), {"key"}, {request.key()}}};
//     });
//
// A rule whose facts hang on one another (an order names its client, who names a group, whose head has the credit) has
// a function that reads them, and answers what the rule takes before its request:
//
//     service.Command(FactsOfRelease, ReleaseOrder);
//     // Result<std::tuple<const SalesOrder*, Buyer>> FactsOfRelease(Tx&, const ReleaseOrderRequest&, const Context&)
//
// The lane runs it for the whole batch before it decides, in rounds: what all of a batch lack is fetched in one flight,
// until nothing is lacking. A lambda that reads and decides in one costs a flight for each read that is not named.
//
// An entity of another service may stand in a signature too, once the service keeps a mirror of it; and so may the reply
// of a query that is asked before deciding:
//
//     service.Mirror<accounts::v1::Account>();
//     service.Gather<DraftProposalRequest>([](const DraftProposalRequest& request, const Context&) {
//       return QuoteFor(request);  // billing::v1::QuotePricesRequest; the rule takes const billing::v1::QuotePricesResponse&
//     });
//
// What a service does by itself are pure functions too (services/<name>/policies.h):
//
//     service.Policy("note_order", NoteOrderOf);        // Commands NoteOrderOf(const billing::v1::OrderPlaced&, const Cause&)
//     service.Timer("expires_at", ExpireHandOffOf);     // ExpireHandOffRequest ExpireHandOffOf(const HandOff&)
//     service.Effect("tax_authority", "transmit_at", XmlOf, StartOf, SettleOf);
//
// `GetX`, `ListXs` and `GetXHistory` need no line: they are bound by name and reply type. At start every method of the
// services in the files it has seen is bound, or the program stops and says which is not.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/commands.h"
#include "core/context.h"
#include "core/result.h"
#include "engine/reactions.h"
#include "engine/store.h"

namespace songsang::engine {

using google::protobuf::Message;
template <class T>
using Answer = Result<std::unique_ptr<T>>;
using Reply = Answer<Message>;

// Names entities to be read: by id (field "id"), or by the columns of a declared index.
struct Named {
  const google::protobuf::Descriptor* entity = nullptr;
  std::vector<std::string> columns;
  std::vector<std::string> values;
};

// What a command may read: the store as it stands behind the lock, overlaid with what this batch has recorded.
class Tx {
 public:
  virtual ~Tx() = default;
  virtual const Context& context() const = 0;

  // Null if there is none of the caller's tenant.
  template <class Entity>
  const Entity* Get(const std::string& id) {
    return static_cast<const Entity*>(GetEntity(Entity::descriptor(), id));
  }
  // By a declared index, ordered by id, at most 1,000. None where a value is empty.
  template <class Entity>
  std::vector<const Entity*> List(const std::vector<std::string>& columns, const std::vector<std::string>& values) {
    std::vector<const Entity*> list;
    for (const Message* entity : ListEntities({Entity::descriptor(), columns, values}))
      list.push_back(static_cast<const Entity*>(entity));
    return list;
  }

  virtual const Message* GetEntity(const google::protobuf::Descriptor* entity, const std::string& id) = 0;
  virtual std::vector<const Message*> ListEntities(const Named& named) = 0;
  // What the command's Reads names.
  virtual std::vector<Named> Reads() = 0;
  // What its Gather was answered.
  virtual const Message& Gathered() = 0;
};

// What a query may read: SQL over the service's tables, with tenant and "known on" put before it by the engine.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual const Context& context() const = 0;
  // Of an instant where the caller's tenant works.
  virtual Date DayOf(Instant instant) const = 0;
  // Table names are bare; `:name` parameters are fields of `request` (`:period.from` is a nested one) or, first, of
  // `more`. Refused with the store's error.
  virtual Result<Rows> Run(const std::string& sql, const Message& request,
                           const std::map<std::string, Value>& more = {}) = 0;
  // As known at this instant, on versioned tables (the reporting replica); by default now.
  virtual void KnownOn(Instant instant) = 0;
  // True: further texts see every version of every entity, whenever it was known, on versioned tables.
  virtual void EveryVersion(bool every) = 0;
  // An answer that was kept under this question for this tenant, if it is still there. The question names all that the
  // answer depends on but tenant and program; not the caller, whose rights are checked before.
  virtual std::optional<std::string> Kept(const std::string& question) = 0;
  virtual void Keep(const std::string& question, const std::string& answer) = 0;
};

using Decide = std::function<Reply(Tx&, const Message& request, const Context&)>;
using Names = std::function<std::vector<Named>(const Message& request, const Context&)>;
// Reads what a command will, and no more.
using Read = std::function<void(Tx&, const Message& request, const Context&)>;
using Respond = std::function<Reply(Reader&, const Message& request)>;
// What is asked before deciding: the request of a query, the service's own or another's.
using Ask = std::function<std::unique_ptr<Message>(const Message& request, const Context&)>;

// One entity before and after an event. `before` is null where the event creates it.
struct Change {
  const Message* before = nullptr;
  const Message* after = nullptr;
};
// An invariant over every event recorded: the empty string, or what is wrong. A violation is a bug: INTERNAL, nothing
// is written.
using Invariant = std::function<std::string(const Message& event, const std::vector<Change>& changes)>;

struct Call;

struct Method {
  enum class Kind {
    kCommand,
    kQuery,
    kEngine,  // of the engine itself: batches, reading journals
  };
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  std::string name;          // songsang.leads.v1.LeadService/CaptureLead
  std::string service_name;  // leads
  Kind kind = Kind::kQuery;
  uint32_t roles = 0;  // bits (1 << Role) that may call it
  Decide decide;
  Names names;
  Read read;                                              // null where the request names all that the command reads
  const google::protobuf::Descriptor* gathers = nullptr;  // the request of the query that `ask` makes
  Ask ask;
  Respond respond;
  std::function<void(std::unique_ptr<Call>)> run;  // of kEngine
};

namespace detail {

template <class T>
using Bare = std::remove_cv_t<std::remove_pointer_t<std::remove_cvref_t<T>>>;

// The ids that a request refers to with (ref) to this entity, in field order; unset ones are empty.
std::vector<std::pair<std::string, std::string>> ReferencesTo(const Message& request,
                                                              const google::protobuf::Descriptor* entity);
Refusal NotNamed(const google::protobuf::Descriptor* entity);
Refusal NotFound(const google::protobuf::Descriptor* entity, const std::string& field, const std::string& id);

// How an argument of a rule is held while the rule runs: an entity by pointer, a list by value.
template <class Argument>
struct Held {
  using Entity = Bare<Argument>;
  using Type = const Entity*;
  static constexpr bool kMayBeAbsent = std::is_pointer_v<std::remove_cvref_t<Argument>>;
};
template <class Item>
struct Held<const std::vector<const Item*>&> {
  using Entity = Item;
  using Type = std::vector<const Item*>;
  static constexpr bool kMayBeAbsent = true;  // an empty list
};

// The arguments of a rule as they are fetched, one after another.
struct Fetching {
  Tx& tx;
  const Message& request;
  std::map<std::string, size_t> taken;  // how many arguments of a kind the rule has so far
  std::vector<const Message*> loaded;
  Refusal refusal;
};

// The field and id that the next argument of this kind is named by: in the request or, where the request has no field
// for it, in an entity loaded before it (a hand-off names its lead). Empty where nothing names it.
std::pair<std::string, std::string> NextReference(Fetching* fetching, const google::protobuf::Descriptor* entity);
// The list of this kind that the command's Reads names.
std::vector<const Message*> NextList(Fetching* fetching, const google::protobuf::Descriptor* entity);

template <class Argument>
bool Fetch(Fetching* fetching, typename Held<Argument>::Type* held) {
  using Entity = typename Held<Argument>::Entity;
  if constexpr (!std::is_pointer_v<typename Held<Argument>::Type>) {
    for (const Message* item : NextList(fetching, Entity::descriptor()))
      held->push_back(static_cast<const Entity*>(item));
    return true;
  } else if (!rows::IsEntity(Entity::descriptor())) {
    *held = static_cast<const Entity*>(&fetching->tx.Gathered());
    return true;
  } else {
    const auto [field, id] = NextReference(fetching, Entity::descriptor());
    if (id.empty()) {
      fetching->refusal = NotNamed(Entity::descriptor());
      return Held<Argument>::kMayBeAbsent;
    }
    *held = fetching->tx.template Get<Entity>(id);
    if (*held == nullptr)
      fetching->refusal = NotFound(Entity::descriptor(), field, id);
    else
      fetching->loaded.push_back(*held);
    return *held != nullptr;
  }
}

template <class Argument>
decltype(auto) Pass(const typename Held<Argument>::Type& held) {
  if constexpr (!std::is_pointer_v<typename Held<Argument>::Type> || Held<Argument>::kMayBeAbsent) {
    return held;
  } else {
    return *held;
  }
}

template <class Event>
Reply Wrap(Result<Event> result) {
  if (!result.ok()) return result.refusal();
  return std::unique_ptr<Message>(std::make_unique<Event>(std::move(*result)));
}

}  // namespace detail

// For a line that reads more than its request names: the entity, or the refusal that says which field names none.
template <class Entity>
Result<const Entity*> Find(Tx& tx, const char* field, const std::string& id) {
  const Entity* entity = id.empty() ? nullptr : tx.Get<Entity>(id);
  if (entity == nullptr) return detail::NotFound(Entity::descriptor(), field, id);
  return entity;
}

class Service {
 public:
  explicit Service(std::string name) : name_(std::move(name)) {}

  // A rule: entities, then the request, then the context.
  template <class Event, class... Args>
  void Command(Result<Event> (*rule)(Args...)) {
    constexpr size_t kEntities = sizeof...(Args) - 2;
    using Tuple = std::tuple<Args...>;
    using Request = detail::Bare<std::tuple_element_t<kEntities, Tuple>>;
    static_assert(std::is_same_v<detail::Bare<std::tuple_element_t<kEntities + 1, Tuple>>, Context>,
                  "a rule ends with its request and its context");
    AddTaken<Tuple>(Request::descriptor(), std::make_index_sequence<kEntities>{});
    AddCommand(
        Request::descriptor(), Event::descriptor(),
        [rule](Tx& tx, const Message& message, const Context& context) -> Reply {
          const auto& request = static_cast<const Request&>(message);
          return Apply<Event, Request, Tuple>(rule, tx, request, context, std::make_index_sequence<kEntities>{});
        },
        [](Tx& tx, const Message& request, const Context&) {
          FetchAll<Tuple>(tx, request, std::make_index_sequence<kEntities>{});
        });
  }

  // A rule whose facts are read by a function of its own: they are what the rule takes before its request.
  template <class Event, class Request, class... Facts, class... Args>
  void Command(Result<std::tuple<Facts...>> (*read)(Tx&, const Request&, const Context&),
               Result<Event> (*rule)(Args...)) {
    AddCommand(
        Request::descriptor(), Event::descriptor(),
        [read, rule](Tx& tx, const Message& message, const Context& context) -> Reply {
          const auto& request = static_cast<const Request&>(message);
          auto facts = read(tx, request, context);
          if (!facts.ok()) return facts.refusal();
          return detail::Wrap<Event>(
              std::apply(rule, std::tuple_cat(std::move(*facts), std::forward_as_tuple(request, context))));
        },
        [read](Tx& tx, const Message& request, const Context& context) {
          (void)read(tx, static_cast<const Request&>(request), context);
        });
  }

  // A rule that needs more than the entities its request names: what it reads is fetched in `decide`.
  template <class Request, class Function>
  void Command(Function decide) {
    using Event = typename std::invoke_result_t<Function, Tx&, const Request&, const Context&>::Value;
    AddCommand(Request::descriptor(), Event::descriptor(),
               [decide](Tx& tx, const Message& message, const Context& context) -> Reply {
                 return detail::Wrap(decide(tx, static_cast<const Request&>(message), context));
               });
  }

  // Names what a command will read beside its references, so that the lane fetches it for the whole batch at once.
  template <class Request, class Function>
  void Reads(Function names) {
    AddReads(Request::descriptor(), [names](const Message& message, const Context& context) {
      return names(static_cast<const Request&>(message), context);
    });
  }

  // Names the query that is asked before a command is decided, outside any transaction: `ask(request, context)` answers
  // its request. The rule takes the reply as an argument. A refusal of the query is the command's.
  template <class Request, class Function>
  void Gather(Function ask) {
    using Query = std::invoke_result_t<Function, const Request&, const Context&>;
    gathers_[Request::descriptor()] = {
        Query::descriptor(), [ask](const Message& message, const Context& context) {
          return std::unique_ptr<Message>(std::make_unique<Query>(ask(static_cast<const Request&>(message), context)));
        }};
  }

  // Keeps read-only copies of another service's entity in this service's store.
  template <class Entity>
  void Mirror() {
    mirrors_.push_back(Entity::descriptor());
  }

  // Commands of this service that follow an event of any service, exactly once each. Begins with what is recorded after
  // it is first started.
  template <class Event>
  void Policy(std::string name, Commands (*when)(const Event&, const Cause&)) {
    policies_.push_back({std::move(name), Event::descriptor(), [when](const Message& event, const Cause& cause) {
                           return when(static_cast<const Event&>(event), cause);
                         }});
  }

  // The command that follows when a `(timer)` field of an entity falls due.
  template <class Entity, class Request>
  void Timer(std::string field, Request (*fire)(const Entity&)) {
    timers_.push_back({Entity::descriptor(), std::move(field), Request::descriptor(), [fire](const Message& entity) {
                         return std::unique_ptr<Message>(
                             std::make_unique<Request>(fire(static_cast<const Entity&>(entity))));
                       }});
  }

  // A call to the outside world. The entity holds a CallState and a `(timer)` field, which both commands move on:
  // `start` records that the call begins (state STARTED, the timer a lease from now), `settle` how it ended.
  template <class Entity, class Start, class Settle>
  void Effect(std::string port, std::string field, std::string (*ask)(const Entity&), Start (*start)(const Entity&),
              Settle (*settle)(const Entity&, const PortAnswer&)) {
    EffectLine line;
    line.entity = Entity::descriptor();
    line.field = std::move(field);
    line.port = std::move(port);
    line.start_request = Start::descriptor();
    line.settle_request = Settle::descriptor();
    line.ask = [ask](const Message& entity) { return ask(static_cast<const Entity&>(entity)); };
    line.start = [start](const Message& entity) {
      return std::unique_ptr<Message>(std::make_unique<Start>(start(static_cast<const Entity&>(entity))));
    };
    line.settle = [settle](const Message& entity, const PortAnswer& answer) {
      return std::unique_ptr<Message>(std::make_unique<Settle>(settle(static_cast<const Entity&>(entity), answer)));
    };
    effects_.push_back(std::move(line));
  }

  // One SQL text whose rows become the reply's one repeated message field, column by column.
  template <class Request, class Response>
  void Query(const char* sql) {
    AddQuery(Request::descriptor(), Response::descriptor(), [sql](Reader& reader, const Message& request) -> Reply {
      auto rows = reader.Run(sql, request);
      if (!rows.ok()) return rows.refusal();
      auto response = std::make_unique<Response>();
      FillRows(*rows, response.get());
      return std::unique_ptr<Message>(std::move(response));
    });
  }
  // Where arithmetic begins: `respond(reader, request) -> Result<Response>`.
  template <class Request, class Function>
  void Query(Function respond) {
    using Response = typename std::invoke_result_t<Function, Reader&, const Request&>::Value;
    AddQuery(Request::descriptor(), Response::descriptor(), [respond](Reader& reader, const Message& message) -> Reply {
      return detail::Wrap(respond(reader, static_cast<const Request&>(message)));
    });
  }

  void Always(std::string name, Invariant invariant) {
    invariants_.emplace_back(std::move(name), std::move(invariant));
  }

  // Binds the services of this entity's proto file even if no line above mentions it.
  template <class Entity>
  void Owns() {
    files_.insert(Entity::descriptor()->file());
  }

  // Further tables of this service's store (the reporting replica).
  void Keeps(const rows::Table& table) { tables_.push_back(&table); }

  const std::string& name() const { return name_; }
  const std::vector<const google::protobuf::Descriptor*>& mirrors() const { return mirrors_; }
  const std::vector<PolicyLine>& policies() const { return policies_; }
  const std::vector<TimerLine>& timers() const { return timers_; }
  const std::vector<EffectLine>& effects() const { return effects_; }

 private:
  friend class Catalogue;  // engine/catalogue.h: binds the lines to descriptors

  template <class Event, class Request, class Tuple, class Rule, size_t... I>
  static Reply Apply(Rule rule, Tx& tx, const Request& request, const Context& context, std::index_sequence<I...>) {
    detail::Fetching fetching{tx, request, {}, {}, {}};
    std::tuple<typename detail::Held<std::tuple_element_t<I, Tuple>>::Type...> held{};
    if (!(detail::Fetch<std::tuple_element_t<I, Tuple>>(&fetching, &std::get<I>(held)) && ...)) return fetching.refusal;
    return detail::Wrap<Event>(
        rule(detail::Pass<std::tuple_element_t<I, Tuple>>(std::get<I>(held))..., request, context));
  }
  template <class Tuple, size_t... I>
  static void FetchAll(Tx& tx, const Message& request, std::index_sequence<I...>) {
    detail::Fetching fetching{tx, request, {}, {}, {}};
    std::tuple<typename detail::Held<std::tuple_element_t<I, Tuple>>::Type...> held{};
    (void)(detail::Fetch<std::tuple_element_t<I, Tuple>>(&fetching, &std::get<I>(held)) && ...);
  }

  // What the signature of a rule takes beside its request: each must be there to be taken.
  template <class Tuple, size_t... I>
  void AddTaken([[maybe_unused]] const google::protobuf::Descriptor* request, std::index_sequence<I...>) {
    (taken_[request].push_back({detail::Held<std::tuple_element_t<I, Tuple>>::Entity::descriptor(),
                                !std::is_pointer_v<typename detail::Held<std::tuple_element_t<I, Tuple>>::Type>}),
     ...);
  }
  void AddCommand(const google::protobuf::Descriptor* request, const google::protobuf::Descriptor* event, Decide decide,
                  Read read = nullptr);
  void AddReads(const google::protobuf::Descriptor* request, Names names);
  void AddQuery(const google::protobuf::Descriptor* request, const google::protobuf::Descriptor* response,
                Respond respond);
  static void FillRows(const Rows& rows, Message* response);

  // An argument of a rule.
  struct Taken {
    const google::protobuf::Descriptor* type = nullptr;
    bool is_list = false;  // which Reads names
  };
  struct Line {
    const google::protobuf::Descriptor* request = nullptr;
    const google::protobuf::Descriptor* response = nullptr;
    Decide decide;
    Read read;
    Respond respond;
  };
  std::string name_;
  std::vector<Line> lines_;
  std::map<const google::protobuf::Descriptor*, Names> names_;
  std::map<const google::protobuf::Descriptor*, std::pair<const google::protobuf::Descriptor*, Ask>> gathers_;
  std::vector<const google::protobuf::Descriptor*> mirrors_;
  std::vector<PolicyLine> policies_;
  std::vector<TimerLine> timers_;
  std::vector<EffectLine> effects_;
  std::map<const google::protobuf::Descriptor*, std::vector<Taken>> taken_;
  std::vector<std::pair<std::string, Invariant>> invariants_;
  std::set<const google::protobuf::FileDescriptor*> files_;
  std::vector<const rows::Table*> tables_;
};

}  // namespace songsang::engine
