// The dictionary of figures, read from data: every definition is found by its key, and every mistake in one is found
// when the program starts.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "songsang/reporting/v1/definition.pb.h"

namespace songsang::reporting {

inline const Reason kUnknownMetric("UNKNOWN_METRIC", Code::kInvalidArgument,
                                   "There is no metric `{metric}`; ListMetrics names those there are.",
                                   "`{metric}` 지표는 없습니다. ListMetrics에서 지표 목록을 확인하세요.");
inline const Reason kUnknownDimension("UNKNOWN_DIMENSION", Code::kInvalidArgument,
                                      "There is no dimension `{dimension}`; ListMetrics names those there are.",
                                      "`{dimension}` 분류 기준은 없습니다. ListMetrics에서 목록을 확인하세요.");
inline const Reason kDimensionNotOfMetric("DIMENSION_NOT_OF_METRIC", Code::kInvalidArgument,
                                          "The metric `{metric}` cannot be cut by `{dimension}`.",
                                          "`{metric}` 지표는 `{dimension}` 기준으로 나눌 수 없습니다.");

// What a dimension is on one fact: an SQL expression and the joins it needs.
struct Source {
  std::string expression;
  std::vector<std::string> joins;
};

class Dictionary {
 public:
  // Reads definitions in protobuf text. Throws std::logic_error that names file and definition where one is wrong.
  static Dictionary Read(std::span<const std::pair<std::string, std::string>> files);

  // `win_rate` is the newest number, `win_rate@1` that very one.
  Result<const v1::MetricDefinition*> Metric(std::string_view name) const;
  Result<const v1::DimensionDefinition*> Dimension(const std::string& key) const;
  const v1::FactDefinition& Fact(const std::string& key) const { return facts_.at(key); }

  // Nothing where the fact does not have the dimension.
  std::optional<Source> SourceOf(const v1::DimensionDefinition& dimension, const v1::FactDefinition& fact) const;
  bool CanCut(const v1::MetricDefinition& metric, const v1::DimensionDefinition& dimension) const;

  // Ordered by key, then number.
  std::vector<const v1::MetricDefinition*> metrics() const;
  const std::map<std::string, v1::DimensionDefinition>& dimensions() const { return dimensions_; }
  const std::map<std::string, v1::FactDefinition>& facts() const { return facts_; }

  // Every `alias.column` of every definition is looked up; throws std::logic_error at the first that is not there.
  using HasColumn = std::function<bool(const std::string& table, const std::string& column)>;
  void CheckColumns(const HasColumn& has_column) const;

 private:
  void Check() const;

  std::map<std::string, v1::FactDefinition> facts_;
  std::map<std::string, v1::DimensionDefinition> dimensions_;
  std::map<std::pair<std::string, int32_t>, v1::MetricDefinition> metrics_;
};

// The measures of a metric that are taken cell by cell, then those taken over the whole.
std::vector<const v1::Measure*> MeasuresOf(const v1::MetricDefinition& metric);

// A measure and what is added to it.
std::vector<const v1::Measure*> AddendsOf(const v1::Measure& measure);
// All that a metric takes from facts.
std::vector<const v1::Measure*> AllAddendsOf(const v1::MetricDefinition& metric);

// The suffix of a date's calendar column: `_month`; empty for the day itself.
std::string CalendarSuffix(v1::DimensionDefinition::Calendar calendar);

}  // namespace songsang::reporting
