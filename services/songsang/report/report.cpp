#include "songsang/report/report.h"

#include "songsang/report/print.h"
#include "songsang/report/question.h"

namespace songsang::report {
namespace {

constexpr int kWrongUsage = 64;
constexpr int kRefused = 1;

using reporting::v1::Figures;
using reporting::v1::GetFiguresRequest;
using reporting::v1::ListMetricsRequest;
using reporting::v1::ListMetricsResponse;

client::Options Sent(const ReportOptions& options) {
  client::Options sent;
  sent.language = options.korean ? "ko" : "en";
  sent.after = options.after;
  sent.timeout = std::chrono::seconds(60);
  return sent;
}

int Tell(const client::Answer& answer, const client::Client& client, bool korean, std::ostream& err) {
  if (answer.unreachable) {
    err << (korean ? client.address() + " 주소에서 응답하는 서버가 없습니다. `songsang serve`로 시작하세요.\n"
                   : "No server answers at " + client.address() + ". Start one with `songsang serve`.\n");
  } else {
    err << (korean && !answer.localized.empty() ? answer.localized : answer.Explain()) << '\n';
  }
  return kRefused;
}

ListMetricsResponse Definitions(const std::vector<std::string>& keys, const ReportOptions& options,
                                client::Client& client, client::Answer* answer) {
  ListMetricsRequest request;
  for (const std::string& key : keys) request.add_metrics(key);
  ListMetricsResponse definitions;
  *answer = client.Call("songsang.reporting.v1.ReportService/ListMetrics", request.SerializeAsString(), Sent(options));
  if (answer->ok()) definitions.ParseFromString(answer->reply);
  return definitions;
}

}  // namespace

int Report(const ReportOptions& options, client::Client& client, std::ostream& out, std::ostream& err) {
  GetFiguresRequest request;
  std::string wrong;
  if (!AskFor(options, &request, &wrong)) {
    err << wrong << '\n';
    return kWrongUsage;
  }
  const auto answer =
      client.Call("songsang.reporting.v1.ReportService/GetFigures", request.SerializeAsString(), Sent(options));
  if (!answer.ok()) return Tell(answer, client, options.korean, err);
  Figures figures;
  figures.ParseFromString(answer.reply);
  if (options.output == Output::kCsv) {
    out << AsCsv(figures);
    return 0;
  }
  if (options.output == Output::kJson) {
    out << AsJson(figures);
    return 0;
  }
  ListMetricsResponse definitions;
  if (options.footer) {
    std::vector<std::string> keys;
    for (const auto& used : figures.metrics()) keys.push_back(used.key() + "@" + std::to_string(used.number()));
    client::Answer told;
    definitions = Definitions(keys, options, client, &told);
  }
  out << AsTable(figures, definitions, TitleOf(options), options.footer, options.korean);
  return 0;
}

int ListReports(const ReportOptions& options, client::Client& client, std::ostream& out, std::ostream& err) {
  client::Answer answer;
  const ListMetricsResponse definitions = Definitions({}, options, client, &answer);
  if (!answer.ok()) return Tell(answer, client, options.korean, err);
  out << Dictionary(definitions, options.korean);
  return 0;
}

}  // namespace songsang::report
