#include <utility>

#include "workforce/rules_organisation.h"
#include "workforce/values.h"
#include "workforce/workforce.h"

namespace songsang::workforce {
namespace {

constexpr char kUnitsSql[] = R"sql(
SELECT u.id AS unit_id, u.name, u.kind, u.region, p.parent_id
  FROM unit_placement p
  JOIN unit u ON u.id = p.unit_id
 WHERE (p.from_on IS NULL OR p.from_on <= :as_of) AND (p.to_on IS NULL OR p.to_on >= :as_of)
 ORDER BY u.name, u.id)sql";

constexpr char kMembersSql[] = R"sql(
SELECT m.unit_id, m.id AS membership_id, m.person_id, n.name, m.role, m.from_on, m.to_on
  FROM membership m
  JOIN person n ON n.id = m.person_id
 WHERE (m.from_on IS NULL OR m.from_on <= :as_of) AND (m.to_on IS NULL OR m.to_on >= :as_of)
 ORDER BY n.name, n.id, m.role)sql";

Unit::Kind KindNamed(const std::string& name) {
  const auto* kinds = Unit::Kind_descriptor();
  for (int i = 0; i < kinds->value_count(); ++i)
    if (rows::EnumText(kinds->value(i)) == name) return static_cast<Unit::Kind>(kinds->value(i)->number());
  return Unit::KIND_UNSPECIFIED;
}

Organisation::Node ToNode(const std::vector<engine::Value>& row) {
  Organisation::Node node;
  node.set_unit_id(Text(row[0]));
  node.set_name(Text(row[1]));
  node.set_kind(KindNamed(Text(row[2])));
  node.set_region(Text(row[3]));
  node.set_parent_id(Text(row[4]));
  return node;
}

Organisation::Member ToMember(const std::vector<engine::Value>& row) {
  Organisation::Member member;
  member.set_membership_id(Text(row[1]));
  member.set_person_id(Text(row[2]));
  member.set_name(Text(row[3]));
  member.set_role(Text(row[4]));
  member.set_from_on(Text(row[5]));
  member.set_to_on(Text(row[6]));
  return member;
}

Result<Organisation> GetOrganisation(engine::Reader& reader, const GetOrganisationRequest& asked) {
  GetOrganisationRequest request = asked;
  if (request.as_of().empty()) request.set_as_of(reader.context().today.ToIso());
  auto units = reader.Run(kUnitsSql, request);
  if (!units.ok()) return units.refusal();
  auto members = reader.Run(kMembersSql, request);
  if (!members.ok()) return members.refusal();
  std::vector<Organisation::Node> nodes;
  for (const auto& row : units->rows) nodes.push_back(ToNode(row));
  MembersByUnit by_unit;
  for (const auto& row : members->rows) by_unit[Text(row[0])].push_back(ToMember(row));
  return ArrangeOrganisation(nodes, by_unit, request);
}

}  // namespace

void AddOrganisationQueries(engine::Service* service) { service->Query<GetOrganisationRequest>(GetOrganisation); }

}  // namespace songsang::workforce
