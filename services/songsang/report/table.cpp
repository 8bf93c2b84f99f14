#include "songsang/report/table.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace songsang::report {
namespace {

// Unicode's wide and full-width blocks, as far as names and words use them.
constexpr std::pair<uint32_t, uint32_t> kWide[] = {
    {0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0xa4cf}, {0xa960, 0xa97c},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd},
};
constexpr std::pair<uint32_t, uint32_t> kNoWidth[] = {
    {0x0000, 0x001f}, {0x0300, 0x036f}, {0x1160, 0x11ff}, {0x200b, 0x200f}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},
};

template <size_t n>
bool Within(uint32_t code, const std::pair<uint32_t, uint32_t> (&ranges)[n]) {
  return std::any_of(ranges, ranges + n,
                     [&](const auto& range) { return code >= range.first && code <= range.second; });
}

void AppendLine(std::string* text, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  *text += line + '\n';
}

}  // namespace

size_t Width(std::string_view text) {
  size_t width = 0;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : 4;
    uint32_t code = length == 1 ? lead : lead & (0xffU >> (length + 1));
    for (size_t k = 1; k < length && i + k < text.size(); ++k)
      code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    width += Within(code, kNoWidth) ? 0 : Within(code, kWide) ? 2 : 1;
    i += length;
  }
  return width;
}

std::string Padded(std::string_view text, size_t width, bool right) {
  const size_t filled = Width(text);
  const std::string space(width > filled ? width - filled : 0, ' ');
  return right ? space + std::string(text) : std::string(text) + space;
}

std::string Grouped(std::string_view number) {
  std::string text(number);
  const size_t first = text.find_first_of("0123456789");
  if (first == std::string::npos) return text;
  const size_t point = std::min(text.find('.'), text.size());
  for (size_t place = point; place > first + 3;) text.insert(place -= 3, ",");
  return text;
}

std::string Table::Text() const {
  std::vector<size_t> widths;
  for (size_t c = 0; c < columns_.size(); ++c) {
    size_t width = Width(columns_[c].head);
    for (const auto& row : rows_) width = std::max(width, Width(row[c]));
    if (!total_.empty()) width = std::max(width, Width(total_[c]));
    widths.push_back(width);
  }
  const auto line = [&](const auto& cell) {
    std::string text;
    for (size_t c = 0; c < columns_.size(); ++c)
      text += (c == 0 ? "" : "  ") + Padded(cell(c), widths[c], columns_[c].number);
    return text;
  };
  std::string rule;
  for (size_t c = 0; c < columns_.size(); ++c) {
    rule += c == 0 ? "" : "  ";
    for (size_t i = 0; i < widths[c]; ++i) rule += "─";
  }
  std::string text;
  AppendLine(&text, line([&](size_t c) { return columns_[c].head; }));
  AppendLine(&text, rule);
  for (const auto& row : rows_) AppendLine(&text, line([&](size_t c) { return row[c]; }));
  if (total_.empty()) return text;
  if (!rows_.empty()) AppendLine(&text, rule);
  AppendLine(&text, line([&](size_t c) { return total_[c]; }));
  return text;
}

}  // namespace songsang::report
