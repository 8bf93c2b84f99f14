#include "songsang/import/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace songsang::importer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A file that lives as long as the test.
class Files : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  std::string WriteGzip(const std::string& name, const std::string& text) {
    const auto path = (folder_ / name).string();
    const gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    return path;
  }
  // Every row as `line: a|b|c`, or as `line: REASON`.
  static std::vector<std::string> Read(const std::string& path, const CsvOptions& options = {}) {
    std::vector<std::string> rows;
    auto reader = CsvReader::Open(path, options);
    if (!reader.ok()) return {reader.refusal().reason->name};
    CsvRow row;
    while (reader->Next(&row)) {
      std::string text = std::to_string(row.line) + ":";
      if (row.problem) {
        text += std::string(" ") + row.problem->reason->name;
      } else {
        for (const auto& cell : row.cells) text += (&cell == row.cells.data() ? " " : "|") + cell;
      }
      rows.push_back(text);
    }
    if (reader->failure()) rows.emplace_back(reader->failure()->reason->name);
    return rows;
  }
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("csv_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

struct Case {
  const char* text;
  std::vector<std::string> rows;
};

TEST_F(Files, RowsAreReadAsWritten) {
  const Case kCases[] = {
      {"a,b\n1,2\n", {"2: 1|2"}},
      {"a,b\r\n1,2\r\n3,4", {"2: 1|2", "3: 3|4"}},
      {"a,b\r1,2\r", {"2: 1|2"}},
      {"\xEF\xBB\xBF"
       "a,b\n1,2\n",
       {"2: 1|2"}},
      {"a,b\n\n1,2\n\n\n3,4\n", {"3: 1|2", "6: 3|4"}},
      {"a,b\n\"1,\"\"x\"\"\n2\",3\n4,5\n", {"2: 1,\"x\"\n2|3", "4: 4|5"}},
      {"a,b\n\"\",\"\"\n", {"2: |"}},
      {"a,b\n,\n", {"2: |"}},
      {"a,b\n 1 ,2\n", {"2:  1 |2"}},
      {"a,b\n5\" pipe,2\n", {"2: 5\" pipe|2"}},
      {"이름,값\n김철수,₩1\n", {"2: 김철수|₩1"}},
      {"a\nx\n\n", {"2: x"}},
      {"a,b\n", {}},
      {"a,b", {}},
  };
  for (const Case& each : kCases) EXPECT_EQ(Read(Write("f.csv", each.text)), each.rows) << each.text;
}

TEST_F(Files, RowThatCannotBeReadIsExplainedAndTheNextIsRead) {
  const Case kCases[] = {
      {"a,b\n1\n1,2,3\n4,5\n", {"2: ROW_MUST_HAVE_EVERY_COLUMN", "3: ROW_MUST_HAVE_EVERY_COLUMN", "4: 4|5"}},
      {"a,b\n\xff,2\n4,5\n", {"2: TEXT_MUST_BE_READABLE", "3: 4|5"}},
      {"a,b\n\"open,2\n4,5\n6,7\n", {"2: QUOTE_MUST_BE_CLOSED", "3: 4|5", "4: 6|7"}},
      {"a,b\n\"x\"y,2\n4,5\n", {"2: QUOTE_MUST_BE_CLOSED", "3: 4|5"}},
      {"a,b\n\"open,2\n4,\"5\" \n6,7\n", {"2: QUOTE_MUST_BE_CLOSED", "3: QUOTE_MUST_BE_CLOSED", "4: 6|7"}},
  };
  for (const Case& each : kCases) EXPECT_EQ(Read(Write("f.csv", each.text)), each.rows) << each.text;
  EXPECT_THAT(Read(Write("nul.csv", std::string("a,b\n1\0,2\n4,5\n", 13))),
              ElementsAre("2: TEXT_MUST_BE_READABLE", "3: 4|5"));
}

TEST_F(Files, HugeRowIsRefusedWithoutBeingHeld) {
  CsvOptions options;
  options.max_row_bytes = 1000;
  const std::string huge(5'000'000, 'x');
  EXPECT_THAT(Read(Write("f.csv", "a,b\n" + huge + ",2\n4,5\n"), options), ElementsAre("2: ROW_MUST_FIT", "3: 4|5"));
  EXPECT_THAT(Read(Write("g.csv", "a,b\n\"" + std::string(2000, 'y') + "\",2\n4,5\n"), options),
              ElementsAre("2: ROW_MUST_FIT", "3: 4|5"));
  // A row that is just not too large, and one that lies across the pieces that are read.
  const std::string large(900'000, 'z');
  EXPECT_THAT(Read(Write("h.csv", "a,b\n" + large + ",2\n4,5\n")), ElementsAre("2: " + large + "|2", "3: 4|5"));
}

TEST_F(Files, GzipIsReadAsItIs) {
  EXPECT_THAT(Read(WriteGzip("f.csv.gz", "a,b\n1,2\n")), ElementsAre("2: 1|2"));
  EXPECT_THAT(Read(WriteGzip("named_otherwise.csv", "a,b\n1,2\n")), ElementsAre("2: 1|2"));
}

TEST_F(Files, BrokenOffGzipSaysSoAndItsHalfRowIsNotTaken) {
  std::string text = "a,b\n";
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919 % 100'003) + ",value\n";
  const std::string path = WriteGzip("f.csv.gz", text);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const auto rows = Read(path);
  EXPECT_GT(rows.size(), 10'000U);
  EXPECT_EQ(rows.back(), "IMPORT_FILE_MUST_BE_WHOLE");
  for (size_t i = 0; i + 1 < rows.size(); ++i) ASSERT_THAT(rows[i], HasSubstr("|value"));
}

TEST_F(Files, KoreanSpreadsheetEncoding) {
  CsvOptions options;
  options.encoding = "cp949";
  // 이름,값 / 김철수,1
  const std::string bytes = "\xC0\xCC\xB8\xA7,\xB0\xAA\n\xB1\xE8\xC3\xB6\xBC\xF6,1\n";
  EXPECT_THAT(Read(Write("f.csv", bytes), options), ElementsAre("2: 김철수|1"));
  EXPECT_THAT(Read(Write("f.csv", bytes)), ElementsAre("IMPORT_ENCODING_MUST_BE_KNOWN"));
  options.encoding = "klingon";
  EXPECT_THAT(Read(Write("f.csv", bytes), options), ElementsAre("IMPORT_ENCODING_MUST_BE_KNOWN"));
  EXPECT_THAT(Read(Write("f.csv",
                         "\xFF\xFE"
                         "a")),
              ElementsAre("IMPORT_ENCODING_MUST_BE_KNOWN"));
}

TEST_F(Files, DelimiterTrimAndHeaderOfOnesOwn) {
  CsvOptions options;
  options.delimiter = ';';
  options.trim = true;
  options.header = {"x", "y"};
  EXPECT_THAT(Read(Write("f.csv", " 1 ; 2,5 \n"), options), ElementsAre("1: 1|2,5"));
}

TEST_F(Files, WhatIsNoFileIsExplained) {
  EXPECT_THAT(Read((folder_ / "absent.csv").string()), ElementsAre("IMPORT_FILE_MUST_BE_READABLE"));
  EXPECT_THAT(Read(folder_.string()), ElementsAre("IMPORT_FILE_MUST_BE_READABLE"));
  EXPECT_THAT(Read(Write("empty.csv", "")), ElementsAre("IMPORT_FILE_MUST_HAVE_HEADER"));
}

TEST(CsvQuoted, QuotesWhatNeedsIt) {
  EXPECT_EQ(CsvQuoted("a b"), "a b");
  EXPECT_EQ(CsvQuoted("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvQuoted("say \"x\""), "\"say \"\"x\"\"\"");
  EXPECT_EQ(CsvQuoted(" a"), "\" a\"");
  EXPECT_EQ(CsvQuoted(""), "");
}

}  // namespace
}  // namespace songsang::importer
