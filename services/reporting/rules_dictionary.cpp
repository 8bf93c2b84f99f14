#include "reporting/rules_dictionary.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <charconv>
#include <regex>
#include <set>
#include <stdexcept>

namespace songsang::reporting {
namespace {

using v1::DimensionDefinition;
using v1::FactDefinition;
using v1::Measure;
using v1::MetricDefinition;

[[noreturn]] void Wrong(const std::string& what) { throw std::logic_error("dictionary of figures: " + what); }

class Mistakes : public google::protobuf::io::ErrorCollector {
 public:
  explicit Mistakes(std::string file) : file_(std::move(file)) {}
  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    Wrong(file_ + ":" + std::to_string(line + 1) + ":" + std::to_string(column + 1) + ": " + message);
  }

 private:
  const std::string file_;
};

void CheckWords(const std::string& owner, const v1::Wording& words) {
  if (words.english().empty() || words.korean().empty()) Wrong(owner + " lacks its English or its Korean words");
}

// Which table an alias stands for, in a text that may hold several SELECTs.
std::map<std::string, std::string> Aliases(const std::string& sql) {
  static const std::regex pattern(R"((?:^|FROM|JOIN)\s+([a-z_][a-z0-9_]*)\s+([a-z][a-z0-9_]*)\b)");
  std::map<std::string, std::string> aliases;
  const std::string text = " " + sql;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) aliases[(*at)[2]] = (*at)[1];
  return aliases;
}

void CheckText(const std::string& owner, const std::string& from, const std::string& text,
               const Dictionary::HasColumn& has_column) {
  static const std::regex pattern(R"(\b([a-z][a-z0-9_]*)\.([a-z_][a-z0-9_]*)\b)");
  auto aliases = Aliases(from);
  aliases.merge(Aliases(text));
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
    const auto table = aliases.find((*at)[1]);
    // An alias without a table is a derived one; the store itself judges its columns.
    if (table == aliases.end()) continue;
    if (!has_column(table->second, (*at)[2]))
      Wrong(owner + " names `" + at->str() + "`, but the table " + table->second + " has no such column");
  }
}

// The terms that a text is written with: `person` of `{person}`. `{on}` is no term.
std::set<std::string> TermsIn(const std::string& text) {
  static const std::regex pattern(R"(\{([a-z_]+)\})");
  std::set<std::string> terms;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at)
    if ((*at)[1] != "on") terms.insert((*at)[1]);
  return terms;
}

std::string Fill(std::string text, const FactDefinition& fact) {
  for (const auto& term : TermsIn(text)) {
    const auto found = fact.terms().find(term);
    if (found == fact.terms().end()) continue;
    const std::string mark = "{" + term + "}";
    for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + found->second.size()))
      text.replace(at, mark.size(), found->second);
  }
  return text;
}

bool Applies(const DimensionDefinition::Source& source, const FactDefinition& fact) {
  if (!source.facts().empty())
    return std::find(source.facts().begin(), source.facts().end(), fact.key()) != source.facts().end();
  const auto terms = TermsIn(source.expression());
  return std::all_of(terms.begin(), terms.end(), [&](const auto& term) { return fact.terms().contains(term); });
}

void CheckPlus(const std::string& owner, const Measure& measure) {
  std::set<std::string> facts;
  for (const Measure* addend : AddendsOf(measure)) {
    if (!facts.insert(addend->fact()).second) Wrong(owner + " adds two measures of the fact " + addend->fact());
    if (measure.plus().empty()) continue;
    if (addend->has_values() || addend->whole() || addend->has_sum() != measure.has_sum())
      Wrong(owner + " adds what cannot be added: counts to counts, sums to sums");
    if (addend != &measure && !addend->plus().empty()) Wrong(owner + " adds to what is added");
    if (addend->currency().empty() != measure.currency().empty()) Wrong(owner + " adds money to what is none");
  }
}

void CheckSource(const std::string& key, const DimensionDefinition::Source& source,
                 const std::map<std::string, FactDefinition>& facts) {
  for (const auto& fact : source.facts())
    if (!facts.contains(fact)) Wrong("dimension " + key + " names the fact `" + fact + "`, which there is not");
  const auto terms = TermsIn(source.expression());
  if (source.facts().empty() && terms.empty()) Wrong("dimension " + key + " names neither facts nor a term of facts");
  for (const auto& [name, fact] : facts) {
    if (!Applies(source, fact)) continue;
    std::string text = source.expression();
    for (const auto& join : source.joins()) text += join;
    for (const auto& term : TermsIn(text))
      if (!fact.terms().contains(term))
        Wrong("dimension " + key + " is written with {" + term + "}, which the fact " + name + " does not have");
  }
}

}  // namespace

