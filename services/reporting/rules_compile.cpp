#include "reporting/rules_compile.h"

#include <fmt/format.h>

#include <algorithm>

namespace songsang::reporting {
namespace {

using v1::DimensionDefinition;
using v1::FactDefinition;
using v1::Measure;

constexpr const char* kEndOfTime = "9999-12-31";

std::string Replace(std::string text, const std::string& what, const std::string& by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

// The day on which a fact counts: its own date or, where it has none or merely stands, the report's.
std::string Placed(const std::string& text, const FactDefinition& fact) {
  return Replace(text, "{on}", fact.standing() ? ":age_on" : "COALESCE(" + fact.date() + ", :age_on)");
}

// What both kinds of question have in common: period, filters, the two dates.
class Scope {
 public:
  Scope(const Dictionary& dictionary, const v1::Period& period, const std::string& as_of, Date today)
      : dictionary_(dictionary), period_(period) {
    const std::string age_on = as_of.empty() ? today.ToIso() : as_of;
    parameters["until"] = as_of.empty() ? kEndOfTime : as_of;
    parameters["age_on"] = age_on;
    parameters["age_day"] = int64_t{Date::Parse(age_on).value_or(today).days_since_epoch()};
    if (!period.from_on().empty()) parameters["from_on"] = period.from_on();
    if (!period.to_on().empty()) parameters["to_on"] = period.to_on();
  }

  bool BadPeriod() const {
    return !period_.from_on().empty() && !period_.to_on().empty() && period_.to_on() < period_.from_on();
  }

  // A named parameter with this value.
  std::string Bind(const std::string& value) {
    const std::string name = "p" + std::to_string(bound_++);
    parameters[name] = value;
    return ":" + name;
  }

  // The condition under which a filter keeps a fact.
  std::string Keeps(const v1::Filter& filter, const DimensionDefinition& dimension, const std::string& expression) {
    std::vector<std::string> cases;
    std::vector<std::string> names;
    for (const auto& value : filter.values()) names.push_back(Bind(value));
    if (!names.empty()) {
      const std::string list = fmt::format("{}", fmt::join(names, ", "));
      cases.push_back(fmt::format("({}) IN ({})", expression, list));
      if (!dimension.label_table().empty())
        cases.push_back(fmt::format("({}) IN (SELECT y.id FROM {} y WHERE y.{} IN ({}))", expression,
                                    dimension.label_table(), dimension.label_column(), list));
    }
    if (filter.unset()) cases.push_back(fmt::format("({}) IS NULL", expression));
    return cases.empty() ? "1 = 1" : fmt::format("({})", fmt::join(cases, " OR "));
  }

  // `FROM … WHERE …` of a fact; `joins` are those of the dimensions used.
  std::string From(const FactDefinition& fact, bool whole, std::vector<std::string> joins,
                   std::vector<std::string> conditions) const {
    if (!fact.where().empty()) conditions.push_back("(" + Placed(fact.where(), fact) + ")");
    conditions.push_back(fmt::format("({0} IS NULL OR {0} <= :until)", fact.date()));
    if (!whole && !period_.from_on().empty()) conditions.push_back(fact.date() + " >= :from_on");
    if (!whole && !period_.to_on().empty()) conditions.push_back(fact.date() + " <= :to_on");
    std::vector<std::string> once;
    for (auto& join : joins)
      if (std::find(once.begin(), once.end(), join) == once.end()) once.push_back(Placed(join, fact));
    return fmt::format("FROM {} {}\nWHERE {}", Placed(fact.from(), fact), fmt::join(once, " "),
                       fmt::join(conditions, " AND "));
  }

  const Dictionary& dictionary() const { return dictionary_; }

  std::map<std::string, Parameter> parameters;

 private:
  const Dictionary& dictionary_;
  const v1::Period& period_;
  int bound_ = 0;
};

Refusal CannotCut(const v1::MetricDefinition& metric, const DimensionDefinition& dimension) {
  return kDimensionNotOfMetric.With("metric", metric.key()).With("dimension", dimension.key());
}

const char* KeyOf(v1::Period::Bucket bucket) {
  switch (bucket) {
    case v1::Period::BUCKET_DAY:
      return "day";
    case v1::Period::BUCKET_WEEK:
      return "week";
    case v1::Period::BUCKET_MONTH:
      return "month";
    case v1::Period::BUCKET_QUARTER:
      return "quarter";
    case v1::Period::BUCKET_YEAR:
      return "year";
    default:
      return nullptr;
  }
}

// The rows of a fact that some parts are taken from: one common table of the text.
struct FactTable {
  const FactDefinition* fact = nullptr;
  bool whole = false;
  // Number of the part, and what this fact adds to it.
  std::vector<std::pair<size_t, Measure>> parts;
};

class Compiler {
 public:
  Compiler(const Dictionary& dictionary, const v1::GetFiguresRequest& request, Date today)
      : request_(request), scope_(dictionary, request.period(), request.as_of(), today) {}

  Result<Plan> Run() {
    if (scope_.BadPeriod()) return Refusal(kBadPeriod).At("period.to_on");
    for (const auto& step : {Resolve(), CheckFilters(), CheckOrder()})
      if (!step.ok()) return step.refusal();
    Gather();
    std::vector<std::string> common;
    for (size_t i = 0; i < tables_.size(); ++i)
      common.push_back(fmt::format("f{} AS MATERIALIZED (\n{})", i, WriteFact(tables_[i])));
    std::vector<std::string> parts;
    for (size_t i = 0; i < tables_.size(); ++i)
      for (const auto& [part, measure] : tables_[i].parts) parts.push_back(WritePart(part, measure, i));
    common.push_back(fmt::format("r AS (\n{})", fmt::join(parts, "\nUNION ALL\n")));
    plan_.sql = fmt::format("WITH {}\n{}", fmt::join(common, ",\n"), WriteLabels());
    plan_.parameters = scope_.parameters;
    return std::move(plan_);
  }

 private:
  // From names to definitions.
  Status Resolve() {
    const auto& dictionary = scope_.dictionary();
    std::vector<std::string> keys;
    if (const char* bucket = KeyOf(request_.period().bucket())) keys.push_back(bucket);
    for (const auto& key : request_.dimensions())
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    for (const auto& key : keys) {
      const auto dimension = dictionary.Dimension(key);
      if (!dimension.ok()) return dimension.refusal().At("dimensions");
      plan_.dimensions.push_back(*dimension);
    }
    for (const auto& name : request_.metrics()) {
      const auto metric = dictionary.Metric(name);
      if (!metric.ok()) return metric.refusal().At("metrics");
      for (const auto* dimension : plan_.dimensions)
        if (!dictionary.CanCut(**metric, *dimension)) return CannotCut(**metric, *dimension).At("dimensions");
      plan_.metrics.push_back(*metric);
    }
    return Done{};
  }

  Status CheckFilters() {
    for (const auto& filter : request_.filters()) {
      const auto dimension = scope_.dictionary().Dimension(filter.dimension());
      if (!dimension.ok()) return dimension.refusal().At("filters");
      for (const auto* metric : plan_.metrics)
        if (!scope_.dictionary().CanCut(*metric, **dimension)) return CannotCut(*metric, **dimension).At("filters");
    }
    return Done{};
  }

  Status CheckOrder() {
    for (const auto& text : request_.order_by()) {
      const std::string key = text.substr(text.starts_with('-') ? 1 : 0);
      const bool known =
          std::any_of(plan_.metrics.begin(), plan_.metrics.end(), [&](auto* m) { return m->key() == key; }) ||
          std::any_of(plan_.dimensions.begin(), plan_.dimensions.end(), [&](auto* d) { return d->key() == key; });
      if (!known) return kBadOrder.With("key", key).At("order_by");
    }
    return Done{};
  }

  // Each measure once, grouped by the fact it is taken from.
  void Gather() {
    std::map<std::string, size_t> known;
    for (const auto* metric : plan_.metrics) {
      auto& numbers = plan_.parts_of.emplace_back();
      for (Measure measure : Copies(MeasuresOf(*metric))) {
        // A mean needs the sum of its values, not each of them.
        if (metric->has_mean()) measure.set_sum(std::string(measure.values()));
        const auto [place, fresh] = known.emplace(measure.SerializeAsString(), plan_.parts.size());
        numbers.push_back(place->second);
        if (!fresh) continue;
        for (const Measure* addend : AddendsOf(measure)) TableFor(*addend).parts.emplace_back(place->second, *addend);
        plan_.parts.push_back(std::move(measure));
      }
    }
  }

  static std::vector<Measure> Copies(const std::vector<const Measure*>& measures) {
    std::vector<Measure> copies;
    for (const Measure* measure : measures) copies.push_back(*measure);
    return copies;
  }

  FactTable& TableFor(const Measure& measure) {
    const FactDefinition& fact = scope_.dictionary().Fact(measure.fact());
    for (auto& table : tables_)
      if (table.fact == &fact && table.whole == measure.whole()) return table;
    return tables_.emplace_back(FactTable{&fact, measure.whole(), {}});
  }

  std::string WriteFact(const FactTable& table) {
    const FactDefinition& fact = *table.fact;
    std::vector<std::string> columns, joins, conditions;
    for (size_t i = 0; i < plan_.dimensions.size() && !table.whole; ++i) {
      const auto source = *scope_.dictionary().SourceOf(*plan_.dimensions[i], fact);
      joins.insert(joins.end(), source.joins.begin(), source.joins.end());
      columns.push_back(fmt::format("{} AS d{}", Placed(source.expression, fact), i));
    }
    for (const auto& filter : request_.filters()) {
      if (table.whole) break;
      const auto* dimension = *scope_.dictionary().Dimension(filter.dimension());
      const auto source = *scope_.dictionary().SourceOf(*dimension, fact);
      joins.insert(joins.end(), source.joins.begin(), source.joins.end());
      conditions.push_back(scope_.Keeps(filter, *dimension, Placed(source.expression, fact)));
    }
    for (const auto& [part, measure] : table.parts) AddMeasure(part, measure, fact, &columns);
    return fmt::format("SELECT {}\n{}", fmt::join(columns, ",\n  "),
                       scope_.From(fact, table.whole, std::move(joins), std::move(conditions)));
  }

  static void AddMeasure(size_t part, const Measure& measure, const FactDefinition& fact,
                         std::vector<std::string>* columns) {
    const std::string where = measure.where().empty() ? "1 = 1" : Placed(measure.where(), fact);
    columns->push_back(fmt::format("CASE WHEN {} THEN 1 ELSE 0 END AS w{}", where, part));
    const std::string& value = measure.has_sum() ? measure.sum() : measure.values();
    if (!value.empty()) columns->push_back(fmt::format("{} AS v{}", Placed(value, fact), part));
    if (!measure.currency().empty())
      columns->push_back(fmt::format("{} AS c{}", Placed(measure.currency(), fact), part));
  }

  std::string WritePart(size_t part, const Measure& measure, size_t table) const {
    std::vector<std::string> columns{fmt::format("CAST({} AS BIGINT) AS part", part)}, groups;
    for (size_t i = 0; i < plan_.dimensions.size(); ++i) {
      columns.push_back(measure.whole() ? fmt::format("CAST(NULL AS TEXT) AS d{}", i) : fmt::format("d{}", i));
      if (!measure.whole()) groups.push_back(fmt::format("d{}", i));
    }
    const bool money = !measure.currency().empty();
    columns.push_back(money ? fmt::format("c{} AS currency", part) : "CAST(NULL AS TEXT) AS currency");
    if (money) groups.push_back(fmt::format("c{}", part));
    const std::string rows = "CAST(COUNT(*) AS BIGINT)";
    if (measure.has_values()) {
      columns.push_back(
          fmt::format("CAST(v{0} AS BIGINT) AS a, CAST(COUNT(v{0}) AS BIGINT) AS b, {1} AS n", part, rows));
      groups.push_back(fmt::format("v{}", part));
    } else if (measure.has_sum()) {
      columns.push_back(
          fmt::format("CAST(SUM(v{0}) AS BIGINT) AS a, CAST(COUNT(v{0}) AS BIGINT) AS b, {1} AS n", part, rows));
    } else {
      columns.push_back(fmt::format("{0} AS a, {0} AS b, {0} AS n", rows));
    }
    return fmt::format("SELECT {} FROM f{} WHERE w{} = 1{}{}", fmt::join(columns, ", "), table, part,
                       groups.empty() ? "" : " GROUP BY ", fmt::join(groups, ", "));
  }

  std::string WriteLabels() const {
    std::string values, labels, joins;
    for (size_t i = 0; i < plan_.dimensions.size(); ++i) {
      const auto& dimension = *plan_.dimensions[i];
      values += fmt::format(", r.d{}", i);
      if (dimension.label_table().empty()) {
        labels += fmt::format(", CAST(NULL AS TEXT) AS l{}", i);
        continue;
      }
      labels += fmt::format(", COALESCE(x{0}.{1}, x{0}.id) AS l{0}", i, dimension.label_column());
      joins += fmt::format(" LEFT JOIN {0} x{1} ON x{1}.id = r.d{1}", dimension.label_table(), i);
    }
    return fmt::format("SELECT r.part{}{}, r.currency, r.a, r.b, r.n FROM r{}", values, labels, joins);
  }

  const v1::GetFiguresRequest& request_;
  Scope scope_;
  Plan plan_;
  std::vector<FactTable> tables_;
};

// The greatest value of a measure that is taken over the whole.
std::string Greatest(const Measure& measure, const Scope& scope) {
  const FactDefinition& fact = scope.dictionary().Fact(measure.fact());
  std::vector<std::string> conditions;
  if (!measure.where().empty()) conditions.push_back("(" + Placed(measure.where(), fact) + ")");
  return fmt::format("(SELECT MAX({}) {})", Placed(measure.values(), fact),
                     scope.From(fact, true, {}, std::move(conditions)));
}

// The rows of a fact that a metric counts: those of any of its measures that have something to measure.
std::string CountedBy(const v1::MetricDefinition& metric, const FactDefinition& fact, const Scope& scope) {
  std::vector<std::string> cases;
  for (const Measure* measure : AllAddendsOf(metric)) {
    if (measure->whole() || measure->fact() != fact.key()) continue;
    const std::string where = measure->where().empty() ? "1 = 1" : measure->where();
    const std::string& value = measure->has_sum() ? measure->sum() : measure->values();
    cases.push_back(Placed(value.empty() ? where : fmt::format("({}) AND ({}) IS NOT NULL", where, value), fact));
  }
  std::string counted = fmt::format("(({}))", fmt::join(cases, ") OR ("));
  if (metric.has_above())
    counted += fmt::format(" AND ({}) > {}", Placed(metric.above().values().values(), fact),
                           Greatest(metric.above().limit(), scope));
  return counted;
}

}  // namespace

Result<Plan> Compile(const Dictionary& dictionary, const v1::GetFiguresRequest& request, Date today) {
  return Compiler(dictionary, request, today).Run();
}

Result<LineagePlan> CompileLineage(const Dictionary& dictionary, const v1::GetLineageRequest& request, Date today,
                                   const LineageCursor& after, int limit) {
  Scope scope(dictionary, request.period(), request.as_of(), today);
  if (scope.BadPeriod()) return Refusal(kBadPeriod).At("period.to_on");
  const auto metric = dictionary.Metric(request.metric());
  if (!metric.ok()) return metric.refusal().At("metric");

  std::vector<std::pair<v1::Filter, bool>> filters;  // and whether it is a cell: by stored value alone
  for (const auto& filter : request.filters()) filters.emplace_back(filter, false);
  for (const auto& cell : request.cell()) {
    v1::Filter filter;
    filter.set_dimension(cell.dimension());
    if (cell.unset())
      filter.set_unset(true);
    else
      filter.add_values(cell.value());
    filters.emplace_back(std::move(filter), true);
  }

  std::vector<const FactDefinition*> facts;
  for (const Measure* measure : AllAddendsOf(**metric)) {
    const auto* fact = &dictionary.Fact(measure->fact());
    if (!measure->whole() && std::find(facts.begin(), facts.end(), fact) == facts.end()) facts.push_back(fact);
  }
  std::vector<std::string> selects;
  for (const auto* fact : facts) {
    std::vector<std::string> joins, conditions;
    for (const auto& [filter, is_cell] : filters) {
      const auto dimension = dictionary.Dimension(filter.dimension());
      if (!dimension.ok()) return dimension.refusal().At(is_cell ? "cell" : "filters");
      const auto source = dictionary.SourceOf(**dimension, *fact);
      if (!source) return CannotCut(**metric, **dimension).At(is_cell ? "cell" : "filters");
      joins.insert(joins.end(), source->joins.begin(), source->joins.end());
      conditions.push_back(
          scope.Keeps(filter, is_cell ? DimensionDefinition() : **dimension, Placed(source->expression, *fact)));
    }
    conditions.push_back(CountedBy(**metric, *fact, scope));
    selects.push_back(fmt::format(
        "SELECT DISTINCT '{1}' AS fact, {0}.id AS entity_id, {0}.version AS entity_version, {0}.event_id, "
        "{0}.event_type, "
        "{0}.event_partition, {0}.event_epoch, {0}.event_seq, {0}.event_actor, {0}.from_at AS recorded_at\n{2}",
        fact->alias(), fact->key(), scope.From(*fact, false, std::move(joins), std::move(conditions))));
  }
  scope.parameters["after_at"] = after.recorded_at;
  scope.parameters["after_id"] = after.entity_id;
  scope.parameters["after_fact"] = after.fact;
  LineagePlan plan;
  plan.metric = *metric;
  plan.sql = fmt::format(
      "SELECT e.fact, e.entity_id, e.entity_version, e.event_id, e.event_type, e.event_partition, e.event_epoch, "
      "e.event_seq, e.event_actor, e.recorded_at FROM (\n{}) e\n"
      "WHERE e.recorded_at > :after_at OR (e.recorded_at = :after_at AND (e.entity_id > :after_id OR "
      "(e.entity_id = :after_id AND e.fact > :after_fact)))\n"
      "ORDER BY e.recorded_at, e.entity_id, e.fact LIMIT {}",
      fmt::join(selects, "\nUNION ALL\n"), limit);
  plan.parameters = scope.parameters;
  return plan;
}

}  // namespace songsang::reporting
