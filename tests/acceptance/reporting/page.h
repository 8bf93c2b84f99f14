// The answers that the data's own page states, and the figures that must equal them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "songsang/reporting/v1/report.pb.h"
#include "support/system.h"

namespace songsang {

// One table of the page: its heading, then its rows, cell by cell.
struct PageTable {
  std::vector<std::string> heading;
  std::vector<std::vector<std::string>> rows;

  size_t Column(const std::string& name) const;
};

// The page: its tables by their first heading cell and the section they stand in, and its running text.
class Page {
 public:
  // Skips the test, visibly, where the data is absent.
  static const Page* Find();
  static std::string Folder();

  // The nth table of a section (`1`, `2`) whose first heading is this.
  const PageTable& Table(const std::string& section, const std::string& heading, size_t nth = 0) const;
  // The number that stands behind these words in a section: `median ` -> `14.0`.
  std::string After(const std::string& section, const std::string& words) const;

 private:
  explicit Page(const std::string& text);
  std::map<std::string, std::string> sections_;
  std::map<std::string, std::vector<PageTable>> tables_;
};

// A figure as the page writes it: with as many decimals as `like` has, without its thousands' commas.
std::string AsWritten(const reporting::v1::FigureValue& value, const std::string& like);
// `10,005,534` -> `10005534`, `63.94%` -> `63.94`
std::string Plain(std::string text);

// Both data sets, imported once a test binary through the shipped mappings: the tenants `olist` and `crm`.
struct Imported {
  Client olist, crm;
};
const Imported& ImportedData();

// What people call a row's first dimension; `(blank)` where unset.
std::string NameOf(const reporting::v1::FigureRow& row);

}  // namespace songsang
