// Parameters of a statement in PostgreSQL's binary form. Arrays are built by hand: as text they cost a third of a
// batch.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "rows/table.h"

namespace songsang::postgres_store {

// Type numbers as the server knows them (pg_type.dat); they never change.
constexpr unsigned kBool = 16, kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25;

class Parameters {
 public:
  Parameters& Add(const rows::Cell& cell);
  Parameters& Add(int64_t number) { return Add(rows::Cell::Int(number)); }
  Parameters& Add(std::string_view text) { return Add(rows::Cell::Text(text)); }
  // An array of as many cells as `Element` calls follow.
  Parameters& BeginArray(rows::Type type, size_t count);
  void Element(const rows::Cell& cell);

  int size() const { return static_cast<int>(texts_.size()); }
  // Parallel arrays as libpq takes them; valid until the next change.
  struct Arrays {
    std::vector<unsigned> types;
    std::vector<const char*> values;
    std::vector<int> lengths, formats;
  };
  const Arrays& arrays();

 private:
  struct Parameter {
    unsigned type;
    bool null;
    std::string text;
  };
  std::deque<Parameter> texts_;
  Arrays arrays_;
};

}  // namespace songsang::postgres_store
