#include "acceptance/import/importing.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "songsang/v1/engine.pb.h"

namespace songsang {

std::string Importing::Write(const std::string& name, const std::string& text) const {
  std::ofstream(Path(name), std::ios::binary) << text;
  return Path(name);
}

std::string Importing::ReadAll(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream all;
  all << stream.rdbuf();
  return all.str();
}

Importing::Done Importing::Import(const std::string& file, const std::string& mapping, bool dry_run,
                                  const std::function<void(importer::ImportOptions*)>& change) const {
  importer::ImportOptions options;
  options.file = file;
  options.mapping = mapping;
  options.errors = Path("refused.csv");
  options.dry_run = dry_run;
  options.quiet = true;
  if (change) change(&options);
  client::Client connection(System::Shared().address(), client_.token());
  std::ostringstream out, err;
  Done done;
  done.exit_code = importer::Import(options, connection, out, err);
  done.out = out.str();
  done.err = err.str();
  done.refused = ReadAll(options.errors);
  return done;
}

std::map<std::string, int> Importing::Events() const {
  std::map<std::string, int> counts;
  for (const char* service : {"leads", "accounts", "workforce", "billing"}) {
    v1::GetHeadsRequest ask;
    ask.set_service(service);
    const auto heads = client_.Call<v1::GetHeadsResponse>("EventService/GetHeads", ask);
    EXPECT_THAT(heads, IsOk());
    for (const v1::Position& head : heads->heads()) {
      v1::ReadEventsRequest request;
      request.mutable_after()->set_service(service);
      request.mutable_after()->set_partition(head.partition());
      request.set_limit(1'000);
      while (request.after().seq() < head.seq()) {
        const auto events = client_.Call<v1::ReadEventsResponse>("EventService/ReadEvents", request);
        EXPECT_THAT(events, IsOk());
        if (!events.ok()) return counts;
        for (const v1::JournalEvent& event : events->events())
          ++counts[event.type().substr(event.type().rfind('.') + 1)];
        *request.mutable_after() = events->position();
      }
    }
  }
  return counts;
}

std::string Importing::DataFolder() {
  const char* given = std::getenv("SONGSANG_DATA");
  return given != nullptr && *given != '\0' ? given : "../shared/data";
}

}  // namespace songsang
