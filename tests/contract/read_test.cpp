// Reading: look-ups behind the lock, and queries beside it.
#include <thread>

#include "contract/stores.h"

namespace songsang::contract {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

class Read : public StoreTest {
 protected:
  std::vector<engine::Bodies> Find(const std::vector<Lookup>& lookups) {
    auto session = store_->OpenSession();
    Opening opening;
    EXPECT_THAT(session->BeginLane(0, {}, lookups, &opening), Ok());
    std::vector<engine::Bodies> later;
    EXPECT_THAT(session->Read(lookups, &later), Ok());
    EXPECT_EQ(later, opening.bodies) << "named in time or not, the answer is the same";
    return opening.bodies;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, Read, testing::Values("sqlite", "postgres"),
                         [](const auto& info) { return info.param; });

// Counts for a minute unless it is stopped.
constexpr char kEndless[] =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100000000) SELECT count(*) FROM c";

TEST_P(Read, LookUpsAnswerBodiesInOrderOfId) {
  ASSERT_THAT(Save({{"3", 1, "c", "C", "kim"},
                    {"1", 1, "a", "A", "kim"},
                    {"2", 1, "b", "B", "lee"},
                    {"가", 1, "d", "D", "kim"},
                    {"Z", 1, "e", "E", "kim"},
                    {"a", 1, "f", "F", "kim"}}),
              Ok());
  const int id = 1, code = 4, owner = 5;
  const auto bodies = Find({{&Things(), kTenant, {owner}, {"kim"}},
                            {&Things(), kTenant, {id}, {"2"}},
                            {&Things(), kTenant, {id}, {"none"}},
                            {&Things(), "other", {id}, {"2"}},
                            {&Things(), kTenant, {owner, code}, {"kim", "A"}},
                            {&Things(), kTenant, {owner}, {"lee"}},
                            {&Things(), kTenant, {id}, {"1"}},
                            {&Things(), kTenant, {id}, {"2"}}});
  ASSERT_EQ(bodies.size(), 8U);
  EXPECT_THAT(bodies[0], testing::ElementsAre("a", "c", "e", "f", "d")) << "by bytes, on every store alike";
  EXPECT_THAT(bodies[1], testing::ElementsAre("b"));
  EXPECT_THAT(bodies[2], testing::IsEmpty());
  EXPECT_THAT(bodies[3], testing::IsEmpty());
  EXPECT_THAT(bodies[4], testing::ElementsAre("a"));
  EXPECT_THAT(bodies[5], testing::ElementsAre("b"));
  EXPECT_THAT(bodies[6], testing::ElementsAre("a"));
  EXPECT_THAT(bodies[7], testing::ElementsAre("b"));
}

TEST_P(Read, LookUpsEndAtAThousand) {
  std::vector<Thing> things;
  for (int i = 0; i < 1'100; ++i) things.push_back({std::to_string(10'000 + i), 1, "n" + std::to_string(i), "", "kim"});
  ASSERT_THAT(Save(things), Ok());
  const auto bodies = Find({{&Things(), kTenant, {5}, {"kim"}}});
  ASSERT_EQ(bodies[0].size(), 1'000U);
  EXPECT_EQ(bodies[0].front(), "n0");
  EXPECT_EQ(bodies[0].back(), "n999");
}

// Statements prepared while their tables were empty must not be planned as scans of them.
TEST_P(Read, OpeningALaneStaysQuickWhileAYoungStoreGrows) {
  auto session = store_->OpenSession();
  std::vector<RequestKey> requests;
  std::vector<Lookup> lookups;
  std::vector<std::string> ids;
  for (int i = 0; i < 500; ++i) ids.push_back("none" + std::to_string(i));
  for (const std::string& id : ids) {
    requests.push_back({kTenant, "c", id});
    lookups.push_back({&Things(), kTenant, {1}, {id}});
    lookups.push_back({&Things(), kTenant, {5}, {id}});
  }
  steady_clock::duration last{};
  for (int batch = 0; batch < 40; ++batch) {
    Opening opening;
    const auto start = steady_clock::now();
    ASSERT_THAT(session->BeginLane(0, requests, lookups, &opening), Ok());
    last = steady_clock::now() - start;
    auto sets = Entries(0, opening.last_seq + 1, 500, "r");
    std::vector<Thing> things;
    for (int64_t i = 0; i < 500; ++i) {
      const std::string id = std::to_string(opening.last_seq + i);
      things.push_back({id, 1, "n", id, "owner" + id});
    }
    sets.push_back(ThingRows(things));
    ASSERT_THAT(session->Commit(sets), Ok());
  }
  EXPECT_LT(last, milliseconds(500)) << "1,500 look-ups among 20,000 rows, by index: some 10 ms";
}

