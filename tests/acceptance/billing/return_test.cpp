// B5: a return turns everything back that hung on the invoice, together.
#include <gtest/gtest.h>

#include "acceptance/billing/trade.h"
#include "songsang/billing/v1/tax.pb.h"
#include "songsang/billing/v1/tax_service.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang {
namespace {

using namespace billing::v1;  // NOLINT: the service under test

constexpr char kKim[] = "22222222-2222-7222-8222-222222222222";
constexpr char kLee[] = "33333333-3333-7333-8333-333333333333";

std::string Contributions() {
  return "contributions { person_id: '" + std::string(kKim) + "' share_ppm: 700000 } contributions { person_id: '" +
         kLee + "' share_ppm: 300000 }";
}
std::string Part(const InvoiceIssued& sold, int line, int quantity) {
  return "lines { invoice_line_id: '" + sold.lines(line).id() + "' quantity { units: " + std::to_string(quantity) +
         " } }";
}

// `kim 1000, lee 200`: what everyone is credited of an invoice.
std::string Credits(const Trade& trade, const InvoiceIssued& sold) {
  const auto credits = trade.clerk.Call<ListSalesCreditsResponse>("ListSalesCredits",
                                                                  Proto("invoice_id: '" + sold.invoice().id() + "'"));
  EXPECT_THAT(credits, IsOk());
  std::map<std::string, int64_t> bases;
  for (const auto& credit : credits->sales_credits())
    bases[credit.person_id() == kKim ? "kim" : "lee"] += credit.basis().minor();
  return "kim " + std::to_string(bases["kim"]) + ", lee " + std::to_string(bases["lee"]);
}

TEST(B5_Returns, RevenueReceivableCommissionStockAndTaxTurnBackTogether) {
  const Trade trade;
  trade.Open("hanbit", 10'000'000);
  const InvoiceIssued sold = trade.Sell("hanbit", {{10, 1000}, {5, 333}}, Contributions());
  EXPECT_EQ(trade.Balances(), "sales -11665, trade_receivables 12831, vat_payable -1166");
  EXPECT_EQ(Credits(trade, sold), "kim 8166, lee 3499");

  const auto back = trade.Return(sold.invoice().id(), Part(sold, 1, 2));
  ASSERT_THAT(back, Answers(ContainsProto(R"(
    sales_return { supply { minor: 666 } tax { minor: 66 } total { minor: 732 } reduced { minor: 732 } }
    delivery { kind: KIND_RETURN_IN } delivery_lines { quantity { units: 2 } }
    receivables { open { minor: 12099 } } credit_line { receivables { minor: 12099 } })")));
  EXPECT_EQ(trade.Balances(), "sales -11665, sales_returns 666, trade_receivables 12099, vat_payable -1100");
  EXPECT_EQ(Credits(trade, sold), "kim 7700, lee 3299");
  EXPECT_EQ(trade.Exposure("hanbit").receivables().minor(), 12'099);
  trade.ExpectControl(12'099);

  // All the rest: nothing of the sale is left, to the last won, for anybody.
  ASSERT_THAT(trade.Return(sold.invoice().id()), IsOk());
  EXPECT_EQ(trade.Balances(), "sales -11665, sales_returns 11665");
  EXPECT_EQ(Credits(trade, sold), "kim 0, lee 0");
  EXPECT_EQ(trade.Exposure("hanbit").exposure().minor(), 0);
}

TEST(B5_Returns, MoreThanWasSoldAndNotYetReturnedIsRefused) {
  const Trade trade;
  trade.Open("hanbit", 10'000'000);
  const InvoiceIssued sold = trade.Sell("hanbit", {{10, 1000}});
  EXPECT_THAT(trade.Return(sold.invoice().id(), Part(sold, 0, 11)), RefusedWith(std::string("QUANTITY_MUST_BE_SOLD")));
  ASSERT_THAT(trade.Return(sold.invoice().id(), Part(sold, 0, 7)), IsOk());
  const auto refused = trade.Return(sold.invoice().id(), Part(sold, 0, 4));
  ASSERT_THAT(refused, RefusedWith(std::string("QUANTITY_MUST_BE_SOLD")));
  EXPECT_EQ(refused.answer().variables.at("left"), "3");
  EXPECT_EQ(trade.Exposure("hanbit").receivables().minor(), 3'300);
  ASSERT_THAT(trade.Return(sold.invoice().id()), IsOk());
  EXPECT_THAT(trade.Return(sold.invoice().id()), RefusedWith(std::string("RETURN_MUST_HAVE_GOODS")));
}

TEST(B5_Returns, ABusinessGetsAnAmendedTaxInvoiceForReturnedGoods) {
  const Trade trade;
  const auto unit = System::Shared()
                        .As({v1::ROLE_ADMIN}, trade.rep.tenant())
                        .Call<workforce::v1::UnitOpened>("OpenUnit", Proto("name: '서울지점' kind: KIND_HEADQUARTERS"));
  ASSERT_THAT(unit, IsOk());
  const std::string unit_id = unit->unit().id();
  ASSERT_THAT(trade.manager.Call<BusinessPlaceSaved>(
                  "SaveBusinessPlace",
                  Proto("brn: '220-81-62517' name: '송상' representative: '홍길동' unit_id: '" + unit_id + "'")),
              IsOk());
  const auto account = trade.rep.Call<accounts::v1::AccountRegistered>(
      "RegisterAccount", Proto("kind: KIND_BUSINESS name: '한빛' brn: '124-81-00998' state: STATE_OPEN "
                               "external_ref { system: 'test' key: 'hanbit' }"));
  ASSERT_THAT(account, IsOk());
  ASSERT_THAT(trade.importer.Call<CreditLineOpened>(
                  "OpenCreditLine", Proto("account_id: 'ext:test:hanbit' limit { minor: 1000000 currency: 'KRW' }")),
              IsOk());
  const InvoiceIssued sold = trade.Sell("hanbit", {{10, 1000}}, "unit_id: '" + unit_id + "'");
  ASSERT_EQ(sold.tax_invoices_size(), 1);
  EXPECT_THAT(sold.tax_invoices(0),
              ContainsProto("supply { minor: 10000 } tax { minor: 1000 } buyer { name: '한빛' }"));
  const auto back = trade.Return(sold.invoice().id(), Part(sold, 0, 3));
  ASSERT_THAT(back, Answers(ContainsProto(R"(
    tax_invoices { document: DOCUMENT_AMENDED_TAX_INVOICE amendment: AMENDMENT_RETURN supply { minor: -3000 }
                   tax { minor: -300 } total { minor: -3300 } })")));
  EXPECT_EQ(back->tax_invoices(0).original_id(), sold.tax_invoices(0).id());
  EXPECT_EQ(back->tax_invoice_lines_size(), 1);
  EXPECT_EQ(back->tax_invoice_lines(0).quantity().units(), -3);
}

TEST(B5_Returns, ARepeatedReturnHasOneEffect) {
  const Trade trade;
  trade.Open("hanbit", 10'000'000);
  const InvoiceIssued sold = trade.Sell("hanbit", {{10, 1000}});
  const std::string once = "request_id: 'ret-1' " + Part(sold, 0, 4);
  const auto first = trade.Return(sold.invoice().id(), once);
  const auto second = trade.Return(sold.invoice().id(), once);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->sales_return().id(), second->sales_return().id());
  EXPECT_EQ(trade.Exposure("hanbit").receivables().minor(), 6'600);
}

}  // namespace
}  // namespace songsang
