#include "songsang/import/refused_file.h"

#include <algorithm>
#include <filesystem>

namespace songsang::importer {
namespace {

constexpr const char* kMark = "\xEF\xBB\xBF";
const std::vector<std::string> kColumns = {"line", "step", "field", "column", "reason", "sentence"};

}  // namespace

RefusedFile::RefusedFile(std::string path, std::vector<std::string> header, bool bom)
    : path_(std::move(path)), header_(std::move(header)), bom_(bom) {
  const bool own = header_.size() >= kColumns.size() && std::equal(kColumns.begin(), kColumns.end(), header_.begin());
  if (own) skip_ = kColumns.size();
}

bool RefusedFile::ClearOld() {
  std::error_code error;
  if (!std::filesystem::exists(path_, error)) return true;
  std::ifstream old(path_, std::ios::binary);
  std::string first;
  std::getline(old, first);
  if (first.compare(0, 3, kMark) == 0) first.erase(0, 3);
  const std::string ours = "line,step,field,column,reason,sentence";
  if (first.compare(0, ours.size(), ours) != 0) return false;
  old.close();
  return std::filesystem::remove(path_, error);
}

void RefusedFile::Add(const Refused& refused) {
  if (!stream_.is_open()) {
    used_ = true;
    stream_.open(path_, std::ios::binary | std::ios::trunc);
    if (bom_) stream_ << kMark;
    std::string head;
    for (const std::string& name : kColumns) head += (head.empty() ? "" : ",") + name;
    stream_ << head;
    for (size_t i = skip_; i < header_.size(); ++i) stream_ << ',' << CsvQuoted(header_[i]);
    stream_ << '\n';
  }
  stream_ << refused.line << ',' << CsvQuoted(refused.step) << ',' << CsvQuoted(refused.field) << ','
          << CsvQuoted(refused.column) << ',' << refused.reason << ',' << CsvQuoted(refused.sentence);
  for (size_t i = skip_; i < std::max(header_.size(), refused.cells->size()); ++i)
    stream_ << ',' << (i < refused.cells->size() ? CsvQuoted((*refused.cells)[i]) : "");
  stream_ << '\n';
}

bool RefusedFile::Close() {
  if (!used_) return true;
  stream_.close();
  return !stream_.fail();
}

}  // namespace songsang::importer
