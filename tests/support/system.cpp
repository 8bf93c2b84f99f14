#include "support/system.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "engine/clock.h"
#include "host/log.h"
#include "host/methods.h"
#include "songsang/modules.h"

namespace songsang {

namespace {

constexpr int kUtcTenants = 500;

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::unique_ptr<System>& SharedOne() {
  static std::unique_ptr<System> one;
  return one;
}

// Skips what has no store to run on, visibly, and ends the shared system before the process does.
class SystemEnvironment : public ::testing::Environment {
 public:
  void SetUp() override {
    host::StartLog("text", Variable("SONGSANG_TEST_LOG").empty() ? "error" : Variable("SONGSANG_TEST_LOG"));
    if (TestStore() == "postgres" && Variable("SONGSANG_TEST_POSTGRES").empty())
      GTEST_SKIP() << "SONGSANG_TEST_POSTGRES names no server";
  }
  void TearDown() override { SharedOne().reset(); }
};
const auto* const kEnvironment = ::testing::AddGlobalTestEnvironment(new SystemEnvironment);

}  // namespace

std::string TestStore() {
  const std::string store = Variable("SONGSANG_TEST_STORE");
  return store.empty() ? "sqlite" : store;
}

client::Answer Client::CallBytes(std::string_view method, std::string_view request, const With& with) const {
  const auto* descriptor = methods::Find(method);
  const std::string name = descriptor == nullptr ? std::string(method) : methods::NameOf(*descriptor);
  client::Options options{with.validate_only, with.idempotency_key, with.language, with.after,
                          with.trace,         with.timeout,         with.metadata, {}};
  if (with.read_own_writes && options.after.empty()) options.after = seen_->Text();
  auto answer = connection_->Call(name, request, options);
  seen_->Add(answer.position);
  return answer;
}

client::Answer Client::CallRaw(std::string_view method, const google::protobuf::Message& request,
                               const With& with) const {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  const auto* reflection = request.GetReflection();
  if (!with.fill_request_id || field == nullptr || !with.idempotency_key.empty() ||
      !reflection->GetString(request, field).empty())
    return CallBytes(method, request.SerializeAsString(), with);
  static std::atomic<int> last{0};
  const std::unique_ptr<google::protobuf::Message> filled(request.New());
  filled->CopyFrom(request);
  reflection->SetString(filled.get(), field, "test-" + std::to_string(getpid()) + "-" + std::to_string(++last));
  return CallBytes(method, filled->SerializeAsString(), with);
}

std::unique_ptr<google::protobuf::Message> Client::RequestOf(std::string_view method) {
  const auto* descriptor = methods::Find(method);
  if (descriptor == nullptr)
    throw std::logic_error("there is no method, or more than one, called " + std::string(method));
  return methods::NewRequest(*descriptor);
}

System& System::Shared() {
  if (SharedOne() == nullptr) SharedOne() = std::make_unique<System>();
  return *SharedOne();
}

System::System(const std::function<void(host::Config*)>& change) {
  folder_ = (std::filesystem::temp_directory_path() / "songsang-test-XXXXXX").string();
  if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder: " + folder_);
  config_.home = folder_;
  config_.listen = "127.0.0.1:0";
  config_.watchdog = false;
  config_.migrate = true;
  config_.partitions = 1;
  config_.store = TestStore() == "memory" ? "memory:" : "sqlite:" + folder_ + "/store";
  if (TestStore() == "postgres") {
    database_ = std::make_unique<Database>();
    config_.store = database_->url();
    config_.partitions = 2;
  }
  for (int i = 1; i <= kUtcTenants; ++i) config_.zones["utc-" + std::to_string(i)] = "UTC";
  for (const char* tenant : {"olist", "crm", "retail"}) config_.zones[tenant] = "UTC";
  if (change) change(&config_);
  Start();
}

System::~System() {
  Stop();
  database_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void System::Start() {
  host::Failure failure;
  running_ = host::System::Start(config_, Modules(), &failure);
  if (running_ == nullptr) throw std::runtime_error("the system does not start: " + failure.message);
}

void System::Stop() {
  if (running_ != nullptr) running_->Stop();
}

void System::Ahead(std::chrono::minutes time) {
  engine::MoveClockAhead(std::chrono::duration_cast<std::chrono::microseconds>(time).count());
}

bool Eventually(const std::function<bool()>& holds, std::chrono::milliseconds within) {
  const auto until = std::chrono::steady_clock::now() + within;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

void System::Restart() {
  running_.reset();
  Start();
}

Client System::As(std::initializer_list<v1::Role> roles, std::string tenant) {
  token::Claims claims;
  claims.subject = "tester";
  claims.client = "tests";
  claims.tenant = tenant.empty() ? FreshTenant() : std::move(tenant);
  for (const v1::Role role : roles) claims.roles |= 1u << role;
  return As(claims);
}

Client System::As(const token::Claims& claims) {
  Client client;
  client.tenant_ = claims.tenant;
  client.token_ = key().Mint(claims);
  client.connection_ = std::make_shared<client::Client>(address(), client.token_);
  const std::lock_guard lock(mutex_);
  auto& seen = seen_[claims.tenant];
  if (seen == nullptr) seen = std::make_shared<client::Seen>();
  client.seen_ = seen;
  return client;
}

std::string System::FreshTenant(const std::string& zone) {
  static std::atomic<int> last{0}, last_utc{0};
  if (zone != "UTC") return "tenant-" + std::to_string(++last);
  const int number = ++last_utc;
  if (number > kUtcTenants) throw std::logic_error("more tenants in UTC than tests/support/system.cpp prepares");
  return "utc-" + std::to_string(number);
}

}  // namespace songsang
