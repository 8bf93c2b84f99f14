// songsang migrate, journal, rebuild: the commands that open stores themselves.
#include <fmt/format.h>
#include <sysexits.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "adapters/kafka_stream/kafka_stream.h"
#include "engine/journal.h"
#include "engine/tables.h"
#include "host/host.h"
#include "host/peers.h"
#include "host/restore.h"
#include "reporting/rebuild.h"
#include "songsang/command/command.h"
#include "songsang/modules.h"

namespace songsang::command {

namespace {

constexpr const char* kMigrateExamples = R"(Examples:
  songsang migrate --store postgresql://songsang@db/songsang --dry-run    print the SQL, change nothing
  songsang migrate --store postgresql://songsang@db/songsang
  songsang migrate leads                                                  one service only

Only this command changes PostgreSQL schemas; servers check, and wait for it. Changes are additive, and one migrator
works at a time. Embedded stores are brought up to date whenever a server starts.)";

constexpr const char* kVerifyExamples = R"(Examples:
  songsang journal verify                 every service, in the embedded store (its server must be stopped)
  songsang journal verify leads --store postgresql://songsang@db/songsang

Walks each journal from its first entry: sequences without a gap, every hash that of the entry and its predecessor.
Exit code 0: sound. 1: it is not; the first difference is named.)";

constexpr const char* kRestoreExamples = R"(Examples:
  songsang journal adopt leads --store postgresql://songsang@db/songsang --kafka broker:9092
  songsang journal fork leads --store postgresql://songsang@db/songsang --kafka broker:9092

For a database that was restored from an older copy, with the service's servers stopped. `adopt` takes back from Kafka
what had been acknowledged and published since, each entry proved by its hash. `fork` gives it up and goes on under a new
epoch; whoever has heard what is given up (reports: `songsang rebuild`) has to begin anew. Run `adopt` first: it refuses
where only a fork can go on.)";

constexpr const char* kRebuildExamples = R"(Examples:
  songsang rebuild                        with the server stopped
  songsang rebuild --keep                 build and compare only; leave the one in use
  songsang rebuild --store postgresql://songsang@db/songsang     with the process that serves reporting stopped

Builds what reports are answered from anew, from the journals alone, beside the one in use; compares the two byte for
byte, and puts the new one in its place. Exit code 0: they were the same. 1: they differed; the tables are named.)";

// The modules named, each with its store opened; empty, and the exit code, where that failed.
struct Opened {
  host::Module module;
  std::shared_ptr<engine::Store> store;
};

// With `existing`, an embedded store that is not there is not made.
std::vector<Opened> OpenAll(const std::vector<std::string>& services, bool existing, Options* options,
                            host::Config* config, int* exit_code) {
  if (!services.empty()) options->settings["services"] = {fmt::format("{}", fmt::join(services, ","))};
  const auto configured = Configured(*options);
  *exit_code = EX_CONFIG;
  if (!configured) return {};
  *config = *configured;
  if (config->store == "memory:") {
    *exit_code = Fail(EX_USAGE, "a store in memory belongs to its server alone: there is nothing to open");
    return {};
  }
  host::Failure failure;
  std::vector<Opened> opened;
  for (const auto& module : host::Chosen(*config, Modules(), &failure)) {
    std::string error;
    const std::string folder = config->store.substr(config->store.find(':') + 1);
    if (existing && config->embedded() && !std::filesystem::exists(folder + "/" + module.name + ".db")) {
      *exit_code = Fail(EX_NOINPUT, fmt::format("there is no store of {} in {}; --home or --store say where it is",
                                                module.name, folder));
      return {};
    }
    auto store = host::OpenStore(*config, module.name, &error);
    if (store == nullptr) {
      const bool busy = error.find("in use by another process") != std::string::npos;
      *exit_code = Fail(busy ? EX_TEMPFAIL : EX_IOERR,
                        fmt::format("the store of {} cannot be opened: {}{}", module.name, error,
                                    busy ? "\n  An embedded store has one user: stop its server first." : ""));
      return {};
    }
    opened.push_back({module, std::move(store)});
  }
  if (failure.exit_code != 0) *exit_code = Fail(failure.exit_code, failure.message);
  return opened;
}

int RunMigrate(const std::vector<std::string>& services, bool dry_run, Options* options) {
  host::Config config;
  int exit_code = 0;
  const auto opened = OpenAll(services, false, options, &config, &exit_code);
  if (opened.empty()) return exit_code;
  for (const auto& [module, store] : opened) {
    engine::Migration migration;
    const auto error = store->Migrate(host::TablesOf(module), config.partitions, dry_run, &migration);
    if (!error.ok()) return Fail(EX_UNAVAILABLE, fmt::format("{}: {}", module.name, error.message));
    if (dry_run)
      for (const auto& statement : migration.statements) fmt::print("{};\n", statement);
    std::fflush(stdout);
    fmt::print(stderr, "{}: {}\n", module.name,
               migration.statements.empty()
                   ? "up to date"
                   : fmt::format("{} statement{}{}", migration.statements.size(),
                                 migration.statements.size() == 1 ? "" : "s", dry_run ? " to run" : " run"));
  }
  return 0;
}

