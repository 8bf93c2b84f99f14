#include <algorithm>
#include <limits>
#include <list>
#include <memory>
#include <mutex>

#include "core/money.h"
#include "reporting/kept.h"
#include "reporting/queries.h"
#include "reporting/rules_ageing.h"
#include "songsang/reporting/v1/receivables.pb.h"

namespace songsang::reporting {
namespace {

using engine::Reader;
using engine::Value;

constexpr int64_t kPage = 20'000;
constexpr size_t kMostTenants = 16;
constexpr int32_t kDefaultLimit = 1000;
constexpr int32_t kDefaultDays = 90;

// The versions that follow one, in the order they were recorded in.
constexpr char kVersionsSql[] = R"sql(
SELECT r.id, r.version, r.account_id, r.unit_id, r.open_currency, r.due_on_day, r.open_minor, r.from_at
  FROM billing_receivable r
 WHERE r.from_at >= :from_at AND r.from_at <= :to_at
   AND (r.from_at > :from_at OR r.id > :id OR (r.id = :id AND r.version > :version))
 ORDER BY r.from_at, r.id, r.version
 LIMIT :most)sql";

constexpr char kNamesSql[] = "SELECT a.id, a.name FROM accounts_account a";
constexpr char kNameSql[] = "SELECT a.id, a.name FROM accounts_account a WHERE a.id = :account_id";

constexpr char kOpenSql[] = R"sql(
SELECT r.open_currency, CAST(SUM(r.open_minor) AS BIGINT) FROM billing_receivable r GROUP BY r.open_currency)sql";
constexpr char kSalesSql[] = R"sql(
SELECT s.currency, CAST(SUM(s.minor) AS BIGINT)
  FROM (SELECT i.total_currency AS currency, i.total_minor AS minor
          FROM billing_invoice i WHERE i.issued_on >= :first_on AND i.issued_on <= :last_on
         UNION ALL
        SELECT b.total_currency, -b.total_minor
          FROM billing_sales_return b WHERE b.returned_on >= :first_on AND b.returned_on <= :last_on) s
 GROUP BY s.currency)sql";

std::string TextOf(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? "" : *text;
}
int64_t NumberOf(const Value& value, int64_t otherwise = 0) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? otherwise : *number;
}

// The moves of one tenant's open items, read on with every question.
struct TenantItems {
  explicit TenantItems(std::string name) : tenant(std::move(name)) {}

  // Brings it up to an instant. Rows that were recorded by an instant the replica can tell never change or come late.
  Status ReadOn(Reader& reader, const google::protobuf::Message& request, int64_t to_at) {
    reader.EveryVersion(true);
    for (bool more = from_at <= to_at; more;) {
      const auto rows =
          reader.Run(kVersionsSql, request,
                     {{"from_at", from_at}, {"to_at", to_at}, {"id", id}, {"version", version}, {"most", kPage}});
      if (!rows.ok()) return rows.refusal();
      for (const auto& row : rows->rows) {
        id = TextOf(row[0]);
        version = NumberOf(row[1]);
        from_at = NumberOf(row[7]);
        // What has no day it is due on is never overdue.
        const auto due = static_cast<int32_t>(NumberOf(row[5], std::numeric_limits<int32_t>::max()));
        items.Add({id, TextOf(row[2]), TextOf(row[3]), TextOf(row[4]), due, NumberOf(row[6]), from_at});
      }
      more = static_cast<int64_t>(rows->rows.size()) == kPage;
    }
    reader.EveryVersion(false);
    return Done{};
  }

  const std::string tenant;
  std::mutex mutex;
  OpenItems items;
  int64_t from_at = 0, version = 0;
  std::string id;
};

// Those of the tenants that asked last.
class AllItems {
 public:
  std::shared_ptr<TenantItems> Of(const std::string& tenant) {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(tenants_.begin(), tenants_.end(), [&](const auto& one) { return one->tenant == tenant; });
    if (found != tenants_.end())
      tenants_.splice(tenants_.begin(), tenants_, found);
    else
      tenants_.push_front(std::make_shared<TenantItems>(tenant));
    if (tenants_.size() > kMostTenants) tenants_.pop_back();
    return tenants_.front();
  }

 private:
  std::mutex mutex_;
  std::list<std::shared_ptr<TenantItems>> tenants_;
};

void AddTo(const Buckets& buckets, v1::AgeingRow* row) {
  row->set_current(row->current() + buckets[0]);
  row->set_days_1_30(row->days_1_30() + buckets[1]);
  row->set_days_31_60(row->days_31_60() + buckets[2]);
  row->set_days_61_90(row->days_61_90() + buckets[3]);
  row->set_days_91_180(row->days_91_180() + buckets[4]);
  row->set_days_181_365(row->days_181_365() + buckets[5]);
  row->set_over_365(row->over_365() + buckets[6]);
  for (const int64_t bucket : buckets) row->set_total(row->total() + bucket);
}

// The rows of all clients with anything in any bucket, and the totals.
std::vector<v1::AgeingRow> RowsOf(const OpenItems& items, const std::vector<Buckets>& sums,
                                  const v1::GetAgeingRequest& request, v1::Ageing* ageing) {
  std::map<std::pair<std::string, std::string>, v1::AgeingRow> clients;
  std::map<std::string, v1::AgeingRow> totals;
  for (size_t i = 0; i < sums.size(); ++i) {
    const auto& party = items.parties()[i];
    if (!request.account_id().empty() && party.account_id != request.account_id()) continue;
    if (!request.unit_id().empty() && party.unit_id != request.unit_id()) continue;
    if (sums[i] == Buckets{}) continue;
    v1::AgeingRow& row = clients[{party.account_id, party.currency}];
    row.set_account_id(party.account_id);
    row.set_currency(party.currency);
    AddTo(sums[i], &row);
    totals[party.currency].set_currency(party.currency);
    AddTo(sums[i], &totals[party.currency]);
  }
  for (auto& [currency, total] : totals) *ageing->add_totals() = std::move(total);
  std::vector<v1::AgeingRow> rows;
  for (auto& [key, row] : clients) rows.push_back(std::move(row));
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.total() > b.total(); });
  return rows;
}

