#include "reporting/kept.h"
#include "reporting/queries.h"
#include "reporting/rules_forecast.h"

namespace songsang::reporting {
namespace {

using engine::Reader;
using engine::Value;

// What is open by expected month and stage, and what was won in this month so far.
constexpr const char* kPipelineSql = R"(
SELECT t.month, t.person_id, t.unit_id, t.stage, CAST(SUM(t.minor) AS BIGINT) AS minor,
       CAST(COUNT(*) AS BIGINT) AS n
FROM (
  SELECT COALESCE(o.expected_on_month, '') AS month, COALESCE(o.owner_id, '') AS person_id,
         COALESCE(o.unit_id, '') AS unit_id, COALESCE(o.stage, '-') AS stage, o.value_minor AS minor
  FROM leads_opportunity o WHERE o.status = 'open' AND o.value_currency = :currency
  UNION ALL
  SELECT o.closed_on_month, COALESCE(o.owner_id, ''), COALESCE(o.unit_id, ''), '', o.value_minor
  FROM leads_opportunity o
  WHERE o.status = 'won' AND o.value_currency = :currency AND o.closed_on_month = :this_month) t
GROUP BY t.month, t.person_id, t.unit_id, t.stage
ORDER BY t.month, t.person_id, t.unit_id, t.stage LIMIT 2001)";

constexpr const char* kLeftOutSql = R"(
SELECT CAST(COUNT(*) AS BIGINT) AS n FROM leads_opportunity o
WHERE o.status = 'open' AND (o.value_currency IS NULL OR o.value_currency <> :currency))";

constexpr const char* kForecastsSql = R"(
SELECT s.id, s.taken_on, n.month, CAST(SUM(n.booked_minor + n.expected_minor) AS BIGINT) AS minor
FROM snapshot s JOIN snapshot_line n ON n.snapshot_id = s.id
WHERE s.currency = :currency AND n.month >= :from_month AND n.month <= :to_month
  AND (:person = '' OR n.person_id = :person) AND (:unit = '' OR n.unit_id = :unit)
GROUP BY s.id, s.taken_on, n.month ORDER BY n.month, s.taken_on, s.id)";

constexpr const char* kActualSql = R"(
SELECT o.closed_on_month AS month, CAST(SUM(o.value_minor) AS BIGINT) AS minor FROM leads_opportunity o
WHERE o.status = 'won' AND o.value_currency = :currency
  AND o.closed_on_month >= :from_month AND o.closed_on_month <= :to_month
  AND (:person = '' OR o.owner_id = :person) AND (:unit = '' OR o.unit_id = :unit)
GROUP BY o.closed_on_month ORDER BY o.closed_on_month)";

std::string Text(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? "" : *text;
}
int64_t Number(const Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

}  // namespace

Result<v1::Pipeline> GetPipeline(Reader& reader, const v1::GetPipelineRequest& request) {
  const auto known = KnownOn(reader, request, request.has_known_on(), FromTimestamp(request.known_on()));
  if (!known.ok()) return known.refusal();
  Positions positions;
  if (const auto added = AddPositions(reader, request, *known, &positions); !added.ok()) return added.refusal();
  const auto make = [&]() -> Result<v1::Pipeline> {
    v1::Pipeline made;
    made.set_taken_on(reader.context().today.ToIso());
    const auto rows = reader.Run(kPipelineSql, request, {{"this_month", Value(made.taken_on().substr(0, 7))}});
    if (!rows.ok()) return rows.refusal();
    for (const auto& row : rows->rows) {
      auto& added = *made.add_rows();
      added.set_month(Text(row[0]));
      added.set_person_id(Text(row[1]));
      added.set_unit_id(Text(row[2]));
      added.set_stage(Text(row[3]));
      added.set_minor(Number(row[4]));
      added.set_count(Number(row[5]));
    }
    const auto left_out = reader.Run(kLeftOutSql, request);
    if (!left_out.ok()) return left_out.refusal();
    made.set_left_out(Number(left_out->rows[0][0]));
    return made;
  };
  const std::string question = QuestionOf(reader, request, positions, {kPipelineSql, kLeftOutSql});
  auto pipeline = Kept<v1::Pipeline>(reader, question, make);
  if (!pipeline.ok()) return pipeline.refusal();
  *pipeline->mutable_known_on() = ToTimestamp(*known);
  *pipeline->mutable_positions() = std::move(positions);
  return pipeline;
}

Result<v1::ForecastAccuracy> GetForecastAccuracy(Reader& reader, const v1::GetForecastAccuracyRequest& request) {
  const std::string from = request.from_on().substr(0, 7), to = request.to_on().substr(0, 7);
  if (to < from) return kBadPeriod.At("to_on");
  if (MonthNumber(to) - MonthNumber(from) >= kMostForecastMonths)
    return kPeriodMustNotBeLong.With("months", std::to_string(kMostForecastMonths)).At("to_on");
  const auto known = KnownOn(reader, request, request.has_known_on(), FromTimestamp(request.known_on()));
  if (!known.ok()) return known.refusal();
  const std::map<std::string, Value> more = {{"from_month", Value(from)},
                                             {"to_month", Value(to)},
                                             {"person", Value(request.person_id())},
                                             {"unit", Value(request.unit_id())}};
  const auto frozen = reader.Run(kForecastsSql, request, more);
  if (!frozen.ok()) return frozen.refusal();
  const auto won = reader.Run(kActualSql, request, more);
  if (!won.ok()) return won.refusal();
  std::vector<Forecast> forecasts;
  for (const auto& row : frozen->rows) forecasts.push_back({Text(row[0]), Text(row[1]), Text(row[2]), Number(row[3])});
  std::map<std::string, int64_t> actual;
  for (const auto& row : won->rows) actual[Text(row[0])] = Number(row[1]);
  auto answer = CompareForecasts(forecasts, actual, reader.context().today);
  if (!answer.ok()) return answer.refusal();
  *answer->mutable_known_on() = ToTimestamp(*known);
  return answer;
}

}  // namespace songsang::reporting
