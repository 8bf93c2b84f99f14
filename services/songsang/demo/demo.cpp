#include "songsang/demo/demo.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <thread>

#include "adapters/grpc_client/details.h"
#include "songsang/accounts/v1/opening.pb.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/billing/v1/period.pb.h"
#include "songsang/demo/pages.h"
#include "songsang/demo/story.h"
#include "songsang/report/report.h"
#include "songsang/training/v1/curriculum.pb.h"
#include "songsang/training/v1/enrolment.pb.h"
#include "songsang/v1/engine.pb.h"
#include "songsang/workforce/v1/plan.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang::demo {
namespace {

constexpr int kBatch = 500;
constexpr int kTries = 20;
constexpr size_t kMostTold = 5;

struct Told {
  int64_t fresh = 0, already = 0, refused = 0;
  std::vector<std::string> refusals;
};

// A story once begun keeps its year, so that running it again next month is harmless.
Date BeginningOf(client::Client& client) {
  billing::v1::GetPriceListRequest request;
  request.set_id("ext:demo:list");
  const auto answer = client.Call("songsang.billing.v1.CatalogueService/GetPriceList", request.SerializeAsString());
  billing::v1::PriceList list;
  if (answer.ok() && list.ParseFromString(answer.reply))
    if (const auto from = Date::Parse(list.valid_from_on())) return from->PlusDays(kListBegins);
  const Date today(static_cast<int32_t>(std::time(nullptr) / 86'400));
  return Date::Of(today.year() - 1, today.month(), 1);
}

bool IsPassing(Code code) {
  return code == Code::kUnavailable || code == Code::kResourceExhausted || code == Code::kDeadlineExceeded;
}

// Safe to send again: every command bears its own request id.
client::Answer Send(const v1::ExecuteRequest& request, client::Client& client) {
  client::Options sent;
  sent.timeout = std::chrono::seconds(60);
  client::Answer answer;
  for (int i = 0; i < kTries; ++i) {
    answer = client.Call("songsang.v1.BatchService/Execute", request.SerializeAsString(), sent);
    if (!IsPassing(answer.code) || (answer.unreachable && i > 2)) return answer;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return answer;
}

template <class Message>
Message Parsed(const std::string& bytes) {
  Message message;
  message.ParseFromString(bytes);
  return message;
}

// Keeps the id that a command was answered with, where later chapters name it.
void Learn(const v1::BatchItem& item, const std::string& event, size_t prefix, Learnt* learnt) {
  const auto keep = [&](const std::string& request_id, const std::string& id) {
    learnt->ids[request_id.substr(prefix)] = id;
  };
  if (item.method().ends_with("/DefineCompensationPlan"))
    keep(Parsed<workforce::v1::DefineCompensationPlanRequest>(item.request()).request_id(),
         Parsed<workforce::v1::CompensationPlanDefined>(event).compensation_plan().id());
  if (item.method().ends_with("/DraftCurriculum"))
    keep(Parsed<training::v1::DraftCurriculumRequest>(item.request()).request_id(),
         Parsed<training::v1::CurriculumDrafted>(event).curriculum().id());
  if (item.method().ends_with("/SubmitOpening"))
    keep(Parsed<accounts::v1::SubmitOpeningRequest>(item.request()).request_id(),
         Parsed<accounts::v1::OpeningSubmitted>(event).opening().id());
  if (item.method().ends_with("/SoftClose"))
    keep(Parsed<billing::v1::SoftCloseRequest>(item.request()).request_id(),
         Parsed<billing::v1::PeriodSoftClosed>(event).period().id());
}

// Gives the chapters to the system, one after another.
class Player {
 public:
  Player(const DemoOptions& options, client::Client& client, std::ostream& err)
      : options_(options), client_(client), err_(err) {}

  // False if the server is away.
  bool Play(const Story& story) {
    for (size_t i = 0; i < story.chapters.size(); ++i) {
      const Chapter& chapter = story.chapters[i];
      if (!CatchUp()) return false;
      const auto items = chapter.tell(learnt_);
      client::Client* who = chapter.approval ? options_.approver : &client_;
      if (who != nullptr && !Give(items, i, *who)) return false;
    }
    return CatchUp();
  }

  const Told& told() const { return told_; }
  std::string after() const { return seen_.Text(); }
  const client::Answer& away() const { return away_; }

 private:
  bool Give(const std::vector<v1::BatchItem>& items, size_t chapter, client::Client& who) {
    for (size_t at = 0; at < items.size(); at += kBatch) {
      v1::ExecuteRequest request;
      request.set_request_id(fmt::format("demo-{}-batch-{}-{}", options_.seed, chapter, at));
      for (size_t i = at; i < std::min(items.size(), at + kBatch); ++i) *request.add_items() = items[i];
      const client::Answer answer = Send(request, who);
      if (!answer.ok()) {
        away_ = answer;
        return false;
      }
      seen_.Add(answer.position);
      v1::ExecuteResponse response;
      response.ParseFromString(answer.reply);
      Count(request, response);
      if (!options_.quiet && isatty(STDERR_FILENO) != 0)
        err_ << fmt::format("\r{}", told_.fresh + told_.already) << std::flush;
    }
    return true;
  }

  void Count(const v1::ExecuteRequest& request, const v1::ExecuteResponse& response) {
    const size_t prefix = fmt::format("demo-{}-", options_.seed).size();
    for (int i = 0; i < response.results_size(); ++i) {
      const v1::BatchResult& result = response.results(i);
      if (!result.has_error()) {
        ++(result.replayed() ? told_.already : told_.fresh);
        Learn(request.items(i), result.event(), prefix, &learnt_);
        continue;
      }
      client::Answer answer;
      answer.code = static_cast<Code>(result.error().code());
      answer.message = result.error().message();
      client::ReadDetails(result.error().SerializeAsString(), &answer);
      if (answer.reason == "EXTERNAL_REF_TAKEN" || answer.reason == "REQUEST_ID_REUSED") {
        ++told_.already;
        continue;
      }
      ++told_.refused;
      if (told_.refusals.size() < kMostTold)
        told_.refusals.push_back(request.items(i).method() + ": " + answer.Explain());
    }
  }

  // Waits until every service has heard what the others recorded and done what follows from it; twice, since what
  // follows is heard in turn: a client's assessment by the service that asked for it.
  bool CatchUp() {
    for (int round = 0; round < 2; ++round)
      for (const char* method :
           {"songsang.accounts.v1.AccountService/ListAccounts", "songsang.billing.v1.CatalogueService/ListProducts",
            "songsang.training.v1.ProgrammeService/ListProgrammes", "songsang.workforce.v1.UnitService/ListUnits",
            "songsang.leads.v1.LeadService/ListLeads"})
        if (!Wait(method)) return false;
    return true;
  }

  bool Wait(const char* method) {
    // Every list takes a page size first.
    workforce::v1::ListUnitsRequest request;
    request.set_page_size(1);
    client::Options sent;
    sent.after = seen_.Text();
    sent.timeout = std::chrono::seconds(60);
    const auto answer = client_.Call(method, request.SerializeAsString(), sent);
    if (!answer.ok()) {
      away_ = answer;
      return false;
    }
    seen_.Add(answer.position);
    return std::string_view(method).find("training") == std::string_view::npos || ReadEnrolments();
  }

  // Nobody is enrolled while the programme is not there.
  bool ReadEnrolments() {
    training::v1::ListEnrolmentsRequest request;
    request.set_programme_id("ext:demo:orientation");
    request.set_page_size(1'000);
    client::Options sent;
    sent.after = seen_.Text();
    const auto answer =
        client_.Call("songsang.training.v1.EnrolmentService/ListEnrolments", request.SerializeAsString(), sent);
    const auto response = Parsed<training::v1::ListEnrolmentsResponse>(answer.reply);
    learnt_.enrolments.assign(response.enrolments().begin(), response.enrolments().end());
    return true;
  }

  const DemoOptions& options_;
  client::Client& client_;
  std::ostream& err_;
  client::Seen seen_;
  Told told_;
  Learnt learnt_;
  client::Answer away_;
};

void PrintReports(const DemoOptions& options, client::Client& client, const std::string& after, const Date& from,
                  std::ostream& out, std::ostream& err) {
  struct Shown {
    const char* name;
    int limit;
  };
  const std::string to = Date::Of(from.year() + 1, from.month(), 1).PlusDays(-1).ToIso();
  for (const Shown& shown :
       {Shown{"overview", 0}, Shown{"months", 0}, Shown{"channels", 0}, Shown{"offices", 0}, Shown{"leaderboard", 10},
        Shown{"products", 0}, Shown{"pipeline", 0}, Shown{"reasons", 0}}) {
    report::ReportOptions asked;
    asked.name = shown.name;
    asked.limit = shown.limit;
    asked.as_of = to;
    if (std::string_view(shown.name) == "months" || std::string_view(shown.name) == "channels")
      asked.from_on = from.ToIso();
    asked.footer = false;
    asked.korean = options.korean;
    asked.after = after;
    out << '\n';
    if (report::Report(asked, client, out, err) != 0) return;
  }
}

constexpr const char* kNextEnglish = R"(
Try next{0}:
  songsang report funnel{1}                     where leads come from, and what becomes of them
  songsang report products --bucket quarter{1}
  songsang report leaderboard -o csv{1} > leaderboard.csv
  songsang report --list --lang ko{1}           every figure and what it means
  songsang call ListOpportunities '{{"status":"STATUS_OPEN"}}'{1}
  songsang call GetLeadHistory '{{"id":"ext:demo:l0001"}}'{1}
  songsang events --service leads{1}            what was recorded, as it was
  songsang journal verify                  no byte of it has changed (stop the server first)
  songsang import --mappings                    your own data next: docs/import.md
)";
constexpr const char* kNextKorean = R"(
이어서 해 보세요{0}:
  songsang report funnel{1}                     리드가 어디서 와서 어떻게 되는지
  songsang report products --bucket quarter{1}
  songsang report leaderboard -o csv{1} > leaderboard.csv
  songsang report --list --lang ko{1}           모든 지표와 그 뜻
  songsang call ListOpportunities '{{"status":"STATUS_OPEN"}}'{1}
  songsang call GetLeadHistory '{{"id":"ext:demo:l0001"}}'{1}
  songsang events --service leads{1}            기록된 그대로
  songsang journal verify                  한 바이트도 바뀌지 않았음을 확인 (서버를 먼저 멈춥니다)
  songsang import --mappings                    다음은 여러분의 데이터로: docs/import.md
)";

}  // namespace

int Demo(const DemoOptions& options, client::Client& client, std::ostream& out, std::ostream& err) {
  const auto begun = std::chrono::steady_clock::now();
  StorySettings settings;
  settings.seed = options.seed;
  settings.leads = options.leads;
  settings.from = BeginningOf(client);
  const Story story = TellStory(settings);
  Player player(options, client, err);
  if (!player.Play(story)) {
    const client::Answer& answer = player.away();
    err << (answer.unreachable && options.korean
                ? client.address() + " 주소에서 응답하는 서버가 없습니다. `songsang serve`로 시작하세요."
                : answer.Explain())
        << '\n';
    return 3;
  }
  const Told& told = player.told();
  if (!options.quiet && isatty(STDERR_FILENO) != 0) err << "\r\x1b[K" << std::flush;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  const std::string from = settings.from.ToIso(), to = EndOf(settings).PlusDays(-1).ToIso();
  out << (options.korean ? fmt::format("{} ~ {}: 명령 {}건 기록, {}건은 이미 있음 ({:.1f}초)\n", from, to, told.fresh,
                                       told.already, seconds)
                         : fmt::format("{} to {}: {} commands recorded, {} were there already ({:.1f} s)\n", from, to,
                                       told.fresh, told.already, seconds));
  for (const std::string& refusal : told.refusals) err << refusal << '\n';
  if (told.refused > 0) err << fmt::format("{} commands were refused\n", told.refused);
  bool printed = true;
  if (options.reports) {
    PrintReports(options, client, player.after(), settings.from, out, err);
    printed = PrintPages({options.korean, player.after(), from, to}, story.cast(), client, out, err);
  }
  const std::string flags = options.flags.empty() ? "" : " " + options.flags;
  out << fmt::format(fmt::runtime(options.korean ? kNextKorean : kNextEnglish), "", flags);
  return told.refused > 0 || !printed ? 1 : 0;
}

}  // namespace songsang::demo
