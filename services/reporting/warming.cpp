#include "reporting/warming.h"

#include <fmt/format.h>

#include <thread>

#include "songsang/reporting/v1/receivables.pb.h"

namespace songsang::reporting {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{200};
constexpr std::chrono::seconds kPatience{60};
// As many tenants' columns are kept.
constexpr int kTenants = 16;

// False where it is to be tried again.
bool Ask(engine::Engine& engine, const std::string& tenant) {
  auto request = std::make_unique<v1::GetAgeingRequest>();
  request->set_limit(1);
  auto call = std::make_unique<engine::Call>();
  call->method = engine.Find("songsang.reporting.v1.ReceivableReportService/GetAgeing");
  call->request = std::move(request);
  call->caller.tenant = tenant;
  call->caller.actor = call->caller.client = "reporting";
  call->caller.roles = 1u << songsang::v1::ROLE_SERVICE;
  call->deadline = steady_clock::now() + kPatience;
  const engine::Outcome outcome = engine.ExecuteAndWait(std::move(call));
  return outcome.ok() || outcome.refusal->reason->code != Code::kUnavailable;
}

}  // namespace

void WarmAgeing(engine::Engine& engine, engine::Store& store, const std::stop_token& stop) {
  const std::string sql =
      fmt::format("SELECT tenant FROM {}.billing_receivable GROUP BY tenant ORDER BY COUNT(*) DESC, tenant LIMIT {}",
                  store.schema(), kTenants);
  for (; !stop.stop_requested(); std::this_thread::sleep_for(kPause)) {
    engine::Rows tenants;
    if (!store.Query(sql, {}, steady_clock::now() + kPatience, &tenants).ok()) continue;
    bool done = true;
    for (const auto& row : tenants.rows)
      done = done && !stop.stop_requested() && Ask(engine, std::get<std::string>(row[0]));
    if (done) return;
  }
}

}  // namespace songsang::reporting
