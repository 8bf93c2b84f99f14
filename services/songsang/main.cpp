// songsang: the whole system in one process, and the command line that speaks to it.
#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "songsang/command/command.h"

namespace {

constexpr const char* kAbout = "Songsang runs a sales organisation: leads, accounts, workforce, products, reports.";
constexpr const char* kFirstSteps = R"(First steps:
  songsang serve                          start everything, on this machine
  songsang call                           what can be called
  songsang call CaptureLead '{"name":"김하늘","channel":"CHANNEL_PHONE"}'
  songsang events --service leads         what was recorded
  songsang doctor                         is everything fine, and what to do if not
`songsang COMMAND --help` teaches each with examples.)";

// The command that was begun, as far as it was understood; `*next` is the first word that was not.
const CLI::App* Begun(const CLI::App& line, int count, char** words, std::string* path, std::string* next) {
  const CLI::App* app = &line;
  for (int i = 1; i < count; ++i) {
    const CLI::App* inner = nullptr;
    for (const CLI::App* command : app->get_subcommands({}))
      if (command->get_name() == words[i]) inner = command;
    if (inner == nullptr) {
      *next = words[i];
      break;
    }
    app = inner;
    *path += " " + app->get_name();
  }
  return app;
}

int SayWhatIsWrong(const CLI::App& line, int count, char** words, const CLI::ParseError& error) {
  std::string path = "songsang", next;
  const CLI::App* app = Begun(line, count, words, &path, &next);
  const auto inner = app->get_subcommands({});
  std::string what = error.what();
  if (!inner.empty() && !next.starts_with('-')) {
    what = next.empty() ? "`" + path + "` needs to know what:"
                        : "there is no command `" + path + " " + next + "`; there are:";
    for (const CLI::App* command : inner) what += " " + command->get_name();
  }
  std::fprintf(stderr, "songsang: %s\n  see `%s --help`\n", what.c_str(), path.c_str());
  return EX_USAGE;
}

int Parse(CLI::App* line, int count, char** words, songsang::command::Options* options) {
  try {
    line->parse(count, words);
  } catch (const CLI::Success& help) {
    return line->exit(help);
  } catch (const CLI::ParseError& error) {
    return SayWhatIsWrong(*line, count, words, error);
  }
  if (options->run) return options->run();
  std::fputs(line->help().c_str(), stdout);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  using namespace songsang::command;
  signal(SIGPIPE, SIG_IGN);
  CLI::App line(kAbout, "songsang");
  line.footer(kFirstSteps);
  line.require_subcommand(0, 1);
  Options options;
  for (const auto add : {AddServe, AddCall, AddEvents, AddExport, AddReport, AddImport, AddDemo, AddDoctor, AddParked,
                         AddExplain, AddToken, AddStores, AddTopics, AddAuthority, AddAbout})
    add(&line, &options);
  try {
    return Parse(&line, count, words, &options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "songsang: this should not have happened: %s\n", error.what());
    return EX_SOFTWARE;
  }
}
