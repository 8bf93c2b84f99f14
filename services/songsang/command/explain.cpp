// songsang explain
#include <fmt/format.h>
#include <sysexits.h>

#include <cstdio>

#include "core/result.h"
#include "core/text.h"
#include "songsang/command/command.h"

namespace songsang::command {

namespace {

constexpr const char* kExamples = R"(Examples:
  songsang explain REQUEST_ID_REUSED
  songsang explain                        every reason, a line each
  songsang explain --all                  every reason, as docs/reasons.md holds them)";

struct Explain {
  std::string reason;
  bool all = false;
};

// What a caller can do about a refusal of this code.
std::pair<const char*, const char*> AdviceOn(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
      return {"Correct the request; sending it again unchanged is refused again.",
              "요청을 고쳐서 다시 보내세요. 그대로 다시 보내면 같은 답을 받습니다."};
    case Code::kNotFound:
      return {"Check the id, and that it is of this tenant.", "ID와 테넌트를 확인하세요."};
    case Code::kAlreadyExists:
      return {"Something bears this identity already: take what is there, or use another.",
              "같은 식별자를 가진 것이 이미 있습니다. 있는 것을 쓰거나 다른 식별자를 쓰세요."};
    case Code::kPermissionDenied:
      return {"Ask someone who bears one of the roles named, or for the role.",
              "필요한 역할을 가진 사람에게 요청하거나 역할을 신청하세요."};
    case Code::kUnauthenticated:
      return {"Send a token that is still good.", "유효한 토큰을 보내세요."};
    case Code::kFailedPrecondition:
      return {"The state must change first; the sentence says which.",
              "먼저 상태가 바뀌어야 합니다. 문장에 그 조건이 있습니다."};
    case Code::kAborted:
      return {"Read the entity again, and decide anew.", "다시 조회한 뒤 새로 판단하세요."};
    case Code::kResourceExhausted:
    case Code::kUnavailable:
      return {"Try again after a while with the same request id: it has one effect.",
              "잠시 후 같은 요청 ID로 다시 보내세요. 효과는 한 번뿐입니다."};
    case Code::kDeadlineExceeded:
    case Code::kCancelled:
      return {"Nothing was recorded; send it again with a longer deadline.",
              "기록된 것은 없습니다. 기한을 늘려 다시 보내세요."};
    case Code::kUnimplemented:
      return {"This process does not host the method.", "이 프로세스에는 그 메서드가 없습니다."};
    default:
      return {"A fault of the server: its log tells more.", "서버의 결함입니다. 서버 로그를 확인하세요."};
  }
}

int PrintAll() {
  std::puts(
      "# Reasons\n\nEvery refusal names one of these, in `google.rpc.ErrorInfo`. A reason that was released never "
      "changes its\n"
      "meaning. Words in braces are variables; each is in the ErrorInfo's metadata too.\n\n"
      "| Reason | Code | English | 한국어 |\n|---|---|---|---|");
  for (const Reason* reason : AllReasons())
    fmt::print("| `{}` | {} | {} | {} |\n", reason->name, client::CodeName(reason->code), reason->english,
               reason->korean);
  return 0;
}

int RunExplain(const Explain& explain) {
  if (explain.all) return PrintAll();
  if (explain.reason.empty()) {
    for (const Reason* reason : AllReasons()) fmt::print("{:<32} {}\n", reason->name, reason->english);
    return 0;
  }
  const std::string name = Upper(explain.reason);
  const Reason* reason = FindReason(name);
  if (reason == nullptr) {
    std::string text = fmt::format("there is no reason {}", name);
    for (const Reason* other : AllReasons())
      if (std::string_view(other->name).find(name) != std::string_view::npos)
        text += fmt::format("\n  did you mean {}?", other->name);
    return Fail(EX_USAGE, text + "\n  `songsang explain` lists them all");
  }
  const auto [english, korean] = AdviceOn(reason->code);
  fmt::print("{} ({})\n\n  {}\n  {}\n\n  {}\n  {}\n", reason->name, client::CodeName(reason->code), reason->english,
             english, reason->korean, korean);
  return 0;
}

}  // namespace

void AddExplain(CLI::App* line, Options* options) {
  auto* app = line->add_subcommand("explain", "Explain the reason of a refusal, in English and Korean");
  auto explain = std::make_shared<Explain>();
  app->add_option("reason", explain->reason, "for example REQUEST_ID_REUSED")->type_name("REASON");
  app->add_flag("--all", explain->all, "every reason, as Markdown");
  app->footer(kExamples);
  app->callback([=] { options->run = [=] { return RunExplain(*explain); }; });
}

}  // namespace songsang::command
