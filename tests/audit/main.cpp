// songsang_audit: whether the stores of a stopped system hold what its clients were told, and agree with themselves.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "audit/audit.h"
#include "audit/stores.h"

int main(int count, char** words) {
  using namespace songsang::audit;
  CLI::App line("Checks a stopped system: names the first difference of each check, in words. Exit code 1 if any.");
  std::string store, record_file;
  line.add_option("--store", store, "what `songsang serve --store` was given: sqlite:FOLDER or postgresql://…")
      ->required();
  line.add_option("--record", record_file,
                  "the record that the clients kept; without it the stores are held against "
                  "themselves only");
  CLI11_PARSE(line, count, words);
  std::string error;
  const auto stores = OpenStores(store, &error);
  Record record;
  if (error.empty() && !record_file.empty()) record = ReadRecord(record_file, &error);
  if (!error.empty()) {
    std::fprintf(stderr, "songsang_audit: %s\n", error.c_str());
    return 2;
  }
  const Report report = Audit(stores, record);
  std::fputs(report.Text().c_str(), stdout);
  return report.clean() ? 0 : 1;
}
