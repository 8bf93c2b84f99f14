#include "songsang/import/mapping.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/hash.h"
#include "songsang/import/reasons.h"
#include "songsang/import/values.h"

namespace songsang::importer {
namespace {

using google::protobuf::Message;

// What a setter's columns say, ready to be set.
struct Values {
  const Columns& columns;
  const std::vector<std::string>& cells;

  // Answers how many values that come from columns were set.
  Result<int> Set(const Setter& setter, Message* message) const {
    if (setter.kind == Setter::Kind::kNested) return SetNested(setter, message);
    const auto text = setter.value.Render(columns, cells);
    if (!text.ok()) return Refusal(text.refusal()).At(setter.path);
    if (text->empty && !setter.set_empty) {
      if (setter.required) return kValueMustBeGiven.With("source", setter.value.source()).At(setter.path);
      return 0;
    }
    std::string currency;
    if (setter.kind == Setter::Kind::kMoney) {
      const auto code = setter.currency.Render(columns, cells);
      if (!code.ok()) return code.refusal();
      currency = code->text;
    }
    const Status set = SetValue(setter, text->text, currency, message);
    if (!set.ok()) return set.refusal();
    return setter.value.constant() ? 0 : 1;
  }

  // A part whose columns are all empty is left out, constants and all.
  Result<int> SetNested(const Setter& setter, Message* message) const {
    const auto* reflection = message->GetReflection();
    Message* part = setter.field->is_repeated() ? reflection->AddMessage(message, setter.field)
                                                : reflection->MutableMessage(message, setter.field);
    int from_columns = 0;
    for (const Setter& inner : setter.nested) {
      const auto set = Set(inner, part);
      if (!set.ok()) return set.refusal();
      from_columns += *set;
    }
    const bool constant = std::all_of(setter.nested.begin(), setter.nested.end(), [](const Setter& inner) {
      return inner.kind != Setter::Kind::kNested && inner.value.constant();
    });
    if (from_columns > 0 || constant) return from_columns;
    setter.field->is_repeated() ? reflection->RemoveLast(message, setter.field)
                                : reflection->ClearField(message, setter.field);
    return 0;
  }
};

const Setter* FindSetter(const std::vector<Setter>& setters, std::string_view path) {
  for (const Setter& setter : setters) {
    if (setter.path == path) return &setter;
    if (const Setter* inner = FindSetter(setter.nested, path)) return inner;
  }
  return nullptr;
}

// All that is wrong with a mapping: each problem, `file:line: why`, is a violation, and the first is the sentence.
Refusal Wrong(const std::string& file, const std::vector<std::string>& problems) {
  const std::string& first = problems.front();
  const size_t line = first.find(':', file.size()) + 1, why = first.find(": ", line);
  Refusal refusal = kMappingMustBeRight.With("file", file)
                        .With("line", first.substr(line, why - line))
                        .With("why", first.substr(why + 2));
  for (const std::string& problem : problems) refusal.violations.push_back({"", problem});
  return refusal;
}

}  // namespace

Status Mapping::Bind(const std::vector<std::string>& header) {
  std::vector<std::string> problems;
  for (const Columns::Missing& missing : columns_.Bind(header))
    problems.push_back(file_ + ":" + std::to_string(missing.line) + ": the file has " +
                       (missing.twice ? "two columns named \"" + missing.name + "\""
                                      : "no column \"" + missing.name + "\"" + DidYouMean(missing.name, header)));
  if (problems.empty()) return Done{};
  problems.back() += "; it has: " + Joined(header);
  return Wrong(file_, problems);
}

Result<bool> Mapping::Applies(const Step& step, const std::vector<std::string>& cells) const {
  for (const Condition& condition : step.when) {
    const auto value = condition.value.Render(columns_, cells);
    if (!value.ok()) return value.refusal();
    const bool listed =
        std::find(condition.values.begin(), condition.values.end(), value->text) != condition.values.end();
    const bool holds = condition.kind == Condition::Kind::kEmpty   ? value->text.empty()
                       : condition.kind == Condition::Kind::kGiven ? !value->text.empty()
                       : condition.kind == Condition::Kind::kIn    ? listed
                                                                   : !listed;
    if (!holds) return false;
  }
  return true;
}

Result<std::string> Mapping::OnceKey(const Step& step, const std::vector<std::string>& cells) const {
  auto key = step.once->Render(columns_, cells);
  if (!key.ok()) return key.refusal();
  return std::move(key->text);
}

Result<std::unique_ptr<Message>> Mapping::Build(const Step& step, const std::vector<std::string>& cells) const {
  std::unique_ptr<Message> message(step.prototype->New());
  const Values values{columns_, cells};
  for (const Setter& setter : step.fields) {
    const auto set = values.Set(setter, message.get());
    if (!set.ok()) return set.refusal();
  }
  return message;
}

std::string Mapping::SourceOf(const Step& step, std::string_view field) const {
  // A violation may name a place in a list (`lines[2].price`), a part of a value (`value.minor`), or a field that
  // nothing set.
  std::string path(field);
  while (!path.empty()) {
    if (const Setter* setter = FindSetter(step.fields, path)) {
      std::vector<std::string> names;
      for (const size_t number : setter->value.numbers()) names.push_back(columns_.names()[number]);
      return Joined(names);
    }
    const size_t dot = path.find_last_of(".[");
    path.resize(dot == std::string::npos ? 0 : dot);
  }
  // A row that could not be read names the column itself.
  const auto& names = columns_.names();
  return std::find(names.begin(), names.end(), field) != names.end() ? std::string(field) : std::string();
}

std::string Mapping::Content(const std::vector<std::string>& cells) const {
  Framed content;
  for (const size_t number : ordered_) content.Add(columns_.names()[number]).Add(columns_.Cell(cells, number));
  return std::string(content.bytes());
}

Result<std::unique_ptr<Mapping>> FindMapping(const std::string& path_or_name) {
  std::string text, file = path_or_name;
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path_or_name, ignored)) {
    std::ifstream stream(path_or_name, std::ios::binary);
    if (!stream) return kFileMustBeReadable.With("file", path_or_name).With("why", "permission denied");
    std::ostringstream all;
    all << stream.rdbuf();
    text = all.str();
  } else {
    std::vector<std::string> names;
    for (const Shipped& shipped : ShippedMappings()) {
      names.emplace_back(shipped.name);
      if (path_or_name == shipped.name) text = shipped.toml;
    }
    if (text.empty()) return kMappingMustExist.With("name", path_or_name).With("shipped", Joined(names));
    file = path_or_name + ".toml";
  }
  std::vector<std::string> problems;
  auto mapping = Mapping::Load(text, file, &problems);
  if (mapping != nullptr) return mapping;
  return Wrong(file, problems);
}

}  // namespace songsang::importer
