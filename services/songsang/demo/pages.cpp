#include "songsang/demo/pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/credit.pb.h"
#include "songsang/report/report.h"
#include "songsang/report/table.h"
#include "songsang/training/v1/compliance.pb.h"
#include "songsang/workforce/v1/statement.pb.h"

namespace songsang::demo {
namespace {

constexpr int kMostReps = 10;
constexpr int kMostClients = 8;
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

  // A ready-made report, without the meanings of its figures.
  bool Show(const char* name, report::ReportOptions asked) {
    asked.name = name;
    asked.footer = false;
    asked.korean = options_.korean;
    asked.after = options_.after;
    return report::Report(asked, client_, out_, err_) == 0;
  }
  report::ReportOptions OfTheYear() const {
    report::ReportOptions asked;
    asked.from_on = options_.from_on;
    asked.to_on = options_.to_on;
    return asked;
  }

  bool Executive();
  bool BranchManager();
  bool Training();
  bool Representative();
  bool Clerk();
  bool Debtors();

  const PageOptions& options_;
  const Cast& cast_;
  client::Client& client_;
  std::ostream& out_;
  std::ostream& err_;
};

// What was to be reached, what was, and what it cost, branch by branch.
bool Pages::Executive() {
  Title(Say("[경영진]", "[Executive]"));
  report::ReportOptions asked = OfTheYear();
  asked.dimensions = {"office"};
  asked.order_by = {"-revenue"};
  return Show("executive", asked);
}

bool Pages::BranchManager() {
  Title(fmt::format(fmt::runtime(Say("[{}장]", "[Branch manager, {}]")), cast_.branch_name));
  report::ReportOptions asked = OfTheYear();
  asked.filters = {"office=" + cast_.branch_name};
  asked.limit = kMostReps;
  return Show("branch", asked) && Training();
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
  Title(fmt::format(fmt::runtime(Say("[영업 담당자 {}]", "[Representative {}]")), cast_.rep_name));
  report::ReportOptions asked = OfTheYear();
  asked.filters = {"rep=" + cast_.rep_name};
  if (!Show("rep", asked)) return false;
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
  Title(fmt::format(fmt::runtime(Say("{} 급여 명세, 월 목표 {}원", "Pay of {}, goal {} KRW")), cast_.month,
                    Won(statement.goal_minor())));
  out_ << table.Text();
  return true;
}

// What is owed, by how long it is overdue, and by whom.
bool Pages::Clerk() {
  Title(Say("[채권 담당]", "[Receivables clerk]"));
  report::ReportOptions asked;
  asked.as_of = options_.to_on;
  if (!Show("ageing", asked)) return false;
  out_ << '\n';
  asked.limit = kMostClients;
  if (!Show("receivables", asked)) return false;
  return Debtors();
}

// The credit lines with the least left.
bool Pages::Debtors() {
  billing::v1::ListCreditLinesRequest request;
  request.set_page_size(kPage);
  billing::v1::ListCreditLinesResponse response;
  if (!Ask("billing.v1.CreditService/ListCreditLines", request, &response)) return false;
  const auto taken = [](const billing::v1::CreditLine& line) {
    return line.orders().minor() + line.receivables().minor();
  };
  std::vector<billing::v1::CreditLine> lines(response.credit_lines().begin(), response.credit_lines().end());
  std::sort(lines.begin(), lines.end(), [&](const auto& a, const auto& b) {
    const int64_t left_a = a.limit().minor() - taken(a), left_b = b.limit().minor() - taken(b);
    return left_a != left_b ? left_a < left_b : a.id() < b.id();
  });
  if (lines.size() > size_t{kMostClients}) lines.resize(kMostClients);
  report::Table table;
  table.AddColumn(Say("여신이 빠듯한 거래처", "Client with the least credit left"), false);
  for (const char* head : {Say("여신 한도 (원)", "Limit (KRW)"), Say("주문 잔액 (원)", "Ordered (KRW)"),
                           Say("미수금 (원)", "Receivable (KRW)"), Say("남은 한도 (원)", "Left (KRW)")})
    table.AddColumn(head, true);
  for (const billing::v1::CreditLine& line : lines) {
    accounts::v1::GetAccountRequest who;
    who.set_id(line.account_id());
    accounts::v1::Account account;
    if (!Ask("accounts.v1.AccountService/GetAccount", who, &account)) return false;
    table.AddRow({account.name(), Won(line.limit().minor()), Won(line.orders().minor()),
                  Won(line.receivables().minor()), Won(line.limit().minor() - taken(line))});
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
