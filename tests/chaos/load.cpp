#include "chaos/load.h"

#include <signal.h>

#include <atomic>
#include <cstdio>
#include <deque>
#include <thread>

#include "adapters/grpc_client/client.h"
#include "adapters/token/token.h"
#include "audit/commands.h"
#include "songsang/reporting/v1/report.pb.h"

namespace songsang::chaos {
namespace {

std::atomic<bool> told_to_stop{false};
std::atomic<int64_t> stop_asking_at{0};  // steady clock, seconds

int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

audit::Reply Ask(client::Client& client, client::Seen& seen, const std::string& method, const std::string& request) {
  client::Options options;
  options.timeout = std::chrono::seconds(5);
  const client::Answer answer = client.Call(method, request, options);
  if (!answer.position.empty()) seen.Add(answer.position);
  audit::Reply reply;
  reply.verdict = audit::VerdictOf(static_cast<int>(answer.code), answer.reason);
  reply.reason = answer.reason.empty() ? client::CodeName(answer.code) : answer.reason;
  reply.bytes = answer.reply;
  reply.replayed = answer.replayed;
  return reply;
}

std::string TokenOf(const token::Key& key, const std::string& tenant) {
  token::Claims claims;
  claims.subject = "caller";
  claims.client = "chaos";
  claims.tenant = tenant;
  claims.roles = 1u << v1::ROLE_ADMIN;
  return key.Mint(claims);
}

// All that was recorded is to be seen in reports before the server is stopped for the audit.
std::string AwaitReports(client::Client& client, const client::Seen& seen) {
  client::Options options;
  options.timeout = std::chrono::seconds(60);
  options.after = seen.Text();
  const client::Answer answer = client.Call("songsang.reporting.v1.ReportService/ListMetrics",
                                            reporting::v1::ListMetricsRequest().SerializeAsString(), options);
  return answer.ok() ? "" : "reports do not show what was recorded: " + answer.Explain();
}

}  // namespace

int Load(const LoadOptions& options) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGTERM, [](int) { told_to_stop = true; });
  const auto key = token::Key::OfFolder(options.home);
  if (!key.ok()) {
    std::printf("%s\n", key.refusal().Sentence(false).c_str());
    return 2;
  }
  audit::Recorder recorder(options.record);
  std::deque<audit::Known> known(static_cast<size_t>(options.tenants));
  std::deque<client::Client> clients;
  client::Seen seen;
  for (int i = 0; i < options.tenants; ++i)
    clients.emplace_back(options.address, TokenOf(*key, "tenant" + std::to_string(i)));
  std::atomic<int64_t> acknowledged{0};
  std::vector<std::string> wrong(static_cast<size_t>(options.callers));
  std::vector<std::thread> threads;
  for (int i = 0; i < options.callers; ++i) {
    threads.emplace_back([&, i] {
      const auto tenant = static_cast<size_t>(i % options.tenants);
      const auto send = [&, tenant](const std::string& method, const std::string& request) {
        return Ask(clients[tenant], seen, method, request);
      };
      const auto giving_up = [] { return stop_asking_at != 0 && Now() > stop_asking_at; };
      audit::Caller caller("tenant" + std::to_string(tenant), "chaos", "c" + std::to_string(i),
                           options.seed * 1'000 + static_cast<uint64_t>(i), &known[tenant], &recorder, send, giving_up);
      while (!told_to_stop && caller.wrong().empty()) caller.Step();
      acknowledged += caller.acknowledged();
      wrong[static_cast<size_t>(i)] = caller.wrong();
    });
  }
  while (!told_to_stop) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  stop_asking_at = Now() + 60;
  for (auto& thread : threads) thread.join();
  wrong.push_back(AwaitReports(clients[0], seen));
  int failures = 0;
  for (const std::string& what : wrong) {
    if (what.empty()) continue;
    ++failures;
    std::printf("%s\n", what.c_str());
  }
  std::printf("%lld acknowledged\n", static_cast<long long>(acknowledged));
  return failures == 0 ? 0 : 1;
}

}  // namespace songsang::chaos
