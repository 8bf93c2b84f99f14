// songsang import
#include "songsang/import/import.h"

#include <fmt/format.h>
#include <sysexits.h>

#include <iostream>

#include "songsang/command/command.h"

namespace songsang::command {

namespace {

constexpr const char* kExamples = R"(Examples:
  songsang import --mappings                                     the mappings that ship with Songsang
  songsang import leads.csv --mapping olist_leads --tenant olist --dry-run
  songsang import leads.csv --mapping olist_leads --tenant olist
  songsang import 고객.csv --mapping customers.toml --encoding cp949
  songsang import 고객.csv --sketch leads.CaptureLead > customers.toml    begin a mapping for a file never seen before

Refused rows are written to an error file with line, field and reason; correct it and import it in the same way.
Running an import again is harmless: what is there already is left alone, so it also resumes what was interrupted.
docs/import.md teaches how to write a mapping. Exit codes: 0 all imported; 1 some rows refused; 2 not begun; 3 broken off.)";

struct Import {
  importer::ImportOptions options;
  std::vector<std::string> sketch;
  std::string print;
  bool mappings = false;
};

int Sketch(const Import& given, bool korean) {
  importer::SketchOptions sketch;
  sketch.file = given.options.file;
  sketch.encoding = given.options.encoding;
  sketch.korean = korean;
  for (const std::string& name : given.sketch) {
    const auto* method = methods::Find(name);
    if (method == nullptr)
      return Fail(EX_USAGE, fmt::format("there is no one method {}; `songsang call` lists them", name));
    sketch.methods.push_back(methods::NameOf(*method));
  }
  return importer::SketchMapping(sketch, std::cout, std::cerr);
}

int RunImport(const Import& given, const Options& options) {
  const bool korean = SpeaksKorean(options);
  if (given.mappings) {
    importer::ListMappings(korean, std::cout);
    return 0;
  }
  if (!given.print.empty()) return importer::PrintMapping(given.print, korean, std::cout, std::cerr);
  if (given.options.file.empty()) return Fail(EX_USAGE, "which file? see `songsang import --help`");
  if (!given.sketch.empty()) return Sketch(given, korean);
  if (given.options.mapping.empty())
    return Fail(EX_USAGE,
                "which mapping? --mapping FILE, or a shipped one (`songsang import --mappings` lists them),\n"
                "  or begin one with --sketch METHOD");
  int exit_code = 0;
  const auto session = Session::Open(options, &exit_code);
  if (session == nullptr || !session->Reach(options, &exit_code)) return exit_code;
  auto run = given.options;
  run.korean = korean;
  return importer::Import(run, session->client(), std::cout, std::cerr);
}

}  // namespace

void AddImport(CLI::App* line, Options* options) {
  auto* app = line->add_subcommand("import", "Import a CSV file through a mapping; safe to run again");
  auto given = std::make_shared<Import>();
  app->add_option("file", given->options.file, "the file; gzip is read as it is; - is standard input")
      ->type_name("FILE");
  app->add_option("--mapping,-m", given->options.mapping, "a mapping file, or the name of a shipped one")
      ->type_name("MAPPING");
  app->add_flag("--mappings", given->mappings, "list the shipped mappings");
  app->add_option("--print", given->print, "print a shipped mapping, to begin another from")->type_name("NAME");
  app->add_option("--sketch", given->sketch,
                  "print the beginning of a mapping for the file and this method; may be repeated")
      ->type_name("METHOD")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  app->add_flag("--dry-run", given->options.dry_run, "decide every command, record nothing");
  app->add_option("--errors", given->options.errors, "where refused rows go; default: <file>.<mapping>.refused.csv")
      ->type_name("FILE");
  app->add_flag("--bom", given->options.bom, "begin the error file with the mark by which spreadsheets know UTF-8");
  app->add_option("--encoding", given->options.encoding,
                  "what the file is written in, e.g. cp949; default: the mapping's")
      ->type_name("NAME");
  app->add_option("--batch", given->options.batch, "commands a call; default: 500")
      ->type_name("N")
      ->check(CLI::Range(1, 500));
  app->add_option("--in-flight", given->options.in_flight, "calls under way at once; default: 4")
      ->type_name("N")
      ->check(CLI::Range(1, 64));
  app->add_flag("--quiet,-q", given->options.quiet, "no progress");
  AddServerOptions(app, options, "IMPORTER, ADMIN");
  app->footer(kExamples);
  app->callback([=] {
    if (options->roles.empty()) options->roles = {"IMPORTER", "ADMIN"};
    options->run = [=] { return RunImport(*given, *options); };
  });
}

}  // namespace songsang::command
