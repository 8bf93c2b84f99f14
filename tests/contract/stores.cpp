#include "contract/stores.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "adapters/postgres_store/postgres_store.h"
#include "adapters/sqlite_store/sqlite_store.h"
#include "rows/schema.h"

namespace songsang::contract {
namespace {

using rows::Type;

std::string WithDatabase(const std::string& url, const std::string& database) {
  std::string text;
  PQconninfoOption* options = PQconninfoParse(url.c_str(), nullptr);
  for (PQconninfoOption* option = options; option != nullptr && option->keyword != nullptr; ++option) {
    if (option->val == nullptr || std::string(option->keyword) == "dbname") continue;
    text += std::string(option->keyword) + "='" + option->val + "' ";
  }
  PQconninfoFree(options);
  return text + "dbname=" + database;
}

std::string RunAt(const std::string& url, const std::string& sql) {
  PGconn* connection = PQconnectdb(url.c_str());
  EXPECT_EQ(PQstatus(connection), CONNECTION_OK) << PQerrorMessage(connection);
  PGresult* result = PQexec(connection, sql.c_str());
  const auto status = PQresultStatus(result);
  EXPECT_TRUE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) << sql << ": " << PQresultErrorMessage(result);
  std::string answer = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
  PQclear(result);
  PQfinish(connection);
  return answer;
}

}  // namespace

rows::Table MakeThings() {
  rows::Table table;
  table.name = "thing";
  table.columns = {{"tenant", Type::kText, false, {}}, {"id", Type::kText, false, {}},
                   {"version", Type::kInt, false, {}}, {"name", Type::kText, true, {}},
                   {"code", Type::kText, true, {}},    {"owner_id", Type::kText, true, {}},
                   {"count", Type::kInt, true, {}},    {"body", Type::kBytes, false, {}}};
  table.key = {"tenant", "id"};
  table.indexes = {{"thing_by_code", {"code"}, true, "CODE_MUST_BE_UNIQUE"},
                   {"thing_by_owner_id", {"owner_id"}, false, ""}};
  table.upsert = true;
  return table;
}

const rows::Table& Things() {
  static const rows::Table table = MakeThings();
  return table;
}

RowSet ThingRows(const std::vector<Thing>& things, const rows::Table& table) {
  RowSet set;
  set.table = &table;
  const auto text = [&](const std::string& value) { return value.empty() ? Cell::Null() : Cell::Text(set.Own(value)); };
  for (const Thing& thing : things) {
    for (const rows::Column& column : table.columns) {
      const std::string& name = column.name;
      set.cells.push_back(name == "tenant"     ? Cell::Text(kTenant)
                          : name == "id"       ? text(thing.id)
                          : name == "version"  ? Cell::Int(thing.version)
                          : name == "name"     ? text(thing.name)
                          : name == "code"     ? text(thing.code)
                          : name == "owner_id" ? text(thing.owner_id)
                          : name == "count"    ? Cell::Int(thing.count)
                          : name == "body"     ? Cell::Bytes(set.Own(thing.body.empty() ? thing.name : thing.body))
                                               : Cell::Null());
    }
  }
  return set;
}

std::vector<RowSet> Entries(int partition, int64_t seq, int count, const std::string& request_prefix) {
  std::vector<RowSet> sets(2);
  sets[0].table = &engine::JournalTable();
  sets[1].table = &engine::RequestTable();
  const auto text = [](RowSet& set, std::string value) { return Cell::Text(set.Own(std::move(value))); };
  for (int64_t n = seq; n < seq + count; ++n) {
    RowSet& journal = sets[0];
    const std::string number = std::to_string(n);
    const std::string request = request_prefix + number;
    journal.cells.insert(journal.cells.end(),
                         {Cell::Int(partition), Cell::Int(0), Cell::Int(n), text(journal, "event-" + number),
                          Cell::Text(kTenant), Cell::Text("songsang.test.v1.Happened"), Cell::Null(), Cell::Null(),
                          Cell::Null(), Cell::Text("u"), Cell::Text("c"), text(journal, request), Cell::Null(),
                          Cell::Int(0), Cell::Int(1'000'000 + n), Cell::Bytes(journal.Own("p" + number)),
                          Cell::Text("{}"), Cell::Bytes(journal.Own(std::string(32, static_cast<char>(n))))});
    sets[1].cells.insert(sets[1].cells.end(),
                         {Cell::Text(kTenant), Cell::Text("c"), text(sets[1], request), Cell::Int(partition),
                          Cell::Int(n), Cell::Bytes(sets[1].Own("hash of " + request))});
  }
  return sets;
}

