// Every figure that the data's page states in its sections 1 and 2, to the last digit, after both data sets have been
// imported through the public interface.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acceptance/reporting/page.h"

namespace songsang {
namespace {

using reporting::v1::FigureRow;
using reporting::v1::Figures;
using reporting::v1::FigureValue;

class DataAnswers : public testing::Test {
 protected:
  void SetUp() override {
    page_ = Page::Find();
    if (page_ == nullptr) GTEST_SKIP() << "no data in " << Page::Folder() << " (SONGSANG_DATA names its folder)";
    ImportedData();
  }

  Figures Ask(const Client& client, const std::string& question) {
    const auto figures = client.Call<Figures>("GetFigures", Proto(question), With{.timeout = std::chrono::seconds(60)});
    EXPECT_THAT(figures, IsOk()) << question;
    return *figures;
  }

  // A row's values equal those of the page, column by column; columns without a figure are left out by "".
  void ExpectRow(const FigureRow& row, const PageTable& table, const std::vector<std::string>& wanted,
                 const std::vector<std::string>& columns) {
    for (size_t i = 0; i < columns.size(); ++i) {
      const std::string& cell = wanted[table.Column(columns[i])];
      EXPECT_EQ(AsWritten(row.values(static_cast<int>(i)), cell), Plain(cell)) << wanted[0] << ": " << columns[i];
    }
  }

  // The same rows, in whatever order.
  void ExpectRows(const Figures& figures, const PageTable& table, const std::vector<std::string>& columns) {
    EXPECT_EQ(static_cast<size_t>(figures.rows_size()), table.rows.size());
    std::map<std::string, const FigureRow*> rows;
    for (const auto& row : figures.rows()) rows[NameOf(row)] = &row;
    for (const auto& wanted : table.rows) {
      const auto found = rows.find(wanted[0]);
      if (found == rows.end()) {
        ADD_FAILURE() << "no row " << wanted[0];
        continue;
      }
      ExpectRow(*found->second, table, wanted, columns);
    }
  }

  // The same rows in the same order; `name` is the column of what they are called.
  void ExpectRanking(const Figures& figures, const PageTable& table, const std::string& name,
                     const std::vector<std::string>& columns) {
    ASSERT_EQ(static_cast<size_t>(figures.rows_size()), table.rows.size());
    for (size_t i = 0; i < table.rows.size(); ++i) {
      const auto& row = figures.rows(static_cast<int>(i));
      const std::string& wanted = table.rows[i][table.Column(name)];
      EXPECT_EQ(NameOf(row), wanted) << "place " << i + 1;
      ExpectRow(row, table, table.rows[i], columns);
    }
  }

  void ExpectTotal(const Figures& figures, int metric, const std::string& wanted, bool percent = false) {
    EXPECT_EQ(AsWritten(figures.total().values(metric), wanted + (percent ? "%" : "")), wanted)
        << figures.metrics(metric).key();
  }
  // The total equals the number behind these words of the page.
  void ExpectSaid(const Figures& figures, int metric, const std::string& section, const std::string& words,
                  bool percent = false) {
    ExpectTotal(figures, metric, page_->After(section, words), percent);
  }

