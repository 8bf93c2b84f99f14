// An aligned table on a terminal, where a Korean syllable is as wide as two Latin letters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace songsang::report {

// Columns of a terminal that a text fills.
size_t Width(std::string_view text);
// Filled up with spaces to a width: text to the left, numbers to the right.
std::string Padded(std::string_view text, size_t width, bool right);
// `10,005,534.00` for `10005534.00`.
std::string Grouped(std::string_view number);

class Table {
 public:
  void AddColumn(std::string head, bool number) { columns_.push_back({std::move(head), number}); }
  void AddRow(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // Set off from the rows by a line.
  void SetTotal(std::vector<std::string> cells) { total_ = std::move(cells); }
  std::string Text() const;

 private:
  struct Column {
    std::string head;
    bool number = false;
  };
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::string> total_;
};

}  // namespace songsang::report
