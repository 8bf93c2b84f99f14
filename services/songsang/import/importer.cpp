#include "songsang/import/importer.h"

#include <algorithm>
#include <thread>

#include "adapters/grpc_client/details.h"
#include "core/hash.h"
#include "core/ids.h"
#include "songsang/import/reasons.h"
#include "songsang/v1/options.pb.h"

namespace songsang::importer {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const Reason kRowMustNotRestOnRefused("ROW_MUST_NOT_REST_ON_REFUSED", Code::kFailedPrecondition,
                                      "The row rests on step {step} of line {line}, which was refused.",
                                      "이 행의 바탕이 되는 {line}번째 줄의 {step} 단계가 거절되었습니다.");

namespace {

constexpr size_t kMaxBatchBytes = 1 << 20;
constexpr std::chrono::milliseconds kLongestPause{5'000};

bool IsPassing(Code code) {
  return code == Code::kUnavailable || code == Code::kResourceExhausted || code == Code::kDeadlineExceeded;
}
// Nothing this caller sends will be let in.
bool IsBarred(Code code) { return code == Code::kPermissionDenied || code == Code::kUnauthenticated; }

client::Answer Told(const v1::Status& error) {
  client::Answer answer;
  answer.code = static_cast<Code>(error.code());
  answer.message = error.message();
  client::ReadDetails(error.SerializeAsString(), &answer);
  return answer;
}

// `leads.Lead` for a reference to "Lead" in leads, or to "leads.Lead" anywhere.
std::string KindReferred(const FieldDescriptor* field) {
  const std::string& to = field->options().GetExtension(v1::ref);
  if (to.empty() || to.find('.') != std::string::npos) return to;
  const std::string own = KindOf(field->containing_type());
  return own.substr(0, own.find('.') + 1) + to;
}

// The entities that a command would create: those whose external references it bears.
std::vector<std::string> Created(const Command& command) {
  std::vector<std::string> created;
  const Message& request = *command.request;
  const Descriptor* event = command.step->descriptor->output_type();
  for (int i = 0; i < request.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = request.GetDescriptor()->field(i);
    if (field->message_type() != common::v1::ExternalRef::descriptor() || field->is_repeated()) continue;
    if (!request.GetReflection()->HasField(request, field)) continue;
    // `external_ref` is the event's own entity, `opportunity_ref` the one named so.
    const std::string name = field->name().substr(0, field->name().rfind('_'));
    const FieldDescriptor* entity = name == "external" ? event->field(0) : event->FindFieldByName(name);
    if (entity == nullptr || entity->message_type() == nullptr) continue;
    common::v1::ExternalRef ref;
    ref.ParseFromString(request.GetReflection()->GetMessage(request, field).SerializeAsString());
    created.push_back(KindOf(entity->message_type()) + " ext:" + ref.system() + ":" + ref.key());
  }
  return created;
}

// The entities that a command names by reference.
std::vector<std::string> Referred(const Command& command, bool only_changed) {
  std::vector<std::string> referred;
  const Message& request = *command.request;
  const Descriptor* changed = command.step->descriptor->output_type()->field(0)->message_type();
  for (int i = 0; i < request.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = request.GetDescriptor()->field(i);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING || field->is_repeated()) continue;
    const std::string kind = KindReferred(field);
    if (kind.empty() || (only_changed && (changed == nullptr || kind != KindOf(changed)))) continue;
    const std::string id = request.GetReflection()->GetString(request, field);
    if (!id.empty()) referred.push_back(kind + " " + id);
  }
  return referred;
}

}  // namespace

struct Importer::Row {
  CsvRow read;
  std::vector<std::string> rests_on;
  int commands = 0, fresh = 0, unjudged = 0;
  std::vector<Refused> refused;
};

struct Importer::Item {
  Command command;
  std::shared_ptr<Row> row;
};

struct Importer::Sent {
  std::optional<client::Answer> failure;
  v1::ExecuteResponse response;
};

struct Importer::Batch {
  int64_t number = 0;
  int64_t rests_on = 0;  // the last batch that must have landed before this one is sent
  v1::ExecuteRequest request;
  size_t bytes = 0;
  std::vector<Item> items;
  std::vector<std::shared_ptr<Row>> rows;
  std::future<Sent> sent;
};

Importer::Importer(const Mapping& mapping, RunSettings settings, Execute execute,
                   std::function<void(const Refused&)> refuse)
    : mapping_(mapping),
      settings_(settings),
      execute_(std::move(execute)),
      refuse_(std::move(refuse)),
      maker_(mapping),
      next_(std::make_unique<Batch>()) {}

Importer::~Importer() = default;

bool Importer::Add(CsvRow read) {
  if (failure_) return false;
  auto made = maker_.Make(read, [&](const std::string& key) { return once_.count(key) > 0; });
  auto row = std::make_shared<Row>();
  row->read = std::move(read);
  row->rests_on = std::move(made.rests_on);
  const bool full = next_->items.size() + made.commands.size() > static_cast<size_t>(settings_.batch_items) ||
                    next_->bytes > kMaxBatchBytes;
  if (full && !next_->rows.empty()) Launch();
  if (failure_) return false;
  for (const std::string& key : row->rests_on) {
    const auto brought = once_.find(key);
    if (brought != once_.end() && brought->second <= launched_)
      next_->rests_on = std::max(next_->rests_on, brought->second);
  }
  for (const Problem& problem : made.problems) {
    const Refusal& refusal = problem.refusal;
    Refuse(*row, problem.step, refusal.violations.empty() ? "" : refusal.violations.front().field, refusal.reason->name,
           refusal.Sentence(settings_.korean));
  }
  for (Command& command : made.commands) {
    v1::BatchItem* item = next_->request.add_items();
    item->set_method(command.step->method);
    command.request->SerializeToString(item->mutable_request());
    next_->bytes += item->request().size();
    if (!command.once.empty()) once_[command.once] = launched_ + 1;
    next_->items.push_back({std::move(command), row});
  }
  row->commands = static_cast<int>(made.commands.size());
  next_->rows.push_back(std::move(row));
  return true;
}

bool Importer::Finish() {
  if (!failure_ && !next_->rows.empty()) Launch();
  while (!under_way_.empty()) Land();
  return !failure_;
}

void Importer::Launch() {
  next_->number = ++launched_;
  while (!under_way_.empty() &&
         (static_cast<int>(under_way_.size()) >= settings_.in_flight || next_->rests_on > landed_))
    Land();
  if (failure_) return;
  Framed ids;
  for (const v1::BatchItem& item : next_->request.items()) ids.Add(item.request());
  next_->request.set_request_id("import-" + ToHex(AsBytes(ids.Hash()).substr(0, 24)));
  Batch& batch = *next_;
  if (!batch.items.empty())
    batch.sent =
        std::async(std::launch::async, [this, &batch, before = landed_ > 0] { return Send(batch.request, before); });
  under_way_.push_back(std::move(next_));
  next_ = std::make_unique<Batch>();
}

// Sends a batch until it is answered for good. Whatever was recorded at an earlier try is answered again, not done
// again, so the whole batch is sent again as soon as any part of it met a passing trouble.
Importer::Sent Importer::Send(const v1::ExecuteRequest& request, bool answered_before) const {
  const auto patience = answered_before ? settings_.patience : settings_.first_patience;
  const auto begun = std::chrono::steady_clock::now();
  auto pause = settings_.pause;
  std::vector<bool> fresh(static_cast<size_t>(request.items_size()));
  while (true) {
    Sent sent;
    client::Answer answer = execute_(request, settings_.dry_run);
    bool passing = IsPassing(answer.code);
    if (answer.ok()) {
      if (!sent.response.ParseFromString(answer.reply) || sent.response.results_size() != request.items_size()) {
        answer.code = Code::kInternal;
        answer.message = "the server answered " + std::to_string(sent.response.results_size()) + " results for " +
                         std::to_string(request.items_size()) + " commands";
      }
      for (int i = 0; answer.ok() && i < request.items_size(); ++i) {
        v1::BatchResult& result = *sent.response.mutable_results(i);
        passing = passing || (result.has_error() && IsPassing(static_cast<Code>(result.error().code())));
        // What an earlier try of this very call recorded is news, though it is answered as a repetition.
        const auto place = static_cast<size_t>(i);
        fresh[place] = fresh[place] || (!result.has_error() && !result.replayed());
        if (fresh[place]) result.set_replayed(false);
      }
      if (answer.ok() && !passing) return sent;
    }
    // A server that has answered at all is worth the longer wait.
    const auto limit = answer.unreachable ? patience : settings_.patience;
    if (!passing || std::chrono::steady_clock::now() - begun + pause > limit) {
      if (answer.ok()) return sent;
      sent.failure = std::move(answer);
      return sent;
    }
    const std::chrono::milliseconds asked(answer.retry_after_ms.value_or(0));
    std::this_thread::sleep_for(std::max(pause, std::min(asked, kLongestPause)));
    pause = std::min(pause * 2, kLongestPause);
  }
}

void Importer::Land() {
  const std::unique_ptr<Batch> batch = std::move(under_way_.front());
  under_way_.pop_front();
  Sent sent;
  if (batch->sent.valid()) sent = batch->sent.get();
  if (sent.failure) {
    if (!failure_) failure_ = std::move(sent.failure);
    return;
  }
  landed_ = batch->number;
  Take(*batch, sent.response);
}

void Importer::Take(Batch& batch, const v1::ExecuteResponse& response) {
  for (size_t i = 0; i < batch.items.size(); ++i) TakeItem(batch.items[i], response.results(static_cast<int>(i)));
  if (failure_) return;
  for (const auto& row : batch.rows) Conclude(*row);
}

void Importer::TakeItem(Item& item, const v1::BatchResult& result) {
  ++counts_.commands;
  const Command& command = item.command;
  const bool unsettled = settings_.dry_run && RestsOnThisRun(command);
  if (settings_.dry_run) Remember(command);
  if (!result.has_error() || result.error().code() == 0) {
    if (!result.replayed()) ++item.row->fresh;
    return;
  }
  const client::Answer told = Told(result.error());
  if (IsBarred(told.code)) {
    if (!failure_) failure_ = told;
    return;
  }
  const auto& already = command.step->already;
  const bool known = std::find(already.begin(), already.end(), told.reason) != already.end();
  if (known || (!already.empty() && told.reason == "REQUEST_ID_REUSED")) {
    ++(known ? counts_.taken : counts_.differing);
    return;
  }
  const bool of_state = told.code == Code::kNotFound || told.code == Code::kFailedPrecondition ||
                        told.code == Code::kAborted || told.code == Code::kAlreadyExists;
  if (unsettled && of_state) {
    ++item.row->unjudged;
    return;
  }
  if (!command.once.empty()) once_refused_[command.once] = item.row->read.line;
  const std::string& sentence = settings_.korean && !told.localized.empty() ? told.localized : told.message;
  const std::string reason = told.reason.empty() ? client::CodeName(told.code) : told.reason;
  if (told.fields.empty()) Refuse(*item.row, command.step, "", reason, sentence);
  for (const FieldViolation& violation : told.fields)
    Refuse(*item.row, command.step, violation.field, reason,
           violation.description.empty() ? sentence : violation.description);
}

// All that is to be known of a row is known once its own batch has landed.
void Importer::Conclude(Row& row) {
  ++counts_.rows;
  for (const std::string& key : row.rests_on) {
    const auto refused = once_refused_.find(key);
    if (refused == once_refused_.end() || refused->second == row.read.line) continue;
    const std::string step = key.substr(0, key.find('\x1f'));
    const Refusal refusal = kRowMustNotRestOnRefused.With("step", step).With("line", std::to_string(refused->second));
    Refuse(row, nullptr, "", refusal.reason->name, refusal.Sentence(settings_.korean));
  }
  for (const Refused& refused : row.refused) refuse_(refused);
  if (!row.refused.empty()) {
    ++counts_.refused;
  } else if (row.unjudged > 0) {
    ++counts_.unjudged;
  } else if (row.fresh > 0) {
    ++counts_.imported;
  } else if (row.commands == 0 && row.rests_on.empty()) {
    ++counts_.idle;
  } else {
    ++counts_.already;
  }
}

void Importer::Refuse(Row& row, const Step* step, std::string field, std::string reason, std::string sentence) {
  Refused& refused = row.refused.emplace_back();
  refused.line = row.read.line;
  if (step != nullptr) {
    refused.step = step->name;
    refused.column = mapping_.SourceOf(*step, field);
  } else {
    refused.column = field;
  }
  refused.field = std::move(field);
  refused.reason = std::move(reason);
  refused.sentence = std::move(sentence);
  refused.cells = &row.read.cells;
}

bool Importer::RestsOnThisRun(const Command& command) const {
  const auto here = [&](const std::string& name) { return made_here_.count(name) > 0; };
  const auto referred = Referred(command, false);
  const auto created = Created(command);
  return std::any_of(referred.begin(), referred.end(), here) || std::any_of(created.begin(), created.end(), here);
}

void Importer::Remember(const Command& command) {
  for (std::string& name : Created(command)) made_here_.insert(std::move(name));
  for (std::string& name : Referred(command, true)) made_here_.insert(std::move(name));
}

}  // namespace songsang::importer
