// songsang report
#include "songsang/report/report.h"

#include <sysexits.h>

#include <iostream>
#include <map>

#include "songsang/command/command.h"

namespace songsang::command {

namespace {

constexpr const char* kExamples = R"(Examples:
  songsang report --list                                       ready-made reports, and the dictionary of figures
  songsang report funnel
  songsang report funnel --from 2026-01-01 --to 2026-06-30 --bucket month
  songsang report --metrics win_rate,won_value --by rep --order -won_value --limit 10
  songsang report --metrics leads --by origin --filter origin=social,email -o csv > leads.csv
  songsang report funnel --as-of 2026-06-30                    only what had happened by the end of that day
  songsang report funnel --known-on 2026-07-01T09:00:00+09:00  only what had been recorded by then

The footer tells what each figure means, and the instant it was known on: asked again with it, the answer is the same.)";

int RunReport(const report::ReportOptions& given, bool list, const Options& options) {
  auto ask = given;
  ask.korean = SpeaksKorean(options);
  if (!list && ask.name.empty() && ask.metrics.empty())
    return Fail(EX_USAGE, "which report? a ready-made one (`songsang report --list`), or --metrics of your own");
  int exit_code = 0;
  const auto session = Session::Open(options, &exit_code);
  if (session == nullptr || !session->Reach(options, &exit_code)) return exit_code;
  return list ? report::ListReports(ask, session->client(), std::cout, std::cerr)
              : report::Report(ask, session->client(), std::cout, std::cerr);
}

}  // namespace

void AddReport(CLI::App* line, Options* options) {
  auto* app = line->add_subcommand("report", "Figures as a table, CSV or JSON");
  auto given = std::make_shared<report::ReportOptions>();
  auto list = std::make_shared<bool>(false);
  app->add_option("name", given->name, "a ready-made report; what else is given replaces its parts")->type_name("NAME");
  app->add_flag("--list", *list, "list ready-made reports, figures and dimensions with their meaning");
  app->add_option("--metrics", given->metrics, "figures, comma-separated")->delimiter(',')->type_name("KEYS");
  app->add_option("--by", given->dimensions, "what to cut by, outermost first")->delimiter(',')->type_name("KEYS");
  app->add_option("--filter", given->filters, "keep only these values; origin= keeps what has none; may be repeated")
      ->type_name("DIMENSION=VALUES")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  app->add_option("--order", given->order_by, "keys to order by; - before one turns it round")
      ->delimiter(',')
      ->type_name("KEYS");
  app->add_option("--from", given->from_on, "first day, in business time")->type_name("DATE");
  app->add_option("--to", given->to_on, "last day")->type_name("DATE");
  app->add_option("--bucket", given->bucket, "cut by day, week, month, quarter or year too")->type_name("BUCKET");
  app->add_option("--as-of", given->as_of, "only what had happened by the end of this day")->type_name("DATE");
  app->add_option("--known-on", given->known_on, "only what had been recorded by this instant")->type_name("INSTANT");
  app->add_option("--limit", given->limit, "at most so many rows; the total is always that of all")->type_name("N");
  app->add_option("--after", given->after, "wait until this position is in it")->type_name("POSITIONS");
  const std::map<std::string, report::Output> outputs = {
      {"table", report::Output::kTable}, {"csv", report::Output::kCsv}, {"json", report::Output::kJson}};
  app->add_option("-o,--output", given->output, "table (the default), csv or json")
      ->type_name("FORMAT")
      ->transform(CLI::CheckedTransformer(outputs, CLI::ignore_case).description(""));
  app->add_flag_callback(
      "--no-footer", [=] { given->footer = false; }, "leave out meanings and positions");
  AddServerOptions(app, options);
  app->footer(kExamples);
  app->callback([=] { options->run = [=] { return RunReport(*given, *list, *options); }; });
}

}  // namespace songsang::command
