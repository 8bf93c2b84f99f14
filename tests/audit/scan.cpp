#include "audit/scan.h"

#include <fmt/format.h>

#include "core/hash.h"
#include "core/text.h"

namespace songsang::audit {
namespace {

constexpr size_t kPage = 4'000;

std::string Shorten(std::string_view bytes) {
  if (!IsUtf8(bytes) || bytes.find('\0') != std::string_view::npos) return "x'" + ToHex(bytes.substr(0, 24)) + "'";
  return "'" + std::string(bytes.substr(0, 60)) + "'";
}

rows::Cell ToCell(const engine::Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return rows::Cell::Int(*number);
  return rows::Cell::Text(Text(value));
}

}  // namespace

const std::string& Text(const engine::Value& value) {
  static const std::string kNone;
  const auto* text = std::get_if<std::string>(&value);
  return text ? *text : kNone;
}

int64_t Number(const engine::Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number ? *number : 0;
}

bool Same(const rows::Cell& cell, const engine::Value& value) {
  switch (cell.kind) {
    case rows::Cell::Kind::kNull:
      return std::holds_alternative<std::monostate>(value);
    case rows::Cell::Kind::kInt:
      return std::holds_alternative<int64_t>(value) && std::get<int64_t>(value) == cell.number;
    default:
      return std::holds_alternative<std::string>(value) && std::get<std::string>(value) == cell.bytes;
  }
}

std::string Shown(const engine::Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return Shorten(*text);
  return "nothing";
}

std::string Shown(const rows::Cell& cell) {
  if (cell.kind == rows::Cell::Kind::kNull) return "nothing";
  return cell.kind == rows::Cell::Kind::kInt ? std::to_string(cell.number) : Shorten(cell.bytes);
}

std::string Scan(engine::Store& store, const rows::Table& table,
                 const std::function<void(const std::vector<engine::Value>& row)>& each) {
  std::vector<std::string> columns, places;
  std::vector<size_t> key;
  for (const auto& column : table.columns) columns.push_back(column.name);
  for (const std::string& column : table.key) {
    key.push_back(static_cast<size_t>(table.Find(column)));
    places.push_back("$" + std::to_string(key.size()));
  }
  const std::string from = fmt::format("SELECT {} FROM {}.{}", fmt::join(columns, ", "), store.schema(), table.name);
  const std::string on = fmt::format(" WHERE ({}) > ({})", fmt::join(table.key, ", "), fmt::join(places, ", "));
  const std::string order = fmt::format(" ORDER BY {} LIMIT {}", fmt::join(table.key, ", "), kPage);
  std::vector<engine::Value> last;
  for (;;) {
    std::vector<rows::Cell> parameters;
    for (const auto& value : last) parameters.push_back(ToCell(value));
    engine::Rows page;
    const auto error = store.Query(from + (last.empty() ? "" : on) + order, parameters,
                                   std::chrono::steady_clock::now() + std::chrono::seconds(60), &page);
    if (!error.ok()) return fmt::format("{}.{} cannot be read: {}", store.schema(), table.name, error.message);
    for (const auto& row : page.rows) each(row);
    if (page.rows.size() < kPage) return {};
    last.clear();
    for (const size_t column : key) last.push_back(page.rows.back()[column]);
  }
}

}  // namespace songsang::audit
