#include "chaos/load.h"

#include <signal.h>

#include <atomic>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <thread>

#include "adapters/grpc_client/client.h"
#include "adapters/token/token.h"
#include "audit/commands.h"
#include "songsang/reporting/v1/report.pb.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::chaos {
namespace {

std::atomic<bool> told_to_stop{false};
std::atomic<int64_t> stop_asking_at{0};  // steady clock, seconds

int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// The service that a request is for; of a batch, that of its items, which all go to one place.
std::string ServiceOf(const std::string& method, const std::string& request) {
  v1::ExecuteRequest batch;
  if (method == "songsang.v1.BatchService/Execute" && batch.ParseFromString(request) && batch.items_size() > 0)
    return ServiceOf(batch.items(0).method(), "");
  const size_t begin = method.find('.') + 1;
  return method.substr(begin, method.find('.', begin) - begin);
}

// Where each service is asked; under "" all others are.
using Addresses = std::map<std::string, std::string>;

Addresses AddressesIn(const std::string& text) {
  Addresses addresses;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const size_t name = part.find('=');
    addresses[name == std::string::npos ? "" : part.substr(0, name)] =
        name == std::string::npos ? part : part.substr(name + 1);
    begin = end + 1;
  }
  return addresses;
}

// One tenant's connections.
class Clients {
 public:
  Clients(const Addresses& addresses, const std::string& token) : addresses_(addresses) {
    for (const auto& [service, address] : addresses)
      if (!clients_.contains(address)) clients_[address] = std::make_unique<client::Client>(address, token);
  }
  std::string AddressOf(const std::string& service) const {
    const auto found = addresses_.find(service);
    return found != addresses_.end() ? found->second : addresses_.at("");
  }
  client::Client& Of(const std::string& service) const { return *clients_.at(AddressOf(service)); }

 private:
  const Addresses& addresses_;
  std::map<std::string, std::unique_ptr<client::Client>> clients_;
};

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

// How many leads a tenant has captured: of one who has seen all answers, it never becomes less, whatever is killed and
// whatever report was kept from before. What went wrong, in words.
std::string WatchReport(client::Client& client, const client::Seen& seen) {
  reporting::v1::GetFiguresRequest request;
  request.add_metrics("leads");
  int64_t most = 0;
  while (!told_to_stop) {
    client::Options options;
    options.after = seen.Text();
    const client::Answer answer =
        client.Call("songsang.reporting.v1.ReportService/GetFigures", request.SerializeAsString(), options);
    reporting::v1::Figures figures;
    if (answer.ok() && figures.ParseFromString(answer.reply) && figures.total().values_size() > 0) {
      const int64_t leads = std::atoll(figures.total().values(0).value().c_str());
      if (leads < most) return "a report told of " + std::to_string(leads) + " leads after " + std::to_string(most);
      most = leads;
    } else if (!answer.ok() &&
               audit::VerdictOf(static_cast<int>(answer.code), answer.reason) != audit::Verdict::kUnknown) {
      if (answer.reason != "DEADLINE_EXCEEDED") return "a report was refused: " + answer.Explain();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  std::printf("%lld leads of one tenant in its report\n", static_cast<long long>(most));
  return "";
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
  const Addresses addresses = AddressesIn(options.address);
  std::deque<Clients> clients;
  client::Seen seen;
  for (int i = 0; i < options.tenants; ++i)
    clients.emplace_back(addresses, TokenOf(*key, "tenant" + std::to_string(i)));
  std::atomic<int64_t> acknowledged{0};
  std::vector<std::string> wrong(static_cast<size_t>(options.callers));
  std::vector<std::thread> threads;
  for (int i = 0; i < options.callers; ++i) {
    threads.emplace_back([&, i] {
      const auto tenant = static_cast<size_t>(i % options.tenants);
      const auto send = [&, tenant](const std::string& method, const std::string& request) {
        return Ask(clients[tenant].Of(ServiceOf(method, request)), seen, method, request);
      };
      const auto giving_up = [] { return stop_asking_at != 0 && Now() > stop_asking_at; };
      audit::Caller caller("tenant" + std::to_string(tenant), "chaos", "c" + std::to_string(i),
                           options.seed * 1'000 + static_cast<uint64_t>(i), &known[tenant], &recorder, send, giving_up);
      caller.KeepTogether(
          [&, tenant](const std::string& method) { return clients[tenant].AddressOf(ServiceOf(method, "")); });
      while (!told_to_stop && caller.wrong().empty()) caller.Step();
      acknowledged += caller.acknowledged();
      wrong[static_cast<size_t>(i)] = caller.wrong();
    });
  }
  wrong.push_back(WatchReport(clients[0].Of("reporting"), seen));
  while (!told_to_stop) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  stop_asking_at = Now() + 60;
  for (auto& thread : threads) thread.join();
  wrong.push_back(AwaitReports(clients[0].Of("reporting"), seen));
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
