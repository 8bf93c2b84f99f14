// What differs where the store is a PostgreSQL server: schemas are changed by `songsang migrate` alone.
#include <libpq-fe.h>

#include <cstdlib>

#include "acceptance/command_line/shell.h"

namespace songsang {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class CommandLinePostgres : public Shell {
 protected:
  void SetUp() override {
    const char* server = std::getenv("SONGSANG_TEST_POSTGRES");
    if (server == nullptr || *server == '\0') GTEST_SKIP() << "SONGSANG_TEST_POSTGRES names no server";
    server_ = server;
    database_ = "songsang_shell_" + std::to_string(getpid());
    Administer("CREATE DATABASE " + database_);
    url = server_.substr(0, server_.find('/', server_.find("://") + 3)) + "/" + database_;
  }
  void TearDown() override {
    if (!database_.empty()) Administer("DROP DATABASE IF EXISTS " + database_ + " WITH (FORCE)");
  }
  std::string url;

 private:
  void Administer(const std::string& statement) {
    PGconn* connection = PQconnectdb(server_.c_str());
    PGresult* result = PQexec(connection, statement.c_str());
    EXPECT_EQ(PQresultStatus(result), PGRES_COMMAND_OK) << statement << ": " << PQerrorMessage(connection);
    PQclear(result);
    PQfinish(connection);
  }
  std::string server_, database_;
};

TEST_F(CommandLinePostgres, ServesOnceItsSchemaIsMigratedAndSaysThatItWaits) {
  auto server = Start({"serve", "--store", url, "--listen", "127.0.0.1:0", "--log-format", "json"});
  EXPECT_THAT(server->WaitForLine("waiting for the store"), AllOf(HasSubstr("songsang migrate"), HasSubstr("leads")));
  EXPECT_THAT(Songsang({"migrate", "--store", url, "--dry-run"}),
              AllOf(Exits(0), Says("CREATE TABLE"), Says("to run")));
  EXPECT_THAT(Songsang({"migrate", "--store", url}), AllOf(Exits(0), Says("reporting: ")));
  const std::string line = server->WaitForLine("\"msg\":\"serving\"");
  ASSERT_THAT(line, HasSubstr("127.0.0.1:"));
  address = line.substr(line.find("127.0.0.1:"), line.find('"', line.find("127.0.0.1:")) - line.find("127.0.0.1:"));
  EXPECT_THAT(Songsang({"call", "CaptureLead", R"({"name":"김하늘","channel":"CHANNEL_PHONE"})"}), Exits(0));
  EXPECT_THAT(Songsang({"events", "--service", "leads"}), AllOf(Exits(0), Says("김하늘")));
  EXPECT_THAT(Songsang({"doctor", "--store", url}),
              AllOf(Exits(0), Says("leads: 1 entries"), Says("schema up to date")));
  EXPECT_THAT(Songsang({"journal", "verify", "--store", url}), AllOf(Exits(0), Says("leads: sound, 1 entries")));
  EXPECT_THAT(Stop(*server), Exits(0));
}

TEST_F(CommandLinePostgres, EndsWhenAskedToWhileItWaits) {
  auto server = Start({"serve", "--store", url, "--listen", "127.0.0.1:0"});
  EXPECT_NE(server->WaitForLine("waiting for the store"), "");
  EXPECT_THAT(Stop(*server), AllOf(Exits(75), Says("stopped while waiting")));
}

TEST_F(CommandLinePostgres, WaitsForAServerThatIsAway) {
  auto server =
      Start({"serve", "--store", "postgresql://postgres:secret@127.0.0.1:1/nowhere", "--listen", "127.0.0.1:0"});
  const std::string line = server->WaitForLine("waiting for the store");
  EXPECT_THAT(line, AllOf(HasSubstr("127.0.0.1:1"), ::testing::Not(HasSubstr("secret"))));
  EXPECT_TRUE(server->running());
}

}  // namespace
}  // namespace songsang
