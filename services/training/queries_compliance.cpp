#include "training/rules_compliance.h"
#include "training/training.h"

namespace songsang::training {
namespace {

// Who must pass what on the day: a person for each of their units that puts them into an audience. `passed` says who has.
constexpr char kAudienceSql[] = R"sql(
WITH audience AS (
SELECT p.id AS programme_id, m.person_id, m.unit_id, m.from_on AS since_on
  FROM programme p
  JOIN workforce_membership m
    ON (m.from_on IS NULL OR m.from_on <= :as_of) AND (m.to_on IS NULL OR m.to_on >= :as_of)
  JOIN workforce_person n ON n.id = m.person_id
  LEFT JOIN workforce_unit u ON u.id = m.unit_id
  LEFT JOIN workforce_unit a ON a.id = p.audience_unit_id
  LEFT JOIN workforce_unit w ON w.id = :unit_id
 WHERE p.mandatory = 1
   AND p.offered_from_on <= :as_of AND (p.offered_to_on IS NULL OR p.offered_to_on >= :as_of)
   AND (:programme_id = '' OR p.id = :programme_id)
   AND (p.audience_role IS NULL OR p.audience_role = m.role)
   AND (p.audience_grade IS NULL OR p.audience_grade = n.grade)
   AND (p.audience_unit_id IS NULL OR SUBSTR(u.path, 1, LENGTH(a.path)) = a.path)
   AND (:unit_id = '' OR SUBSTR(u.path, 1, LENGTH(w.path)) = w.path)
), passed AS (
SELECT DISTINCT e.programme_id, e.person_id
  FROM enrolment e
 WHERE e.state = 'passed' AND e.ended_on <= :as_of AND (e.valid_to_on IS NULL OR e.valid_to_on >= :as_of)
)
)sql";

constexpr char kCountsSql[] = R"sql(
SELECT p.id AS programme_id, p.name, COUNT(x.person_id) AS audience, COUNT(y.person_id) AS completed
  FROM programme p
  LEFT JOIN (SELECT DISTINCT programme_id, person_id FROM audience) x ON x.programme_id = p.id
  LEFT JOIN passed y ON y.programme_id = x.programme_id AND y.person_id = x.person_id
 WHERE p.mandatory = 1
   AND p.offered_from_on <= :as_of AND (p.offered_to_on IS NULL OR p.offered_to_on >= :as_of)
   AND (:programme_id = '' OR p.id = :programme_id)
 GROUP BY p.id, p.name
 ORDER BY p.name, p.id)sql";

constexpr char kMissedSql[] = R"sql(
, missed AS (
SELECT a.programme_id, a.person_id, MIN(COALESCE(a.since_on, '')) AS since_on, MIN(a.unit_id) AS unit_id
  FROM audience a
 WHERE NOT EXISTS (SELECT 1 FROM passed y WHERE y.programme_id = a.programme_id AND y.person_id = a.person_id)
 GROUP BY a.programme_id, a.person_id
)
SELECT m.person_id, n.name, m.unit_id, u.name, m.since_on, e.id, e.state, e.due_on
  FROM missed m
  JOIN workforce_person n ON n.id = m.person_id
  LEFT JOIN workforce_unit u ON u.id = m.unit_id
  LEFT JOIN enrolment e ON e.id = (
       SELECT l.id FROM enrolment l
        WHERE l.person_id = m.person_id AND l.programme_id = m.programme_id AND l.enrolled_on <= :as_of
        ORDER BY l.enrolled_on DESC, l.round DESC, l.id DESC
        LIMIT 1)
 ORDER BY n.name, m.person_id
 LIMIT 1000)sql";

std::string Text(const engine::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : *text;
}

int64_t Number(const engine::Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

Enrolment::State StateNamed(const std::string& name) {
  const auto* states = Enrolment::State_descriptor();
  for (int i = 0; i < states->value_count(); ++i)
    if (rows::EnumText(states->value(i)) == name) return static_cast<Enrolment::State>(states->value(i)->number());
  return Enrolment::STATE_UNSPECIFIED;
}

template <class Request>
Request On(engine::Reader& reader, const Request& asked) {
  Request request = asked;
  if (request.as_of().empty()) request.set_as_of(reader.context().today.ToIso());
  return request;
}

Result<GetComplianceResponse> GetCompliance(engine::Reader& reader, const GetComplianceRequest& asked) {
  const auto rows = reader.Run(std::string(kAudienceSql) + kCountsSql, On(reader, asked));
  if (!rows.ok()) return rows.refusal();
  GetComplianceResponse response;
  for (const auto& row : rows->rows) {
    Compliance& compliance = *response.add_programmes();
    compliance.set_programme_id(Text(row[0]));
    compliance.set_name(Text(row[1]));
    compliance.set_audience(Number(row[2]));
    compliance.set_completed(Number(row[3]));
    Rate(&compliance);
  }
  return response;
}

Result<ListMissedResponse> ListMissed(engine::Reader& reader, const ListMissedRequest& asked) {
  const auto request = On(reader, asked);
  const auto programme = reader.Run("SELECT due_days FROM programme WHERE id = :programme_id AND mandatory = 1", asked);
  if (!programme.ok()) return programme.refusal();
  if (programme->rows.empty()) return kProgrammeMustBeMandatory.With("programme_id", asked.programme_id());
  const auto rows = reader.Run(std::string(kAudienceSql) + kMissedSql, request);
  if (!rows.ok()) return rows.refusal();
  std::vector<Missed> missed;
  for (const auto& row : rows->rows) {
    Missed& one = missed.emplace_back();
    one.set_person_id(Text(row[0]));
    one.set_name(Text(row[1]));
    one.set_unit_id(Text(row[2]));
    one.set_unit_name(Text(row[3]));
    one.set_since_on(Text(row[4]));
    one.set_enrolment_id(Text(row[5]));
    one.set_state(StateNamed(Text(row[6])));
    one.set_due_on(Text(row[7]));
  }
  return Arrange(std::move(missed), static_cast<int>(Number(programme->rows[0][0])),
                 Date::Parse(request.as_of()).value_or(reader.context().today));
}

}  // namespace

void AddComplianceQueries(engine::Service* service) {
  service->Query<GetComplianceRequest>(GetCompliance);
  service->Query<ListMissedRequest>(ListMissed);
}

}  // namespace songsang::training
