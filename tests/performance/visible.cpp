#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "adapters/grpc_client/client.h"
#include "performance/load.h"
#include "songsang/reporting/v1/report.pb.h"

namespace songsang::performance {
namespace {

using Clock = std::chrono::steady_clock;
constexpr char kCapture[] = "songsang.leads.v1.LeadService/CaptureLead";
// Each probe is a report, and reports cost too: so few that they do not decide what is measured.
constexpr int kProbesPerSecond = 10;

std::string RunName() {
  return "v" + std::to_string(getpid()) + "-" + std::to_string(Clock::now().time_since_epoch().count() % 1'000'000'000);
}

// Leads at an even pace, whatever the answers take; a hundredth of a second's worth at a time.
void Pace(client::Client& client, int per_second, const std::atomic<bool>& over, std::atomic<int64_t>& sent) {
  const std::string run = RunName();
  const auto begin = Clock::now();
  const auto step = std::chrono::milliseconds(10);
  for (int64_t number = 0, tick = 1; !over; ++tick) {
    std::vector<std::string> requests;
    for (; number < tick * per_second / 100; ++number)
      requests.push_back(CaptureOf(run + "-" + std::to_string(number), static_cast<uint64_t>(number)));
    for (const auto& answer : client.CallAll(kCapture, requests)) sent += answer.ok() ? 1 : 0;
    std::this_thread::sleep_until(begin + tick * step);
  }
}

std::string LeadsReported(const client::Answer& answer) {
  reporting::v1::Figures figures;
  figures.ParseFromString(answer.reply);
  return figures.total().values_size() == 1 ? figures.total().values(0).value() : "";
}

}  // namespace

Visible CommitToReport(const Options& options, int per_second) {
  Visible visible;
  client::Client bulk(options.address, TokenOf(options, options.tenant));
  const std::string probes = options.tenant + "-" + RunName();
  client::Client probe(options.address, TokenOf(options, probes));
  client::Client reports(options.reports.empty() ? options.address : options.reports, TokenOf(options, probes));
  std::atomic<bool> over{false};
  std::atomic<int64_t> sent{0};
  std::thread pace([&] { Pace(bulk, per_second - kProbesPerSecond, over, sent); });
  std::vector<double> millis;
  reporting::v1::GetFiguresRequest report;
  report.add_metrics("leads");
  const auto begin = Clock::now();
  for (int number = 1; visible.failure.empty(); ++number) {
    if (Clock::now() - begin > std::chrono::duration<double>(options.seconds)) break;
    const client::Answer captured = probe.Call(kCapture, CaptureOf(probes + "-" + std::to_string(number), 1));
    const auto committed = Clock::now();
    client::Options after;
    after.after = captured.position;
    const client::Answer figures =
        reports.Call("songsang.reporting.v1.ReportService/GetFigures", report.SerializeAsString(), after);
    millis.push_back(std::chrono::duration<double, std::milli>(Clock::now() - committed).count());
    if (!captured.ok()) visible.failure = captured.Explain();
    if (!figures.ok()) visible.failure = figures.Explain();
    if (visible.failure.empty() && LeadsReported(figures) != std::to_string(number))
      visible.failure = "the report counts " + LeadsReported(figures) + " leads, not " + std::to_string(number);
    std::this_thread::sleep_until(begin + number * std::chrono::milliseconds(1'000 / kProbesPerSecond));
  }
  over = true;
  pace.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::sort(millis.begin(), millis.end());
  visible.samples = static_cast<int>(millis.size());
  visible.events_per_second = (static_cast<double>(sent) + visible.samples) / seconds;
  if (millis.empty()) return visible;
  visible.p50_ms = millis[millis.size() / 2];
  visible.p99_ms = millis[std::min(millis.size() - 1, millis.size() * 99 / 100)];
  visible.worst_ms = millis.back();
  return visible;
}

}  // namespace songsang::performance