Server* Server::Get() {
  static std::unique_ptr<Server> server = []() -> std::unique_ptr<Server> {
    const char* url = std::getenv("SONGSANG_TEST_POSTGRES");
    if (url == nullptr || *url == '\0') return nullptr;
    std::unique_ptr<Server> made(new Server);
    made->admin_url_ = url;
    made->database_ = "songsang_contract_" + std::to_string(getpid());
    // Not the C locale: the order of texts must be ours, whatever the server's is.
    RunAt(made->admin_url_, "CREATE DATABASE " + made->database_ +
                                " TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'ko'");
    made->url_ = WithDatabase(url, made->database_);
    return made;
  }();
  return server.get();
}

Server::~Server() { RunAt(admin_url_, "DROP DATABASE IF EXISTS " + database_ + " WITH (FORCE)"); }

std::string Server::Run(const std::string& sql) { return RunAt(url_, sql); }

std::vector<const rows::Table*> StoreTest::Tables() {
  return {&engine::HeadTable(),   &engine::JournalTable(),  &engine::RequestTable(), &engine::TouchTable(),
          &engine::TenantTable(), &engine::PositionTable(), &engine::LeaseTable(),   &Things()};
}

std::shared_ptr<Store> StoreTest::Open(std::string* error) {
  return postgres() ? OpenPostgres(Server::Get()->url(), schema_, error)
                    : OpenSqlite((folder_ / "store.db").string(), error);
}

void StoreTest::SetUp() {
  static std::atomic<int> number = 0;
  if (postgres() && Server::Get() == nullptr)
    GTEST_SKIP()
        << "PostgreSQL is not tested: SONGSANG_TEST_POSTGRES is not set (postgresql://user@host:port/database)";
  schema_ = "contract_" + std::to_string(++number);
  std::string folder = (std::filesystem::temp_directory_path() / "songsang-contract-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  folder_ = folder;
  std::string error;
  store_ = Open(&error);
  ASSERT_NE(store_, nullptr) << error;
  engine::Migration migration;
  ASSERT_THAT(store_->Migrate(Tables(), 2, false, &migration), Ok());
}

void StoreTest::TearDown() {
  store_.reset();
  if (!folder_.empty()) std::filesystem::remove_all(folder_);
}

int64_t StoreTest::Count(const std::string& sql) {
  Rows rows;
  EXPECT_THAT(store_->Query(sql, {}, In(std::chrono::seconds(5)), &rows), Ok()) << sql;
  return rows.rows.empty() ? -1 : std::get<int64_t>(rows.rows[0][0]);
}

std::string StoreTest::Text(const std::string& sql) {
  Rows rows;
  EXPECT_THAT(store_->Query(sql, {}, In(std::chrono::seconds(5)), &rows), Ok()) << sql;
  return rows.rows.empty() ? "" : std::get<std::string>(rows.rows[0][0]);
}

StoreError StoreTest::Save(const std::vector<Thing>& things) {
  auto session = store_->OpenSession();
  StoreError error = session->Begin();
  const RowSet set = ThingRows(things);
  return error.ok() ? session->Commit({&set, 1}) : error;
}

std::chrono::steady_clock::time_point In(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

std::string TestName() { return testing::UnitTest::GetInstance()->current_test_info()->name(); }

}  // namespace songsang::contract
