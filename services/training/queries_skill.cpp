#include "training/rules_skill.h"
#include "training/training.h"

namespace songsang::training {
namespace {

constexpr char kRequiredSql[] = R"sql(
SELECT r.role, r.level, s.id, s.name, a.level, a.assessed_on, a.id
  FROM skill_requirement r
  JOIN skill s ON s.id = r.skill_id
  LEFT JOIN assessment a ON a.id = (
       SELECT b.id FROM assessment b
        WHERE b.person_id = :person_id AND b.skill_id = r.skill_id AND b.assessed_on <= :as_of
        ORDER BY b.assessed_on DESC, b.id DESC
        LIMIT 1)
 WHERE r.level > 0 AND (:wanted_role = '' OR r.role = :wanted_role)
 ORDER BY r.role, s.name, s.id)sql";

std::string Text(const engine::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : *text;
}

int32_t Number(const engine::Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? 0 : static_cast<int32_t>(*number);
}

template <class Request>
Result<std::vector<Required>> ReadRequired(engine::Reader& reader, const Request& asked, const std::string& role) {
  Request request = asked;
  if (request.as_of().empty()) request.set_as_of(reader.context().today.ToIso());
  const auto rows = reader.Run(kRequiredSql, request, {{"wanted_role", role}});
  if (!rows.ok()) return rows.refusal();
  std::vector<Required> required;
  for (const auto& row : rows->rows) {
    Required& one = required.emplace_back();
    one.role = Text(row[0]);
    one.gap.set_required(Number(row[1]));
    one.gap.set_skill_id(Text(row[2]));
    one.gap.set_skill_name(Text(row[3]));
    one.gap.set_assessed(Number(row[4]));
    one.gap.set_assessed_on(Text(row[5]));
    one.gap.set_assessment_id(Text(row[6]));
  }
  return required;
}

Result<ListSkillGapsResponse> ListSkillGaps(engine::Reader& reader, const ListSkillGapsRequest& request) {
  const auto required = ReadRequired(reader, request, request.role());
  if (!required.ok()) return required.refusal();
  if (required->empty()) return kRoleMustHaveRequirements.With("role", request.role()).At("role");
  ListSkillGapsResponse response;
  for (const SkillGap& gap : Gaps(*required)) *response.add_gaps() = gap;
  return response;
}

Result<SuggestRolesResponse> Suggest(engine::Reader& reader, const SuggestRolesRequest& request) {
  const auto required = ReadRequired(reader, request, "");
  if (!required.ok()) return required.refusal();
  return SuggestRoles(*required);
}

}  // namespace

void AddSkillQueries(engine::Service* service) {
  service->Query<ListSkillGapsRequest>(ListSkillGaps);
  service->Query<SuggestRolesRequest>(Suggest);
}

}  // namespace songsang::training
