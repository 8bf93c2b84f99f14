// Writing: what is committed is there, what is not is not, and a batch's culprit is named.
#include <thread>

#include "contract/stores.h"

namespace songsang::contract {
namespace {

class Write : public StoreTest {};
INSTANTIATE_TEST_SUITE_P(Stores, Write, testing::Values("sqlite", "postgres"),
                         [](const auto& info) { return info.param; });

TEST_P(Write, AnEmptyStoreOpensWithNothingBehindTheLock) {
  auto session = store_->OpenSession();
  Opening opening;
  ASSERT_THAT(session->BeginLane(1, {}, {}, &opening), Ok());
  EXPECT_EQ(opening.last_seq, 0);
  EXPECT_EQ(opening.epoch, 0);
  EXPECT_EQ(opening.schema_level, 1);
  EXPECT_EQ(opening.last_hash, Digest{});
  EXPECT_GT(opening.clock.micros, 1'700'000'000'000'000);
  EXPECT_THAT(session->Commit({}), Ok());
}

TEST_P(Write, ALaneReadsOnWhereTheLastOneEnded) {
  auto session = store_->OpenSession();
  Opening opening;
  ASSERT_THAT(session->BeginLane(1, {}, {}, &opening), Ok());
  ASSERT_THAT(session->Commit(Entries(1, 1, 3, "r")), Ok());
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  EXPECT_EQ(opening.last_seq, 0) << "another partition's journal";
  session->Rollback();
  ASSERT_THAT(session->BeginLane(1, {}, {}, &opening), Ok());
  EXPECT_EQ(opening.last_seq, 3);
  EXPECT_EQ(opening.last_hash[0], 3);
  EXPECT_EQ(opening.last_hash[31], 3);
  EXPECT_EQ(opening.last_recorded_at.micros, 1'000'003);
}

TEST_P(Write, AMissingPartitionIsSaid) {
  auto session = store_->OpenSession();
  Opening opening;
  const StoreError error = session->BeginLane(7, {}, {}, &opening);
  EXPECT_THAT(error, Fails(Kind::kAway));
  EXPECT_THAT(error.message, testing::HasSubstr("partition 7"));
  EXPECT_THAT(session->BeginLane(1, {}, {}, &opening), Ok());
}

TEST_P(Write, RequestIdsAreFoundWithTheirPayload) {
  auto session = store_->OpenSession();
  Opening opening;
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  ASSERT_THAT(session->Commit(Entries(0, 1, 2, "r")), Ok());
  const std::vector<RequestKey> keys = {{kTenant, "c", "r2"},
                                        {kTenant, "c", "unknown"},
                                        {"other", "c", "r1"},
                                        {kTenant, "d", "r1"},
                                        {kTenant, "c", "r1"}};
  ASSERT_THAT(session->BeginLane(0, keys, {}, &opening), Ok());
  ASSERT_EQ(opening.requests.size(), 5U);
  EXPECT_TRUE(opening.requests[0].found);
  EXPECT_EQ(opening.requests[0].seq, 2);
  EXPECT_EQ(opening.requests[0].payload, "p2");
  EXPECT_EQ(opening.requests[0].type, "songsang.test.v1.Happened");
  EXPECT_EQ(opening.requests[0].body_hash, "hash of r2");
  EXPECT_FALSE(opening.requests[1].found);
  EXPECT_FALSE(opening.requests[2].found);
  EXPECT_FALSE(opening.requests[3].found);
  EXPECT_EQ(opening.requests[4].payload, "p1");
}

TEST_P(Write, RollbackLeavesNothing) {
  auto session = store_->OpenSession();
  Opening opening;
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  ASSERT_THAT(session->Write(Entries(0, 1, 2, "r")), Ok());
  session->Rollback();
  EXPECT_EQ(Count("SELECT count(*) FROM " + store_->schema() + ".journal"), 0);
  {  // A session that goes away rolls back too.
    auto other = store_->OpenSession();
    ASSERT_THAT(other->BeginLane(0, {}, {}, &opening), Ok());
    ASSERT_THAT(other->Write(Entries(0, 1, 2, "r")), Ok());
  }
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  EXPECT_EQ(opening.last_seq, 0);
}

TEST_P(Write, ThingsAreReplacedByTheirId) {
  ASSERT_THAT(Save({{"1", 1, "old", "A", "o", 5}, {"2", 1, "two", "B", "o", 6}}), Ok());
  ASSERT_THAT(Save({{"1", 2, "new", "", "", 7}}), Ok());
  const std::string from = " FROM " + store_->schema() + ".thing WHERE id = '1'";
  EXPECT_EQ(Text("SELECT name" + from), "new");
  EXPECT_EQ(Count("SELECT version" + from), 2);
  EXPECT_EQ(Count("SELECT count(*)" + from + " AND code IS NULL AND owner_id IS NULL AND count = 7"), 1);
  EXPECT_EQ(Count("SELECT count(*) FROM " + store_->schema() + ".thing"), 2);
}

TEST_P(Write, UniqueValuesMayBeSwappedWithinABatch) {
  ASSERT_THAT(Save({{"1", 1, "one", "A"}, {"2", 1, "two", "B"}, {"3", 1, "three", "C"}}), Ok());
  ASSERT_THAT(Save({{"1", 2, "one", "B"}, {"2", 2, "two", "A"}}), Ok());
  EXPECT_EQ(Text("SELECT code FROM " + store_->schema() + ".thing WHERE id = '1'"), "B");
  EXPECT_EQ(Text("SELECT code FROM " + store_->schema() + ".thing WHERE id = '2'"), "A");
  // In a ring, and with a newcomer that takes what another gives up.
  ASSERT_THAT(Save({{"4", 1, "four", "A"}, {"1", 3, "one", "C"}, {"2", 3, "two", "B"}, {"3", 2, "three", ""}}), Ok());
  EXPECT_EQ(Text("SELECT name FROM " + store_->schema() + ".thing WHERE code = 'A'"), "four");
}

TEST_P(Write, PoisonIsNamedByItsConstraintAndUndoKeepsTheLock) {
  ASSERT_THAT(Save({{"1", 1, "one", "A"}}), Ok());
  auto session = store_->OpenSession();
  Opening opening;
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  std::vector<RowSet> sets = Entries(0, 1, 1, "r");
  sets.push_back(ThingRows({{"2", 1, "two", "B"}, {"3", 1, "three", "A"}}));
  StoreError error = session->Commit(sets);
  EXPECT_THAT(error, Fails(Kind::kPoison));
  EXPECT_EQ(error.constraint, "thing_by_code");
  ASSERT_THAT(session->Undo(), Ok());

  // Nobody else gets in while the batch is halved.
  std::atomic<bool> entered = false;
  std::thread other([&] {
    auto second = store_->OpenSession();
    Opening theirs;
    EXPECT_THAT(second->BeginLane(0, {}, {}, &theirs), Ok());
    entered = true;
    EXPECT_EQ(theirs.last_seq, 1) << "it sees what the first has committed";
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_FALSE(entered);
  sets.pop_back();
  sets.push_back(ThingRows({{"2", 1, "two", "B"}}));
  EXPECT_THAT(session->Commit(sets), Ok());
  other.join();
  EXPECT_EQ(Count("SELECT count(*) FROM " + store_->schema() + ".thing"), 2);
}

TEST_P(Write, KeepHoldsWhatUndoMustNotTouch) {
  auto session = store_->OpenSession();
  Opening opening;
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  std::vector<RowSet> first = Entries(0, 1, 1, "a");
  first.push_back(ThingRows({{"1", 1, "one", "A"}}));
  ASSERT_THAT(session->Write(first), Ok());
  ASSERT_THAT(session->Keep(), Ok());
  const RowSet culprit = ThingRows({{"2", 1, "two", "A"}});
  EXPECT_THAT(session->Write({&culprit, 1}), Fails(Kind::kPoison));
  ASSERT_THAT(session->Undo(), Ok());
  ASSERT_THAT(session->Write(Entries(0, 2, 1, "b")), Ok());
  ASSERT_THAT(session->Keep(), Ok());
  ASSERT_THAT(session->Write(Entries(0, 3, 1, "c")), Ok());
  ASSERT_THAT(session->Undo(), Ok());
  ASSERT_THAT(session->Commit(Entries(0, 3, 1, "d")), Ok());
  EXPECT_EQ(Text("SELECT request_id FROM " + store_->schema() + ".journal WHERE seq = 3"), "d3");
  EXPECT_EQ(Count("SELECT count(*) FROM " + store_->schema() + ".request"), 3);
  EXPECT_EQ(Count("SELECT count(*) FROM " + store_->schema() + ".thing"), 1);
}

TEST_P(Write, ARepeatedKeyIsPoisonWhereRowsAreNotReplaced) {
  auto session = store_->OpenSession();
  Opening opening;
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  ASSERT_THAT(session->Commit(Entries(0, 1, 1, "r")), Ok());
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  StoreError error = session->Commit(Entries(0, 1, 1, "other"));
  EXPECT_THAT(error, Fails(Kind::kPoison));
  // PostgreSQL names the segment whose key it is.
  EXPECT_EQ(error.constraint, postgres() ? "journal_s0_pkey" : "journal_pkey");
  ASSERT_THAT(session->Undo(), Ok());
  const auto again = Entries(0, 1, 1, "r");
  error = session->Commit({&again[1], 1});
  EXPECT_THAT(error, Fails(Kind::kPoison));
  EXPECT_EQ(error.constraint, "request_pkey");
}

TEST_P(Write, TextIsKeptToTheLastByte) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte.push_back(static_cast<char>(i));
  const std::string large(3'000'000, 'x');
  const std::string text = "송상은 개성 상인이다. “quotes”, \\ back, {a,b}, \"q\", 😀, tab\t, line\n";
  ASSERT_THAT(Save({{"1", 1, text, "", "", 0, every_byte},
                    {"2", 1, "big", "", "", INT64_MIN, large},
                    {"3", 1, std::string(100'000, 'y'), "", "", INT64_MAX, "b"}}),
              Ok());
  auto session = store_->OpenSession();
  Opening opening;
  const std::vector<Lookup> lookups = {{&Things(), kTenant, {1}, {"1"}}, {&Things(), kTenant, {1}, {"2"}}};
  ASSERT_THAT(session->BeginLane(0, {}, lookups, &opening), Ok());
  EXPECT_THAT(opening.bodies[0], testing::ElementsAre(every_byte));
  EXPECT_TRUE(opening.bodies[1] == engine::Bodies{large});
  EXPECT_EQ(Text("SELECT name FROM " + store_->schema() + ".thing WHERE id = '1'"), text);
  EXPECT_EQ(Text("SELECT name FROM " + store_->schema() + ".thing WHERE id = '3'"), std::string(100'000, 'y'));
  EXPECT_EQ(Count("SELECT count FROM " + store_->schema() + ".thing WHERE id = '2'"), INT64_MIN);
  EXPECT_EQ(Count("SELECT count FROM " + store_->schema() + ".thing WHERE id = '3'"), INT64_MAX);
}

TEST_P(Write, StatementsOfTheCallersOwnTakePartInTheTransaction) {
  ASSERT_THAT(Save({{"1", 1, "one", "A", "o", 5}, {"2", 1, "two", "B", "o", 6}}), Ok());
  auto session = store_->OpenSession();
  ASSERT_THAT(session->Begin(), Ok());
  const std::string table = store_->schema() + ".thing";
  const std::vector<Cell> parameters = {Cell::Int(100), Cell::Text("1"), Cell::Null()};
  ASSERT_THAT(session->Execute("UPDATE " + table + " SET count = $1, owner_id = $3 WHERE id = $2", parameters), Ok());
  Rows rows;
  ASSERT_THAT(session->Query("SELECT id, count, owner_id FROM " + table + " WHERE count >= $1 ORDER BY id",
                             std::vector<Cell>{Cell::Int(6)}, &rows),
              Ok());
  EXPECT_THAT(rows.columns, testing::ElementsAre("id", "count", "owner_id"));
  ASSERT_EQ(rows.rows.size(), 2U);
  EXPECT_EQ(rows.rows[0], (std::vector<engine::Value>{"1", int64_t{100}, std::monostate{}}));
  EXPECT_EQ(rows.rows[1], (std::vector<engine::Value>{"2", int64_t{6}, "o"}));
  EXPECT_EQ(Count("SELECT count FROM " + table + " WHERE id = '1'"), 5) << "not committed yet";
  const RowSet more = ThingRows({{"3", 1, "three", "C"}});
  ASSERT_THAT(session->Commit({&more, 1}), Ok());
  EXPECT_EQ(Count("SELECT count FROM " + table + " WHERE id = '1'"), 100);
}

TEST_P(Write, AWrongStatementFailsByTheNextCommitAndNothingIsStored) {
  auto session = store_->OpenSession();
  ASSERT_THAT(session->Begin(), Ok());
  StoreError error = session->Execute("UPDATE no_such_table SET x = 1", {});
  const RowSet more = ThingRows({{"3", 1, "three", "C"}});
  if (error.ok()) error = session->Commit({&more, 1});
  EXPECT_FALSE(error.ok());
  session->Rollback();
  EXPECT_EQ(Count("SELECT count(*) FROM " + store_->schema() + ".thing"), 0);
  EXPECT_THAT(Save({{"3", 1, "three", "C"}}), Ok());
}

TEST_P(Write, ParallelWritersLeaveNoHoleAndLoseNothing) {
  constexpr int kWriters = 4, kBatches = 25;
  std::atomic<int64_t> written = 0;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      auto session = store_->OpenSession();
      for (int batch = 0; batch < kBatches; ++batch) {
        Opening opening;
        ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
        const int size = 1 + (batch + writer) % 7;
        const std::string prefix = std::to_string(writer) + "." + std::to_string(batch) + ".";
        const auto sets = Entries(0, opening.last_seq + 1, size, prefix);
        if (batch % 5 == 4) {
          ASSERT_THAT(session->Write(sets), Ok());
          session->Rollback();
        } else {
          ASSERT_THAT(session->Commit(sets), Ok());
          written += size;
        }
      }
    });
  }
  // A reader that goes on from where it stood never finds a hole.
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    int64_t cursor = 0;
    while (!stop) {
      Rows rows;
      const std::vector<Cell> parameters = {Cell::Int(cursor)};
      ASSERT_THAT(store_->Query(
                      "SELECT seq FROM " + store_->schema() + ".journal WHERE partition = 0 AND seq > $1 ORDER BY seq",
                      parameters, In(std::chrono::seconds(5)), &rows),
                  Ok());
      for (const auto& row : rows.rows) ASSERT_EQ(std::get<int64_t>(row[0]), ++cursor);
    }
  });
  for (std::thread& writer : writers) writer.join();
  stop = true;
  reader.join();
  EXPECT_EQ(Count("SELECT count(*) FROM " + store_->schema() + ".journal"), written);
  EXPECT_EQ(Count("SELECT max(seq) FROM " + store_->schema() + ".journal"), written);
  EXPECT_EQ(Count("SELECT count(*) FROM " + store_->schema() + ".request"), written);
}

}  // namespace
}  // namespace songsang::contract
