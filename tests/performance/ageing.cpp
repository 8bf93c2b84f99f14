// How long ageing takes over many open invoices, as a question to the replica and as SQL over a bare table.
//   songsang_ageing STORE OPEN_INVOICES        STORE: sqlite:FOLDER or postgresql://…, empty
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "core/hash.h"
#include "core/money.h"
#include "engine/catalogue.h"
#include "engine/reader.h"
#include "host/host.h"
#include "reporting/follower.h"
#include "reporting/reporting.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/reporting/v1/receivables.pb.h"

namespace {

using namespace songsang;  // NOLINT: a program of its own
using Clock = std::chrono::steady_clock;

constexpr int kClients = 1'000;
constexpr int kRepeats = 30;
constexpr int64_t kBegin = 1'767'225'600'000'000;  // 2026-01-01
constexpr char kTenant[] = "bench";

// A year's invoices: one in five is paid in part a while later, so has two versions.
v1::JournalEvent EventOf(int64_t seq) {
  const bool paid = seq % 6 == 0;
  const int64_t invoice = paid ? seq - 3 : seq;
  billing::v1::InvoiceIssued issued;
  auto& receivable = *issued.mutable_receivable();
  receivable.set_id(fmt::format("01935c00-0000-7000-8000-{:012}", invoice));
  receivable.set_version(paid ? 2 : 1);
  receivable.set_account_id(fmt::format("01935c00-0000-7000-9000-{:012}", invoice * 7919 % kClients));
  receivable.set_due_on(Date::Of(2025, 7, 1).PlusDays(static_cast<int>(invoice * 104729 % 500)).ToIso());
  *receivable.mutable_amount() = MoneyOf(110'000 + invoice % 977, "KRW");
  *receivable.mutable_open() = MoneyOf(receivable.amount().minor() - (paid ? 10'000 : 0), "KRW");
  receivable.set_standing(billing::v1::Receivable::STANDING_OPEN);
  v1::JournalEvent event;
  event.mutable_position()->set_service("billing");
  event.mutable_position()->set_seq(seq);
  event.mutable_position()->set_hash(std::to_string(seq));
  event.set_previous_hash(seq == 1 ? "" : std::to_string(seq - 1));
  event.set_event_id(fmt::format("event-{}", seq));
  event.set_tenant(kTenant);
  event.set_type(issued.GetDescriptor()->full_name());
  event.set_payload(issued.SerializeAsString());
  *event.mutable_recorded_at() = ToTimestamp(Instant{kBegin + seq * 1000});
  return event;
}

reporting::Sources SourcesOf(int64_t events) {
  reporting::Sources sources;
  sources.services = reporting::FollowedServices();
  sources.partitions = [](const std::string&) { return 1; };
  sources.read = [events](const v1::Position& after, int limit, std::chrono::milliseconds) {
    std::vector<v1::JournalEvent> read;
    if (after.service() == "billing")
      for (int64_t seq = after.seq() + 1; seq <= events && static_cast<int>(read.size()) < limit; ++seq)
        read.push_back(EventOf(seq));
    return Result(read);
  };
  sources.beat = [events](const std::string& service, int) -> std::optional<reporting::Beat> {
    return reporting::Beat{service == "billing" ? events : 0, Instant{kBegin + (events + 1) * 1000}};
  };
  return sources;
}

double Milliseconds(const std::function<void()>& work) {
  const auto begin = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

void Report(const char* what, const std::function<void()>& work) {
  const double first = Milliseconds(work);
  std::vector<double> times;
  for (int i = 0; i < kRepeats; ++i) times.push_back(Milliseconds(work));
  std::sort(times.begin(), times.end());
  fmt::print("{:<46} first {:8.1f} ms   then p50 {:7.1f} ms   worst {:7.1f} ms\n", what, first, times[kRepeats / 2],
             times.back());
}

int Fail(const std::string& why) {
  fmt::print(stderr, "{}\n", why);
  return 1;
}

int Run(const std::string& url, int64_t invoices) {
  host::Config config;
  config.store = url;
  std::string error;
  const auto store = host::OpenStore(config, "reporting", &error);
  if (store == nullptr) return Fail(error);
  const engine::Catalogue catalogue({reporting::Reporting()});
  const auto tables = catalogue.TablesOf("reporting");
  const engine::Zones zones("Asia/Seoul", {});
  engine::Migration migration;
  if (const auto migrated = store->Migrate(tables, 1, false, &migration); !migrated.ok()) return Fail(migrated.message);
  const int64_t events = invoices * 6 / 5;
  reporting::Replicator replicator(*store, reporting::Schema::Current(), SourcesOf(events));
  if (const auto begun = replicator.Begin(); !begun.ok()) return Fail(begun.refusal().Sentence(false));
  const double filled = Milliseconds([&] {
    for (int still = 0; still < 3;) still = *replicator.Step(2000) == 0 ? still + 1 : 0;
  });
  fmt::print("{} open invoices of {} clients, {} versions, on {} (filled in {:.1f} s)\n", invoices, kClients, events,
             store->kind(), filled / 1000);
  const auto* method = catalogue.Find("songsang.reporting.v1.ReceivableReportService/GetAgeing");
  const auto ask = [&](const reporting::v1::GetAgeingRequest& request) {
    Context context;
    context.caller.tenant = kTenant;
    context.today = Date::Of(2026, 11, 22);
    engine::SqlReader reader(*store, tables, zones, context, Clock::now() + std::chrono::seconds(60));
    const auto reply = method->respond(reader, request);
    if (!reply.ok()) std::exit(Fail(reply.refusal().Sentence(false)));
    const auto& ageing = static_cast<const reporting::v1::Ageing&>(**reply);
    return std::make_pair(ageing.rows_size(), ageing.totals_size() > 0 ? ageing.totals(0).total() : 0);
  };
  reporting::v1::GetAgeingRequest now;
  now.set_as_of("2026-06-30");
  Report("GetAgeing, now", [&] { ask(now); });
  reporting::v1::GetAgeingRequest past = now;
  *past.mutable_known_on() = ToTimestamp(Instant{kBegin + events / 2 * 1000});
  Report("GetAgeing, as known half-way", [&] { ask(past); });
  const auto [rows, total] = ask(now);
  fmt::print("  {} clients, {} won in all; half-way {} won\n", rows, total, ask(past).second);
  const char* kSql =
      "SELECT r.account_id, CAST(SUM(CASE WHEN 20634 - r.due_on_day <= 0 THEN r.open_minor ELSE 0 END) AS BIGINT), "
      "CAST(SUM(CASE WHEN 20634 - r.due_on_day BETWEEN 1 AND 30 THEN r.open_minor ELSE 0 END) AS BIGINT), "
      "CAST(SUM(CASE WHEN 20634 - r.due_on_day BETWEEN 31 AND 60 THEN r.open_minor ELSE 0 END) AS BIGINT), "
      "CAST(SUM(CASE WHEN 20634 - r.due_on_day BETWEEN 61 AND 90 THEN r.open_minor ELSE 0 END) AS BIGINT), "
      "CAST(SUM(CASE WHEN 20634 - r.due_on_day BETWEEN 91 AND 180 THEN r.open_minor ELSE 0 END) AS BIGINT), "
      "CAST(SUM(CASE WHEN 20634 - r.due_on_day BETWEEN 181 AND 365 THEN r.open_minor ELSE 0 END) AS BIGINT), "
      "CAST(SUM(CASE WHEN 20634 - r.due_on_day > 365 THEN r.open_minor ELSE 0 END) AS BIGINT) "
      "FROM billing_receivable r WHERE r.open_minor <> 0 GROUP BY r.account_id";
  Report("one hand-written SQL over the latest versions", [&] {
    Context context;
    context.caller.tenant = kTenant;
    engine::SqlReader reader(*store, tables, zones, context, Clock::now() + std::chrono::seconds(60));
    const auto answered = reader.Run(kSql, now, {});
    if (!answered.ok()) std::exit(Fail(answered.refusal().Sentence(false)));
    if (answered->rows.size() != static_cast<size_t>(rows)) std::exit(Fail("the SQL differs"));
  });
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return Fail("songsang_ageing STORE OPEN_INVOICES");
  return Run(words[1], std::atoll(words[2]));
}
