#include "training/rules_evaluation.h"
#include "training/training.h"

namespace songsang::training {
namespace {

constexpr char kEvaluatedSql[] = R"sql(
SELECT body FROM enrolment
 WHERE programme_id = :programme_id AND (:person_id = '' OR person_id = :person_id)
   AND ((score_before IS NOT NULL AND score_after IS NOT NULL) OR rating > 0)
 ORDER BY person_id, round, id
 LIMIT 1000)sql";

Result<Improvement> GetImprovement(engine::Reader& reader, const GetImprovementRequest& request) {
  const auto rows = reader.Run(kEvaluatedSql, request);
  if (!rows.ok()) return rows.refusal();
  std::vector<Enrolment> enrolments;
  for (const auto& row : rows->rows)
    if (const auto* body = std::get_if<std::string>(&row[0])) enrolments.emplace_back().ParseFromString(*body);
  return Improve(request.programme_id(), enrolments);
}

}  // namespace

void AddEvaluationQueries(engine::Service* service) { service->Query<GetImprovementRequest>(GetImprovement); }

}  // namespace songsang::training
