#include "support/database.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <stdexcept>

namespace songsang {
namespace {

std::string Server() {
  const char* server = std::getenv("SONGSANG_TEST_POSTGRES");
  return server == nullptr ? "" : server;
}

void RunOn(const std::string& url, const std::string& statement) {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* result = PQexec(connection, statement.c_str());
  const auto status = PQresultStatus(result);
  const std::string error = PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(statement + ": " + error);
}

// The URL of another database on the same server.
std::string UrlOf(const std::string& server, const std::string& database) {
  const size_t host = server.find("://");
  const size_t path = host == std::string::npos ? host : server.find('/', host + 3);
  const size_t query = server.find('?');
  const std::string tail = query == std::string::npos ? "" : server.substr(query);
  return server.substr(0, std::min(path, query)) + "/" + database + tail;
}

}  // namespace

Database::Database() {
  static std::atomic<int> last{0};
  name_ = "songsang_test_" + std::to_string(getpid()) + "_" + std::to_string(++last);
  url_ = UrlOf(Server(), name_);
  RunOn(Server(), "CREATE DATABASE " + name_);
}

Database::~Database() {
  try {
    RunOn(Server(), "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // The server is gone: so is the database.
  }
}

void Database::Save() { RunOn(Server(), "CREATE DATABASE " + name_ + "_saved TEMPLATE " + name_); }

void Database::Restore() {
  RunOn(Server(), "DROP DATABASE " + name_ + " WITH (FORCE)");
  RunOn(Server(), "ALTER DATABASE " + name_ + "_saved RENAME TO " + name_);
}

void Database::Run(const std::string& statement) const { RunOn(url_, statement); }

}  // namespace songsang
