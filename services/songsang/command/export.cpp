// songsang export
#include <fmt/format.h>
#include <sysexits.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "host/topics.h"
#include "rows/table.h"
#include "songsang/command/command.h"
#include "songsang/modules.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::command {

namespace {

constexpr const char* kExamples = R"(Examples:
  songsang export leads.lead > leads.ndjson                one flat JSON object a line, as its state topic bears it
  songsang export leads.lead leads.opportunity --to /data  leads.lead.ndjson, leads.lead.positions.json, …
  songsang export --all --to /data                         every entity of the server that answers
  songsang export --all --to /data --as SERVICE            of all tenants, not only of --tenant

An export ends with its positions, on standard error and in the .positions.json: whatever was recorded up to there is in
it. To go on from it:
  1. load the .ndjson: one row per tenant and id
  2. read the state topic (songsang.leads.lead.state.v1) from its beginning, and drop each record whose event_seq is not
     greater than the position of its event_partition; positions read leads/<event_partition>/<event_epoch>/<event_seq>
  3. put each other record in the place of the row with its tenant and id, unless that row's event_seq is greater
Without Kafka: `songsang events --service leads --from POSITION`, or EventService/ReadEvents with FORMAT_STATE_JSON.)";

struct Export {
  std::vector<std::string> entities;
  std::string folder;
  bool all = false;
};

// What an export of one entity came to.
struct Exported {
  int64_t records = 0;
  std::vector<v1::Position> positions;
};

// As `songsang-position` says it: leads/0/0/17,leads/1/0/4.
std::string Text(const std::vector<v1::Position>& positions) {
  std::string text;
  for (const auto& position : positions)
    text += fmt::format("{}{}/{}/{}/{}", text.empty() ? "" : ",", position.service(), position.partition(),
                        position.epoch(), position.seq());
  return text;
}

std::string PositionsFile(const std::string& entity, const Exported& exported) {
  std::string list;
  for (const auto& position : exported.positions)
    list += fmt::format(R"({}{{"event_partition":{},"event_epoch":{},"event_seq":{}}})", list.empty() ? "" : ",",
                        position.partition(), position.epoch(), position.seq());
  return fmt::format("{{\"entity\":\"{}\",\"records\":{},\"position\":\"{}\",\"positions\":[{}]}}\n", entity,
                     exported.records, Text(exported.positions), list);
}

struct Exporting {
  const Export& wish;
  const Options& options;
  Session& session;

  // Writes every page; not 0, and said, where that failed.
  int Pages(const std::string& entity, std::ostream& out, Exported* exported) {
    v1::ExportStateRequest request;
    request.set_entity(entity);
    do {
      const auto answer = session.Call("songsang.v1.EventService/ExportState", request);
      v1::ExportStateResponse response;
      if (!answer.ok()) return FailWith(answer, session, options);
      if (!response.ParseFromString(answer.reply))
        return Fail(EX_PROTOCOL, "the server's answer is not an ExportStateResponse");
      if (request.page_token().empty())
        exported->positions.assign(response.positions().begin(), response.positions().end());
      for (const std::string& state : response.states_json()) out << state << '\n';
      exported->records += response.states_json_size();
      if (!out.flush()) return Fail(EX_IOERR, fmt::format("{} cannot be written", entity));
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return 0;
  }

  // What is there under its name is whole: an export that breaks off leaves but a `.part`.
  int ToFolder(const std::string& entity) {
    const std::string base = wish.folder + "/" + entity;
    Exported exported;
    std::ofstream out(base + ".ndjson.part", std::ios::binary | std::ios::trunc);
    if (!out) return Fail(EX_CANTCREAT, base + ".ndjson.part cannot be written");
    if (const int exit_code = Pages(entity, out, &exported); exit_code != 0) return exit_code;
    out.close();
    std::ofstream positions(base + ".positions.json.part", std::ios::binary | std::ios::trunc);
    positions << PositionsFile(entity, exported);
    positions.close();
    std::error_code error;
    for (const char* file : {".ndjson", ".positions.json"})
      if (!error) std::filesystem::rename(base + file + ".part", base + file, error);
    if (!out || !positions || error) return Fail(EX_IOERR, base + ".ndjson cannot be written");
    fmt::print(stderr, "{}: {} records, songsang-position: {}\n", entity, exported.records, Text(exported.positions));
    return 0;
  }

  int ToOutput(const std::string& entity) {
    Exported exported;
    if (const int exit_code = Pages(entity, std::cout, &exported); exit_code != 0) return exit_code;
    fmt::print(stderr, "songsang-position: {}\n", Text(exported.positions));
    return 0;
  }

  // Every entity of the services that this server runs.
  int All(std::vector<std::string>* entities) {
    for (const auto& module : Modules()) {
      const auto published = host::EntitiesOf(module.name);
      if (published.empty()) continue;
      v1::GetHeadsRequest request;
      request.set_service(module.name);
      const auto answer = session.Call("songsang.v1.EventService/GetHeads", request);
      if (answer.reason == "SERVICE_UNKNOWN") continue;
      if (!answer.ok()) return FailWith(answer, session, options);
      for (const auto* entity : published) entities->push_back(module.name + "." + rows::TableOf(entity).name);
    }
    return 0;
  }
};

int RunExport(const Export& wish, const Options& options) {
  if (wish.all != wish.entities.empty())
    return Fail(EX_USAGE, "which entities? names such as leads.lead, or --all (`songsang topics` lists them)");
  if (wish.folder.empty() && (wish.all || wish.entities.size() > 1))
    return Fail(EX_USAGE, "only one entity goes to standard output; --to FOLDER takes several");
  int exit_code = 0;
  const auto session = Session::Open(options, &exit_code);
  if (session == nullptr) return exit_code;
  Exporting exporting{wish, options, *session};
  if (wish.folder.empty()) return exporting.ToOutput(wish.entities.front());
  std::error_code error;
  std::filesystem::create_directories(wish.folder, error);
  if (error) return Fail(EX_CANTCREAT, fmt::format("{} cannot be made: {}", wish.folder, error.message()));
  std::vector<std::string> entities = wish.entities;
  if (wish.all) exit_code = exporting.All(&entities);
  for (size_t i = 0; exit_code == 0 && i < entities.size(); ++i) exit_code = exporting.ToFolder(entities[i]);
  return exit_code;
}

}  // namespace

void AddExport(CLI::App* line, Options* options) {
  auto* app = line->add_subcommand("export", "Write the present state of entities as JSON lines, for others' BI");
  auto wish = std::make_shared<Export>();
  app->add_option("entities", wish->entities, "which: leads.lead, billing.invoice, …")->type_name("ENTITY");
  app->add_option("--to", wish->folder, "write <entity>.ndjson and <entity>.positions.json here")->type_name("FOLDER");
  app->add_flag("--all", wish->all, "every entity");
  AddServerOptions(app, options);
  app->footer(kExamples);
  app->callback([=] { options->run = [=] { return RunExport(*wish, *options); }; });
}

}  // namespace songsang::command
