#include "performance/reports.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "adapters/grpc_client/client.h"
#include "songsang/reporting/v1/report.pb.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::performance {
namespace {

using Clock = std::chrono::steady_clock;
constexpr char kCapture[] = "songsang.leads.v1.LeadService/CaptureLead";
constexpr char kFigures[] = "songsang.reporting.v1.ReportService/GetFigures";
constexpr int kBatch = 500;

struct Asked {
  std::vector<double> millis;
  int cached = 0;

  double At(double share) {
    std::sort(millis.begin(), millis.end());
    return millis.empty() ? 0 : millis[static_cast<size_t>(share * static_cast<double>(millis.size() - 1))];
  }
};

// Fills a tenant; where its journal then stands.
std::string Fill(client::Client& client, int leads) {
  std::string position;
  for (int from = 0; from < leads; from += kBatch) {
    v1::ExecuteRequest execute;
    execute.set_request_id("fill-" + std::to_string(from));
    for (int i = from; i < std::min(from + kBatch, leads); ++i) {
      auto* item = execute.add_items();
      item->set_method(kCapture);
      item->set_request(CaptureOf("", static_cast<uint64_t>(i)));
    }
    client::Options options;
    options.timeout = std::chrono::seconds(60);
    const auto answer = client.Call("songsang.v1.BatchService/Execute", execute.SerializeAsString(), options);
    if (!answer.ok()) throw std::runtime_error(answer.Explain());
    position = answer.position;
  }
  return position;
}

std::string Ask(client::Client& client, const std::string& question, client::Options options, Asked* asked) {
  options.timeout = std::chrono::seconds(60);
  const auto began = Clock::now();
  const auto answer = client.Call(kFigures, question, options);
  if (!answer.ok()) throw std::runtime_error(answer.Explain());
  asked->millis.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began).count());
  asked->cached += answer.cached ? 1 : 0;
  return answer.reply;
}

// One after another, in turns, until time is over.
void Compare(client::Client& client, const std::string& question, double seconds, Asked* kept, Asked* computed) {
  client::Options fresh;
  fresh.metadata = {{"cache-control", "no-cache"}};
  const auto until = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < until) {
    reporting::v1::Figures one, other;
    one.ParseFromString(Ask(client, question, {}, kept));
    other.ParseFromString(Ask(client, question, fresh, computed));
    one.clear_known_on();
    other.clear_known_on();
    if (one.SerializeAsString() != other.SerializeAsString()) throw std::runtime_error("the two answers differ");
  }
}

}  // namespace

Reports KeptAndComputed(const Options& options, int leads, int writes) {
  client::Client client(options.address, TokenOf(options, options.tenant));
  client::Options after;
  after.after = Fill(client, leads);
  reporting::v1::GetFiguresRequest request;
  for (const char* metric : {"leads", "lead_wins"}) request.add_metrics(metric);
  request.add_dimensions("channel");
  request.mutable_period()->set_bucket(reporting::v1::Period::BUCKET_MONTH);
  const std::string question = request.SerializeAsString();
  Asked first, kept, computed;
  Ask(client, question, after, &first);

  std::atomic<bool> over{false};
  std::thread writing([&] {
    client::Client other(options.address, TokenOf(options, options.tenant + "-other"));
    const auto begin = Clock::now();
    for (int64_t number = 0; writes > 0 && !over; ++number) {
      other.Call(kCapture, CaptureOf("w" + std::to_string(getpid()) + "-" + std::to_string(number), 1));
      std::this_thread::sleep_until(begin + (number + 1) * std::chrono::microseconds(1'000'000 / writes));
    }
  });
  try {
    Compare(client, question, options.seconds, &kept, &computed);
  } catch (...) {
    over = true;
    writing.join();
    throw;
  }
  over = true;
  writing.join();
  return {kept.At(0.5), kept.At(0.99), computed.At(0.5), computed.At(0.99), static_cast<int>(kept.millis.size()),
          kept.cached};
}

}  // namespace songsang::performance
