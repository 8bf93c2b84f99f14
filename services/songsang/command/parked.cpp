// songsang parked
#include <fmt/format.h>
#include <sysexits.h>

#include <cstdio>

#include "core/dates.h"
#include "songsang/command/command.h"
#include "songsang/modules.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::command {

namespace {

constexpr const char* kExamples = R"HELP(Examples:
  songsang parked                                          what policies have stumbled over, in all services
  songsang parked retry accounts policy/hand_over 0 4711   let the policy answer the event again
  songsang parked skip accounts policy/hand_over 0 4711    go on without an answer

A policy that cannot answer an event, for a bug, parks it, and with it every later event about the same entity; all else
goes on. Read why; mend what is wrong (often a newer release does); then retry. What waits behind it follows by itself.)HELP";

struct Parked {
  std::string action, service, follower;
  int32_t partition = 0;
  int64_t seq = 0;
};

int List(Session& session, const Options& options) {
  int count = 0;
  for (const auto& module : Modules()) {
    v1::ListParkedRequest request;
    request.set_service(module.name);
    const auto answer = session.Call("songsang.v1.PolicyService/ListParked", request);
    v1::ListParkedResponse response;
    if (answer.reason == "SERVICE_UNKNOWN") continue;
    if (!answer.ok() || !response.ParseFromString(answer.reply)) return FailWith(answer, session, options);
    for (const auto& parked : response.parked()) {
      ++count;
      fmt::print("{} {} {} {}  tenant {}, event {} about {}\n  since {}: {} {}\n", module.name, parked.follower(),
                 parked.partition(), parked.seq(), parked.tenant(), parked.event_id(), parked.subject_id(),
                 ToIso(FromTimestamp(parked.parked_at())), parked.reason(), parked.detail());
    }
  }
  if (count == 0) fmt::print("Nothing is parked.\n");
  return 0;
}

int RunParked(const Parked& given, const Options& options) {
  int exit_code = 0;
  const auto session = Session::Open(options, &exit_code);
  if (session == nullptr || !session->Reach(options, &exit_code)) return exit_code;
  if (given.action.empty()) return List(*session, options);
  v1::ReleaseParkedRequest request;
  request.set_service(given.service);
  request.set_follower(given.follower);
  request.set_partition(given.partition);
  request.set_seq(given.seq);
  request.set_action(given.action == "skip" ? v1::ReleaseParkedRequest::ACTION_SKIP
                                            : v1::ReleaseParkedRequest::ACTION_RETRY);
  const auto answer = session->Call("songsang.v1.PolicyService/ReleaseParked", request);
  if (!answer.ok()) return FailWith(answer, *session, options);
  fmt::print("{} {}: {} it.\n", given.follower, given.seq,
             given.action == "skip" ? "the policy goes on without" : "the policy answers again, within a second,");
  return 0;
}

}  // namespace

void AddParked(CLI::App* line, Options* options) {
  auto* app = line->add_subcommand("parked", "What policies stumbled over, and what is to become of it");
  app->require_subcommand(0, 1);
  AddServerOptions(app, options);
  app->footer(kExamples);
  auto parked = std::make_shared<Parked>();
  app->callback([=] { options->run = [=] { return RunParked(*parked, *options); }; });
  for (const char* action : {"retry", "skip"}) {
    auto* inner = app->add_subcommand(
        action, action == std::string("skip") ? "Go on without an answer" : "Let the policy answer again");
    inner->add_option("service", parked->service, "the service whose policy it is")->required();
    inner->add_option("follower", parked->follower, "the policy, as listed")->required();
    inner->add_option("partition", parked->partition, "the journal's partition")->required();
    inner->add_option("seq", parked->seq, "the event's place in the journal")->required();
    inner->callback([=] { parked->action = action; });
  }
}

}  // namespace songsang::command
