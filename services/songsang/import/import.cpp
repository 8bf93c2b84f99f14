#include "songsang/import/import.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <iostream>

#include "songsang/import/importer.h"
#include "songsang/import/progress.h"
#include "songsang/import/reasons.h"
#include "songsang/import/refused_file.h"

namespace songsang::importer {
namespace {

std::atomic<bool> stopped{false};

// While it lives, Ctrl-C ends the run in order: what is under way is waited for. A second one ends it at once.
class Interruptible {
 public:
  Interruptible() {
    stopped = false;
    struct sigaction action {};
    action.sa_handler = [](int) { stopped = true; };
    action.sa_flags = SA_RESETHAND;
    sigaction(SIGINT, &action, &before_);
  }
  ~Interruptible() { sigaction(SIGINT, &before_, nullptr); }
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

 private:
  struct sigaction before_ {};
};

int Tell(const Refusal& refusal, bool korean, std::ostream& err) {
  if (refusal.reason == &kMappingMustBeRight && !refusal.violations.empty()) {
    for (const FieldViolation& problem : refusal.violations) err << problem.description << '\n';
  } else {
    err << refusal.Sentence(korean) << '\n';
  }
  return kNotBegun;
}

// One file may be imported through several mappings, each with an error file of its own.
std::string DefaultErrors(const std::string& file, const std::string& mapping) {
  return (file == "-" ? "stdin" : std::filesystem::path(file).filename().string()) + "." + mapping + ".refused.csv";
}

bool SameFile(const std::string& a, const std::string& b) {
  std::error_code error;
  return std::filesystem::equivalent(a, b, error);
}

Execute Through(client::Client& client, bool korean) {
  return [&client, korean](const v1::ExecuteRequest& request, bool validate_only) {
    client::Options options;
    options.validate_only = validate_only;
    options.language = korean ? "ko" : "en";
    options.timeout = std::chrono::seconds(60);
    return client.Call("songsang.v1.BatchService/Execute", request.SerializeAsString(), options);
  };
}

int TellFailure(const client::Answer& failure, const client::Client& client, bool begun, bool korean,
                std::ostream& err) {
  if (failure.unreachable) {
    err << (korean ? client.address() +
                         " 주소에서 응답하는 서버가 없습니다. `songsang serve`로 서버를 시작하거나 주소를 확인하세요.\n"
                   : "No server answers at " + client.address() +
                         ". Start one with `songsang serve`, or check the address.\n");
  } else {
    err << (korean && !failure.localized.empty() ? failure.localized : failure.Explain()) << '\n';
  }
  if (!begun) return kBrokenOff;
  err << (korean ? "같은 명령을 다시 실행하면 이어서 진행하며, 이미 기록된 것은 두 번 기록되지 않습니다.\n"
                 : "The same command goes on from here; nothing that was recorded is recorded twice.\n");
  return kBrokenOff;
}

}  // namespace

int Import(const ImportOptions& options, client::Client& client, std::ostream& out, std::ostream& err) {
  auto mapping = FindMapping(options.mapping);
  if (!mapping.ok()) return Tell(mapping.refusal(), options.korean, err);
  CsvOptions csv = (*mapping)->csv();
  if (!options.encoding.empty()) csv.encoding = options.encoding;
  auto reader = CsvReader::Open(options.file, csv);
  if (!reader.ok()) return Tell(reader.refusal(), options.korean, err);
  const Status bound = (*mapping)->Bind(reader->header());
  if (!bound.ok()) return Tell(bound.refusal(), options.korean, err);
  RefusedFile refused(options.errors.empty() ? DefaultErrors(options.file, (*mapping)->name()) : options.errors,
                      reader->header(), options.bom);
  if (SameFile(refused.path(), options.file) || !refused.ClearOld())
    return Tell(kErrorFileMustBeFree.With("file", refused.path()), options.korean, err);

  RunSettings settings;
  settings.dry_run = options.dry_run;
  settings.korean = options.korean;
  settings.in_flight = options.in_flight;
  settings.batch_items = options.batch;
  settings.patience = options.patience;
  Importer importer(**mapping, settings, Through(client, options.korean),
                    [&](const Refused& each) { refused.Add(each); });
  Progress progress(err, isatty(STDERR_FILENO) != 0, options.korean);
  const Interruptible interruptible;
  CsvRow row;
  int64_t rows = 0;
  while (!stopped && reader->Next(&row)) {
    if (!importer.Add(std::move(row))) break;
    row = {};
    ++rows;
    if (!options.quiet) progress.Show(importer.counts(), rows, reader->bytes_read(), reader->bytes_total());
  }
  const bool done = importer.Finish();
  progress.End();
  const bool begun = importer.counts().rows > 0;
  if (!done && !begun) return TellFailure(*importer.failure(), client, begun, options.korean, err);
  out << options.file << (options.korean ? " ← 매핑 " : " by ") << (*mapping)->name() << ": "
      << Summary(importer.counts(), progress.seconds(), options.dry_run, options.korean);
  if (!refused.Close()) err << kErrorFileMustBeWritten.With("file", refused.path()).Sentence(options.korean) << '\n';
  if (refused.used())
    out << (options.korean ? "거절된 행과 그 까닭: " : "What was refused, and why: ") << refused.path() << '\n';
  if (!done) return TellFailure(*importer.failure(), client, begun, options.korean, err);
  if (reader->failure()) {
    err << reader->failure()->Sentence(options.korean) << '\n';
    return kBrokenOff;
  }
  if (stopped) {
    err << (options.korean ? "중단했습니다. 같은 명령을 다시 실행하면 이어서 진행합니다.\n"
                           : "Stopped. The same command goes on from here.\n");
    return kBrokenOff;
  }
  return importer.counts().refused > 0 ? kSomeRefused : kAllImported;
}

void ListMappings(bool korean, std::ostream& out) {
  size_t width = 0;
  for (const Shipped& shipped : ShippedMappings()) width = std::max(width, std::string_view(shipped.name).size());
  for (const Shipped& shipped : ShippedMappings()) {
    std::vector<std::string> problems;
    const auto mapping = Mapping::Load(shipped.toml, shipped.name, &problems);
    out << shipped.name << std::string(width + 2 - std::string_view(shipped.name).size(), ' ')
        << (mapping == nullptr ? problems.front() : mapping->description(korean)) << '\n';
  }
}

int PrintMapping(const std::string& name, bool korean, std::ostream& out, std::ostream& err) {
  std::vector<std::string> names;
  for (const Shipped& shipped : ShippedMappings()) {
    names.emplace_back(shipped.name);
    if (name != shipped.name) continue;
    out << shipped.toml;
    return kAllImported;
  }
  return Tell(kMappingMustExist.With("name", name).With("shipped", Joined(names)), korean, err);
}

}  // namespace songsang::importer
