#include "chaos/database.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace songsang::chaos {
namespace {

void Run(const std::string& url, const std::string& sql) {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  const auto status = PQresultStatus(result);
  const std::string error = PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(sql + ": " + error);
}

}  // namespace

Database::Database(const std::string& server) : server_(server), name_("chaos_" + std::to_string(getpid())) {
  Run(server_, "CREATE DATABASE " + name_);
  const size_t query = std::min(server.find('?'), server.size());
  url_ = server.substr(0, server.rfind('/', query) + 1) + name_ + server.substr(query);
}

Database::~Database() {
  try {
    Run(server_, "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // The server is gone: so is the database.
  }
}

void Database::EndSomeConnection(unsigned random) {
  Run(server_, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name_ +
                   "' ORDER BY md5(pid::text || '" + std::to_string(random) + "') LIMIT 2");
}

}  // namespace songsang::chaos
