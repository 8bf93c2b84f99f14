// songsang_load: what the benchmarks send. One line of words and numbers, for a script to read.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <thread>

#include "adapters/grpc_client/client.h"
#include "performance/load.h"
#include "performance/reports.h"

namespace {

// Says at which millisecond since 1970 the server first said that it serves.
int Await(const std::string& address) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < until) {
    // A client of its own each time: one that was refused would wait before it tries again.
    songsang::client::Client client(address);
    if (client.IsServing()) {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      std::printf("%lld\n", static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()));
      return 0;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  std::fprintf(stderr, "songsang_load: nobody serves at %s\n", address.c_str());
  return 1;
}

}  // namespace

int main(int count, char** words) {
  using namespace songsang::performance;
  signal(SIGPIPE, SIG_IGN);
  CLI::App line("Captures leads as fast as N callers can, each waiting for its answer.");
  Options options;
  int visible_at = 0, reports_of = 0, writes = 0, prepare = 0;
  std::string orders;
  bool await = false;
  line.add_option("--address", options.address, "of the server; of replicas, with commas: the tenant prefers one");
  line.add_flag("--spread", options.spread, "to all replicas instead, connection by connection");
  line.add_option("--home", options.home, "the server's home: tokens are minted with its key");
  line.add_option("--tenant", options.tenant);
  line.add_option("--callers", options.callers);
  line.add_option("--connections", options.connections);
  line.add_option("--items", options.items, "commands a call, through BatchService/Execute; 0: single calls");
  line.add_option("--seconds", options.seconds);
  line.add_option("--warm-up", options.warm_up, "seconds that are not counted");
  line.add_option("--visible-at", visible_at, "measure commit to visible in a report, at this many events/s");
  line.add_option("--reports-at", options.reports, "address of the server that answers reports, if it is another");
  line.add_option("--reports-of", reports_of, "ask the same report of so many leads, kept and computed in turns");
  line.add_option("--writes", writes, "leads a second that another tenant captures meanwhile");
  line.add_option("--prepare", prepare, "place and deliver this many orders, and write their ids to --orders");
  line.add_option("--orders", orders, "issue invoices for the orders of this file");
  line.add_flag("--await", await, "only wait until the server serves, and say when that was");
  CLI11_PARSE(line, count, words);
  if (await) return Await(options.address);
  try {
    if (prepare > 0) {
      PrepareOrders(options, prepare, orders);
      return 0;
    }
    if (!orders.empty()) {
      options.method = "/songsang.billing.v1.InvoiceService/IssueInvoice";
      options.make = InvoicesOf(orders);
    }
    if (visible_at > 0) {
      const Visible visible = CommitToReport(options, visible_at);
      std::printf("p50_ms %.2f p99_ms %.2f worst_ms %.2f samples %d per_second %.0f\n", visible.p50_ms, visible.p99_ms,
                  visible.worst_ms, visible.samples, visible.events_per_second);
      if (!visible.failure.empty()) std::fprintf(stderr, "songsang_load: %s\n", visible.failure.c_str());
      return visible.failure.empty() ? 0 : 1;
    }
    if (reports_of > 0) {
      const Reports reports = KeptAndComputed(options, reports_of, writes);
      std::printf("kept_p50_ms %.3f kept_p99_ms %.3f computed_p50_ms %.3f computed_p99_ms %.3f asked %d cached %d\n",
                  reports.kept_p50_ms, reports.kept_p99_ms, reports.computed_p50_ms, reports.computed_p99_ms,
                  reports.asked, reports.cached);
      return 0;
    }
    const Measured measured = Load(options);
    std::printf("per_second %.0f p50_ms %.3f p99_ms %.3f worst_ms %.1f commands %lld failed %lld\n",
                measured.per_second, measured.p50_ms, measured.p99_ms, measured.worst_ms,
                static_cast<long long>(measured.commands), static_cast<long long>(measured.failed));
    if (measured.failed > 0) std::fprintf(stderr, "songsang_load: %s\n", measured.first_failure.c_str());
    return measured.failed == 0 && measured.commands > 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "songsang_load: %s\n", error.what());
    return 2;
  }
}
