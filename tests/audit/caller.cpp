#include <thread>

#include "audit/commands.h"

namespace songsang::audit {
namespace {

constexpr char kExecute[] = "songsang.v1.BatchService/Execute";

std::unique_ptr<google::protobuf::Message> Parse(const google::protobuf::Descriptor* type, const std::string& bytes) {
  std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  return message->ParseFromString(bytes) ? std::move(message) : nullptr;
}

}  // namespace

Verdict VerdictOf(int code, const std::string& reason) {
  // Said by the engine before it decided; a deadline that passes anywhere else leaves the outcome open.
  const bool undecided = reason == "DEADLINE_EXCEEDED" || reason == "OVERLOADED";
  switch (static_cast<Code>(code)) {
    case Code::kOk:
      return Verdict::kOk;
    case Code::kInvalidArgument:
    case Code::kNotFound:
    case Code::kAlreadyExists:
    case Code::kPermissionDenied:
    case Code::kFailedPrecondition:
    case Code::kAborted:
    case Code::kUnimplemented:
    case Code::kUnauthenticated:
      return Verdict::kRefused;
    default:
      return undecided ? Verdict::kRefused : Verdict::kUnknown;
  }
}

Caller::Caller(std::string tenant, std::string client, std::string name, uint64_t seed, Known* known,
               Recorder* recorder, Send send, std::function<bool()> giving_up)
    : tenant_(std::move(tenant)),
      client_(std::move(client)),
      name_(std::move(name)),
      random_(seed),
      known_(known),
      recorder_(recorder),
      send_(std::move(send)),
      giving_up_(std::move(giving_up)) {}

void Caller::Step() {
  if (random_() % 12 == 0)
    Batch();
  else
    Single();
}

Draft Caller::Next(const Draft* beside, std::string* request_id) {
  *request_id = name_ + "-" + std::to_string(++number_);
  Draft draft = RandomCommand(*known_, *request_id, &random_);
  while (beside != nullptr && place_ && place_(NameOf(*draft.method)) != place_(NameOf(*beside->method)))
    draft = RandomCommand(*known_, *request_id, &random_);
  const auto* field = draft.request->GetDescriptor()->FindFieldByName("request_id");
  draft.request->GetReflection()->SetString(draft.request.get(), field, *request_id);
  return draft;
}

// Every attempt is in the record before it is sent.
Reply Caller::AskUntilKnown(const std::string& method, const std::string& request,
                            const std::vector<std::pair<Key, std::string>>& commands) {
  for (int attempt = 0;; ++attempt) {
    recorder_->Sending(commands);
    Reply reply = send_(method, request);
    if (reply.verdict != Verdict::kUnknown) return reply;
    for (const auto& [key, name] : commands) recorder_->Answered(key, Verdict::kUnknown, reply.reason);
    if (giving_up_()) return reply;
    const int pause_ms = std::min(20 << std::min(attempt, 4), 200);
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms + static_cast<int>(random_() % 20)));
  }
}

void Caller::Take(const Draft& draft, const Key& key, const Reply& reply) {
  recorder_->Answered(key, reply.verdict, reply.verdict == Verdict::kOk ? reply.bytes : reply.reason);
  if (reply.verdict != Verdict::kOk) return;
  ++acknowledged_;
  if (const auto event = Parse(draft.method->output_type(), reply.bytes)) known_->Learn(*event);
}

void Caller::Single() {
  std::string request_id;
  const Draft draft = Next(nullptr, &request_id);
  const Key key{tenant_, client_, request_id};
  const std::string method = NameOf(*draft.method), request = draft.request->SerializeAsString();
  const Reply reply = AskUntilKnown(method, request, {{key, method}});
  if (reply.verdict == Verdict::kUnknown) return;
  Take(draft, key, reply);
  // Once in a while somebody asks again who has had an answer.
  if (reply.verdict != Verdict::kOk || random_() % 20 != 0) return;
  const Reply again = AskUntilKnown(method, request, {{key, method}});
  if (again.verdict == Verdict::kUnknown) return;
  recorder_->Answered(key, again.verdict, again.verdict == Verdict::kOk ? again.bytes : again.reason);
  if (again.verdict != Verdict::kOk)
    wrong_ = "request " + ToText(key) + " (" + method + ") was acknowledged, and then refused: " + again.reason;
  else if (!again.replayed || again.bytes != reply.bytes)
    wrong_ = "request " + ToText(key) + " (" + method + ") was acknowledged, and then decided again";
}

void Caller::Batch() {
  v1::ExecuteRequest execute;
  execute.set_request_id(name_ + "-b" + std::to_string(number_));
  std::vector<Draft> drafts;
  std::vector<std::pair<Key, std::string>> commands;
  const size_t items = 2 + random_() % 30;
  for (size_t i = 0; i < items; ++i) {
    std::string request_id;
    drafts.push_back(Next(drafts.empty() ? nullptr : &drafts.front(), &request_id));
    auto* item = execute.add_items();
    item->set_method(NameOf(*drafts.back().method));
    item->set_request(drafts.back().request->SerializeAsString());
    commands.push_back({{tenant_, client_, request_id}, item->method()});
  }
  // An item may be answered that its outcome is unknown, although the batch was answered.
  for (bool open = true; open;) {
    const Reply reply = AskUntilKnown(kExecute, execute.SerializeAsString(), commands);
    if (reply.verdict == Verdict::kUnknown) return;
    v1::ExecuteResponse response;
    if (reply.verdict == Verdict::kRefused || !response.ParseFromString(reply.bytes)) {
      for (const auto& [key, method] : commands) recorder_->Answered(key, Verdict::kRefused, reply.reason);
      return;
    }
    open = false;
    for (size_t i = 0; i < items; ++i) {
      const auto& result = response.results(static_cast<int>(i));
      Reply one;
      one.verdict = result.has_error() ? VerdictOf(result.error().code(), "") : Verdict::kOk;
      one.reason = result.error().message();
      one.bytes = result.event();
      open = open || one.verdict == Verdict::kUnknown;
      Take(drafts[i], commands[i].first, one);
    }
    if (open && giving_up_()) return;
    if (open) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace songsang::audit
