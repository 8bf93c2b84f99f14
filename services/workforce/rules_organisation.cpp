#include "workforce/rules_organisation.h"

namespace songsang::workforce {
namespace {

class Arranger {
 public:
  Arranger(const std::vector<Organisation::Node>& units, const MembersByUnit& members, const std::string& region)
      : members_(members), region_(region) {
    std::map<std::string, bool> known;
    for (const auto& unit : units) known[unit.unit_id()] = true;
    for (const auto& unit : units) {
      // A unit whose parent was not there on the day stands at the root.
      children_[known.count(unit.parent_id()) != 0 ? unit.parent_id() : ""].push_back(&unit);
      units_[unit.unit_id()] = &unit;
    }
  }

  void Walk(const std::string& unit_id, Organisation* organisation) {
    if (unit_id.empty()) {
      for (const auto* root : children_[""]) Add(*root, 0, organisation);
    } else if (const auto place = units_.find(unit_id); place != units_.end()) {
      Add(*place->second, 0, organisation);
    }
  }

 private:
  bool IsWanted(const Organisation::Node& unit) {
    if (region_.empty() || unit.region() == region_) return true;
    for (const auto* child : children_[unit.unit_id()])
      if (IsWanted(*child)) return true;
    return false;
  }

  void Add(const Organisation::Node& unit, int depth, Organisation* organisation) {
    if (!IsWanted(unit)) return;
    Organisation::Node& node = *organisation->add_units() = unit;
    node.set_depth(depth);
    if (const auto place = members_.find(unit.unit_id()); place != members_.end())
      for (const auto& member : place->second) *node.add_members() = member;
    for (const auto* child : children_[unit.unit_id()]) Add(*child, depth + 1, organisation);
  }

  const MembersByUnit& members_;
  const std::string& region_;
  std::map<std::string, std::vector<const Organisation::Node*>> children_;
  std::map<std::string, const Organisation::Node*> units_;
};

}  // namespace

Organisation ArrangeOrganisation(const std::vector<Organisation::Node>& units, const MembersByUnit& members,
                                 const GetOrganisationRequest& request) {
  Organisation organisation;
  organisation.set_as_of(request.as_of());
  Arranger(units, members, request.region()).Walk(request.unit_id(), &organisation);
  return organisation;
}

}  // namespace songsang::workforce
