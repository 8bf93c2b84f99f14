// How long a what-if takes over a company's year: 1,000 reps and 200,000 invoices, recorded through the door, then asked
// for. The store is named as in tests: SONGSANG_TEST_STORE, SONGSANG_TEST_POSTGRES.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <string>
#include <vector>

#include "core/dates.h"
#include "core/money.h"
#include "songsang/v1/engine.pb.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/plan.pb.h"
#include "songsang/workforce/v1/sale.pb.h"
#include "songsang/workforce/v1/statement.pb.h"
#include "songsang/workforce/v1/unit.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using namespace workforce::v1;  // NOLINT: the service that is measured

constexpr int kReps = 1'000;
constexpr int kSales = 200;  // a rep
constexpr char kTerms[] =
    "basis: BASIS_INVOICE currency: 'KRW' tiers { rate { units: 3 scale: 2 } } tiers { above_minor: 50000000 rate { "
    "units: "
    "45 scale: 3 } } tiers { above_minor: 100000000 rate { units: 6 scale: 2 } }";

// Commands on their way, 500 a call.
class Batch {
 public:
  explicit Batch(const Client& client) : client_(client) {}
  void Add(const char* method, const google::protobuf::Message& request) {
    auto* item = batch_.add_items();
    item->set_method(std::string("songsang.workforce.v1.") + method);
    item->set_request(request.SerializeAsString());
    if (batch_.items_size() == 500) Send();
  }
  void Send() {
    if (batch_.items_size() == 0) return;
    const auto answer = client_.Call<v1::ExecuteResponse>("Execute", batch_, {.timeout = std::chrono::seconds(60)});
    ASSERT_TRUE(answer.ok()) << answer.answer().Explain();
    for (const auto& result : answer->results()) ASSERT_FALSE(result.has_error()) << result.DebugString();
    batch_.Clear();
  }

 private:
  const Client& client_;
  v1::ExecuteRequest batch_;
};

void Fill(const Client& importer) {
  ASSERT_TRUE(importer
                  .Call<UnitOpened>("OpenUnit", Proto("name: 'u' kind: KIND_BRANCH opened_on: '2020-01-01' "
                                                      "external_ref { system: 'hr' key: 'u' }"))
                  .ok());
  const auto plan = importer.Call<CompensationPlanDefined>(
      "DefineCompensationPlan", Proto(std::string("key: 'flat' name: 'flat' terms { ") + kTerms + " }"));
  ASSERT_TRUE(plan.ok());
  std::vector<std::string> ids;
  for (int i = 0; i < kReps; ++i) {
    const auto hired = importer.Call<PersonHired>(
        "HirePerson",
        Proto(fmt::format("name: 'rep {0}' external_ref {{ system: 'hr' key: 'rep{0}' }} unit_id: 'ext:hr:u' "
                          "role: 'sales_rep' from_on: '2025-01-01'",
                          i)));
    ASSERT_TRUE(hired.ok());
    ids.push_back(hired->person().id());
    ASSERT_TRUE(importer
                    .Call<PlanAssigned>("AssignPlan", Proto("from_on: '2025-01-01' person_id: '" + ids.back() +
                                                            "' plan_id: '" + plan->compensation_plan().id() + "'"))
                    .ok());
  }
  Batch batch(importer);
  for (int n = 0; n < kReps * kSales; ++n) {
    const int64_t amount = 100'000 + (n * int64_t{7'919}) % 2'000'000;
    RecordSaleRequest sale;
    sale.set_invoice_id("I" + std::to_string(n));
    sale.set_number(sale.invoice_id());
    sale.set_issued_on(Date::Of(2025, 1, 1).PlusDays(static_cast<int>(n * int64_t{365} / (kReps * kSales))).ToIso());
    *sale.mutable_supply() = MoneyOf(amount, "KRW");
    sale.set_total_minor(amount + amount / 10);
    sale.add_shares()->set_person_id(ids[static_cast<size_t>(n % kReps)]);
    sale.mutable_shares(0)->set_amount_minor(amount);
    batch.Add("SaleService/RecordSale", sale);
    if (n % 20 != 0) continue;
    RecordReturnRequest back;
    back.set_return_id("R" + std::to_string(n));
    back.set_invoice_id(sale.invoice_id());
    back.set_returned_on(sale.issued_on());
    back.set_total_minor(amount / 10);
    *back.add_shares() = sale.shares(0);
    back.mutable_shares(0)->set_amount_minor(amount / 10);
    batch.Add("SaleService/RecordReturn", back);
  }
  batch.Send();
}

TEST(WhatIf, OfAYear) {
  using Clock = std::chrono::steady_clock;
  const auto seconds = [](Clock::time_point from) {
    return std::chrono::duration<double>(Clock::now() - from).count();
  };
  const Client importer = System::Shared().As({v1::ROLE_IMPORTER, v1::ROLE_EXECUTIVE});
  const auto filling = Clock::now();
  Fill(importer);
  fmt::print("{} reps, {} invoices, recorded in {:.1f} s on {}\n", kReps, kReps * kSales, seconds(filling),
             TestStore());
  const Proto ask(
      "from_month: '2025-01' to_month: '2025-12' terms { basis: BASIS_INVOICE currency: 'KRW' tiers { rate { "
      "units: 4 scale: 2 } } cap_minor: 5000000 }");
  std::vector<double> times, processor;
  for (int i = 0; i < 7; ++i) {
    const auto asking = Clock::now();
    const std::clock_t used = std::clock();
    const auto answer = importer.Call<WhatIfAnswer>("WhatIf", ask);
    times.push_back(seconds(asking));
    processor.push_back(static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC);
    ASSERT_TRUE(answer.ok()) << answer.answer().Explain();
    ASSERT_EQ(answer->rows_size(), kReps);
    ASSERT_EQ(answer->facts(), kReps * kSales + kReps * kSales / 20);
  }
  std::sort(times.begin(), times.end());
  std::sort(processor.begin(), processor.end());
  fmt::print("what-if over {} facts: median {:.0f} ms, least {:.0f}, most {:.0f}; of the processor {:.0f} ms\n",
             kReps * kSales * 21 / 20, times[3] * 1'000, times.front() * 1'000, times.back() * 1'000,
             processor[3] * 1'000);
}

}  // namespace
}  // namespace songsang
