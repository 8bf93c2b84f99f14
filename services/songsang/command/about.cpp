// songsang version, songsang completion
#include <fmt/format.h>
#include <google/protobuf/stubs/common.h>
#include <grpcpp/grpcpp.h>
#include <sqlite3.h>
#include <sysexits.h>

#include <cstdio>
#include <set>

#include "core/result.h"
#include "host/topics.h"
#include "host/version.h"
#include "rows/table.h"
#include "songsang/command/command.h"
#include "songsang/modules.h"

namespace songsang::command {

namespace {

constexpr const char* kScript = R"(# bash completion of songsang:  source <(songsang completion bash)
_songsang() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" command="${{COMP_WORDS[1]}}"
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W "{commands} --help --version" -- "$word"))
    return
  fi
  local flags="" words=""
  case "$command" in
{cases}  esac
  if [[ "$word" == -* ]]; then
    COMPREPLY=($(compgen -W "$flags --help" -- "$word"))
  elif [[ "${{COMP_WORDS[COMP_CWORD-1]}}" == --as ]]; then
    COMPREPLY=($(compgen -W "{roles}" -- "$word"))
  elif [[ -n "$words" ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}}
complete -F _songsang songsang
)";

std::string Flags(const CLI::App& app) {
  std::string flags;
  for (const auto* option : app.get_options())
    for (const std::string& name : option->get_lnames())
      if (name != "help") flags += (flags.empty() ? "--" : " --") + name;
  return flags;
}

// What may follow a command, besides flags.
std::string Words(const CLI::App& app) {
  std::set<std::string> words;
  const std::string name = app.get_name();
  if (name == "call")
    for (const auto* method : methods::All()) words.insert(method->name());
  if (name == "explain")
    for (const Reason* reason : AllReasons()) words.insert(reason->name);
  if (name == "serve" || name == "events" || name == "journal")
    for (const auto& module : Modules()) words.insert(module.name);
  if (name == "export")
    for (const auto& module : Modules())
      for (const auto* entity : host::EntitiesOf(module.name))
        words.insert(module.name + "." + rows::TableOf(entity).name);
  if (name == "completion") words.insert("bash");
  for (const auto* inner : app.get_subcommands({})) words.insert(inner->get_name());
  return fmt::format("{}", fmt::join(words, " "));
}

int RunCompletion(const std::string& shell, const CLI::App& line) {
  if (shell != "bash") return Fail(EX_USAGE, fmt::format("there is completion for bash only, not for {}", shell));
  std::string commands, cases, roles;
  for (const auto* app : line.get_subcommands({})) {
    commands += (commands.empty() ? "" : " ") + app->get_name();
    std::string flags = Flags(*app);
    for (const auto* inner : app->get_subcommands({})) flags += " " + Flags(*inner);
    cases +=
        fmt::format("    {})\n      flags=\"{}\"\n      words=\"{}\"\n      ;;\n", app->get_name(), flags, Words(*app));
  }
  for (int r = 1; r <= v1::Role_MAX; ++r)
    roles += (r > 1 ? " " : "") + v1::Role_Name(r).substr(std::string("ROLE_").size());
  std::fputs(
      fmt::format(kScript, fmt::arg("commands", commands), fmt::arg("cases", cases), fmt::arg("roles", roles)).c_str(),
      stdout);
  return 0;
}

int RunVersion() {
  fmt::print("songsang {}\ngRPC {}, protobuf {}, SQLite {}\n", host::Version(), grpc::Version(),
             google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION), sqlite3_libversion());
  return 0;
}

}  // namespace

void AddAbout(CLI::App* line, Options* options) {
  auto* version = line->add_subcommand("version", "The version, and those of what it stands on");
  version->callback([=] { options->run = RunVersion; });
  line->set_version_flag("--version", std::string("songsang ") + host::Version());

  auto* completion = line->add_subcommand("completion", "A completion script for your shell");
  auto shell = std::make_shared<std::string>("bash");
  completion->add_option("shell", *shell, "bash")->type_name("SHELL");
  completion->footer(
      "Example:\n  source <(songsang completion bash)        now, in this shell\n"
      "  songsang completion bash > /etc/bash_completion.d/songsang");
  completion->callback([=] { options->run = [=] { return RunCompletion(*shell, *line); }; });
}

}  // namespace songsang::command
