// From a row to the commands it becomes, each under an id that is the same whenever the row is read again.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "songsang/import/csv.h"
#include "songsang/import/mapping.h"

namespace songsang::importer {

struct Command {
  const Step* step = nullptr;
  std::unique_ptr<google::protobuf::Message> request;  // with its request id
  std::string once;                                    // the key of a `once` step: `step\x1fkey`; else empty
};

// A place where a row cannot become a command.
struct Problem {
  const Step* step = nullptr;  // null: the row as a whole
  Refusal refusal;
};

struct RowCommands {
  std::vector<Command> commands;
  std::vector<Problem> problems;
  // Every `once` key that the row rests on, whether or not this row brings its command.
  std::vector<std::string> rests_on;
};

class RequestMaker {
 public:
  explicit RequestMaker(const Mapping& mapping) : mapping_(mapping) {}

  // Where a row has a problem, none of its commands is made: a row is asked for whole or not at all. `seen` answers
  // whether the command of a `once` key has been made before.
  RowCommands Make(const CsvRow& row, const std::function<bool(const std::string&)>& seen);

 private:
  std::string RowIdentity(const CsvRow& row);
  std::string RequestId(const Step& step, std::string_view identity) const;

  const Mapping& mapping_;
  std::unordered_map<std::string, int64_t> occurrences_;  // of a row's content, by its hash
};

}  // namespace songsang::importer