TEST_P(Read, LookUpsSeeWhatTheTransactionHasWritten) {
  auto session = store_->OpenSession();
  ASSERT_THAT(session->Begin(), Ok());
  const RowSet set = ThingRows({{"1", 1, "one", "A"}});
  ASSERT_THAT(session->Write({&set, 1}), Ok());
  const std::vector<Lookup> lookups = {{&Things(), kTenant, {1}, {"1"}}};
  std::vector<engine::Bodies> bodies;
  ASSERT_THAT(session->Read(lookups, &bodies), Ok());
  EXPECT_THAT(bodies[0], testing::ElementsAre("one"));
}

TEST_P(Read, AQueryEndsAtItsDeadline) {
  const auto start = steady_clock::now();
  Rows rows;
  EXPECT_THAT(store_->Query(kEndless, {}, In(milliseconds(300)), &rows), Fails(Kind::kAway));
  EXPECT_LT(steady_clock::now() - start, seconds(2));
  // The reader is of use again, or replaced.
  EXPECT_EQ(Count("SELECT count(*) FROM " + store_->schema() + ".thing"), 0);
  if (postgres()) {
    EXPECT_EQ(Server::Get()->Run("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = "
                                 "'active' AND application_name = 'songsang-read'"),
              "0")
        << "the server does not go on for nobody";
  }
}

TEST_P(Read, ADeadlineThatHasPassedIsRefused) {
  Rows rows;
  EXPECT_THAT(store_->Query(kEndless, {}, steady_clock::now() - seconds(1), &rows), Fails(Kind::kAway));
}

TEST_P(Read, MoreQueriesThanReadersWaitTheirTurn) {
  std::vector<std::thread> threads;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 24; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        Rows rows;
        const std::vector<Cell> parameters = {Cell::Int(n), Cell::Text("x")};
        EXPECT_THAT(store_->Query("SELECT $1 + 1 AS a, $2 || 'y' AS b", parameters, In(seconds(10)), &rows), Ok());
        if (rows.rows == std::vector<std::vector<engine::Value>>{{int64_t{n + 1}, "xy"}}) ++answered;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 24 * 20);
}

TEST_P(Read, AReaderCannotWrite) {
  ASSERT_THAT(Save({{"1", 1, "one", "A"}}), Ok());
  Rows rows;
  EXPECT_FALSE(store_->Query("DELETE FROM " + store_->schema() + ".thing", {}, In(seconds(5)), &rows).ok());
  EXPECT_EQ(Count("SELECT count(*) FROM " + store_->schema() + ".thing"), 1);
}

TEST_P(Read, AWrongTextIsPoisonAndSaysWhy) {
  Rows rows;
  const StoreError error = store_->Query("SELECT x FROM no_such_table", {}, In(seconds(5)), &rows);
  EXPECT_THAT(error, Fails(Kind::kPoison));
  EXPECT_THAT(error.message, testing::HasSubstr("no_such_table"));
}

TEST_P(Read, FractionsAreRefused) {
  Rows rows;
  const StoreError error = store_->Query("SELECT 1.5 AS share", {}, In(seconds(5)), &rows);
  EXPECT_THAT(error, Fails(Kind::kPoison));
  EXPECT_THAT(error.message, testing::HasSubstr("share"));
}

TEST_P(Read, AReadBesideAWriterSeesOneState) {
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int64_t n = 1; !stop; ++n) {
      ASSERT_THAT(Save({{"1", n, "one", "A", "", n}, {"2", n, "two", "B", "", n}}), Ok());
    }
  });
  for (int i = 0; i < 200; ++i) {
    EXPECT_LE(Count("SELECT count(DISTINCT count) FROM " + store_->schema() + ".thing"), 1);
  }
  stop = true;
  writer.join();
}

TEST_P(Read, TheStoreTellsItsPartitionsAndItsSchema) {
  EXPECT_EQ(store_->partitions(), 2);
  EXPECT_EQ(store_->schema(), postgres() ? schema_ : "main");
  EXPECT_STREQ(store_->kind(), GetParam().c_str());
  store_.reset();
  std::string error;
  store_ = Open(&error);
  ASSERT_NE(store_, nullptr) << error;
  EXPECT_EQ(store_->partitions(), 2);
}

}  // namespace
}  // namespace songsang::contract
