// A journal's lock makes the order of commits that of sequences, so that whoever reads on behind the last one misses
// nothing. Of a table whose ids are given out before the commit, the same reader misses rows.
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <random>
#include <thread>

#include "streams/journal.h"
#include "streams/needs.h"
#include "support/database.h"

namespace songsang {
namespace {

constexpr int kWriters = 8, kRows = 120;

class Connection {
 public:
  explicit Connection(const std::string& url) : connection_(PQconnectdb(url.c_str())) {}
  ~Connection() { PQfinish(connection_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  std::vector<int64_t> Run(const std::string& sql) const {
    PGresult* result = PQexec(connection_, sql.c_str());
    const auto status = PQresultStatus(result);
    EXPECT_TRUE(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) << PQerrorMessage(connection_);
    std::vector<int64_t> column;
    for (int row = 0; row < PQntuples(result); ++row) column.push_back(std::atoll(PQgetvalue(result, row, 0)));
    PQclear(result);
    return column;
  }

 private:
  PGconn* const connection_;
};

// Reads on, round after round, until told to stop, and once more after that.
std::thread Reader(const std::atomic<bool>& stopping, const std::function<void()>& read_on) {
  return std::thread([&stopping, read_on] {
    for (bool last = false; !last;) {
      last = stopping;
      read_on();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
}

TEST(TheJournalsOrder, LetsAReaderMissNothingWhereANaiveOneDoes) {
  NEEDS_POSTGRES();
  const Database database;
  // Two replicas of the service, so that several lanes meet at the lock.
  Journal first(database.url()), second(database.url());
  database.Run("CREATE TABLE naive (id bigserial PRIMARY KEY)");
  std::atomic<bool> stopping{false};
  std::vector<int64_t> naive;
  std::vector<v1::JournalEvent> followed;
  const Connection connection(database.url());
  std::thread naive_reader = Reader(stopping, [&] {
    const int64_t last = naive.empty() ? 0 : naive.back();
    for (const int64_t id : connection.Run("SELECT id FROM naive WHERE id > " + std::to_string(last) + " ORDER BY id"))
      naive.push_back(id);
  });
  std::thread follower = Reader(stopping, [&] {
    for (auto& event : first.Entries(1'000, followed.empty() ? v1::Position() : followed.back().position()))
      followed.push_back(std::move(event));
  });
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i)
    writers.emplace_back([&, i] {
      const Connection own(database.url());
      std::mt19937 random(static_cast<unsigned>(i));
      for (int row = 0; row < kRows; ++row) {
        (i % 2 == 0 ? first : second).Capture(1);
        own.Run("BEGIN");
        own.Run("INSERT INTO naive DEFAULT VALUES");
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 2'000));
        own.Run("COMMIT");
      }
    });
  for (auto& writer : writers) writer.join();
  stopping = true;
  naive_reader.join();
  follower.join();
  const auto written = static_cast<size_t>(connection.Run("SELECT count(*) FROM naive")[0]);
  const auto recorded = static_cast<size_t>(connection.Run("SELECT count(*) FROM leads.journal")[0]);
  std::printf("%d writers: of %zu rows a reader by id missed %zu, of %zu entries the follower missed %zu\n", kWriters,
              written, written - naive.size(), recorded, recorded - followed.size());
  EXPECT_EQ(written, size_t{kWriters} * kRows);
  EXPECT_LT(naive.size(), written) << "the test bites";
  ASSERT_EQ(followed.size(), recorded);
  EXPECT_GE(recorded, written);
  for (size_t i = 0; i < followed.size(); ++i) ASSERT_EQ(followed[i].position().seq(), static_cast<int64_t>(i) + 1);
}

}  // namespace
}  // namespace songsang
