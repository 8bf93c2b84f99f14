#include <gtest/gtest.h>

#include "billing/rules_invoice.h"
#include "kit/days.h"
#include "unit/billing/book.h"

namespace songsang::billing {
namespace {

// A shop with one client, and what was sold to it.
class Shop : public Book {
 public:
  explicit Shop(int64_t limit = 10'000'000) {
    Open("A", limit);
    place = Proto("id: 'place' version: 1 brn: '2208162517' name: '송상'");
  }
  // Placed and delivered.
  std::string Delivered(const std::string& lines, const std::string& rest = "owner_id: 'kim'") {
    const auto placed = Place(Proto("account_id: 'A' currency: 'KRW' unit_id: 'U' " + rest + " " + lines), Next());
    EXPECT_THAT(placed, IsOk());
    EXPECT_THAT(Deliver(Proto("order_id: '" + placed->order().id() + "'"), Next()), IsOk());
    return placed->order().id();
  }
  Result<InvoiceIssued> Issued(const std::string& order, const std::string& rest = "") {
    return Issue(Proto("order_id: '" + order + "' " + rest), Next());
  }
  InvoiceIssued Sold(const std::string& lines, const std::string& rest = "owner_id: 'kim'") {
    const auto issued = Issued(Delivered(lines, rest));
    EXPECT_THAT(issued, IsOk());
    return *issued;
  }
  Result<ReturnAccepted> Back(const Invoice& invoice, const std::string& rest = "", int days_ago = 0) {
    return Return(Proto("invoice_id: '" + invoice.id() + "' reason: '불량' " + rest),
                  Next({songsang::v1::ROLE_RECEIVABLES_CLERK}, days_ago));
  }
  // Somebody paid so much of a receivable.
  void Pay(const std::string& receivable_id, int64_t minor) {
    InvoiceIssued paid;  // an event that holds what a receipt moves
    *paid.mutable_receivable() = *Get<Receivable>(receivable_id);
    *paid.mutable_credit_line() = *Get<CreditLine>(paid.receivable().credit_line_id());
    const Context context = Next();
    Entry entry(LedgerEntry::KIND_RECEIPT, {"2026-11-22", "2026-11", ""}, "U", "receipt", "A", "KRW", context);
    entry.Move(paid.mutable_receivable(), -minor);
    entry.Post(LedgerAccount::PURPOSE_BANK, minor);
    entry.Into(&paid);
    MoveReceivables(-minor, paid.mutable_credit_line());
    EXPECT_EQ(Record(&paid), "");
  }
};

std::string Line(int quantity, int64_t price, const std::string& rest = "") {
  return "lines { description: 'x' quantity { units: " + std::to_string(quantity) +
         " } unit_price { units: " + std::to_string(price) + " } " + rest + "} ";
}
std::string Of(const google::protobuf::RepeatedPtrField<InvoiceLine>& lines, int index, const std::string& quantity) {
  return "lines { invoice_line_id: '" + lines[index].id() + "' quantity { " + quantity + " } } ";
}

TEST(IssueInvoice, RecordsEverythingInOneEvent) {
  Shop shop;
  const auto sold = shop.Sold(Line(3, 1005) + Line(1, 500, "tax_kind: TAX_KIND_ZERO_RATED"),
                              "contributions { person_id: 'kim' share_ppm: 666667 } "
                              "contributions { person_id: 'lee' share_ppm: 333333 }");
  EXPECT_THAT(sold, ContainsProto(R"(
    invoice { number: 'INV-2026-000001' issued_on: '2026-11-22' due_on: '2026-12-22' supply { minor: 3515 }
              tax { minor: 301 } total { minor: 3816 currency: 'KRW' } unit_id: 'U' }
    lines { number: 1 supply { minor: 3015 } tax { minor: 301 } total { minor: 3316 } }
    lines { number: 2 supply { minor: 500 } tax { minor: 0 } total { minor: 500 } }
    order { state: STATE_INVOICED reserved { minor: 0 } }
    receivable { kind: KIND_INVOICE amount { minor: 3816 } open { minor: 3816 } due_on: '2026-12-22' settled: false }
    entry { kind: KIND_INVOICE posted_on: '2026-11-22' month: '2026-11' unit_id: 'U' }
    postings { purpose: PURPOSE_TRADE_RECEIVABLES amount { minor: 3816 } }
    postings { purpose: PURPOSE_SALES amount { minor: -3515 } }
    postings { purpose: PURPOSE_VAT_PAYABLE amount { minor: -301 } }
    credit_line { orders { minor: 0 } receivables { minor: 3816 } }
    sales_credits { person_id: 'kim' share_ppm: 666667 basis { minor: 2010 } }
    sales_credits { person_id: 'lee' share_ppm: 333333 basis { minor: 1005 } }
    sales_credits { person_id: 'kim' basis { minor: 333 } }
    sales_credits { person_id: 'lee' basis { minor: 167 } }
    sequences { series: 'invoice/2026' next: 2 }
    sequences { series: 'tax_invoice/2026' next: 3 }
    tax_invoices { number: 'TAX-2026-000001' rate: RATE_GENERAL supply { minor: 3015 } tax { minor: 301 } }
    tax_invoices { number: 'TAX-2026-000002' rate: RATE_ZERO supply { minor: 500 } tax { minor: 0 } })"));
}

TEST(IssueInvoice, RefusesInThisOrder) {
  Shop shop;
  const std::string order = shop.Delivered(Line(3, 1000));
  const std::string line = "lines { order_line_id: '" + shop.LinesOf(order)[0]->id() + "' quantity { units: ";
  EXPECT_THAT(shop.Issued(order, "issued_on: '2026-11-23'"), RefusedWith(kit::kDayMustNotBeInFuture));
  EXPECT_THAT(shop.Issued(order, "issued_on: '2026-10-01'"), RefusedWith(kit::kDayMustBeRecent));
  EXPECT_THAT(shop.Issued(order, "due_on: '2026-11-21'"), RefusedWith(kDueMustFollowIssue));
  EXPECT_THAT(shop.Issued(order, "lines { order_line_id: 'other' quantity { units: 1 } }"),
              RefusedWith(kLineMustBeOfOrder));
  EXPECT_THAT(shop.Issued(order, line + "0 } }"), RefusedWith(kQuantityMustBePositive));
  EXPECT_THAT(shop.Issued(order, line + "4 } }"), RefusedWith(kQuantityMustBeDelivered));
  EXPECT_THAT(shop.Issued(order, "posted_on: '2026-11-23'"), RefusedWith(kit::kDayMustNotBeInFuture));
  EXPECT_THAT(shop.Issued(order), IsOk());
  EXPECT_THAT(shop.Issued(order), RefusedWith(kOrderMustBeLive));
  // A number that nobody got is given to the next.
  EXPECT_EQ(shop.Sold(Line(1, 10)).invoice().number(), "INV-2026-000002");
  EXPECT_THAT(shop.Issued(shop.Delivered(Line(1, 0))), RefusedWith(kAmountMustNotBeZero));
}

TEST(IssueInvoice, PartsSumToTheOrderAndReserveNothingInTheEnd) {
  Shop shop;
  // Three parts of 3 × 33.5 = 100: 33, 33 and 34; the tax of each is cut, so the last part gives up more than it bills.
  const auto placed = shop.Place(Proto("account_id: 'A' currency: 'KRW' lines { description: 'x' quantity { units: 3 } "
                                       "unit_price { units: 335 scale: 1 } }"),
                                 shop.Next());
  ASSERT_THAT(placed, Answers(ContainsProto("order { total { minor: 110 } }")));
  const std::string order = placed->order().id();
  ASSERT_THAT(shop.Deliver(Proto("order_id: '" + order + "'"), shop.Next()), IsOk());
  const std::string one = "lines { order_line_id: '" + placed->lines(0).id() + "' quantity { units: 1 } }";
  EXPECT_THAT(shop.Issued(order, one), Answers(ContainsProto(R"(
    invoice { supply { minor: 33 } tax { minor: 3 } } order { reserved { minor: 74 } }
    credit_line { orders { minor: 74 } receivables { minor: 36 } })")));
  EXPECT_THAT(shop.Issued(order, one), Answers(ContainsProto("invoice { supply { minor: 33 } }")));
  EXPECT_THAT(shop.Issued(order, one), Answers(ContainsProto(R"(
    invoice { supply { minor: 34 } tax { minor: 3 } } order { state: STATE_INVOICED reserved { minor: 0 } }
    credit_line { orders { minor: 0 } receivables { minor: 109 } })")));
}

TEST(IssueInvoice, GoesIntoAMonthThatIsOpen) {
  Shop shop;
  const std::string order = shop.Delivered(Line(3, 1000));
  SalesOrder standing = *shop.Get<SalesOrder>(order);
  InvoiceFacts facts(standing);
  facts.lines = shop.LinesOf(order);
  const Period october = Proto("unit_id: 'U' month: '2026-10' ledger: LEDGER_SALES state: STATE_SOFT_CLOSED");
  facts.periods = {&october};
  const auto issue = [&](const std::string& rest) {
    return IssueInvoice(facts, Proto("order_id: '" + order + "' " + rest), shop.Next());
  };
  EXPECT_THAT(issue("issued_on: '2026-10-30' posted_on: '2026-10-31'"), RefusedWith(kPeriodMustBeOpen));
  // The document keeps its day; the books have the day on which they were open.
  EXPECT_THAT(issue("issued_on: '2026-10-30'"), Answers(ContainsProto(R"(
    invoice { issued_on: '2026-10-30' }
    entry { posted_on: '2026-11-01' month: '2026-11' belongs_to: '2026-10' }
    postings { posted_on: '2026-11-01' month: '2026-11' } postings {} postings {})")));
}

TEST(AcceptReturn, TurnsEverythingBackInOneEvent) {
  Shop shop;
  const auto sold = shop.Sold(Line(10, 100),
                              "contributions { person_id: 'kim' share_ppm: 700000 } "
                              "contributions { person_id: 'lee' share_ppm: 300000 }");
  const auto back = shop.Back(sold.invoice(), Of(sold.lines(), 0, "units: 2"));
  ASSERT_THAT(back, Answers(ContainsProto(R"(
    sales_return { number: 'RET-2026-000001' returned_on: '2026-11-22' reason: '불량' supply { minor: 200 }
                   tax { minor: 20 } total { minor: 220 currency: 'KRW' } reduced { minor: 220 } }
    lines { number: 1 quantity { units: 2 } supply { minor: 200 } tax { minor: 20 } }
    invoice { returned { minor: 220 } }
    invoice_lines { returned { units: 2 } returned_supply { minor: 200 } returned_tax { minor: 20 } }
    order_lines { returned { units: 2 } }
    delivery { kind: KIND_RETURN_IN delivered_on: '2026-11-22' } delivery_lines { quantity { units: 2 } }
    entry { kind: KIND_RETURN posted_on: '2026-11-22' }
    postings { purpose: PURPOSE_SALES_RETURNS amount { minor: 200 } }
    postings { purpose: PURPOSE_VAT_PAYABLE amount { minor: 20 } }
    postings { purpose: PURPOSE_TRADE_RECEIVABLES amount { minor: -220 } }
    receivables { open { minor: 880 } settled: false }
    credit_line { receivables { minor: 880 } }
    sales_credits { person_id: 'kim' share_ppm: 700000 basis { minor: -140 } }
    sales_credits { person_id: 'lee' share_ppm: 300000 basis { minor: -60 } }
    sequences { series: 'return/2026' next: 2 }
    sequences { series: 'tax_invoice/2026' next: 3 }
    tax_invoices { number: 'TAX-2026-000002' amendment: AMENDMENT_RETURN written_on: '2026-11-22'
                   supply { minor: -200 } tax { minor: -20 } total { minor: -220 } })")));
  EXPECT_EQ(back->entry().reverses_id(), sold.entry().id());
  EXPECT_EQ(back->tax_invoices(0).original_id(), sold.tax_invoices(0).id());
  EXPECT_EQ(back->sales_credits(0).original_id(), sold.sales_credits(0).id());
}

TEST(AcceptReturn, RefusesInThisOrder) {
  Shop shop;
  const auto sold = shop.Sold(Line(10, 100));
  const auto back = [&](const std::string& rest) { return shop.Back(sold.invoice(), rest); };
  EXPECT_THAT(back("returned_on: '2026-11-23' lines { invoice_line_id: 'x' }"),
              RefusedWith(kit::kDayMustNotBeInFuture));
  EXPECT_THAT(back("returned_on: '2026-11-21' lines { invoice_line_id: 'x' }"), RefusedWith(kReturnMustFollowInvoice));
  EXPECT_THAT(back("lines { invoice_line_id: 'x' }"), RefusedWith(kLineMustBeOfInvoice));
  EXPECT_THAT(back(Of(sold.lines(), 0, "units: 1") + Of(sold.lines(), 0, "units: 1")),
              RefusedWith(kLineMustBeNamedOnce));
  EXPECT_THAT(back(Of(sold.lines(), 0, "units: 0")), RefusedWith(kQuantityMustBePositive));
  EXPECT_THAT(back(Of(sold.lines(), 0, "units: 15 scale: 1")), RefusedWith(kQuantityMustFitLine));
  EXPECT_THAT(back(Of(sold.lines(), 0, "units: 11")), RefusedWith(kQuantityMustBeSold));
  ASSERT_THAT(back(Of(sold.lines(), 0, "units: 4")), IsOk());
  EXPECT_THAT(back(Of(sold.lines(), 0, "units: 7")), RefusedWith(kQuantityMustBeSold));
  ASSERT_THAT(back(""), Answers(ContainsProto("lines { quantity { units: 6 } } invoice { returned { minor: 1100 } }")));
  EXPECT_THAT(back(""), RefusedWith(kReturnMustHaveGoods));
}

TEST(AcceptReturn, LeavesNothingOfALineThatCameBackInParts) {
  Shop shop;
  // 7 × 333 = 2,331 among three: nothing divides evenly.
  const auto sold = shop.Sold(Line(7, 333),
                              "contributions { person_id: 'a' share_ppm: 333334 } "
                              "contributions { person_id: 'b' share_ppm: 333333 } "
                              "contributions { person_id: 'c' share_ppm: 333333 }");
  for (const char* part : {"units: 1", "units: 2", "units: 4"})
    ASSERT_THAT(shop.Back(sold.invoice(), Of(sold.lines(), 0, part)), IsOk());
  std::map<std::string, int64_t> bases, postings;
  for (const SalesCredit* credit : shop.All<SalesCredit>()) bases[credit->person_id()] += credit->basis().minor();
  for (const Posting* posting : shop.All<Posting>())
    postings[LedgerAccount::Purpose_Name(posting->purpose())] += posting->amount().minor();
  EXPECT_EQ(bases, (std::map<std::string, int64_t>{{"a", 0}, {"b", 0}, {"c", 0}}));
  EXPECT_EQ(postings, (std::map<std::string, int64_t>{{"PURPOSE_SALES", -2331},
                                                      {"PURPOSE_SALES_RETURNS", 2331},
                                                      {"PURPOSE_TRADE_RECEIVABLES", 0},
                                                      {"PURPOSE_VAT_PAYABLE", 0}}));
  int64_t taxed = 0;
  for (const TaxInvoice* invoice : shop.All<TaxInvoice>()) taxed += invoice->total().minor();
  EXPECT_EQ(taxed, 0);
}

// The example of the field: a sale of 1,000, 200 of it returned, 4 % commission is 32.
TEST(AcceptReturn, TakesBackTheBasisOfCommissionAndAddsNone) {
  Shop shop;
  const auto sold = shop.Sold(Line(10, 100));
  ASSERT_THAT(shop.Back(sold.invoice(), Of(sold.lines(), 0, "units: 2")), IsOk());
  int64_t basis = 0;
  for (const SalesCredit* credit : shop.All<SalesCredit>()) basis += credit->basis().minor();
  EXPECT_EQ(basis * 4 / 100, 32);
}

TEST(AcceptReturn, LeavesWhatWasPaidToTheClientsCredit) {
  Shop shop;
  const auto sold = shop.Sold(Line(10, 100));
  shop.Pay(sold.receivable().id(), 1000);
  ASSERT_THAT(shop.Back(sold.invoice(), Of(sold.lines(), 0, "units: 3")), Answers(ContainsProto(R"(
    sales_return { total { minor: 330 } reduced { minor: 100 } }
    receivables { kind: KIND_INVOICE open { minor: 0 } settled: true settled_on: '2026-11-22' }
    receivables { kind: KIND_CREDIT amount { minor: -230 } open { minor: -230 } settled: false }
    postings { purpose: PURPOSE_SALES_RETURNS } postings { purpose: PURPOSE_VAT_PAYABLE }
    postings { purpose: PURPOSE_TRADE_RECEIVABLES amount { minor: -100 } }
    postings { purpose: PURPOSE_TRADE_RECEIVABLES amount { minor: -230 } }
    credit_line { receivables { minor: -230 } })")));
  // Paid in full, all of a return is a credit.
  ASSERT_THAT(shop.Back(sold.invoice(), Of(sold.lines(), 0, "units: 1")), Answers(ContainsProto(R"(
    sales_return { reduced { minor: 0 } } receivables { kind: KIND_CREDIT open { minor: -110 } }
    credit_line { receivables { minor: -340 } })")));
}

TEST(AcceptReturn, IsBookedOnTheDayItIsKnown) {
  Shop shop;
  const std::string order = shop.Delivered(Line(10, 100));
  const auto issued = shop.Issued(order, "issued_on: '2026-10-28'");
  ASSERT_THAT(issued, IsOk());
  // It came back in October, and is known in November: the reversal is November's, whatever is still open.
  EXPECT_THAT(shop.Back(issued->invoice(), "returned_on: '2026-10-30'"), Answers(ContainsProto(R"(
    sales_return { returned_on: '2026-10-30' } entry { posted_on: '2026-11-22' month: '2026-11' }
    tax_invoices { written_on: '2026-10-30' })")));
}

}  // namespace
}  // namespace songsang::billing
