// songsang events
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <sysexits.h>

#include <charconv>
#include <cstdio>
#include <map>

#include "core/dates.h"
#include "core/hash.h"
#include "core/text.h"
#include "songsang/command/command.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::command {

namespace {

constexpr const char* kExamples = R"(Examples:
  songsang events --service leads                         all that was ever recorded, oldest first
  songsang events --service leads --follow                and on, until Ctrl-C
  songsang events --service leads --from now --follow --types LeadCaptured,LeadAssigned
  songsang events --service leads --id 0193… | jq .changed     the history of one entity
  songsang events --service leads --from leads/0/0/1200   what came after a position that was printed before

One JSON object a line. `position` is where to read on: its sequence has no gaps, and `hash` proves the chain.)";

constexpr int kPage = 500;

struct Events {
  std::string service, from = "zero";
  std::vector<std::string> types, ids;
  bool follow = false;
  int64_t limit = 0;
};

using Cursors = std::map<int32_t, v1::Position>;

// Where to begin: `zero`, `now`, or a position.
std::string Begin(const Events& events, const v1::GetHeadsResponse& heads, Cursors* cursors) {
  for (const auto& head : heads.heads()) {
    (*cursors)[head.partition()] = head;
    if (events.from == "now") continue;
    (*cursors)[head.partition()].set_seq(0);
    (*cursors)[head.partition()].clear_hash();
  }
  if (events.from == "now" || events.from == "zero") return "";
  int32_t partition = 0;
  int64_t epoch = 0, seq = 0;
  const std::string place = events.from.substr(events.from.find('/') + 1);
  if (!events.from.starts_with(events.service + "/") ||
      std::sscanf(place.c_str(), "%d/%ld/%ld", &partition, &epoch, &seq) != 3)
    return fmt::format("--from is zero, now, or a position like {}/0/0/17, not \"{}\"", events.service, events.from);
  if (!cursors->contains(partition)) return fmt::format("{} has no partition {}", events.service, partition);
  // Only that journal's later entries: the other partitions are other tenants'.
  v1::Position position = (*cursors)[partition];
  position.set_epoch(epoch);
  position.set_seq(seq);
  *cursors = {{partition, position}};
  return "";
}

std::string Quoted(const std::string& text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      json += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else
      json += c;
  }
  return json + "\"";
}

// A line, itself JSON: what the entry says, its payload and what changed as objects.
std::string Line(const v1::JournalEvent& event) {
  const auto& position = event.position();
  std::string line = fmt::format(R"({{"position":"{}/{}/{}/{}","event_id":"{}","tenant":{},"type":"{}")",
                                 position.service(), position.partition(), position.epoch(), position.seq(),
                                 event.event_id(), Quoted(event.tenant()), event.type());
  line += fmt::format(R"(,"subject":{{"type":"{}","id":{},"version":{}}})", event.subject_type(),
                      Quoted(event.subject_id()), event.subject_version());
  line += fmt::format(R"(,"recorded_at":"{}","actor":{},"client":{},"request_id":{})",
                      ToIso(FromTimestamp(event.recorded_at())), Quoted(event.actor()), Quoted(event.client()),
                      Quoted(event.request_id()));
  line += fmt::format(R"(,"changed":{},"event":{})", event.changed().empty() ? "{}" : event.changed(),
                      event.payload_json().empty() ? "null" : event.payload_json());
  return line +
         fmt::format(R"(,"hash":"{}","previous_hash":"{}"}})", ToHex(position.hash()), ToHex(event.previous_hash()));
}

std::vector<std::string> FullTypes(const Events& events) {
  std::vector<std::string> types;
  for (const std::string& type : events.types)
    types.push_back(type.find('.') == std::string::npos ? "songsang." + events.service + ".v1." + type : type);
  return types;
}

struct Reading {
  const Events& events;
  const Options& options;
  Session& session;
  int64_t printed = 0;

