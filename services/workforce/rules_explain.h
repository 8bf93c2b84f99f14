// How a statement explains itself: every line in words, with the document and the rule that it leads to.
#pragma once

#include <map>
#include <string>

#include "songsang/workforce/v1/plan.pb.h"
#include "songsang/workforce/v1/sale.pb.h"
#include "songsang/workforce/v1/statement.pb.h"

namespace songsang::workforce {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

// What the lines of a statement refer to, by id.
struct Explained {
  std::map<std::string, SalesFact> facts;
  std::map<std::string, Sale> sales;
  std::map<std::string, CompensationPlan> plans;
  // By the id of a line that is taken back from: the month of its statement.
  std::map<std::string, std::string> months;
  std::map<std::string, std::string> units;
};

StatementExplained Explain(const StatementSettled& statement, const Explained& known);

// `4%` for 4 / 10^2, `3.25%` for 325 / 10^4.
std::string Percent(const common::v1::Decimal& rate);
// `1,234,000원`; `USD 12.50`.
std::string Won(int64_t minor, const std::string& currency);

}  // namespace songsang::workforce
