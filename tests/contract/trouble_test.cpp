// What happens when the disk, the server or another process fails: never half a batch, never a batch twice.
#include <libpq-fe.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "adapters/postgres_store/postgres_store.h"
#include "adapters/sqlite_store/sqlite_store.h"
#include "contract/stores.h"

namespace songsang::contract {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

// Another process, which tells this one lines of text.
class Child {
 public:
  explicit Child(const std::function<void(int)>& run) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    pid_ = fork();
    if (pid_ == 0) {
      close(ends[0]);
      run(ends[1]);
      _exit(0);
    }
    close(ends[1]);
    end_ = ends[0];
  }
  ~Child() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    close(end_);
  }
  std::string Line() {
    std::string line;
    char c;
    while (read(end_, &c, 1) == 1 && c != '\n') line += c;
    return line;
  }
  void Signal(int signal) { kill(pid_, signal); }

 private:
  pid_t pid_ = -1;
  int end_ = -1;
};

void Tell(int end, std::string line) {
  line += "\n";
  if (write(end, line.data(), line.size()) < 0) _exit(1);
}

class OnPostgres : public StoreTest {
 protected:
  void TerminateLanes() {
    Server::Get()->Run(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "
        "current_database() AND application_name = 'songsang-lane'");
  }
  int64_t Journal() { return Count("SELECT count(*) FROM " + schema_ + ".journal"); }
};
INSTANTIATE_TEST_SUITE_P(Stores, OnPostgres, testing::Values("postgres"), [](const auto& info) { return info.param; });

class OnSqlite : public StoreTest {};
INSTANTIATE_TEST_SUITE_P(Stores, OnSqlite, testing::Values("sqlite"), [](const auto& info) { return info.param; });

TEST_P(OnPostgres, ACommitThatFailsStoresNothingAndSaysAway) {
  Server::Get()->Run("ALTER TABLE " + schema_ +
                     ".thing ADD CONSTRAINT owner_exists FOREIGN KEY (tenant, owner_id) "
                     "REFERENCES " +
                     schema_ + ".thing (tenant, id) DEFERRABLE INITIALLY DEFERRED");
  auto session = store_->OpenSession();
  Opening opening;
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  auto sets = Entries(0, 1, 1, "r");
  sets.push_back(ThingRows({{"1", 1, "one", "A", "nobody"}}));
  const StoreError error = session->Commit(sets);
  EXPECT_THAT(error, Fails(Kind::kAway)) << "too late to halve the batch";
  EXPECT_EQ(error.constraint, "owner_exists");
  EXPECT_FALSE(session->Undo().ok());
  session->Rollback();
  EXPECT_EQ(Journal(), 0);
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  EXPECT_EQ(opening.last_seq, 0);
  EXPECT_THAT(session->Commit(Entries(0, 1, 1, "r")), Ok());
}

TEST_P(OnPostgres, AConnectionLostBeforeCommitIsAwayAndMadeAnew) {
  auto session = store_->OpenSession();
  Opening opening;
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  ASSERT_THAT(session->Write(Entries(0, 1, 2, "r")), Ok());
  TerminateLanes();
  EXPECT_THAT(session->Commit(Entries(0, 3, 1, "r")), Fails(Kind::kAway));
  EXPECT_FALSE(session->Undo().ok());
  session->Rollback();
  EXPECT_EQ(Journal(), 0);
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  EXPECT_EQ(opening.last_seq, 0);
  EXPECT_THAT(session->Commit(Entries(0, 1, 2, "r")), Ok());
  EXPECT_EQ(Journal(), 2);
}

TEST_P(OnPostgres, AConnectionCutWhileIdleIsMadeAnewUnnoticed) {
  auto session = store_->OpenSession();
  Opening opening;
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  ASSERT_THAT(session->Commit(Entries(0, 1, 1, "r")), Ok());
  EXPECT_EQ(Journal(), 1);
  TerminateLanes();
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  EXPECT_EQ(opening.last_seq, 1);
  session->Rollback();
  Server::Get()->Run(
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() "
      "AND application_name = 'songsang-read'");
  EXPECT_EQ(Journal(), 1);
  TerminateLanes();
  EXPECT_THAT(session->Begin(), Ok());
}

