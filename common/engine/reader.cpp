#include "engine/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>

#include "core/dates.h"
#include "core/text.h"
#include "engine/reasons.h"

namespace songsang::engine {
namespace pb = google::protobuf;
namespace {

bool StartsName(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool InName(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

size_t EndOfName(const std::string& sql, size_t at) {
  while (at < sql.size() && InName(sql[at])) ++at;
  return at;
}

// Reads a query's text once: replaces `:name` by `$n`, notes which tables it names.
class Scanner {
 public:
  Scanner(const std::string& sql, const std::vector<const rows::Table*>& tables, Composed* composed)
      : sql_(sql), tables_(tables), composed_(composed) {}

  std::string Run() {
    while (at_ < sql_.size()) Step();
    return std::move(body_);
  }
  const std::vector<const rows::Table*>& used() const { return used_; }

 private:
  void Step() {
    const char c = sql_[at_];
    if (c == '\'') {
      const size_t end = sql_.find('\'', at_ + 1);
      Copy(end == std::string::npos ? sql_.size() : end + 1);
    } else if (c == ':' && at_ + 1 < sql_.size() && StartsName(sql_[at_ + 1])) {
      Parameter();
    } else if (StartsName(c)) {
      const size_t end = EndOfName(sql_, at_);
      if (at_ == 0 || sql_[at_ - 1] != '.') Note(sql_.substr(at_, end - at_));
      Copy(end);
    } else {
      Copy(at_ + 1);
    }
  }
  void Parameter() {
    size_t end = EndOfName(sql_, at_ + 1);
    while (end + 1 < sql_.size() && sql_[end] == '.' && StartsName(sql_[end + 1])) end = EndOfName(sql_, end + 1);
    body_ += "$" + std::to_string(Place(sql_.substr(at_ + 1, end - at_ - 1)));
    at_ = end;
  }
  size_t Place(const std::string& name) {
    auto& names = composed_->parameters;
    const auto place = static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    if (place == names.size()) names.push_back(name);
    return place + 1;
  }
  void Note(const std::string& name) {
    for (const auto* table : tables_)
      if (table->name == name && std::find(used_.begin(), used_.end(), table) == used_.end()) used_.push_back(table);
  }
  void Copy(size_t end) {
    body_.append(sql_, at_, end - at_);
    at_ = end;
  }

  const std::string& sql_;
  const std::vector<const rows::Table*>& tables_;
  Composed* composed_;
  std::vector<const rows::Table*> used_;
  std::string body_;
  size_t at_ = 0;
};

// A table as the caller may see it.
std::string Visible(const rows::Table& table, const std::string& schema, bool known_on, bool every_version) {
  std::vector<std::string> columns;
  for (const auto& column : table.columns) columns.push_back(column.name);
  std::string where = "tenant = $1";
  if (table.Find("until_at") >= 0 && !every_version)
    where += known_on ? " AND from_at <= $2 AND until_at > $2"
                      : fmt::format(" AND until_at = {}", std::numeric_limits<int64_t>::max());
  return fmt::format("{} AS NOT MATERIALIZED (SELECT {} FROM {}.{} WHERE {})", table.name, fmt::join(columns, ", "),
                     schema, table.name, where);
}

// Where a query has common tables of its own, they follow the engine's.
size_t AfterWith(const std::string& body) {
  size_t at = 0;
  const auto skip = [&] {
    while (at < body.size() && std::isspace(static_cast<unsigned char>(body[at]))) ++at;
  };
  const auto word = [&](const char* expected) {
    const size_t end = EndOfName(body, at);
    if (Lower(body.substr(at, end - at)) != expected) return false;
    at = end;
    return true;
  };
  skip();
  if (!word("with")) return 0;
  skip();
  word("recursive");
  return at;
}

Value FieldValue(const Message& message, const pb::FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_STRING:
      return reflection->GetString(message, field);
    case pb::FieldDescriptor::CPPTYPE_INT64:
      return reflection->GetInt64(message, field);
    case pb::FieldDescriptor::CPPTYPE_INT32:
      return int64_t{reflection->GetInt32(message, field)};
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      return int64_t{reflection->GetBool(message, field)};
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      return std::string(rows::EnumText(reflection->GetEnum(message, field)));
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      if (field->message_type() == pb::Timestamp::descriptor())
        return FromTimestamp(static_cast<const pb::Timestamp&>(reflection->GetMessage(message, field))).micros;
      return std::monostate();
    default:
      return std::monostate();
  }
}

// The value of `period.from` in a request; nothing if there is no such field.
std::optional<Value> Find(const Message& message, const std::string& path) {
  const size_t dot = path.find('.');
  const auto* field = message.GetDescriptor()->FindFieldByName(path.substr(0, dot));
  if (field == nullptr || field->is_repeated()) return std::nullopt;
  if (dot == std::string::npos) return FieldValue(message, field);
  if (field->message_type() == nullptr) return std::nullopt;
  return Find(message.GetReflection()->GetMessage(message, field), path.substr(dot + 1));
}

rows::Cell ToCell(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return rows::Cell::Int(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return rows::Cell::Text(*text);
  return rows::Cell::Null();
}

}  // namespace

Composed Compose(const std::string& sql, const std::string& schema, const std::vector<const rows::Table*>& tables,
                 bool known_on, bool every_version) {
  Composed composed;
  composed.parameters = {"@tenant"};
  if (known_on) composed.parameters.push_back("@known");
  std::vector<const rows::Table*> visible;
  for (const auto* table : tables)
    if (table->Find("tenant") >= 0) visible.push_back(table);
  Scanner scanner(sql, visible, &composed);
  std::string body = scanner.Run();
  std::vector<std::string> prelude;
  for (const auto* table : scanner.used()) prelude.push_back(Visible(*table, schema, known_on, every_version));
  if (prelude.empty()) {
    composed.parameters.erase(composed.parameters.begin(), composed.parameters.begin() + (known_on ? 2 : 1));
    Composed plain;
    plain.sql = Scanner(sql, visible, &plain).Run();
    return plain;
  }
  const size_t own = AfterWith(body);
  composed.sql = fmt::format("WITH RECURSIVE {}{}{}", fmt::join(prelude, ", "), own > 0 ? "," : " ", body.substr(own));
  return composed;
}

Result<Rows> SqlReader::Run(const std::string& sql, const Message& request, const std::map<std::string, Value>& more) {
  const Composed composed =
      Compose(sql, store_.schema(), tables_, known_on_.has_value() && !every_version_, every_version_);
  std::deque<Value> values;
  std::vector<rows::Cell> cells;
  for (const std::string& name : composed.parameters) {
    if (name == "@tenant") {
      cells.push_back(rows::Cell::Text(context_.caller.tenant));
      continue;
    }
    if (name == "@known") {
      cells.push_back(rows::Cell::Int(known_on_->micros));
      continue;
    }
    const auto given = more.find(name);
    auto value = given != more.end() ? std::optional<Value>(given->second) : Find(request, name);
    if (!value) return kInternal.With("detail", "the query names :" + name + ", which the request does not have");
    cells.push_back(ToCell(values.emplace_back(std::move(*value))));
  }
  Rows rows;
  const StoreError error = store_.Query(composed.sql, cells, deadline_, &rows);
  if (error.ok()) return rows;
  if (error.kind == StoreError::Kind::kAway)
    return std::chrono::steady_clock::now() >= deadline_ ? Refusal(kDeadlineExceeded)
                                                         : kUnavailable.With("detail", error.message);
  return kInternal.With("detail", error.message);
}

std::optional<std::string> SqlReader::Kept(const std::string& question) {
  auto answer = kept_ == nullptr ? std::nullopt : kept_->Get(context_.caller.tenant, question);
  answered_ = answer.has_value();
  return answer;
}

void SqlReader::Keep(const std::string& question, const std::string& answer) {
  if (kept_ != nullptr) kept_->Put(context_.caller.tenant, question, answer);
}

}  // namespace songsang::engine
