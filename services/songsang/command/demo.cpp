// songsang demo
#include "songsang/demo/demo.h"

#include <cstdlib>
#include <iostream>

#include "songsang/command/command.h"

namespace songsang::command {

namespace {

constexpr const char* kExamples = R"(Examples:
  songsang serve & songsang demo          a year of a sales organisation, in tenant demo, and its reports
  songsang demo --tenant trial --leads 500 --seed 7
  songsang report funnel                  afterwards: ask on

Everything goes through the API, as an integrator's data would. Run again it changes nothing.)";

int RunDemo(const demo::DemoOptions& given, const Options& options) {
  int exit_code = 0;
  const auto session = Session::Open(options, &exit_code);
  if (session == nullptr || !session->Reach(options, &exit_code)) return exit_code;
  auto run = given;
  run.korean = SpeaksKorean(options);
  // What is printed last shall work as it is typed.
  if (session->tenant() != "demo") run.flags += " --tenant " + session->tenant();
  if (!options.address.empty()) run.flags += " --address " + options.address;
  if (!run.flags.empty()) run.flags.erase(0, 1);
  // Whoever asks may not approve. With a token of the caller's own there is nobody else.
  Options other = options;
  other.actor = "branch-manager";
  other.roles = {"BRANCH_MANAGER", "EXECUTIVE"};
  const bool minted = options.token.empty() && std::getenv("SONGSANG_TOKEN") == nullptr;
  const auto approver = minted ? Session::Open(other, &exit_code) : nullptr;
  if (approver != nullptr) run.approver = &approver->client();
  return demo::Demo(run, session->client(), std::cout, std::cerr);
}

}  // namespace

void AddDemo(CLI::App* line, Options* options) {
  auto* app = line->add_subcommand("demo", "Fill a tenant with a year of a sales organisation that might exist");
  auto given = std::make_shared<demo::DemoOptions>();
  app->add_option("--leads", given->leads, "about how many leads; default: 2000")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  app->add_option("--seed", given->seed, "another seed is another organisation")->type_name("N");
  app->add_flag_callback(
      "--no-reports", [=] { given->reports = false; }, "do not print reports");
  app->add_flag("--quiet,-q", given->quiet, "no progress");
  AddServerOptions(app, options, "ADMIN, IMPORTER");
  app->footer(kExamples);
  app->callback([=] {
    if (options->roles.empty()) options->roles = {"ADMIN", "IMPORTER"};
    options->run = [=] { return RunDemo(*given, *options); };
  });
}

}  // namespace songsang::command