TEST_P(OnPostgres, AServerThatIsNotThereIsAway) {
  std::string error;
  const auto store = OpenPostgres("postgresql://nobody@127.0.0.1:1/none", "leads", &error);
  ASSERT_NE(store, nullptr) << "it may come later";
  Opening opening;
  EXPECT_THAT(store->OpenSession()->BeginLane(0, {}, {}, &opening), Fails(Kind::kAway));
  Rows rows;
  EXPECT_THAT(store->Query("SELECT 1", {}, In(seconds(2)), &rows), Fails(Kind::kAway));
  std::string what;
  EXPECT_FALSE(store->IsMigrated(Tables(), &what));
  EXPECT_FALSE(what.empty());
  EXPECT_EQ(OpenPostgres("no url=", "leads", &error), nullptr);
  EXPECT_EQ(OpenPostgres(Server::Get()->url(), "no-name", &error), nullptr);
}

TEST_P(OnPostgres, AStoppedHolderDelaysOthersForSecondsAndWritesNothingWhenItGoesOn) {
  Child holder([&](int end) {
    std::string error;
    const auto store = Open(&error);
    auto session = store->OpenSession();
    Opening opening;
    Tell(end, session->BeginLane(0, {}, {}, &opening).message);
    const StoreError written = session->Write(Entries(0, 1, 1, "thawed"));
    Tell(end, written.message);
    raise(SIGSTOP);
    const StoreError committed = session->Commit(Entries(0, 2, 1, "thawed"));
    Tell(end, committed.ok() ? "committed" : "refused");
  });
  ASSERT_EQ(holder.Line(), "");
  ASSERT_EQ(holder.Line(), "");
  const auto start = steady_clock::now();
  auto session = store_->OpenSession();
  Opening opening;
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  EXPECT_LT(steady_clock::now() - start, seconds(7));
  ASSERT_THAT(session->Commit(Entries(0, 1, 1, "mine")), Ok());
  holder.Signal(SIGCONT);
  EXPECT_EQ(holder.Line(), "refused");
  EXPECT_EQ(Journal(), 1);
  EXPECT_EQ(Text("SELECT request_id FROM " + schema_ + ".journal"), "mine1");
}

class Holder {
 public:
  Holder(const std::string& name, const std::string& schema)
      : connection_(PQconnectdb((Server::Get()->url() + " application_name=" + name).c_str())) {
    PQclear(PQexec(connection_, "BEGIN"));
    PQclear(PQexec(connection_, ("SELECT * FROM " + schema + ".head WHERE partition = 0 FOR UPDATE").c_str()));
  }
  ~Holder() { PQfinish(connection_); }
  bool Lives() {
    PGresult* result = PQexec(connection_, "SELECT 1");
    const bool lives = PQresultStatus(result) == PGRES_TUPLES_OK;
    PQclear(result);
    return lives;
  }

 private:
  PGconn* connection_;
};

TEST_P(OnPostgres, AStalledLaneThatTheServerDoesNotEndIsTerminated) {
  Holder holder("songsang-lane", schema_);
  auto session = store_->OpenSession();
  Opening opening;
  const auto start = steady_clock::now();
  EXPECT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  EXPECT_LT(steady_clock::now() - start, seconds(7));
  EXPECT_FALSE(holder.Lives());
}

TEST_P(OnPostgres, NobodyElsesSessionIsTerminated) {
  Holder holder("psql", schema_);
  auto session = store_->OpenSession();
  Opening opening;
  EXPECT_THAT(session->BeginLane(0, {}, {}, &opening), Fails(Kind::kAway));
  EXPECT_TRUE(holder.Lives());
  EXPECT_THAT(session->BeginLane(1, {}, {}, &opening), Ok()) << "other partitions go on";
}

TEST_P(OnPostgres, TheSessionsSettingsAreWhatTheDesignSays) {
  auto session = store_->OpenSession();
  ASSERT_THAT(session->Begin(), Ok());
  Rows rows;
  ASSERT_THAT(session->Query("SELECT current_setting('idle_in_transaction_session_timeout'), "
                             "current_setting('statement_timeout'), current_setting('lock_timeout'), "
                             "current_setting('application_name'), current_setting('fsync'), "
                             "current_setting('transaction_isolation')",
                             {}, &rows),
              Ok());
  EXPECT_EQ(rows.rows[0], (std::vector<engine::Value>{"2s", "5s", "2s", "songsang-lane", "on", "read committed"}));
}

