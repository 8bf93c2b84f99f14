#include "unit/engine/house.h"

#include <libpq-fe.h>
#include <unistd.h>

#include "accounts/accounts.h"
#include "adapters/postgres_store/postgres_store.h"
#include "adapters/sqlite_store/sqlite_store.h"
#include "billing/billing.h"
#include "leads/leads.h"
#include "workforce/workforce.h"

namespace songsang::engine {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool OnPostgres() { return Environment("SONGSANG_TEST_STORE") == "postgres"; }

void Administer(const std::string& url, const std::string& sql) {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  if (PQresultStatus(result) != PGRES_COMMAND_OK) ADD_FAILURE() << sql << ": " << PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
}

// One database for the whole test binary, emptied before each test: making its schema anew takes seconds.
class Database {
 public:
  static Database& Shared() {
    static Database database;
    return database;
  }
  ~Database() { Administer(Server(), "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)"); }

  // Its URL. All rows are gone but those that a migration wrote.
  std::string Empty() const {
    Administer(url_, R"(DO $$ DECLARE one record; BEGIN
      FOR one IN SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname IN ('leads', 'accounts', 'workforce', 'billing') AND tablename NOT IN ('head', 'schema_registry')
      LOOP EXECUTE 'DELETE FROM ' || one.name; END LOOP; END $$)");
    return url_;
  }

 private:
  Database() : name_("unit_engine_" + std::to_string(getpid())) {
    Administer(Server(), "CREATE DATABASE " + name_);
    const std::string server = Server();
    const size_t query = std::min(server.find('?'), server.size());
    url_ = server.substr(0, server.rfind('/', query) + 1) + name_ + server.substr(query);
  }
  static std::string Server() { return Environment("SONGSANG_TEST_POSTGRES"); }

  std::string name_, url_;
};

}  // namespace

House::House(const Options& options) {
  const std::string url = OnPostgres() ? Database::Shared().Empty() : "";
  std::vector<Hosted> hosted;
  for (Service service : {leads::Leads(), accounts::Accounts(), workforce::Workforce(), billing::Billing()}) {
    std::string error;
    auto store = OnPostgres() ? OpenPostgres(url, service.name(), &error) : OpenSqliteMemory(service.name(), &error);
    if (!store) throw std::runtime_error(error);
    if (options.change) options.change(&service);
    auto gate = std::make_shared<Gate>(std::move(store));
    gates_[service.name()] = gate;
    hosted.push_back({std::move(service), gate});
  }
  engine_ = std::make_unique<Engine>(std::move(hosted), options.settings);
  for (const auto& [name, gate] : gates_) {
    std::string what;
    if (OnPostgres() && gate->IsMigrated(engine_->TablesOf(name), &what)) continue;
    Migration migration;
    const StoreError error = gate->Migrate(engine_->TablesOf(name), 1, false, &migration);
    if (!error.ok()) throw std::runtime_error(error.message);
  }
}

House::~House() {
  for (const auto& [name, gate] : gates_) gate->Open();
  engine_.reset();
  gates_.clear();
}

std::future<Outcome> House::Send(const std::string& method, const google::protobuf::Message& request, const As& as) {
  auto call = std::make_unique<engine::Call>();
  call->method = engine_->Find("songsang." + method);
  if (!call->method) throw std::logic_error("there is no method " + method);
  call->request.reset(request.New());
  call->request->CopyFrom(request);
  call->caller = {as.tenant, as.actor, as.client, as.roles};
  call->validate_only = as.validate_only;
  call->deadline = std::chrono::steady_clock::now() + as.within;
  call->cancelled = as.cancelled;
  call->after = as.after;
  call->flow = as.flow;
  auto promise = std::make_shared<std::promise<Outcome>>();
  auto answer = promise->get_future();
  call->done = [promise](Outcome outcome) { promise->set_value(std::move(outcome)); };
  engine_->Execute(std::move(call));
  return answer;
}

std::future<Outcome> House::Send(const std::string& method, const Proto& request, const As& as) {
  const Method* found = engine_->Find("songsang." + method);
  if (!found) throw std::logic_error("there is no method " + method);
  const auto* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(found->descriptor->input_type());
  const std::unique_ptr<google::protobuf::Message> message(prototype->New());
  request.ParseInto(message.get());
  return Send(method, *message, as);
}

// A first command, which holds the lane up before the gate; the others wait behind it, and are then taken together.
void House::InOneBatch(const std::string& service, const std::function<void()>& send) {
  static const std::map<std::string, std::pair<std::string, std::string>> plugs = {
      {"leads", {"leads.v1.LeadService/CaptureLead", "channel: CHANNEL_WEB name: 'plug'"}},
      {"accounts", {"accounts.v1.AccountService/RegisterAccount", "kind: KIND_PERSON name: 'plug'"}},
      {"workforce", {"workforce.v1.PersonService/RegisterPerson", "name: 'plug'"}},
      {"billing", {"billing.v1.CatalogueService/SaveProduct", "name: 'plug'"}}};
  const auto& [method, text] = plugs.at(service);
  const std::string id = "request_id: 'plug-" + std::to_string(++plugs_) + "' ";
  As plug;
  plug.tenant = "plugs";
  // The tenants are placed first, by a dry run, so that nothing but the lane stands between the next and the gate.
  As dry;
  dry.validate_only = true;
  for (const char* tenant : {"plugs", "acme", "other"}) {
    dry.tenant = tenant;
    Send(method, Proto(id + text), dry).get();
  }
  gate(service).Shut();
  auto held = Send(method, Proto(id + text), plug);
  gate(service).AwaitSomeone();
  send();
  gate(service).Open();
  held.get();
}

int64_t House::Count(const std::string& service, std::string sql) {
  Gate& store = gate(service);
  for (size_t at; (at = sql.find("{}")) != std::string::npos;) sql.replace(at, 2, store.schema());
  Rows rows;
  const StoreError error = store.Query(sql, {}, std::chrono::steady_clock::now() + std::chrono::seconds(5), &rows);
  if (!error.ok()) {
    ADD_FAILURE() << error.message;
    return -1;
  }
  return std::get<int64_t>(rows.rows.at(0).at(0));
}

std::vector<v1::JournalEvent> House::Journal(const std::string& service) {
  v1::Position zero;
  zero.set_service(service);
  auto events = engine_->ReadJournal(zero, 10'000, std::chrono::milliseconds(0));
  if (!events.ok()) {
    ADD_FAILURE() << events.refusal().Sentence(false);
    return {};
  }
  return std::move(*events);
}

}  // namespace songsang::engine
