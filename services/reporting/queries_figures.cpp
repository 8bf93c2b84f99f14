#include <algorithm>
#include <limits>

#include "reporting/kept.h"
#include "reporting/queries.h"
#include "reporting/replica.h"
#include "reporting/rules_figures.h"
#include "reporting/shipped.h"

namespace songsang::reporting {
namespace {

using engine::Reader;
using engine::Rows;
using engine::Value;

// Where each journal is complete up to; the follower writes it with what it applies.
constexpr const char* kCompleteSql =
    "SELECT CAST(MIN(w.recorded_at) AS BIGINT) AS complete FROM position w "
    "WHERE w.follower >= 'replica/' AND w.follower < 'replica0'";

std::optional<std::string> TextOf(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::nullopt : std::optional(*text);
}
std::optional<int64_t> NumberOf(const Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::map<std::string, Value> Values(const std::map<std::string, Parameter>& parameters) {
  return {parameters.begin(), parameters.end()};
}

std::vector<Line> LinesOf(const Rows& rows, size_t dimensions) {
  std::vector<Line> lines;
  for (const auto& row : rows.rows) {
    Line& line = lines.emplace_back();
    size_t at = 0;
    line.part = static_cast<size_t>(NumberOf(row[at++]).value_or(0));
    for (size_t i = 0; i < dimensions; ++i) line.values.push_back(TextOf(row[at++]));
    for (size_t i = 0; i < dimensions; ++i) line.labels.push_back(TextOf(row[at++]));
    line.currency = TextOf(row[at++]);
    line.a = NumberOf(row[at++]);
    line.b = NumberOf(row[at++]).value_or(0);
    line.n = NumberOf(row[at++]).value_or(0);
  }
  return lines;
}

std::string PositionsSql() {
  std::string sql;
  for (const auto& service : FollowedServices()) {
    sql += (sql.empty() ? "" : " UNION ALL ") +
           ("SELECT t.service, t.event_partition, t.event_epoch, t.event_seq, t.event_hash FROM (SELECT e.service, "
            "e.event_partition, e.event_epoch, e.event_seq, e.event_hash FROM replica_event e WHERE e.service = '" +
            service + "' AND e.recorded_at <= :instant ORDER BY e.recorded_at DESC, e.event_seq DESC LIMIT 1) t");
  }
  return sql;
}

}  // namespace

Status AddPositions(Reader& reader, const google::protobuf::Message& request, Instant instant,
                    google::protobuf::RepeatedPtrField<songsang::v1::Position>* positions) {
  static const std::string sql = PositionsSql();
  const auto rows = reader.Run(sql, request, {{"instant", Value(instant.micros)}});
  if (!rows.ok()) return rows.refusal();
  for (const auto& row : rows->rows) {
    auto& position = *positions->Add();
    position.set_service(TextOf(row[0]).value_or(""));
    position.set_partition(static_cast<int32_t>(NumberOf(row[1]).value_or(0)));
    position.set_epoch(NumberOf(row[2]).value_or(0));
    position.set_seq(NumberOf(row[3]).value_or(0));
    position.set_hash(TextOf(row[4]).value_or(""));
  }
  return Done{};
}

const Dictionary& ShippedDictionary() {
  static const Dictionary& dictionary = *[] {
    auto* read = new Dictionary(Dictionary::Read(ShippedFigures()));
    read->CheckColumns([](const std::string& table, const std::string& column) {
      for (const auto* known : Schema::Current().tables())
        if (known->name == table) return known->Find(column) >= 0;
      return false;
    });
    return read;
  }();
  return dictionary;
}

Result<Instant> KnownOn(Reader& reader, const google::protobuf::Message& request, bool asked, Instant instant) {
  const auto rows = reader.Run(kCompleteSql, request);
  if (!rows.ok()) return rows.refusal();
  const Instant complete{rows->rows.empty() ? 0 : NumberOf(rows->rows[0][0]).value_or(0)};
  if (complete.micros <= 0) return kReplicaNotReady;
  const Instant known = asked ? std::min(instant, complete) : complete;
  reader.KnownOn(known);
  return known;
}

Result<v1::ListMetricsResponse> ListMetrics(Reader&, const v1::ListMetricsRequest& request) {
  const Dictionary& dictionary = ShippedDictionary();
  std::vector<const v1::MetricDefinition*> metrics = dictionary.metrics();
  if (request.metrics_size() > 0) {
    metrics.clear();
    for (const auto& name : request.metrics()) {
      const auto metric = dictionary.Metric(name);
      if (!metric.ok()) return metric.refusal().At("metrics");
      metrics.push_back(*metric);
    }
  }
  v1::ListMetricsResponse response;
  for (const auto* definition : metrics) {
    auto& metric = *response.add_metrics();
    *metric.mutable_definition() = *definition;
    for (const auto& [key, dimension] : dictionary.dimensions())
      if (dictionary.CanCut(*definition, dimension)) metric.add_dimensions(key);
  }
  for (const auto& [key, dimension] : dictionary.dimensions()) *response.add_dimensions() = dimension;
  for (const auto& [key, fact] : dictionary.facts()) *response.add_facts() = fact;
  return response;
}

Result<v1::Figures> GetFigures(Reader& reader, const v1::GetFiguresRequest& request) {
  const auto plan = Compile(ShippedDictionary(), request, reader.context().today);
  if (!plan.ok()) return plan.refusal();
  const auto known = KnownOn(reader, request, request.has_known_on(), FromTimestamp(request.known_on()));
  if (!known.ok()) return known.refusal();
  Positions positions;
  if (const auto added = AddPositions(reader, request, *known, &positions); !added.ok()) return added.refusal();
  const auto make = [&]() -> Result<v1::Figures> {
    const auto rows = reader.Run(plan->sql, request, Values(plan->parameters));
    if (!rows.ok()) return rows.refusal();
    auto made = MakeFigures(*plan, LinesOf(*rows, plan->dimensions.size()), request);
    if (!made.ok()) return made.refusal();
    made->set_as_of(request.as_of());
    made->set_ages_to_on(std::get<std::string>(plan->parameters.at("age_on")));
    return made;
  };
  auto figures = Kept<v1::Figures>(reader, QuestionOf(reader, request, positions, {plan->sql}), make);
  if (!figures.ok()) return figures.refusal();
  *figures->mutable_known_on() = ToTimestamp(*known);
  *figures->mutable_positions() = std::move(positions);
  return figures;
}

}  // namespace songsang::reporting
