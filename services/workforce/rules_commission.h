// What sales earn by a plan: the arithmetic of statements and of what-if alike. Over plain values, so that a company's
// year is computed in a moment.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "songsang/workforce/v1/plan.pb.h"
#include "songsang/workforce/v1/sale.pb.h"
#include "songsang/workforce/v1/statement.pb.h"

namespace songsang::workforce {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

// What commission needs to know of a SalesFact.
struct Fact {
  std::string id;
  std::string original_id;  // empty where it earns
  std::string date, sold_on;
  CompensationPlan::Basis basis = CompensationPlan::BASIS_UNSPECIFIED;
  int64_t amount = 0;  // less than zero where it takes back
  int64_t reversed_before = 0;
};
Fact FactOf(const SalesFact& fact);

// A plan that counts during a period, and the goal its accelerators look at: the person's of the month, 0 for none.
struct Assigned {
  std::string from_on, to_on;
  std::string_view plan_id;
  const CompensationPlan::Terms* terms = nullptr;
  int64_t goal = 0;
};

// A line as it is computed. Ids are views into what it was computed from.
struct Line {
  StatementLine::Kind kind = StatementLine::KIND_UNSPECIFIED;
  const Fact* fact = nullptr;
  std::string_view plan_id;
  int rule = 0;
  common::v1::Decimal const* rate = nullptr;
  int64_t basis = 0;
  int64_t amount = 0;
  int64_t cut = 0;              // by the cap
  std::string_view taken_from;  // of a claw-back: the settled line, or
  size_t mirrors = SIZE_MAX;    // the line of this very month
};

// A fact that may be taken back from, and the lines by which it was paid.
struct Original {
  int64_t amount = 0;
  std::vector<Line> lines;        // those settled bear their id in `taken_from`
  std::vector<size_t> positions;  // of lines of this very month
};
using Originals = std::unordered_map<std::string_view, Original>;

// The lines of a person's month. What earns comes first, by its day: the month's running total decides which tier and
// which accelerator a part of it is in, and what the cap leaves. What takes back mirrors the lines it takes back from:
// all of a fact taken back takes back all that it was paid, to the last unit. `originals` holds facts of settled months;
// those of this month are added if `referred` holds their id, or all where it is null.
std::vector<Line> Earn(const std::vector<Assigned>& assigned, const std::vector<const Fact*>& facts,
                       const std::unordered_map<std::string_view, bool>* referred, Originals* originals);

}  // namespace songsang::workforce
