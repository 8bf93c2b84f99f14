#include "songsang/import/template.h"

#include <algorithm>
#include <numeric>

#include "core/text.h"
#include "songsang/import/reasons.h"

namespace songsang::importer {
namespace {

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t corner = row[0];
    row[0] = i;
    for (size_t k = 1; k <= b.size(); ++k) {
      const size_t above = row[k];
      row[k] = std::min({above + 1, row[k - 1] + 1, corner + (a[i - 1] == b[k - 1] ? 0 : 1)});
      corner = above;
    }
  }
  return row[b.size()];
}

}  // namespace

size_t Columns::Number(std::string_view name, int line) {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found != names_.end()) return static_cast<size_t>(found - names_.begin());
  names_.emplace_back(name);
  lines_.push_back(line);
  return names_.size() - 1;
}

std::vector<Columns::Missing> Columns::Bind(const std::vector<std::string>& header) {
  std::vector<Missing> missing;
  places_.clear();
  for (size_t i = 0; i < names_.size(); ++i) {
    const auto found = std::find(header.begin(), header.end(), names_[i]);
    const bool twice = found != header.end() && std::find(found + 1, header.end(), names_[i]) != header.end();
    if (found == header.end() || twice) missing.push_back({names_[i], lines_[i], twice});
    places_.push_back(static_cast<size_t>(found - header.begin()));
  }
  std::stable_sort(missing.begin(), missing.end(), [](const Missing& a, const Missing& b) { return a.line < b.line; });
  return missing;
}

const std::string& Columns::Cell(const std::vector<std::string>& cells, size_t number) const {
  static const std::string* const kNothing = new std::string;
  const size_t place = places_[number];
  return place < cells.size() ? cells[place] : *kNothing;
}

std::string Template::ParseHole(std::string_view hole, int line, const ValueTables& tables, Columns* columns) {
  Part part;
  part.is_column = true;
  size_t bar = std::min(hole.find('|'), hole.size());
  const std::string_view name = Trimmed(hole.substr(0, bar));
  if (name.empty()) return "\"{}\" names no column";
  part.number = columns->Number(name, line);
  while (bar < hole.size()) {
    const size_t next = std::min(hole.find('|', bar + 1), hole.size());
    const std::string_view filter = Trimmed(hole.substr(bar + 1, next - bar - 1));
    bar = next;
    const auto table = tables.find(filter);
    if (table != tables.end()) {
      part.steps.push_back({Filter::kTable, &table->second});
    } else if (filter == "trim") {
      part.steps.push_back({Filter::kTrim, nullptr});
    } else if (filter == "lower") {
      part.steps.push_back({Filter::kLower, nullptr});
    } else if (filter == "upper") {
      part.steps.push_back({Filter::kUpper, nullptr});
    } else if (filter == "digits") {
      part.steps.push_back({Filter::kDigits, nullptr});
    } else {
      std::vector<std::string> known = {"trim", "lower", "upper", "digits"};
      for (const auto& [key, value] : tables) known.push_back(key);
      return "\"" + std::string(filter) +
             "\" is neither a value table of this mapping nor trim, lower, upper or digits" + DidYouMean(filter, known);
    }
  }
  numbers_.push_back(part.number);
  parts_.push_back(std::move(part));
  return {};
}

std::string Template::Parse(std::string_view text, int line, const ValueTables& tables, Columns* columns) {
  source_ = text;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) parts_.emplace_back().literal = std::move(literal);
    literal.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{' && text[i] != '}') {
      literal += text[i];
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == text[i]) {
      literal += text[i++];
      continue;
    }
    const size_t close = text.find('}', i);
    if (text[i] == '}' || close == std::string_view::npos)
      return "a brace stands alone in \"" + source_ + "\"; write {{ or }} for a brace itself";
    flush();
    std::string wrong = ParseHole(text.substr(i + 1, close - i - 1), line, tables, columns);
    if (!wrong.empty()) return wrong;
    i = close;
  }
  flush();
  return {};
}

Result<std::string> Template::Apply(const Step& step, std::string value) {
  switch (step.filter) {
    case Filter::kTrim:
      return std::string(Trimmed(value));
    case Filter::kLower:
      return Lower(value);
    case Filter::kUpper:
      return Upper(value);
    case Filter::kDigits:
      std::erase_if(value, [](char c) { return c < '0' || c > '9'; });
      return value;
    case Filter::kTable:
      break;
  }
  const ValueTable& table = *step.table;
  const auto found = table.values.find(value);
  if (found != table.values.end()) return found->second;
  if (table.replace_others) return table.others;
  // An empty value is "nothing", which a table that lists every value need not list.
  if (table.refuse_others && !value.empty()) return kValueMustBeListed.With("value", value).With("table", table.name);
  return value;
}

Result<Template::Text> Template::Render(const Columns& columns, const std::vector<std::string>& cells) const {
  Text rendered;
  rendered.empty = !numbers_.empty();
  for (const Part& part : parts_) {
    if (!part.is_column) {
      rendered.text += part.literal;
      continue;
    }
    std::string value = columns.Cell(cells, part.number);
    for (const Step& step : part.steps) {
      auto applied = Apply(step, std::move(value));
      if (!applied.ok()) return applied.refusal();
      value = std::move(*applied);
    }
    if (!value.empty()) rendered.empty = false;
    rendered.text += value;
  }
  if (rendered.empty) rendered.text.clear();
  return rendered;
}

std::string DidYouMean(std::string_view wrong, const std::vector<std::string>& known) {
  const std::string* nearest = nullptr;
  size_t least = std::max<size_t>(2, wrong.size() / 3) + 1;
  for (const std::string& word : known) {
    const size_t distance = Distance(Lower(wrong), Lower(word));
    if (distance < least) least = distance, nearest = &word;
  }
  return nearest == nullptr ? "" : " (did you mean \"" + *nearest + "\"?)";
}

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : ", ") + word;
  return joined;
}

}  // namespace songsang::importer