std::vector<const Measure*> AddendsOf(const Measure& measure) {
  std::vector<const Measure*> addends{&measure};
  for (const Measure& plus : measure.plus()) addends.push_back(&plus);
  return addends;
}

std::vector<const Measure*> AllAddendsOf(const MetricDefinition& metric) {
  std::vector<const Measure*> all;
  for (const Measure* measure : MeasuresOf(metric)) {
    const auto addends = AddendsOf(*measure);
    all.insert(all.end(), addends.begin(), addends.end());
  }
  return all;
}

std::vector<const Measure*> MeasuresOf(const MetricDefinition& metric) {
  switch (metric.kind_case()) {
    case MetricDefinition::kAmount:
      return {&metric.amount()};
    case MetricDefinition::kRatio:
      return {&metric.ratio().numerator(), &metric.ratio().denominator()};
    case MetricDefinition::kMean:
      return {&metric.mean()};
    case MetricDefinition::kMedian:
      return {&metric.median()};
    case MetricDefinition::kLeast:
      return {&metric.least()};
    case MetricDefinition::kGreatest:
      return {&metric.greatest()};
    case MetricDefinition::kShare:
      return {&metric.share()};
    case MetricDefinition::kAbove:
      return {&metric.above().values(), &metric.above().limit()};
    case MetricDefinition::KIND_NOT_SET:
      return {};
  }
  return {};
}

std::string CalendarSuffix(DimensionDefinition::Calendar calendar) {
  switch (calendar) {
    case DimensionDefinition::CALENDAR_WEEK:
      return "_week";
    case DimensionDefinition::CALENDAR_MONTH:
      return "_month";
    case DimensionDefinition::CALENDAR_QUARTER:
      return "_quarter";
    case DimensionDefinition::CALENDAR_YEAR:
      return "_year";
    default:
      return "";
  }
}

Dictionary Dictionary::Read(std::span<const std::pair<std::string, std::string>> files) {
  Dictionary dictionary;
  for (const auto& [name, text] : files) {
    v1::Definitions definitions;
    google::protobuf::TextFormat::Parser parser;
    Mistakes mistakes(name);
    parser.RecordErrorsTo(&mistakes);
    if (!parser.ParseFromString(text, &definitions)) Wrong(name + " is not a text of Definitions");
    for (auto& fact : definitions.facts())
      if (!dictionary.facts_.emplace(fact.key(), fact).second) Wrong("fact " + fact.key() + " is defined twice");
    for (auto& dimension : definitions.dimensions())
      if (!dictionary.dimensions_.emplace(dimension.key(), dimension).second)
        Wrong("dimension " + dimension.key() + " is defined twice");
    for (auto& metric : definitions.metrics())
      if (!dictionary.metrics_.emplace(std::pair(metric.key(), metric.number()), metric).second)
        Wrong("metric " + metric.key() + " has number " + std::to_string(metric.number()) + " twice");
  }
  dictionary.Check();
  return dictionary;
}

void Dictionary::Check() const {
  for (const auto& [key, fact] : facts_) {
    CheckWords("fact " + key, fact.name());
    CheckWords("fact " + key, fact.meaning());
    if (fact.from().empty() || fact.date().empty() || fact.entity().empty() || fact.alias().empty())
      Wrong("fact " + key + " needs from, date, entity and alias");
  }
  for (const auto& [key, dimension] : dimensions_) {
    CheckWords("dimension " + key, dimension.name());
    if (metrics_.contains({key, 1})) Wrong(key + " is a metric and a dimension; an order could mean either");
    if (dimension.label_table().empty() != dimension.label_column().empty())
      Wrong("dimension " + key + " needs both label_table and label_column, or neither");
    if ((dimension.calendar() == DimensionDefinition::CALENDAR_UNSPECIFIED) == dimension.sources().empty())
      Wrong("dimension " + key + " has either sources or a calendar");
    for (const auto& source : dimension.sources()) CheckSource(key, source, facts_);
  }
  for (const auto& [name, metric] : metrics_) {
    const std::string owner = "metric " + name.first + "@" + std::to_string(name.second);
    CheckWords(owner, metric.name());
    CheckWords(owner, metric.meaning());
    if (metric.number() < 1 || metric.formula().empty()) Wrong(owner + " needs a number from 1 and a formula");
    if (metric.unit() == MetricDefinition::UNIT_UNSPECIFIED || metric.decimals() < 0 || metric.decimals() > 10 ||
        metric.rounding() == MetricDefinition::ROUNDING_UNSPECIFIED)
      Wrong(owner + " needs a unit, 0 to 10 decimals and a rounding");
    const auto measures = MeasuresOf(metric);
    if (measures.empty()) Wrong(owner + " has no kind");
    for (const Measure* measure : AllAddendsOf(metric))
      if (!facts_.contains(measure->fact()))
        Wrong(owner + " names the fact `" + measure->fact() + "`, which there is not");
    for (const Measure* measure : measures) {
      CheckPlus(owner, *measure);
      if (measure->whole() != (metric.has_above() && measure == measures.back()))
        Wrong(owner + ": the limit of `above`, and nothing else, is taken over the whole");
    }
    if (metric.has_mean() && !metric.mean().has_values()) Wrong(owner + " is a mean of nothing");
    const bool money = measures.front()->has_sum() && !measures.front()->currency().empty();
    if ((metric.unit() == MetricDefinition::UNIT_MONEY) && !money) Wrong(owner + " is money without a currency");
  }
}

