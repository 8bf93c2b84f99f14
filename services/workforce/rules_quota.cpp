#include "workforce/rules_quota.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "core/dates.h"
#include "kit/days.h"

namespace songsang::workforce {
namespace {

constexpr int kMostDays = 400;

std::map<std::string, std::vector<const Stay*>> ByWhat(const std::vector<Stay>& stays) {
  std::map<std::string, std::vector<const Stay*>> by_what;
  for (const Stay& stay : stays) by_what[stay.what].push_back(&stay);
  return by_what;
}

// The tree of units on every day of the period.
class Tree {
 public:
  explicit Tree(const std::vector<Stay>& placements) : placements_(ByWhat(placements)) {
    for (const Stay& stay : placements) {
      if (!stay.from.empty()) changes_.insert(stay.from);
      // The day after the last is a change too; any text between the two days tells them apart.
      if (!stay.to.empty()) changes_.insert(stay.to + "~");
    }
  }

  // The unit and all above it on that day. Between two changes the answer is the same, and is given again.
  const std::vector<std::string>& Upwards(const std::string& unit, const std::string& day) {
    const auto change = changes_.upper_bound(day);
    const std::string until = change == changes_.end() ? "" : *change;
    auto [place, fresh] = known_.try_emplace({unit, until});
    if (fresh) {
      for (std::string at = unit; !at.empty() && Once(place->second, at); at = ParentOn(at, day))
        place->second.push_back(at);
    }
    return place->second;
  }

 private:
  static bool Once(const std::vector<std::string>& list, const std::string& item) {
    return std::find(list.begin(), list.end(), item) == list.end();
  }
  // A parent that was not there on the day leaves the unit at the root.
  std::string ParentOn(const std::string& unit, const std::string& day) const {
    const Stay* here = On(unit, day);
    return here != nullptr && On(here->where, day) != nullptr ? here->where : std::string();
  }
  const Stay* On(const std::string& unit, const std::string& day) const {
    const auto place = placements_.find(unit);
    if (place == placements_.end()) return nullptr;
    for (const Stay* stay : place->second)
      if (kit::Holds(stay->from, stay->to, day)) return stay;
    return nullptr;
  }

  std::map<std::string, std::vector<const Stay*>> placements_;
  std::set<std::string> changes_;
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> known_;
};

class Arranger {
 public:
  explicit Arranger(const QuotaFacts& facts) : facts_(facts), tree_(facts.placements) { Add(); }

  QuotaRollUp Answer(const GetQuotaRollUpRequest& request) {
    QuotaRollUp answer;
    answer.set_from_on(request.from_on());
    answer.set_to_on(request.to_on());
    const auto children = Children();
    if (!request.unit_id().empty()) {
      if (facts_.units.count(request.unit_id()) != 0) Show(request.unit_id(), 0, children, &answer);
      answer.set_quota(nodes_[request.unit_id()].quota());
      return answer;
    }
    for (const auto& [name, unit] : Below("", children)) Show(unit, 0, children, &answer);
    if (nodes_.count("") != 0) Show("", 0, {}, &answer);
    answer.set_quota(total_);
    return answer;
  }

 private:
  using ChildrenOf = std::map<std::string, std::vector<std::pair<std::string, std::string>>>;

  void Add() {
    std::map<std::string, std::vector<const Stay*>> memberships = ByWhat(facts_.memberships);
    for (auto& [person, of_person] : memberships)
      std::sort(of_person.begin(), of_person.end(),
                [](const Stay* a, const Stay* b) { return std::tie(b->from, a->id) < std::tie(a->from, b->id); });
    for (const GoalShare& share : facts_.of_people) {
      total_ += share.amount;
      const std::string& home = HomeOn(memberships[share.holder_id], share.date);
      AddShare(share, &shares_[{home, share.holder_id}]);
      if (home.empty()) nodes_[""].set_quota(nodes_[""].quota() + share.amount);
      for (const std::string& unit : tree_.Upwards(home, share.date))
        nodes_[unit].set_quota(nodes_[unit].quota() + share.amount);
    }
    for (const auto& [unit, amount] : facts_.of_units) nodes_[unit].set_own_goal(amount);
  }
  static void AddShare(const GoalShare& share, QuotaRollUp::Share* sum) {
    sum->set_person_id(share.holder_id);
    sum->set_quota(sum->quota() + share.amount);
    if (sum->first_on().empty() || share.date < sum->first_on()) sum->set_first_on(share.date);
    if (share.date > sum->last_on()) sum->set_last_on(share.date);
  }

