#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "songsang/report/presets.h"
#include "songsang/report/print.h"
#include "songsang/report/question.h"
#include "songsang/report/table.h"
#include "support/proto.h"

namespace songsang::report {
namespace {

using reporting::v1::Figures;
using reporting::v1::GetFiguresRequest;
using reporting::v1::ListMetricsResponse;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Table, KoreanIsAsWideAsItLooks) {
  EXPECT_EQ(Width("abc"), 3U);
  EXPECT_EQ(Width("지점 A"), 6U);
  EXPECT_EQ(Width("日本㈜"), 6U);
  EXPECT_EQ(Width("e\xCC\x81"), 1U);
  EXPECT_EQ(Width("한글"), 4U);
  EXPECT_EQ(Padded("지점", 6, true), "  지점");
  Table table;
  table.AddColumn("지점", false);
  table.AddColumn("Won", true);
  table.AddRow({"강남", "5"});
  table.AddRow({"Busan", "1,054"});
  table.SetTotal({"합계", "1,059"});
  EXPECT_EQ(table.Text(),
            "지점     Won\n"
            "─────  ─────\n"
            "강남       5\n"
            "Busan  1,054\n"
            "─────  ─────\n"
            "합계   1,059\n");
}

TEST(Table, NumbersAreGroupedBeforeTheirPoint) {
  const std::pair<const char*, const char*> kCases[] = {{"0", "0"},
                                                        {"999", "999"},
                                                        {"1000", "1,000"},
                                                        {"-1000", "-1,000"},
                                                        {"-100.25", "-100.25"},
                                                        {"10005534.00", "10,005,534.00"},
                                                        {"0.0001", "0.0001"},
                                                        {"", ""}};
  for (const auto& [number, grouped] : kCases) EXPECT_EQ(Grouped(number), grouped);
}

TEST(Question, ReadyMadeReportsAreQuestions) {
  for (const Preset& preset : Presets()) {
    ReportOptions options;
    options.name = preset.name;
    GetFiguresRequest request;
    std::string wrong;
    EXPECT_TRUE(AskFor(options, &request, &wrong)) << preset.name << ": " << wrong;
    EXPECT_FALSE(request.metrics().empty());
    EXPECT_NE(std::string(preset.english), preset.korean);
  }
}

TEST(Question, OptionsReplacePartsOfAReadyMadeReport) {
  ReportOptions options;
  options.name = "funnel";
  options.dimensions = {"channel,month"};
  options.filters = {"origin=social,email", "channel="};
  options.from_on = "2026-01-01";
  options.bucket = "quarter";
  options.as_of = "2026-06-30";
  options.known_on = "2026-07-01T09:00:00+09:00";
  GetFiguresRequest request;
  std::string wrong;
  ASSERT_TRUE(AskFor(options, &request, &wrong)) << wrong;
  EXPECT_THAT(request, ContainsProto("dimensions: ['channel', 'month'] "
                                     "filters { dimension: 'origin' values: ['social', 'email'] } "
                                     "filters { dimension: 'channel' unset: true } "
                                     "period { from_on: '2026-01-01' bucket: BUCKET_QUARTER } as_of: '2026-06-30' "
                                     "known_on { seconds: 1782864000 }"));
  EXPECT_EQ(request.metrics(0), "leads");
  EXPECT_TRUE(request.order_by().empty());
}

TEST(Question, CutByPeriodItGoesThroughThePeriods) {
  ReportOptions options;
  options.name = "funnel";
  options.bucket = "quarter";
  GetFiguresRequest request;
  std::string wrong;
  ASSERT_TRUE(AskFor(options, &request, &wrong)) << wrong;
  EXPECT_THAT(request, ContainsProto("order_by: ['quarter', '-leads']"));
}

TEST(Question, WhatIsNoneIsExplained) {
  const auto wrong_of = [](const ReportOptions& options) {
    GetFiguresRequest request;
    std::string wrong;
    EXPECT_FALSE(AskFor(options, &request, &wrong));
    return wrong;
  };
  ReportOptions options;
  EXPECT_THAT(wrong_of(options), HasSubstr("leaderboard"));
  options.name = "funel";
  EXPECT_THAT(wrong_of(options), HasSubstr("there is no report funel; there are: overview, funnel"));
  options.name = "funnel";
  options.bucket = "fortnight";
  EXPECT_THAT(wrong_of(options), HasSubstr("not \"fortnight\""));
  options.bucket = "";
  options.filters = {"social"};
  EXPECT_THAT(wrong_of(options), HasSubstr("DIMENSION=VALUE"));
  options.filters = {};
  options.known_on = "yesterday";
  EXPECT_THAT(wrong_of(options), HasSubstr("not \"yesterday\""));
}

class Printed : public ::testing::Test {
 protected:
  const Figures figures_ = Proto(R"(
    metrics { key: 'won' number: 1 name { english: 'Won' korean: '성사 건수' } unit: UNIT_COUNT }
    metrics { key: 'won_value' number: 1 name { english: 'Won value' korean: '수주 금액' } unit: UNIT_MONEY }
    metrics { key: 'win_rate' number: 2 name { english: 'Win rate' korean: '승률' } unit: UNIT_PERCENT decimals: 2 }
    dimensions { key: 'product' name { english: 'Product' korean: '상품' } }
    rows {
      dimensions { state: STATE_KNOWN value: 'id-1' label: '복합기, 컬러' }
      values { value: '12' } values { value: '46800000' currency: 'KRW' } values { value: '63.15' }
    }
    rows {
      dimensions { state: STATE_UNSET }
      values { value: '0' } values { } values { }
    }
    rows {
      dimensions { state: STATE_UNKNOWN value: 'id-9' }
      values { value: '1' } values { value: '5' currency: 'KRW' } values { value: '100.00' }
    }
    total { values { value: '13' } values { value: '46800005' currency: 'KRW' } values { value: '65.00' } }
    omitted_rows: 7
    known_on { seconds: 1782864000 }
    positions { service: 'leads' partition: 0 epoch: 0 seq: 48211 })");
  const ListMetricsResponse definitions_ = Proto(
      "metrics { definition { key: 'win_rate' number: 2 meaning { english: 'Of a hundred.' korean: '백 건 중.' } "
      "formula: 'won / closed' } }");
};

TEST_F(Printed, AsATable) {
  EXPECT_EQ(AsTable(figures_, definitions_, "Products", true, false),
            "Products\n\n"
            "Product           Won  Won value (KRW)  Win rate\n"
            "────────────────  ───  ───────────────  ────────\n"
            "복합기, 컬러       12       46,800,000    63.15%\n"
            "(blank)             0                -         -\n"
            "(not known) id-9    1                5   100.00%\n"
            "────────────────  ───  ───────────────  ────────\n"
            "Total              13       46,800,005    65.00%\n"
            "\n"
            "Win rate = Of a hundred.  [won / closed]\n"
            "7 more rows are left out (--limit); the total holds them.\n"
            "As known on 2026-07-01T00:00:00.000000Z, at leads/0/0/48211\n");
  const std::string korean = AsTable(figures_, definitions_, "", true, true);
  for (const char* says : {"성사 건수", "수주 금액 (KRW)", "(비어 있음)", "합계", "승률 = 백 건 중."})
    EXPECT_THAT(korean, HasSubstr(says));
  EXPECT_THAT(AsTable(figures_, definitions_, "", false, true), Not(HasSubstr("백 건 중")));
}

TEST_F(Printed, CurrenciesThatDifferStandInTheirCells) {
  Figures mixed = figures_;
  mixed.mutable_rows(2)->mutable_values(1)->set_currency("USD");
  const std::string text = AsTable(mixed, definitions_, "", false, false);
  EXPECT_THAT(text, HasSubstr("46,800,000 KRW"));
  EXPECT_THAT(text, HasSubstr("5 USD"));
}

TEST_F(Printed, AsCsvAndJson) {
  EXPECT_EQ(AsCsv(figures_),
            "\xEF\xBB\xBFproduct,product_id,won,won_value,won_value_currency,win_rate\n"
            "\"복합기, 컬러\",id-1,12,46800000,KRW,63.15\n"
            ",,0,,,\n"
            ",id-9,1,5,KRW,100.00\n");
  EXPECT_THAT(AsJson(figures_), HasSubstr("\"known_on\": \"2026-07-01T00:00:00Z\""));
}

TEST_F(Printed, DictionaryTellsEveryFigure) {
  for (const bool korean : {false, true}) {
    const std::string text = Dictionary(definitions_, korean);
    EXPECT_THAT(text, HasSubstr(korean ? "win_rate@2  \n  백 건 중.\n  = won / closed\n  구분 기준:"
                                       : "win_rate@2  \n  Of a hundred.\n  = won / closed\n  by:"));
    EXPECT_THAT(text, HasSubstr("leaderboard"));
  }
}

}  // namespace
}  // namespace songsang::report
