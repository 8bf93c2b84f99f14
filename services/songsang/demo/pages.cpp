#include "songsang/demo/pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "core/dates.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/credit.pb.h"
#include "songsang/billing/v1/ledger.pb.h"
#include "songsang/billing/v1/receivable.pb.h"
#include "songsang/demo/words.h"
#include "songsang/report/table.h"
#include "songsang/training/v1/compliance.pb.h"
#include "songsang/workforce/v1/goal.pb.h"
#include "songsang/workforce/v1/sale.pb.h"
#include "songsang/workforce/v1/statement.pb.h"

namespace songsang::demo {
namespace {

using billing::v1::LedgerAccount;

constexpr size_t kMostReps = 10;
constexpr size_t kMostClients = 8;
constexpr int kPage = 1'000;

std::string Won(int64_t minor) { return report::Grouped(std::to_string(minor)); }

// `88.5%`, half up; empty of nothing.
std::string Share(int64_t part, int64_t whole) {
  if (whole <= 0) return "";
  const int64_t tenths = (part * 2'000 + whole) / (2 * whole);
  return fmt::format("{}.{}%", tenths / 10, std::abs(tenths % 10));
}

class Pages {
 public:
  Pages(const PageOptions& options, const Cast& cast, client::Client& client, std::ostream& out, std::ostream& err)
      : options_(options), cast_(cast), client_(client), out_(out), err_(err) {}

  bool Print() { return Executive() && BranchManager() && Representative() && Clerk(); }

 private:
  template <class Request, class Reply>
  bool Ask(const std::string& method, const Request& request, Reply* reply) {
    client::Options sent;
    sent.after = options_.after;
    sent.language = options_.korean ? "ko" : "en";
    sent.timeout = std::chrono::seconds(60);
    const auto answer = client_.Call("songsang." + method, request.SerializeAsString(), sent);
    if (answer.ok()) return reply->ParseFromString(answer.reply);
    err_ << answer.Explain() << '\n';
    return false;
  }
  const char* Say(const char* ko, const char* en) const { return options_.korean ? ko : en; }
  void Title(const std::string& text) { out_ << '\n' << text << "\n\n"; }

  // Debits and credits of each ledger account of a unit.
  bool Books(const std::string& unit, const std::string& from, std::map<int, billing::v1::LedgerBalance>* books) {
    billing::v1::GetLedgerBalanceRequest request;
    request.set_unit_id(unit);
    request.set_from_on(from);
    request.set_to_on(options_.to_on);
    billing::v1::GetLedgerBalanceResponse response;
    if (!Ask("billing.v1.LedgerService/GetLedgerBalance", request, &response)) return false;
    for (const auto& balance : response.balances()) (*books)[balance.purpose()] = balance;
    return true;
  }
  bool Quotas(const std::string& unit, workforce::v1::QuotaRollUp* quotas) {
    workforce::v1::GetQuotaRollUpRequest request;
    request.set_metric("revenue");
    request.set_currency("KRW");
    request.set_unit_id(unit);
    request.set_from_on(options_.from_on);
    request.set_to_on(options_.to_on);
    return Ask("workforce.v1.GoalService/GetQuotaRollUp", request, quotas);
  }

  bool Executive();
  bool BranchManager();
  bool Training();
  bool Sold(const std::string& person, const std::string& unit, int64_t* sold);
  bool Representative();
  bool Clerk();
  bool Debtors(const std::map<std::string, std::pair<int64_t, int>>& overdue);

  const PageOptions& options_;
  const Cast& cast_;
  client::Client& client_;
  std::ostream& out_;
  std::ostream& err_;
};

// What was to be reached, what was, and what of it is in the bank, branch by branch.
bool Pages::Executive() {
  workforce::v1::QuotaRollUp quotas;
  if (!Quotas("", &quotas)) return false;
  report::Table table;
  table.AddColumn(Say("지점", "Branch"), false);
  for (const char* head :
       {Say("목표 (원)", "Goal (KRW)"), Say("순매출 (원)", "Net sales (KRW)"), Say("달성률", "Attained"),
        Say("입금 (원)", "Received (KRW)"), Say("미수금 (원)", "Receivable (KRW)")})
    table.AddColumn(head, true);
  std::array<int64_t, 4> sums = {};
  for (const BranchWords& branch : Branches()) {
    std::map<int, billing::v1::LedgerBalance> year, ever;
    const std::string unit = std::string("ext:demo:") + branch.key;
    if (!Books(unit, options_.from_on, &year) || !Books(unit, "", &ever)) return false;
    int64_t goal = 0;
    for (const auto& node : quotas.units())
      if (node.name() == branch.name) goal = node.quota();
    const std::array<int64_t, 4> row = {
        goal,
        -year[LedgerAccount::PURPOSE_SALES].balance().minor() -
            year[LedgerAccount::PURPOSE_SALES_RETURNS].balance().minor(),
        year[LedgerAccount::PURPOSE_BANK].debit().minor() + year[LedgerAccount::PURPOSE_CASH].debit().minor(),
        ever[LedgerAccount::PURPOSE_TRADE_RECEIVABLES].balance().minor()};
    for (size_t i = 0; i < row.size(); ++i) sums[i] += row[i];
    table.AddRow({branch.name, Won(row[0]), Won(row[1]), Share(row[1], row[0]), Won(row[2]), Won(row[3])});
  }
  table.SetTotal(
      {Say("합계", "Total"), Won(sums[0]), Won(sums[1]), Share(sums[1], sums[0]), Won(sums[2]), Won(sums[3])});
  Title(fmt::format(
      fmt::runtime(Say("[경영진] 지점별 목표와 실적, {} ~ {}", "[Executive] Goals and results by branch, {} to {}")),
      options_.from_on, options_.to_on));
  out_ << table.Text();
  return true;
}

// What a person sold for a unit: invoices less returns, without tax.
bool Pages::Sold(const std::string& person, const std::string& unit, int64_t* sold) {
  workforce::v1::ListSalesFactsRequest request;
  request.set_person_id(person);
  request.set_page_size(kPage);
  workforce::v1::ListSalesFactsResponse response;
  if (!Ask("workforce.v1.SaleService/ListSalesFacts", request, &response)) return false;
  for (const auto& fact : response.sales_facts())
    if (fact.unit_id() == unit && fact.basis() == workforce::v1::CompensationPlan::BASIS_INVOICE &&
        fact.date() >= options_.from_on && fact.date() <= options_.to_on)
      *sold += fact.amount().minor();
  return true;
}

bool Pages::BranchManager() {
  struct Row {
    std::string name;
    int64_t goal = 0, sold = 0;
  };
  workforce::v1::QuotaRollUp quotas;
  if (!Quotas("ext:demo:" + cast_.branch_key, &quotas) || quotas.units().empty()) return false;
  std::map<std::string, Row> people;
  for (const auto& node : quotas.units())
    for (const auto& share : node.people()) {
      people[share.person_id()].name = share.name();
      people[share.person_id()].goal += share.quota();
    }
  std::vector<Row> rows;
  for (auto& [person, row] : people) {
    if (!Sold(person, quotas.units(0).unit_id(), &row.sold)) return false;
    rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a.sold != b.sold ? a.sold > b.sold : a.name < b.name; });
  report::Table table;
  table.AddColumn(Say("담당자", "Representative"), false);
  for (const char* head :
       {Say("목표 (원)", "Goal (KRW)"), Say("순매출 (원)", "Net sales (KRW)"), Say("달성률", "Attained")})
    table.AddColumn(head, true);
  Row sum;
  for (size_t i = 0; i < rows.size(); ++i) {
    sum.goal += rows[i].goal;
    sum.sold += rows[i].sold;
    if (i < kMostReps)
      table.AddRow({rows[i].name, Won(rows[i].goal), Won(rows[i].sold), Share(rows[i].sold, rows[i].goal)});
  }
  table.SetTotal({fmt::format(fmt::runtime(Say("{}명 합계", "All {}")), rows.size()), Won(sum.goal), Won(sum.sold),
                  Share(sum.sold, sum.goal)});
  Title(fmt::format(
      fmt::runtime(Say("[{}장] 담당자별 목표와 실적", "[Branch manager, {}] Goals and results by representative")),
      cast_.branch_name));
  out_ << table.Text();
  return Training();
}

// Who was trained, and who still has to be.
bool Pages::Training() {
  training::v1::GetComplianceRequest request;
  request.set_as_of(options_.to_on);
  request.set_unit_id("ext:demo:" + cast_.branch_key);
  training::v1::GetComplianceResponse response;
  if (!Ask("training.v1.ComplianceService/GetCompliance", request, &response)) return false;
  for (const auto& programme : response.programmes()) {
    training::v1::ListMissedRequest list;
    list.set_programme_id(programme.programme_id());
    list.set_as_of(options_.to_on);
    list.set_unit_id(request.unit_id());
    training::v1::ListMissedResponse missed;
    if (!Ask("training.v1.ComplianceService/ListMissed", list, &missed)) return false;
    std::string names;
    for (const auto& one : missed.missed()) names += (names.empty() ? "" : ", ") + one.name();
    out_ << '\n'
         << fmt::format(fmt::runtime(Say("{}: 대상 {}명, 이수 {}명 ({}). 미이수: {}\n",
                                         "{}: {} must take it, {} have passed ({}). Still to do: {}\n")),
                        programme.name(), programme.audience(), programme.completed(),
                        Share(programme.completed(), programme.audience()),
                        names.empty() ? Say("없음", "nobody") : names);
  }
  return true;
}

// A month's pay, every line with the document and the rule that it comes of.
bool Pages::Representative() {
  if (cast_.rep_key.empty()) return true;
  workforce::v1::ExplainStatementRequest request;
  request.set_person_id("ext:demo:" + cast_.rep_key);
  request.set_month(cast_.month);
  workforce::v1::StatementExplained statement;
  if (!Ask("workforce.v1.StatementService/ExplainStatement", request, &statement)) return false;
  report::Table table;
  table.AddColumn(Say("근거", "Why"), false);
  table.AddColumn(Say("금액 (원)", "Amount (KRW)"), true);
  for (const auto& line : statement.lines())
    table.AddRow({options_.korean ? line.ko() : line.en(), Won(line.amount().minor())});
  table.SetTotal({statement.settled() ? Say("합계 (확정)", "Total (settled)") : Say("합계 (예상)", "Total (expected)"),
                  Won(statement.total().minor())});
  Title(fmt::format(
      fmt::runtime(Say("[영업 담당자 {}] {} 급여 명세, 월 목표 {}원", "[Representative {}] Pay of {}, goal {} KRW")),
      cast_.rep_name, cast_.month, Won(statement.goal_minor())));
  out_ << table.Text();
  return true;
}

// What is owed, by how long it is overdue, and by whom.
bool Pages::Clerk() {
  struct Bucket {
    int from;
    const char *ko, *en;
    int64_t count = 0, amount = 0;
  };
  std::array buckets = {Bucket{INT32_MIN, "만기 전", "not due"}, Bucket{1, "1~30일", "1 to 30 days"},
                        Bucket{31, "31~60일", "31 to 60 days"}, Bucket{61, "61~90일", "61 to 90 days"},
                        Bucket{91, "90일 초과", "over 90 days"}};
  const Date day = Date::Parse(options_.to_on).value_or(Date());
  std::map<std::string, std::pair<int64_t, int>> overdue;  // by client: how much, and for how long
  billing::v1::ListReceivablesRequest request;
  request.set_page_size(kPage);
  request.set_settled(false);
  billing::v1::ListReceivablesResponse response;
  do {
    request.set_page_token(response.next_page_token());
    if (!Ask("billing.v1.ReceivableService/ListReceivables", request, &response)) return false;
    for (const auto& receivable : response.receivables()) {
      const int days = day - Date::Parse(receivable.due_on()).value_or(day);
      Bucket* bucket = &buckets[0];
      for (Bucket& one : buckets)
        if (days >= one.from) bucket = &one;
      bucket->count += 1;
      bucket->amount += receivable.open().minor();
      if (days <= 0) continue;
      auto& [amount, longest] = overdue[receivable.account_id()];
      amount += receivable.open().minor();
      longest = std::max(longest, days);
    }
  } while (!response.next_page_token().empty());
  int64_t count = 0, amount = 0;
  for (const Bucket& bucket : buckets) {
    count += bucket.count;
    amount += bucket.amount;
  }
  report::Table table;
  table.AddColumn(Say("연체", "Overdue"), false);
  for (const char* head : {Say("건수", "Invoices"), Say("미수금 (원)", "Open (KRW)"), Say("비중", "Share")})
    table.AddColumn(head, true);
  for (const Bucket& bucket : buckets)
    table.AddRow({Say(bucket.ko, bucket.en), Won(bucket.count), Won(bucket.amount), Share(bucket.amount, amount)});
  table.SetTotal({Say("합계", "Total"), Won(count), Won(amount), Share(amount, amount)});
  Title(fmt::format(fmt::runtime(Say("[채권 담당] 미수금 연령, {} 현재", "[Receivables clerk] Ageing on {}")),
                    options_.to_on));
  out_ << table.Text();
  return Debtors(overdue);
}

bool Pages::Debtors(const std::map<std::string, std::pair<int64_t, int>>& overdue) {
  std::vector<std::pair<int64_t, std::string>> most;
  for (const auto& [account, what] : overdue) most.emplace_back(-what.first, account);
  std::sort(most.begin(), most.end());
  if (most.size() > kMostClients) most.resize(kMostClients);
  report::Table table;
  table.AddColumn(Say("연체 거래처", "Client"), false);
  for (const char* head : {Say("연체 금액 (원)", "Overdue (KRW)"), Say("최장 연체일", "Days"),
                           Say("여신 한도 (원)", "Credit limit (KRW)"), Say("남은 한도 (원)", "Left (KRW)")})
    table.AddColumn(head, true);
  for (const auto& [negative, account_id] : most) {
    accounts::v1::GetAccountRequest who;
    who.set_id(account_id);
    accounts::v1::Account account;
    billing::v1::GetExposureRequest line;
    line.set_account_id(account_id);
    billing::v1::GetExposureResponse exposure;
    if (!Ask("accounts.v1.AccountService/GetAccount", who, &account) ||
        !Ask("billing.v1.CreditService/GetExposure", line, &exposure))
      return false;
    table.AddRow({account.name(), Won(-negative), std::to_string(overdue.at(account_id).second),
                  Won(exposure.limit().minor()), Won(exposure.available().minor())});
  }
  out_ << '\n' << table.Text();
  return true;
}

}  // namespace

bool PrintPages(const PageOptions& options, const Cast& cast, client::Client& client, std::ostream& out,
                std::ostream& err) {
  return Pages(options, cast, client, out, err).Print();
}

}  // namespace songsang::demo