void Dictionary::CheckColumns(const HasColumn& has_column) const {
  for (const auto& [key, fact] : facts_) {
    for (const auto& text : {fact.from(), fact.where(), fact.date(), fact.alias() + ".event_id"})
      CheckText("fact " + key, fact.from(), text, has_column);
  }
  for (const auto& [key, dimension] : dimensions_) {
    if (!dimension.label_table().empty() && !has_column(dimension.label_table(), dimension.label_column()))
      Wrong("dimension " + key + " shows " + dimension.label_table() + "." + dimension.label_column() +
            ", which there is not");
    for (const auto& [fact_key, fact] : facts_) {
      const auto source = SourceOf(dimension, fact);
      if (!source) continue;
      std::string joins;
      for (const auto& join : source->joins) joins += " " + join;
      CheckText("dimension " + key + " of " + fact_key, fact.from() + joins, source->expression + joins, has_column);
    }
  }
  for (const auto& [name, metric] : metrics_) {
    for (const Measure* measure : AllAddendsOf(metric))
      CheckText("metric " + name.first, Fact(measure->fact()).from(),
                measure->where() + " " + measure->sum() + " " + measure->values() + " " + measure->currency(),
                has_column);
  }
}

Result<const MetricDefinition*> Dictionary::Metric(std::string_view name) const {
  const size_t at = name.find('@');
  const std::string key(name.substr(0, at));
  if (at == std::string_view::npos) {
    auto after = metrics_.upper_bound({key, std::numeric_limits<int32_t>::max()});
    if (after != metrics_.begin() && std::prev(after)->first.first == key) return &std::prev(after)->second;
    return kUnknownMetric.With("metric", std::string(name));
  }
  int32_t number = 0;
  const std::string_view digits = name.substr(at + 1);
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const auto found = metrics_.find({key, number});
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || found == metrics_.end())
    return kUnknownMetric.With("metric", std::string(name));
  return &found->second;
}

Result<const DimensionDefinition*> Dictionary::Dimension(const std::string& key) const {
  const auto found = dimensions_.find(key);
  if (found == dimensions_.end()) return kUnknownDimension.With("dimension", key);
  return &found->second;
}

std::optional<Source> Dictionary::SourceOf(const DimensionDefinition& dimension, const FactDefinition& fact) const {
  if (dimension.calendar() != DimensionDefinition::CALENDAR_UNSPECIFIED)
    return Source{fact.date() + CalendarSuffix(dimension.calendar()), {}};
  for (const auto& source : dimension.sources()) {
    if (!Applies(source, fact)) continue;
    Source filled{Fill(source.expression(), fact), {}};
    for (const auto& join : source.joins()) filled.joins.push_back(Fill(join, fact));
    return filled;
  }
  return std::nullopt;
}

bool Dictionary::CanCut(const MetricDefinition& metric, const DimensionDefinition& dimension) const {
  for (const Measure* measure : AllAddendsOf(metric))
    if (!measure->whole() && !SourceOf(dimension, Fact(measure->fact()))) return false;
  return true;
}

std::vector<const MetricDefinition*> Dictionary::metrics() const {
  std::vector<const MetricDefinition*> list;
  for (const auto& [name, metric] : metrics_) list.push_back(&metric);
  return list;
}

}  // namespace songsang::reporting
