// songsang call
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <sysexits.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "songsang/command/command.h"
#include "songsang/command/describe.h"

namespace songsang::command {

namespace {

constexpr const char* kExamples = R"(Examples:
  songsang call                                         what can be called, by whom
  songsang call CaptureLead --describe                  what a request and its reply hold
  songsang call CaptureLead '{"name":"김하늘","channel":"CHANNEL_PHONE"}'
  songsang call CaptureLead '{"name":"김하늘"}' --dry-run    the event that would be recorded; nothing is
  songsang call ListLeads '{"page_size":3}' --as SALES_REP --tenant acme
  songsang call GetLead @request.json                   from a file; `-` is standard input

A method is its full name (songsang.leads.v1.LeadService/CaptureLead), or as much of its end as names it alone.
A command gets a request_id of its own unless it names one; the same id again has one effect and the first answer.
Exit codes: 0 answered; 65 refused for what was asked; 77 not allowed; 75 try again; 69 no server; 70 the server's fault.)";

struct Call {
  std::string method, json, request_id, after;
  bool describe = false, dry_run = false, compact = false, verbose = false;
};

std::string RandomId() {
  std::random_device random;
  return fmt::format("cli-{:08x}{:08x}", random(), random());
}

bool ReadText(const std::string& given, std::string* text) {
  std::ostringstream all;
  if (given == "-" || (given.empty() && isatty(STDIN_FILENO) == 0)) {
    all << std::cin.rdbuf();
  } else if (given.starts_with('@')) {
    std::ifstream in(given.substr(1));
    if (!in) return false;
    all << in.rdbuf();
  } else {
    all << given;
  }
  *text = all.str();
  if (text->find_first_not_of(" \t\r\n") == std::string::npos) *text = "{}";
  return true;
}

int SayWhichMethod(const std::string& name) {
  const auto meant = methods::Meant(name);
  std::string text = meant.empty() ? "there is no method " + name : name + " names several methods";
  const auto list = meant.empty() ? methods::Resembling(name) : meant;
  if (!list.empty()) text += meant.empty() ? "; did you mean:" : ":";
  for (const auto* method : list) text += "\n  " + methods::NameOf(*method);
  if (list.empty()) text += "; `songsang call` lists them all";
  return Fail(EX_USAGE, text);
}

int Describe(const google::protobuf::MethodDescriptor& method) {
  std::fputs(DescribeMethod(method).c_str(), stdout);
  return 0;
}

// The request from JSON, its request_id filled in where it has one; or what is wrong.
std::string ParseRequest(const google::protobuf::MethodDescriptor& method, const Call& call,
                         google::protobuf::Message* request) {
  std::string json;
  if (!ReadText(call.json, &json)) return fmt::format("the file {} cannot be read", call.json.substr(1));
  const auto status = google::protobuf::util::JsonStringToMessage(json, request);
  if (!status.ok())
    return fmt::format("the request is not a {}: {}\n  `songsang call {} --describe` tells what it holds",
                       method.input_type()->name(), std::string(status.message()), method.name());
  const auto* id = request->GetDescriptor()->FindFieldByName("request_id");
  const auto* reflection = request->GetReflection();
  if (id == nullptr)
    return call.request_id.empty() ? "" : fmt::format("{} is a query: it takes no --request-id", method.name());
  if (!call.request_id.empty()) reflection->SetString(request, id, call.request_id);
  if (reflection->GetString(*request, id).empty()) reflection->SetString(request, id, RandomId());
  return "";
}

void Print(const google::protobuf::Message& reply, bool compact) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = !compact;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(reply, &json, options);
  std::fputs(json.c_str(), stdout);
  if (compact || json.empty() || json.back() != '\n') std::fputc('\n', stdout);
}

int RunCall(const Call& call, const Options& options) {
  if (call.method.empty()) {
    std::fputs(ListMethods().c_str(), stdout);
    return 0;
  }
  const auto* method = methods::Find(call.method);
  if (method == nullptr) return SayWhichMethod(call.method);
  if (call.describe) return Describe(*method);
  const auto request = methods::NewRequest(*method);
  if (const std::string wrong = ParseRequest(*method, call, request.get()); !wrong.empty())
    return Fail(EX_DATAERR, wrong);
  int exit_code = 0;
  const auto session = Session::Open(options, &exit_code);
  if (session == nullptr) return exit_code;
  client::Options how;
  how.validate_only = call.dry_run;
  how.after = call.after;
  const auto answer = session->Call(methods::NameOf(*method), *request, how);
  if (!answer.ok()) return FailWith(answer, *session, options);
  const auto reply = methods::NewReply(*method);
  if (!reply->ParseFromString(answer.reply))
    return Fail(EX_PROTOCOL,
                fmt::format("the reply is not a {}: is the server another version?", method->output_type()->name()));
  Print(*reply, call.compact);
  std::fflush(stdout);
  if (call.dry_run && methods::IsCommand(*method)) std::fputs("dry run: nothing was recorded\n", stderr);
  if (answer.replayed)
    std::fputs("replayed: this request id had been answered before; this is the first answer\n", stderr);
  if (call.verbose && !answer.position.empty()) std::fprintf(stderr, "position: %s\n", answer.position.c_str());
  return 0;
}

}  // namespace

void AddCall(CLI::App* line, Options* options) {
  auto* app = line->add_subcommand("call", "Call any method, as JSON; without a method, list them");
  auto call = std::make_shared<Call>();
  app->add_option("method", call->method, "the method; as much of its name's end as names it alone")
      ->type_name("METHOD");
  app->add_option("request", call->json, "the request; @FILE reads a file, - standard input; default: {}")
      ->type_name("JSON");
  app->add_flag("--describe", call->describe, "tell what request and reply hold, and who may call; calls nothing");
  app->add_flag("--dry-run", call->dry_run, "decide the command and answer its event, but record nothing");
  app->add_option("--request-id", call->request_id, "the command's request_id; default: a fresh one")->type_name("ID");
  app->add_option("--after", call->after, "wait until this position is visible (see --verbose)")
      ->type_name("POSITIONS");
  app->add_flag("--compact", call->compact, "the reply on one line");
  app->add_flag("--verbose,-v", call->verbose, "tell the position of what was recorded, on standard error");
  AddServerOptions(app, options);
  app->footer(kExamples);
  app->callback([=] { options->run = [=] { return RunCall(*call, *options); }; });
}

}  // namespace songsang::command
