#include "songsang/import/requests.h"

#include "core/hash.h"

namespace songsang::importer {

std::string RequestMaker::RowIdentity(const CsvRow& row) {
  const std::string content = mapping_.Content(row.cells);
  if (mapping_.identity() == Identity::kContent) return content;
  if (mapping_.identity() == Identity::kLine) return std::string(Framed().Add(content).Add(row.line).bytes());
  const Digest digest = Sha256(content);
  return std::string(Framed().Add(content).Add(++occurrences_[std::string(AsBytes(digest).substr(0, 16))]).bytes());
}

std::string RequestMaker::RequestId(const Step& step, std::string_view identity) const {
  const Digest digest = Framed().Add(mapping_.name()).Add(step.name).Add(identity).Hash();
  return "import-" + ToHex(AsBytes(digest).substr(0, 24));
}

RowCommands RequestMaker::Make(const CsvRow& row, const std::function<bool(const std::string&)>& seen) {
  RowCommands made;
  if (row.problem) {
    made.problems.push_back({nullptr, *row.problem});
    return made;
  }
  const std::string identity = RowIdentity(row);
  for (const Step& step : mapping_.steps()) {
    const auto applies = mapping_.Applies(step, row.cells);
    if (!applies.ok()) {
      made.problems.push_back({&step, applies.refusal()});
      continue;
    }
    if (!*applies) continue;
    Command command;
    command.step = &step;
    if (step.once) {
      auto key = mapping_.OnceKey(step, row.cells);
      if (!key.ok()) {
        made.problems.push_back({&step, key.refusal()});
        continue;
      }
      if (key->empty()) continue;
      command.once = step.name + '\x1f' + *key;
      made.rests_on.push_back(command.once);
      if (seen(command.once)) continue;
    }
    auto request = mapping_.Build(step, row.cells);
    if (!request.ok()) {
      made.problems.push_back({&step, request.refusal()});
      continue;
    }
    command.request = std::move(*request);
    const auto* field = step.descriptor->input_type()->FindFieldByName("request_id");
    command.request->GetReflection()->SetString(command.request.get(), field,
                                                RequestId(step, step.once ? command.once : identity));
    made.commands.push_back(std::move(command));
  }
  if (!made.problems.empty()) made.commands.clear();
  return made;
}

}  // namespace songsang::importer
