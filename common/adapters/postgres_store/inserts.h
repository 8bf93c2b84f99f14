// The statements that write rows. Most columns of a batch hold one value in all its rows: the tenant, the first version,
// the type of the event. Those travel once; only what differs travels as an array, which the server unpacks cell by
// cell.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/postgres_store/parameters.h"
#include "rows/table.h"

namespace songsang::postgres_store {

class Inserts {
 public:
  explicit Inserts(std::string schema) : schema_(std::move(schema)) {}

  // The text for these rows (at least one), and its parameters.
  const std::string& Prepare(const rows::RowSet& set, Parameters* parameters);

 private:
  // For each column, whether it travels once. Empty arrays nowhere: the rows are one.
  using Shape = std::vector<bool>;
  struct Known {
    Shape once;
    std::string text;
  };

  const Known& Choose(const rows::RowSet& set, Shape once);
  std::string TextOf(const rows::Table& table, const Shape& once, bool fresh) const;

  const std::string schema_;
  std::map<std::pair<const rows::Table*, bool>, std::vector<Known>> known_;  // by table and whether rows are fresh
};

}  // namespace songsang::postgres_store