TEST_P(OnSqlite, ASecondProcessIsRefusedAndTold) {
  Child second([&](int end) {
    std::string error;
    const auto store = OpenSqlite((folder_ / "store.db").string(), &error);
    Tell(end, store == nullptr ? error : "opened");
  });
  const std::string line = second.Line();
  EXPECT_THAT(line, testing::HasSubstr("in use by another process (pid " + std::to_string(getpid()) + ")"));
  EXPECT_THAT(Save({{"1", 1, "one", "A"}}), Ok());
  std::string error;
  EXPECT_EQ(Open(&error), nullptr) << "nor twice in one process";
}

TEST_P(OnSqlite, WhatACrashLeavesIsReadAgain) {
  store_.reset();
  Child writer([&](int end) {
    std::string error;
    const auto store = OpenSqlite((folder_ / "store.db").string(), &error);
    auto session = store->OpenSession();
    Opening opening;
    session->BeginLane(0, {}, {}, &opening);
    session->Commit(Entries(0, 1, 5, "r"));
    session->BeginLane(0, {}, {}, &opening);
    session->Write(Entries(0, 6, 5, "r"));
    Tell(end, "written");
    kill(getpid(), SIGKILL);
  });
  EXPECT_EQ(writer.Line(), "written");
  EXPECT_EQ(writer.Line(), "");
  std::string error;
  for (int tries = 0; store_ == nullptr && tries < 50; ++tries) {
    store_ = Open(&error);
    usleep(20'000);
  }
  ASSERT_NE(store_, nullptr) << error;
  auto session = store_->OpenSession();
  Opening opening;
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  EXPECT_EQ(opening.last_seq, 5);
}

TEST_P(OnSqlite, ACommitThatTheDiskRefusesStoresNothing) {
  ASSERT_THAT(Save({{"1", 1, "one", "A"}}), Ok());
  auto session = store_->OpenSession();
  Opening opening;
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  rlimit usual;
  getrlimit(RLIMIT_FSIZE, &usual);
  signal(SIGXFSZ, SIG_IGN);
  rlimit full = usual;
  full.rlim_cur = std::filesystem::file_size(folder_ / "store.db-wal");
  setrlimit(RLIMIT_FSIZE, &full);
  const StoreError error = session->Commit(Entries(0, 1, 3, "r"));
  setrlimit(RLIMIT_FSIZE, &usual);
  EXPECT_THAT(error, Fails(Kind::kAway));
  session->Rollback();
  EXPECT_EQ(Count("SELECT count(*) FROM main.journal"), 0);
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  EXPECT_EQ(opening.last_seq, 0);
  EXPECT_THAT(session->Commit(Entries(0, 1, 3, "r")), Ok());
}

TEST_P(OnSqlite, TheWalIsTakenOverWhileWritingGoesOn) {
  const std::string large(20'000, 'x');
  for (int batch = 0; batch < 100; ++batch) {
    std::vector<Thing> things;
    for (int i = 0; i < 50; ++i) things.push_back({std::to_string(i), batch + 1, "n", "", "", 0, large});
    ASSERT_THAT(Save(things), Ok());
  }
  // 100 MB were written; the file begins anew when writers pause for the checkpoint.
  EXPECT_LT(std::filesystem::file_size(folder_ / "store.db-wal"), 80'000'000U);
}

TEST_P(OnSqlite, TheMemoryStoreGoesWithoutATrace) {
  const auto count = [] {
    int found = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::temp_directory_path()))
      found += entry.path().filename().string().rfind("songsang-memory-contract", 0) == 0;
    return found;
  };
  std::string error;
  auto store = OpenSqliteMemory("contract", &error);
  ASSERT_NE(store, nullptr) << error;
  auto other = OpenSqliteMemory("contract", &error);
  ASSERT_NE(other, nullptr) << "two of one name are two stores: " << error;
  engine::Migration migration;
  ASSERT_THAT(store->Migrate(Tables(), 1, false, &migration), Ok());
  EXPECT_EQ(count(), 2);
  store.reset();
  other.reset();
  EXPECT_EQ(count(), 0);
}

}  // namespace
}  // namespace songsang::contract