  // The tree as it stood last, each list by name. A unit whose parent is not among them stands at the root.
  ChildrenOf Children() {
    ChildrenOf children;
    for (const auto& [unit, stays] : ByWhat(facts_.placements)) {
      const Stay* last =
          *std::max_element(stays.begin(), stays.end(), [](const Stay* a, const Stay* b) { return a->from < b->from; });
      const bool at_root = facts_.units.count(last->where) == 0;
      nodes_[unit].set_parent_id(at_root ? "" : last->where);
      children[at_root ? "" : last->where].emplace_back(NameOf(facts_.units, unit), unit);
    }
    for (auto& [parent, list] : children) std::sort(list.begin(), list.end());
    return children;
  }
  static std::vector<std::pair<std::string, std::string>> Below(const std::string& unit, const ChildrenOf& children) {
    const auto place = children.find(unit);
    return place == children.end() ? std::vector<std::pair<std::string, std::string>>() : place->second;
  }
  static std::string NameOf(const Names& names, const std::string& id) {
    const auto place = names.find(id);
    return place == names.end() ? std::string() : place->second;
  }

  void Show(const std::string& unit, int depth, const ChildrenOf& children, QuotaRollUp* answer) {
    if (!shown_.insert(unit).second) return;
    QuotaRollUp::Node& node = *answer->add_units() = nodes_[unit];
    node.set_unit_id(unit);
    node.set_name(NameOf(facts_.units, unit));
    node.set_depth(depth);
    for (auto place = shares_.lower_bound({unit, ""}); place != shares_.end() && place->first.first == unit; ++place) {
      QuotaRollUp::Share& share = *node.add_people() = place->second;
      share.set_name(NameOf(facts_.people, share.person_id()));
    }
    std::sort(node.mutable_people()->begin(), node.mutable_people()->end(), [](const auto& a, const auto& b) {
      return std::tie(a.name(), a.person_id()) < std::tie(b.name(), b.person_id());
    });
    for (const auto& [name, child] : Below(unit, children)) Show(child, depth + 1, children, answer);
  }

  const QuotaFacts& facts_;
  Tree tree_;
  std::map<std::string, QuotaRollUp::Node> nodes_;
  std::map<std::pair<std::string, std::string>, QuotaRollUp::Share> shares_;
  std::set<std::string> shown_;
  int64_t total_ = 0;
};

}  // namespace

const std::string& HomeOn(const std::vector<const Stay*>& memberships, const std::string& day) {
  static const std::string kNone;
  for (const Stay* stay : memberships)
    if (kit::Holds(stay->from, stay->to, day)) return stay->where;
  return kNone;
}

Status CheckPeriod(const GetQuotaRollUpRequest& request) {
  if (request.to_on() < request.from_on()) return kPeriodMustEndAfterStart.At("to_on");
  const auto from = Date::Parse(request.from_on()), to = Date::Parse(request.to_on());
  if (from && to && *to - *from >= kMostDays)
    return kPeriodMustNotBeLong.With("days", std::to_string(kMostDays)).At("to_on");
  return Done{};
}

QuotaRollUp RollUp(const QuotaFacts& facts, const GetQuotaRollUpRequest& request) {
  return Arranger(facts).Answer(request);
}

}  // namespace songsang::workforce
