#include "workforce/rules_commission.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "kit/days.h"
#include "workforce/rules_sale.h"

namespace songsang::workforce {
namespace {

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

int64_t Times(int64_t amount, const common::v1::Decimal& rate) {
  int64_t one = 1;
  for (int32_t i = 0; i < rate.scale(); ++i) one *= 10;
  return Proportion(amount, rate.units(), one);
}

// What of [from, to) lies in [above, next).
int64_t Within(int64_t from, int64_t to, int64_t above, int64_t next) {
  return std::max<int64_t>(0, std::min(to, next) - std::max(from, above));
}

const Assigned* AssignedOn(const std::vector<Assigned>& assigned, const std::string& day) {
  for (const Assigned& one : assigned)
    if (kit::Holds(one.from_on, one.to_on, day)) return &one;
  return nullptr;
}

// Where the accelerator begins: the first unit above this percentage of the goal.
int64_t Threshold(const CompensationPlan::Accelerator& accelerator, int64_t goal) {
  const __int128 threshold = static_cast<__int128>(goal) * accelerator.above_percent() / 100;
  return threshold > kNoLimit ? kNoLimit : static_cast<int64_t>(threshold);
}

// A person's month as its sales come in.
class Month {
 public:
  Month(const std::vector<Assigned>& assigned, std::vector<Line>* lines) : assigned_(assigned), lines_(lines) {}

  void Earn(const Fact& fact) {
    const Assigned* by = AssignedOn(assigned_, fact.sold_on);
    if (by == nullptr || by->terms->basis() != fact.basis || fact.amount <= 0) return;
    const int64_t from = sold_;
    sold_ += fact.amount;
    const auto& tiers = by->terms->tiers();
    for (int i = 0; i < tiers.size(); ++i) {
      const int64_t next = i + 1 < tiers.size() ? tiers[i + 1].above_minor() : kNoLimit;
      Pay(fact, *by, StatementLine::KIND_TIER, i + 1, tiers[i].rate(),
          Within(from, sold_, tiers[i].above_minor(), next));
    }
    if (by->goal <= 0) return;
    const auto& accelerators = by->terms->accelerators();
    for (int i = 0; i < accelerators.size(); ++i) {
      const int64_t next = i + 1 < accelerators.size() ? Threshold(accelerators[i + 1], by->goal) : kNoLimit;
      Pay(fact, *by, StatementLine::KIND_ACCELERATOR, i + 1, accelerators[i].rate(),
          Within(from, sold_, Threshold(accelerators[i], by->goal), next));
    }
  }

 private:
  void Pay(const Fact& fact, const Assigned& by, StatementLine::Kind kind, int rule, const common::v1::Decimal& rate,
           int64_t basis) {
    if (basis == 0) return;
    Line line;
    line.kind = kind;
    line.fact = &fact;
    line.plan_id = by.plan_id;
    line.rule = rule;
    line.rate = &rate;
    line.basis = basis;
    const int64_t earned = Times(basis, rate);
    const int64_t cap = by.terms->cap_minor() == 0 ? kNoLimit : by.terms->cap_minor();
    line.amount = std::min(earned, std::max<int64_t>(0, cap - paid_));
    line.cut = earned - line.amount;
    paid_ += line.amount;
    lines_->push_back(line);
  }

  const std::vector<Assigned>& assigned_;
  std::vector<Line>* lines_;
  int64_t sold_ = 0, paid_ = 0;
};

// The part of `whole` that is taken back when `more` follows `before`, out of `all`.
int64_t Mirror(int64_t whole, int64_t before, int64_t more, int64_t all) {
  return Proportion(whole, std::min(all, before + more), all) - Proportion(whole, std::min(all, before), all);
}

void TakeBack(const Fact& fact, const Original& original, std::vector<Line>* lines) {
  if (original.amount <= 0) return;
  for (size_t i = 0; i < original.lines.size(); ++i) {
    Line line = original.lines[i];
    if (i < original.positions.size()) line.mirrors = original.positions[i];
    line.kind = StatementLine::KIND_CLAW_BACK;
    line.fact = &fact;
    line.basis = -Mirror(line.basis, fact.reversed_before, -fact.amount, original.amount);
    line.amount = -Mirror(line.amount, fact.reversed_before, -fact.amount, original.amount);
    line.cut = 0;
    if (line.basis != 0 || line.amount != 0) lines->push_back(line);
  }
}

}  // namespace

Fact FactOf(const SalesFact& fact) {
  return {fact.id(),
          fact.original_id(),
          fact.date(),
          fact.sold_on(),
          fact.basis(),
          fact.amount().minor(),
          fact.reversed_before_minor()};
}

std::vector<Line> Earn(const std::vector<Assigned>& assigned, const std::vector<const Fact*>& facts,
                       const std::unordered_map<std::string_view, bool>* referred, Originals* originals) {
  std::vector<const Fact*> ordered = facts;
  std::sort(ordered.begin(), ordered.end(), [](const Fact* a, const Fact* b) {
    return std::forward_as_tuple(!a->original_id.empty(), a->date, a->id) <
           std::forward_as_tuple(!b->original_id.empty(), b->date, b->id);
  });
  std::vector<Line> lines;
  Month month(assigned, &lines);
  for (const Fact* fact : ordered) {
    if (!fact->original_id.empty()) {
      const auto original = originals->find(fact->original_id);
      if (original != originals->end()) TakeBack(*fact, original->second, &lines);
      continue;
    }
    const size_t first = lines.size();
    month.Earn(*fact);
    if (referred != nullptr && referred->count(fact->id) == 0) continue;
    Original& original = (*originals)[fact->id];
    original.amount = fact->amount;
    for (size_t i = first; i < lines.size(); ++i) {
      original.lines.push_back(lines[i]);
      original.positions.push_back(i);
    }
  }
  return lines;
}

}  // namespace songsang::workforce
