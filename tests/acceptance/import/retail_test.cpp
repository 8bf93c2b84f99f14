// Invoices and returns of a real shop, whose two months are known to the last digit (shared/data/README.md).
#include <filesystem>

#include "acceptance/import/importing.h"
#include "core/decimal.h"
#include "songsang/billing/v1/take_over.pb.h"

namespace songsang {
namespace {

using namespace billing::v1;  // NOLINT: the service under test

class Retail : public Importing {
 protected:
  // `2010-12 GBP 823746.140 - 74789.120 = 748957.020 (41480, 728)`, month by month.
  std::string Values() const {
    const auto values = client_.Call<GetSalesValueResponse>("GetSalesValue", Proto(""));
    EXPECT_THAT(values, IsOk());
    std::string text;
    for (const auto& month : values->months()) {
      const auto shown = [](const common::v1::Decimal& value) {
        const auto thousandths = Rescale(value, 3);
        return thousandths ? FormatDecimal(*thousandths) : "finer than thousandths";
      };
      text += month.month() + " " + month.currency() + " " + shown(month.sales()) + " - " + shown(month.returns()) +
              " = " + shown(month.net()) + " (" + std::to_string(month.sale_lines()) + ", " +
              std::to_string(month.return_lines()) + ")\n";
    }
    return text;
  }
};

TEST_F(Retail, OnlineRetailsTwoMonthsAreExact) {
  const std::string file = DataFolder() + "/online_retail/online_retail_2010-12_2011-01.csv.gz";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there; SONGSANG_DATA names its folder";
  const Done done = Import(file, "online_retail");
  EXPECT_EQ(done.exit_code, 1) << done.out << done.err;
  EXPECT_EQ(Values(),
            "2010-12 GBP 823746.140 - 74789.120 = 748957.020 (41480, 728)\n"
            "2011-01 GBP 691364.560 - 131364.300 = 560000.260 (34306, 701)\n");
  // What is no sale is excluded and counted: the lines without a price.
  EXPECT_EQ(std::count(done.refused.begin(), done.refused.end(), '\n'), 1 + 413);
}

TEST_F(Retail, LinesJoinTheirDocumentAndEqualLinesAreTwo) {
  const std::string file = Write("retail.csv",
                                 "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
                                 "1,A,LANTERN,6,2010-12-01 08:26:00,2.555,17850.0,United Kingdom\n"
                                 "1,A,LANTERN,6,2010-12-01 08:26:00,2.555,17850.0,United Kingdom\n"
                                 "1,B,HANGER,1,2010-12-01 08:26:00,0,,United Kingdom\n"
                                 "C2,A,LANTERN,-1,2010-12-02 08:26:00,2.555,,France\n");
  const Done done = Import(file, "online_retail");
  EXPECT_EQ(done.exit_code, 1) << done.out << done.err;
  EXPECT_THAT(done.refused, ::testing::HasSubstr("AMOUNT_MUST_NOT_BE_ZERO"));
  const std::string values = "2010-12 GBP 30.660 - 2.555 = 28.105 (2, 1)\n";
  EXPECT_EQ(Values(), values);
  EXPECT_THAT(
      client_.Call<Invoice>("GetInvoice", Proto("id: 'ext:retail:1'")),
      Answers(ContainsProto("number: 'retail:1' issued_on: '2010-12-01' supply { minor: 3066 currency: 'GBP' }")));
  EXPECT_THAT(client_.Call<SalesReturn>("GetSalesReturn", Proto("id: 'ext:retail:C2'")),
              Answers(ContainsProto("number: 'retail:C2' supply { minor: 255 }")));
  // Again is harmless.
  Import(file, "online_retail");
  EXPECT_EQ(Values(), values);
}

}  // namespace
}  // namespace songsang