std::string DayOf(const Reader& reader, const std::string& asked, Instant known) {
  return asked.empty() ? reader.DayOf(known).ToIso() : asked;
}

Result<v1::Ageing> MakeAgeing(AllItems& all, Reader& reader, const v1::GetAgeingRequest& request, Instant known,
                              const std::string& as_of) {
  v1::Ageing ageing;
  ageing.set_as_of(as_of);
  std::vector<v1::AgeingRow> rows;
  {
    const auto tenant = all.Of(reader.context().caller.tenant);
    const std::lock_guard lock(tenant->mutex);
    if (const auto read = tenant->ReadOn(reader, request, known.micros); !read.ok()) return read.refusal();
    const auto sums = tenant->items.At(known.micros, Date::Parse(as_of)->days_since_epoch());
    rows = RowsOf(tenant->items, sums, request, &ageing);
  }
  ageing.set_clients(static_cast<int32_t>(rows.size()));
  const int32_t limit = request.limit() == 0 ? kDefaultLimit : request.limit();
  if (rows.size() > static_cast<size_t>(limit)) rows.resize(static_cast<size_t>(limit));
  const auto named = reader.Run(request.account_id().empty() ? kNamesSql : kNameSql, request);
  if (!named.ok()) return named.refusal();
  std::unordered_map<std::string, std::string> names;
  for (const auto& row : named->rows) names[TextOf(row[0])] = TextOf(row[1]);
  for (auto& row : rows) {
    row.set_account_name(names[row.account_id()]);
    *ageing.add_rows() = std::move(row);
  }
  return ageing;
}

Result<v1::Ageing> GetAgeing(AllItems& all, Reader& reader, const v1::GetAgeingRequest& request) {
  const auto known = KnownOn(reader, request, request.has_known_on(), FromTimestamp(request.known_on()));
  if (!known.ok()) return known.refusal();
  Positions positions;
  if (const auto added = AddPositions(reader, request, *known, &positions); !added.ok()) return added.refusal();
  const std::string as_of = DayOf(reader, request.as_of(), *known);
  auto ageing =
      Kept<v1::Ageing>(reader, QuestionOf(reader, request, positions, {kVersionsSql, kNamesSql, kNameSql}, as_of),
                       [&] { return MakeAgeing(all, reader, request, *known, as_of); });
  if (!ageing.ok()) return ageing.refusal();
  *ageing->mutable_known_on() = ToTimestamp(*known);
  return ageing;
}

Result<v1::Dso> MakeDso(Reader& reader, const v1::GetDsoRequest& request, const std::string& as_of) {
  v1::Dso answer;
  answer.set_as_of(as_of);
  answer.set_days(request.days() == 0 ? kDefaultDays : request.days());
  const auto open = reader.Run(kOpenSql, request);
  if (!open.ok()) return open.refusal();
  const Date last = *Date::Parse(answer.as_of());
  const auto sales = reader.Run(kSalesSql, request,
                                {{"first_on", last.PlusDays(1 - answer.days()).ToIso()}, {"last_on", answer.as_of()}});
  if (!sales.ok()) return sales.refusal();
  std::map<std::string, v1::DsoRow> rows;
  for (const auto& row : open->rows) rows[TextOf(row[0])].set_open(NumberOf(row[1]));
  for (const auto& row : sales->rows) rows[TextOf(row[0])].set_sales(NumberOf(row[1]));
  for (auto& [currency, row] : rows) {
    if (currency.empty()) continue;
    row.set_currency(currency);
    if (row.sales() > 0) row.set_dso(Quotient(row.open() * answer.days(), row.sales(), 1));
    *answer.add_rows() = std::move(row);
  }
  return answer;
}

Result<v1::Dso> GetDso(Reader& reader, const v1::GetDsoRequest& request) {
  const auto known = KnownOn(reader, request, request.has_known_on(), FromTimestamp(request.known_on()));
  if (!known.ok()) return known.refusal();
  Positions positions;
  if (const auto added = AddPositions(reader, request, *known, &positions); !added.ok()) return added.refusal();
  const std::string as_of = DayOf(reader, request.as_of(), *known);
  auto answer = Kept<v1::Dso>(reader, QuestionOf(reader, request, positions, {kOpenSql, kSalesSql}, as_of),
                              [&] { return MakeDso(reader, request, as_of); });
  if (!answer.ok()) return answer.refusal();
  *answer->mutable_known_on() = ToTimestamp(*known);
  return answer;
}

}  // namespace

void AddAgeing(engine::Service* service) {
  // Lives as long as the table of methods: what it holds is made of the replica alone, and is read again after a start.
  const auto all = std::make_shared<AllItems>();
  service->Query<v1::GetAgeingRequest>(
      [all](Reader& reader, const v1::GetAgeingRequest& request) { return GetAgeing(*all, reader, request); });
  service->Query<v1::GetDsoRequest>(GetDso);
}

}  // namespace songsang::reporting