  // Prints a page of a partition and moves its cursor; false, with the exit code, where that failed.
  bool Page(v1::Position* cursor, int wait_ms, int* count, int* exit_code) {
    v1::ReadEventsRequest request;
    *request.mutable_after() = *cursor;
    for (const std::string& type : FullTypes(events)) request.add_types(type);
    for (const std::string& id : events.ids) request.add_ids(id);
    request.set_limit(events.limit > 0 ? static_cast<int32_t>(std::min<int64_t>(kPage, events.limit - printed))
                                       : kPage);
    request.set_wait_ms(wait_ms);
    request.set_format(v1::ReadEventsRequest::FORMAT_JSON);
    client::Options how;
    how.timeout = std::chrono::milliseconds(wait_ms + 10'000);
    const auto answer = session.Call("songsang.v1.EventService/ReadEvents", request, how);
    v1::ReadEventsResponse response;
    if (!answer.ok() || !response.ParseFromString(answer.reply)) {
      *exit_code = FailWith(answer, session, options);
      return false;
    }
    for (const auto& event : response.events()) {
      std::puts(Line(event).c_str());
      ++printed;
    }
    std::fflush(stdout);
    const bool moved = response.position().seq() != cursor->seq();
    *count = moved ? std::max(1, response.events_size()) : 0;
    *cursor = response.position();
    return true;
  }

  int Run(Cursors cursors) {
    int exit_code = 0;
    const auto enough = [&] { return events.limit > 0 && printed >= events.limit; };
    for (;;) {
      int count = 0;
      for (auto& [partition, cursor] : cursors) {
        // A lone partition is waited for at the server; several are asked in turn.
        const int wait_ms = !events.follow        ? 0
                            : cursors.size() == 1 ? 20'000
                                                  : 200 / static_cast<int>(cursors.size()) + 1;
        for (int page = 1; page > 0 && !enough();) {
          if (!Page(&cursor, wait_ms, &page, &exit_code)) return exit_code;
          count += page;
          if (events.follow) break;
        }
      }
      if (enough() || (!events.follow && count == 0)) return 0;
    }
  }
};

int RunEvents(const Events& events, const Options& options) {
  int exit_code = 0;
  const auto session = Session::Open(options, &exit_code);
  if (session == nullptr) return exit_code;
  v1::GetHeadsRequest request;
  request.set_service(events.service);
  const auto answer = session->Call("songsang.v1.EventService/GetHeads", request);
  if (!answer.ok()) return FailWith(answer, *session, options);
  v1::GetHeadsResponse heads;
  Cursors cursors;
  if (!heads.ParseFromString(answer.reply)) return Fail(EX_PROTOCOL, "the server's answer is not a GetHeadsResponse");
  if (const std::string wrong = Begin(events, heads, &cursors); !wrong.empty()) return Fail(EX_USAGE, wrong);
  return Reading{events, options, *session}.Run(std::move(cursors));
}

}  // namespace

void AddEvents(CLI::App* line, Options* options) {
  auto* app = line->add_subcommand("events", "Read a service's journal, one JSON object a line; --follow to go on");
  auto events = std::make_shared<Events>();
  app->add_option("--service", events->service, "whose journal: leads, accounts, workforce, billing")
      ->required()
      ->type_name("NAME");
  app->add_option("--from", events->from, "zero (the default), now, or a position printed before")->type_name("PLACE");
  app->add_option("--types", events->types, "only these types of event, comma-separated")
      ->delimiter(',')
      ->type_name("TYPES");
  app->add_option("--id", events->ids, "only events that touch this entity; may be repeated")->type_name("ID");
  app->add_option("--limit", events->limit, "end after so many events")->type_name("N");
  app->add_flag("--follow,-f", events->follow, "wait for what comes, until interrupted");
  AddServerOptions(app, options);
  app->footer(kExamples);
  app->callback([=] { options->run = [=] { return RunEvents(*events, *options); }; });
}

}  // namespace songsang::command