  const Page* page_ = nullptr;
};

TEST_F(DataAnswers, OlistTotals) {
  const auto figures = Ask(ImportedData().olist, "metrics: ['leads', 'lead_wins', 'conversion']");
  ExpectSaid(figures, 0, "1", "Total: ");
  ExpectSaid(figures, 1, "1", "Total: 8000 leads, ");
  ExpectSaid(figures, 2, "1", "842 won, conversion ", true);
}

TEST_F(DataAnswers, OlistDaysToWin) {
  const auto figures =
      Ask(ImportedData().olist,
          "metrics: ['days_to_win_median', 'days_to_win_mean', 'days_to_win_least', 'days_to_win_greatest', "
          "'wins_by_first_contact', 'wins_before_first_contact', 'wins_by_finder', 'time_to_win_median', "
          "'time_to_win_mean']");
  ExpectSaid(figures, 0, "1", "n 842, median ");
  ExpectSaid(figures, 1, "1", "median 14.0, mean ");
  ExpectSaid(figures, 2, "1", "48.440618, min ");
  ExpectSaid(figures, 3, "1", "min -2, max ");
  ExpectSaid(figures, 4, "1", "max 427; ");
  ExpectSaid(figures, 5, "1", "deals at <=0 days, ");
  ExpectSaid(figures, 6, "1", "mean 49.100769. ");
  ExpectSaid(figures, 7, "1", "With the time of day kept: median ");
  ExpectSaid(figures, 8, "1", "median 14.650729, mean ");
  EXPECT_EQ(figures.total().values(1).denominator(), 842);
  EXPECT_EQ(figures.total().values(1).left_out(), 0);
}

TEST_F(DataAnswers, OlistByOrigin) {
  const auto figures = Ask(
      ImportedData().olist,
      "metrics: ['leads', 'lead_wins', 'conversion', 'days_to_win_median', 'days_to_win_mean'] dimensions: 'origin'");
  ExpectRows(figures, page_->Table("1", "origin"), {"leads", "won", "conversion", "median days", "mean days"});
}

TEST_F(DataAnswers, OlistWinsPerRepAndSdr) {
  for (const auto& [dimension, heading, people] : {std::tuple("rep", "sr_id", 22), std::tuple("sdr", "sdr_id", 32)}) {
    const auto figures = Ask(ImportedData().olist, std::string("metrics: 'lead_wins' dimensions: '") + dimension +
                                                       "' order_by: '-lead_wins' limit: 10");
    ExpectRanking(figures, page_->Table("1", heading), heading, {"wins"});
    EXPECT_EQ(figures.omitted_rows() + 10, people);
    ExpectTotal(figures, 0, "842");
  }
}

TEST_F(DataAnswers, OlistWinsPerSegmentAndLeadType) {
  for (const auto& [dimension, heading] : {std::pair("segment", "segment"), std::pair("lead_type", "lead_type")}) {
    const auto figures = Ask(ImportedData().olist, std::string("metrics: 'lead_wins' dimensions: '") + dimension + "'");
    ExpectRows(figures, page_->Table("1", heading), {"wins"});
    ExpectTotal(figures, 0, "842");
  }
}

TEST_F(DataAnswers, OlistByMonth) {
  const auto figures = Ask(ImportedData().olist,
                           "metrics: ['leads', 'lead_wins', 'cohort_wins', 'cohort_conversion'] "
                           "period { from_on: '2017-06-01' to_on: '2018-11-30' bucket: BUCKET_MONTH }");
  ExpectRanking(figures, page_->Table("1", "month"), "month", {"leads", "wins", "cohort wins", "cohort conversion"});
}

TEST_F(DataAnswers, CrmTotals) {
  const auto figures = Ask(ImportedData().crm,
                           "metrics: ['won', 'lost', 'open', 'win_rate', 'won_value', 'average_deal', 'list_value', "
                           "'realised_share', 'closed']");
  ExpectSaid(figures, 0, "2", "'Prospecting': 500, 'Won': 4238}. Won ");
  ExpectSaid(figures, 1, "2", "Won 4238, lost ");
  ExpectSaid(figures, 2, "2", "lost 2473, open ");
  ExpectSaid(figures, 3, "2", "open 2089, win rate ");
  ExpectSaid(figures, 4, "2", "closed-won value ");
  ExpectSaid(figures, 5, "2", "average deal ");
  ExpectSaid(figures, 6, "2", "List-price total of won deals ");
  ExpectSaid(figures, 7, "2", "realised/list ");
}

TEST_F(DataAnswers, CrmStages) {
  const auto figures = Ask(ImportedData().crm, "metrics: ['open', 'open_list_value'] dimensions: 'stage'");
  ASSERT_EQ(figures.rows_size(), 2);
  EXPECT_EQ(NameOf(figures.rows(0)), "engaging");
  EXPECT_EQ(figures.rows(0).values(0).value(), page_->After("2", "'Engaging': "));
  EXPECT_EQ(figures.rows(1).values(0).value(), page_->After("2", "'Prospecting': "));
  EXPECT_EQ(figures.rows(0).values(1).value(), page_->After("2", "list price: Engaging ") + ".00");
  EXPECT_EQ(figures.rows(1).values(1).value(), page_->After("2", "3,892,229, Prospecting ") + ".00");
}

TEST_F(DataAnswers, CrmCycles) {
  const auto figures = Ask(ImportedData().crm,
                           "metrics: ['sales_cycle_mean', 'sales_cycle_median', 'sales_cycle_least', "
                           "'sales_cycle_greatest', 'lost_cycle_mean', 'lost_cycle_median']");
  ExpectSaid(figures, 0, "2", "Cycle won: mean ");
  ExpectSaid(figures, 1, "2", "51.781973, median ");
  ExpectSaid(figures, 2, "2", "median 57.0, min ");
  ExpectSaid(figures, 3, "2", "min 1, max ");
  ExpectSaid(figures, 4, "2", "lost: mean ");
  ExpectSaid(figures, 5, "2", "41.479175, median ");
  EXPECT_EQ(std::to_string(figures.total().values(0).denominator()), page_->After("2", "max 138 (n "));
  EXPECT_EQ(std::to_string(figures.total().values(4).denominator()), page_->After("2", "median 14 (n "));
}

TEST_F(DataAnswers, CrmStaleOpportunities) {
  const auto figures = Ask(ImportedData().crm,
                           "metrics: ['open_age_mean', 'open_age_median', 'open_stale', 'open'] as_of: '2017-12-31' "
                           "filters { dimension: 'stage' values: 'engaging' }");
  ExpectSaid(figures, 0, "2", "at 2017-12-31: mean ");
  ExpectSaid(figures, 1, "2", "198.8162, median ");
  ExpectSaid(figures, 2, "2", "the longest won cycle) ");
  ExpectSaid(figures, 3, "2", "the longest won cycle) 1291 of ");
}

TEST_F(DataAnswers, CrmByOfficeManagerAndProduct) {
  const std::vector<std::string> columns = {"won", "lost", "open", "win rate", "closed-won value", "avg deal"};
  for (const auto& [dimension, heading] :
       {std::pair("office", "regional office"), std::pair("manager", "manager"), std::pair("product", "product")}) {
    const auto figures =
        Ask(ImportedData().crm,
            std::string("metrics: ['won', 'lost', 'open', 'win_rate', 'won_value', 'average_deal'] dimensions: '") +
                dimension + "' order_by: '-won_value'");
    ExpectRanking(figures, page_->Table("2", heading), heading, columns);
    ExpectSaid(figures, 4, "2", "closed-won value ");
  }
}

TEST_F(DataAnswers, CrmByQuarterAndMonth) {
  const auto quarters =
      Ask(ImportedData().crm, "metrics: ['won', 'lost', 'win_rate', 'won_value'] period { bucket: BUCKET_QUARTER }");
  ExpectRanking(quarters, page_->Table("2", "quarter"), "quarter", {"won", "lost", "win rate", "closed-won value"});
  const auto months = Ask(ImportedData().crm, "metrics: ['won', 'lost', 'won_value'] period { bucket: BUCKET_MONTH }");
  ExpectRanking(months, page_->Table("2", "month"), "month", {"won", "lost", "closed-won value"});
}

TEST_F(DataAnswers, CrmLeaderboard) {
  const auto figures = Ask(ImportedData().crm,
                           "metrics: ['won', 'lost', 'open', 'win_rate', 'won_value', 'average_deal'] dimensions: "
                           "'rep' order_by: '-won_value'");
  ExpectRanking(figures, page_->Table("2", "#"), "agent",
                {"won", "lost", "open", "win rate", "closed-won value", "avg deal"});
}

TEST_F(DataAnswers, CrmTopAccounts) {
  const auto figures =
      Ask(ImportedData().crm, "metrics: ['won', 'won_value'] dimensions: 'account' order_by: '-won_value' limit: 10");
  ExpectRanking(figures, page_->Table("2", "account"), "account", {"won", "value"});
}

}  // namespace
}  // namespace songsang