int RunVerify(const std::vector<std::string>& services, Options* options) {
  host::Config config;
  int exit_code = 0;
  const auto opened = OpenAll(services, true, options, &config, &exit_code);
  if (opened.empty()) return exit_code;
  bool sound = true;
  for (const auto& [module, store] : opened) {
    // Whatever else an older or newer release has changed: a journal can be read.
    const rows::Table* const journal[] = {&engine::JournalTable()};
    std::string what;
    if (!store->IsMigrated(journal, &what)) {
      sound = false;
      fmt::print("{}: there is no journal to read: {}\n", module.name, what);
      continue;
    }
    int64_t entries = 0;
    const std::string difference = engine::VerifyJournal(*store, [&entries](int, int64_t count) { entries += count; });
    fmt::print("{}: {}\n", module.name,
               difference.empty() ? fmt::format("sound, {} entries", entries) : "BROKEN: " + difference);
    sound = sound && difference.empty();
  }
  return sound ? 0 : 1;
}

using Restore = Status (*)(engine::Stream&, engine::Store&, const host::Publication&, const host::Told&);

int RunRestore(const std::string& service, Restore restore, Options* options) {
  host::Config config;
  int exit_code = 0;
  const auto opened = OpenAll({service}, true, options, &config, &exit_code);
  if (opened.empty()) return exit_code;
  if (config.kafka.empty()) return Fail(EX_USAGE, "--kafka says where the journal was published");
  const auto stream = kafka::OpenKafka(config.kafka);
  const auto told = [](const std::string& sentence) { fmt::print("{}\n", sentence); };
  const auto done = restore(*stream, *opened.front().store, host::PublicationOf(config, service), told);
  if (!done.ok()) return Fail(EX_UNAVAILABLE, done.refusal().Sentence(SpeaksKorean(*options)));
  fmt::print("{}: what is published and what is held are one\n", service);
  return 0;
}

int RunRebuild(bool keep, Options* options) {
  host::Config config;
  int exit_code = 0;
  const auto opened = OpenAll({}, true, options, &config, &exit_code);
  if (opened.empty()) return exit_code;
  std::vector<engine::Hosted> hosted;
  for (const auto& [module, store] : opened) {
    std::string what;
    if (!store->IsMigrated(host::TablesOf(module), &what))
      return Fail(EX_UNAVAILABLE,
                  fmt::format("{}: {}\n  songsang migrate --store {}", module.name, what, config.ShownStore()));
    hosted.push_back({module.service(), store});
  }
  engine::Engine engine(std::move(hosted), {});
  const host::Hearings none;
  const auto sources =
      reporting::SourcesOf(engine, host::JournalsOf(engine, host::PeersOf(config, nullptr), none).read);
  const auto rebuilt = reporting::Rebuild(*engine.StoreOf("reporting"), sources, keep, [](int64_t events) {
    if (isatty(STDERR_FILENO) == 1) fmt::print(stderr, "\r{} events", events);
  });
  if (isatty(STDERR_FILENO) == 1) fmt::print(stderr, "\n");
  if (!rebuilt.ok()) return Fail(EX_UNAVAILABLE, rebuilt.refusal().Sentence(SpeaksKorean(*options)));
  fmt::print("in use: {} rows, {}\nbuilt:  {} rows, {}, from {} events\n", rebuilt->before.rows, rebuilt->before.all,
             rebuilt->after.rows, rebuilt->after.all, rebuilt->events);
  for (const std::string& table : rebuilt->different) fmt::print("differs: {}\n", table);
  fmt::print("{}{}\n", rebuilt->different.empty() ? "the same bytes" : "NOT the same",
             rebuilt->switched ? "; the new one is in use" : "; the one in use stays");
  return rebuilt->different.empty() ? 0 : 1;
}

}  // namespace

void AddStores(CLI::App* line, Options* options) {
  auto services = std::make_shared<std::vector<std::string>>();
  auto dry_run = std::make_shared<bool>(false);
  auto* migrate = line->add_subcommand("migrate", "Bring the stores' schemas up to date");
  migrate->add_option("services", *services, "only these; default: all")->type_name("NAMES");
  migrate->add_flag("--dry-run", *dry_run, "print the SQL that would run");
  AddSettings(migrate, options, {"home", "store", "partitions"});
  migrate->footer(kMigrateExamples);
  migrate->callback([=] { options->run = [=] { return RunMigrate(*services, *dry_run, options); }; });

  auto keep = std::make_shared<bool>(false);
  auto* rebuild = line->add_subcommand("rebuild", "Build anew what reports are answered from, and compare");
  rebuild->add_flag("--keep", *keep, "compare only; leave the one in use");
  AddSettings(rebuild, options, {"home", "store", "peer"});
  rebuild->footer(kRebuildExamples);
  rebuild->callback([=] { options->run = [=] { return RunRebuild(*keep, options); }; });

  auto* journal =
      line->add_subcommand("journal", "Prove that a journal is what was recorded; mend one that was restored");
  journal->require_subcommand(1);
  auto* verify = journal->add_subcommand("verify", "Walk the hash chain, and name the first difference");
  verify->add_option("services", *services, "only these; default: all")->type_name("NAMES");
  AddSettings(verify, options, {"home", "store"});
  verify->footer(kVerifyExamples);
  verify->callback([=] { options->run = [=] { return RunVerify(*services, options); }; });

  auto service = std::make_shared<std::string>();
  const auto add = [&](const char* name, const char* what, Restore restore) {
    auto* command = journal->add_subcommand(name, what);
    command->add_option("service", *service, "whose journal")->required()->type_name("NAME");
    AddSettings(command, options, {"home", "store", "kafka", "topic-prefix"});
    command->footer(kRestoreExamples);
    command->callback([=] { options->run = [=] { return RunRestore(*service, restore, options); }; });
  };
  add("adopt", "Take back what was published and is missing in the journal", host::AdoptJournal);
  add("fork", "Go on without what was published and is missing in the journal", host::ForkFromPublished);
}

}  // namespace songsang::command
