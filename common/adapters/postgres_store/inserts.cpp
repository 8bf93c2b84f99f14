#include "adapters/postgres_store/inserts.h"

#include <algorithm>

#include "rows/schema.h"

namespace songsang::postgres_store {
namespace {

using rows::Cell;
using rows::Quoted;

// Texts kept a table: each is a prepared statement of the connection. What fits none of them exactly takes the one
// that fits best.
constexpr size_t kMostShapes = 6;

const char* TypeName(rows::Type type) {
  return type == rows::Type::kInt ? "bigint" : type == rows::Type::kText ? "text" : "bytea";
}

bool Same(const Cell& a, const Cell& b) { return a.kind == b.kind && a.number == b.number && a.bytes == b.bytes; }

// Which columns hold one value in all rows.
std::vector<bool> OnceOf(const rows::RowSet& set) {
  const size_t width = set.table->columns.size(), count = set.rows();
  std::vector<bool> once(width, true);
  for (size_t column = 0; column < width; ++column)
    for (size_t row = 1; row < count && once[column]; ++row)
      once[column] = Same(set.cells[column], set.cells[row * width + column]);
  return once;
}

bool All(const std::vector<bool>& once) { return std::find(once.begin(), once.end(), false) == once.end(); }

}  // namespace

const Inserts::Known& Inserts::Choose(const rows::RowSet& set, Shape once) {
  // Rows of several that differ in nothing must still be counted.
  if (set.rows() > 1 && All(once)) once.back() = false;
  auto& known = known_[{set.table, set.fresh}];
  const bool single = set.rows() == 1;
  const Known* best = nullptr;
  ptrdiff_t most = -1;
  for (const Known& candidate : known) {
    if (All(candidate.once) != single) continue;
    bool fits = true;
    for (size_t i = 0; fits && i < once.size(); ++i) fits = once[i] || !candidate.once[i];
    const auto columns = std::count(candidate.once.begin(), candidate.once.end(), true);
    if (!fits || columns <= most) continue;
    best = &candidate;
    most = columns;
  }
  if (most == std::count(once.begin(), once.end(), true)) return *best;
  if (known.size() + 1 >= kMostShapes && best != nullptr) return *best;
  // The last one fits every batch.
  if (known.size() + 1 >= kMostShapes && !single) once.assign(once.size(), false);
  known.push_back({once, TextOf(*set.table, once, set.fresh)});
  return known.back();
}

std::string Inserts::TextOf(const rows::Table& table, const Shape& once, bool fresh) const {
  std::string names, values, arrays, aliases, keys, updates;
  const auto add = [](std::string* list, const std::string& item) { *list += (list->empty() ? "" : ", ") + item; };
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const rows::Column& column = table.columns[i];
    const std::string place = "$" + std::to_string(i + 1) + "::" + TypeName(column.type);
    add(&names, Quoted(column.name));
    if (std::find(table.key.begin(), table.key.end(), column.name) == table.key.end())
      add(&updates, Quoted(column.name) + " = excluded." + Quoted(column.name));
    if (once[i]) {
      add(&values, place);
      continue;
    }
    const std::string alias = "c" + std::to_string(i);
    add(&values, alias);
    add(&aliases, alias);
    add(&arrays, place + "[]");
  }
  for (const std::string& key : table.key) add(&keys, Quoted(key));
  std::string text = "INSERT INTO " + rows::Qualified(rows::Dialect::kPostgres, schema_, table.name) + " (" + names +
                     ") SELECT " + values;
  if (!arrays.empty()) text += " FROM unnest(" + arrays + ") AS u(" + aliases + ")";
  if (table.upsert && !fresh)
    text += " ON CONFLICT (" + keys + ") DO " + (updates.empty() ? "NOTHING" : "UPDATE SET " + updates);
  return text;
}

const std::string& Inserts::Prepare(const rows::RowSet& set, Parameters* parameters) {
  const size_t width = set.table->columns.size(), count = set.rows();
  const Known& known = Choose(set, OnceOf(set));
  for (size_t column = 0; column < width; ++column) {
    if (known.once[column]) {
      parameters->Add(set.cells[column]);
      continue;
    }
    parameters->BeginArray(set.table->columns[column].type, count);
    for (size_t row = 0; row < count; ++row) parameters->Element(set.cells[row * width + column]);
  }
  return known.text;
}

}  // namespace songsang::postgres_store
