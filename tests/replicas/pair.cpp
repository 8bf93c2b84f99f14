#include "replicas/pair.h"

#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "audit/audit.h"
#include "audit/stores.h"
#include "host/methods.h"

namespace songsang {
namespace {

constexpr char kClient[] = "replicas";

}  // namespace

Person::Person(const std::string& addresses, const token::Key& key, const std::string& tenant,
               std::shared_ptr<client::Seen> seen, std::shared_ptr<audit::Recorder> recorder)
    : tenant_(tenant), seen_(std::move(seen)), recorder_(std::move(recorder)) {
  token::Claims claims;
  claims.subject = "kim";
  claims.client = kClient;
  claims.tenant = tenant;
  claims.roles = 1u << v1::ROLE_ADMIN;
  client_ = std::make_shared<client::Client>(addresses, key.Mint(claims), "", tenant);
}

client::Answer Person::Send(const std::string& method, const Proto& request, const std::string& request_id) const {
  static std::atomic<int> last{0};
  const auto* descriptor = methods::Find(method);
  if (descriptor == nullptr) throw std::logic_error("there is no method, or more than one, called " + method);
  const auto message = methods::NewRequest(*descriptor);
  request.ParseInto(message.get());
  const std::string name = methods::NameOf(*descriptor);
  audit::Key key{tenant_, kClient, request_id.empty() ? "r-" + std::to_string(++last) : request_id};
  if (const auto* field = message->GetDescriptor()->FindFieldByName("request_id")) {
    message->GetReflection()->SetString(message.get(), field, key.request_id);
    if (recorder_ != nullptr) recorder_->Sending(key, name);
  } else {
    key.request_id.clear();
  }
  client::Options options;
  options.after = seen_->Text();
  auto answer = client_->Call(name, message->SerializeAsString(), options);
  seen_->Add(answer.position);
  if (recorder_ != nullptr && !key.request_id.empty())
    recorder_->Answered(key, audit::VerdictOf(static_cast<int>(answer.code), answer.reason),
                        answer.ok() ? answer.reply : answer.reason);
  return answer;
}

Pair::Pair(std::vector<std::string> more) : more_(std::move(more)), database_(std::getenv("SONGSANG_TEST_POSTGRES")) {
  for (std::string& address : addresses_) address = "127.0.0.1:" + std::to_string(chaos::FreePort());
  Start(0);
  EXPECT_TRUE(Eventually([&] {
    for (const char* service : {"leads", "accounts", "workforce", "billing", "training", "reporting"})
      if (Sql(std::string("SELECT holder FROM ") + service + ".lease").empty()) return false;
    return true;
  }));
  Start(1);
}

void Pair::Start(int replica) {
  const auto place = static_cast<size_t>(replica);
  std::vector<std::string> words = {SONGSANG_BINARY, "serve",    "--home",          folder_.path(), "--store",
                                    database_.url(), "--listen", addresses_[place], "--partitions", "2",
                                    "--log-level",   "warn"};
  if (processes_[0] == nullptr) words.emplace_back("--migrate");
  words.insert(words.end(), more_.begin(), more_.end());
  const std::string log = folder_.path() + "/log" + std::to_string(replica);
  processes_[place] = std::make_unique<chaos::Process>(words, log);
  EXPECT_TRUE(Eventually([&] { return client::Client(addresses_[place]).IsServing(); }, std::chrono::seconds(60)))
      << host::ReadFile(log);
}

void Pair::Stop(int replica) {
  process(replica).Signal(SIGTERM);
  EXPECT_EQ(process(replica).Await(std::chrono::seconds(30)), 0);
}

std::vector<std::string> Pair::Sql(const std::string& sql) const {
  PGconn* connection = PQconnectdb(database_.url().c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  if (PQresultStatus(result) != PGRES_TUPLES_OK) ADD_FAILURE() << sql << ": " << PQerrorMessage(connection);
  std::vector<std::string> column;
  for (int row = 0; row < PQntuples(result); ++row) column.emplace_back(PQgetvalue(result, row, 0));
  PQclear(result);
  PQfinish(connection);
  return column;
}

std::string Pair::Audit() {
  for (const int replica : {0, 1}) Stop(replica);
  std::string error;
  const auto stores = audit::OpenStores(database_.url(), &error);
  audit::Record told;
  if (error.empty()) told = audit::ReadRecord(folder_.path() + "/record", &error);
  if (!error.empty()) return error;
  const audit::Report report = audit::Audit(stores, told);
  std::fputs(report.Text().c_str(), stdout);
  return report.clean() ? "" : report.Text();
}

}  // namespace songsang
