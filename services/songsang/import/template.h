// A value made of a row's columns: `ext:crm:{account}`, `{product|products}`, `{first name} {last name}`.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace songsang::importer {

// A value table of a mapping: what a value in the file is called here.
struct ValueTable {
  std::string name;
  std::map<std::string, std::string, std::less<>> values;
  // For values that are not listed: another value, a refusal, or (by default) the value as it is.
  bool refuse_others = false;
  bool replace_others = false;
  std::string others;
};
using ValueTables = std::map<std::string, ValueTable, std::less<>>;

// The columns that a mapping reads, each with its place in the file once the file's header is known.
class Columns {
 public:
  // The number under which templates know a column.
  size_t Number(std::string_view name, int line);
  struct Missing {
    std::string name;
    int line = 0;  // of the mapping
    bool twice = false;
  };
  // Finds each column in the header; answers those that are missing or there twice, by line.
  std::vector<Missing> Bind(const std::vector<std::string>& header);

  const std::vector<std::string>& names() const { return names_; }
  // The cell of a column; empty where the row is too short.
  const std::string& Cell(const std::vector<std::string>& cells, size_t number) const;

 private:
  std::vector<std::string> names_;
  std::vector<int> lines_;
  std::vector<size_t> places_;
};

class Template {
 public:
  // `text` is literal but for `{column}` and `{column|filter|…}`; `{{` and `}}` stand for braces. A filter is a value
  // table or one of: trim, lower, upper, digits. Answers what is wrong, or the empty string.
  std::string Parse(std::string_view text, int line, const ValueTables& tables, Columns* columns);

  struct Text {
    std::string text;
    // It names columns, and all of them are empty: there is no value.
    bool empty = false;
  };
  Result<Text> Render(const Columns& columns, const std::vector<std::string>& cells) const;

  bool constant() const { return numbers_.empty(); }
  const std::string& source() const { return source_; }
  // Numbers of the columns it names.
  const std::vector<size_t>& numbers() const { return numbers_; }

 private:
  enum class Filter { kTable, kTrim, kLower, kUpper, kDigits };
  struct Step {
    Filter filter = Filter::kTrim;
    const ValueTable* table = nullptr;
  };
  struct Part {
    std::string literal;
    bool is_column = false;
    size_t number = 0;
    std::vector<Step> steps;
  };
  static Result<std::string> Apply(const Step& step, std::string value);
  std::string ParseHole(std::string_view hole, int line, const ValueTables& tables, Columns* columns);

  std::string source_;
  std::vector<Part> parts_;
  std::vector<size_t> numbers_;
};

// The names nearest to `wrong`, for a sentence: ` (did you mean "account"?)`, or nothing.
std::string DidYouMean(std::string_view wrong, const std::vector<std::string>& known);
// `a, b, c`
std::string Joined(const std::vector<std::string>& words);

}  // namespace songsang::importer
