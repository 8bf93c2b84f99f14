// From a question to one SQL text. The text filters, joins, counts and adds whole numbers, in words that both stores
// understand alike; dividing, rounding and ranking are done on its rows (rules_figures.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/dates.h"
#include "core/result.h"
#include "reporting/rules_dictionary.h"
#include "songsang/reporting/v1/report.pb.h"

namespace songsang::reporting {

inline const Reason kBadPeriod("BAD_PERIOD", Code::kInvalidArgument, "The period ends before it begins.",
                               "기간의 끝이 시작보다 앞섭니다.");
inline const Reason kBadOrder("BAD_ORDER", Code::kInvalidArgument,
                              "`{key}` is neither a metric nor a dimension of this question, so it cannot order it.",
                              "`{key}`은(는) 이 질의의 지표나 분류 기준이 아니므로 정렬 기준이 될 수 없습니다.");

using Parameter = std::variant<std::monostate, int64_t, std::string>;

struct Plan {
  std::vector<const v1::MetricDefinition*> metrics;
  // The calendar bucket of the period first.
  std::vector<const v1::DimensionDefinition*> dimensions;
  // What the rows' column `part` counts up to: each measure once, however many metrics use it.
  std::vector<v1::Measure> parts;
  // For each metric the parts of its measures.
  std::vector<std::vector<size_t>> parts_of;
  std::string sql;
  std::map<std::string, Parameter> parameters;
};

// Its rows: part, a value a dimension (d0 …), a label a dimension (l0 …; NULL where it has none), currency, a, b, n.
//   a count:      a = b = n = rows
//   a sum:        a = sum, b = rows added up, n = rows
//   a value:      a = the value (NULL where unset), b = rows with it (0 where unset), n = rows
// `today` is the day in the tenant's time zone.
Result<Plan> Compile(const Dictionary& dictionary, const v1::GetFiguresRequest& request, Date today);

// Where a page of lineage goes on: after this event's entity.
struct LineageCursor {
  int64_t recorded_at = 0;
  std::string entity_id;
  std::string fact;
};

struct LineagePlan {
  const v1::MetricDefinition* metric = nullptr;
  std::string sql;
  std::map<std::string, Parameter> parameters;
};

// Its rows: fact, entity_id, entity_version, event_id, event_type, event_partition, event_epoch, event_seq,
// event_actor, recorded_at; at most `limit`.
Result<LineagePlan> CompileLineage(const Dictionary& dictionary, const v1::GetLineageRequest& request, Date today,
                                   const LineageCursor& after, int limit);

}  // namespace songsang::reporting
