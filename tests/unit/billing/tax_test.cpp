#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "billing/rules_tax.h"
#include "billing/rules_tax_check.h"
#include "billing/rules_tax_xml.h"
#include "billing/rules_taxation.h"
#include "songsang/workforce/v1/calendar.pb.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::billing {
namespace {

using common::v1::CallState;

constexpr auto kTaxable = SalesOrderLine::TAX_KIND_TAXABLE;

TaxRates RatesOf(const char* text) {
  TaxRates rates = TaxRatesOn({}, "2026-01-01");
  const TaxRates more = Proto(text);
  rates.MergeFrom(more);
  return rates;
}

TEST(TaxOn, RoundsTheMagnitudeAndKeepsTheSign) {
  struct {
    int64_t supply;
    const char* rates;
    SalesOrderLine::TaxKind kind;
    int64_t tax;
  } const rows[] = {
      {1000, "", kTaxable, 100},
      {19, "", kTaxable, 1},
      {-19, "", kTaxable, -1},
      {15, "rounding: ROUNDING_HALF_AWAY", kTaxable, 2},
      {-15, "rounding: ROUNDING_HALF_AWAY", kTaxable, -2},
      {14, "rounding: ROUNDING_HALF_AWAY", kTaxable, 1},
      {11, "rounding: ROUNDING_UP", kTaxable, 2},
      {-11, "rounding: ROUNDING_UP", kTaxable, -2},
      {10, "rounding: ROUNDING_UP", kTaxable, 1},
      {0, "rounding: ROUNDING_UP", kTaxable, 0},
      {9'007'199'254'740'990, "", kTaxable, 900'719'925'474'099},
      {1000, "", SalesOrderLine::TAX_KIND_ZERO_RATED, 0},
      {1000, "", SalesOrderLine::TAX_KIND_EXEMPT, 0},
  };
  for (const auto& row : rows) EXPECT_EQ(TaxOn(row.supply, row.kind, RatesOf(row.rates)), row.tax) << row.supply;
}

TEST(TaxesOf, OfADocumentAreItsTaxSharedOut) {
  const std::vector<int64_t> supplies = {15, 15, 15};
  EXPECT_EQ(TaxesOf(supplies, kTaxable, RatesOf("")), (std::vector<int64_t>{1, 1, 1}));
  EXPECT_EQ(TaxesOf(supplies, kTaxable, RatesOf("per_document: true")), (std::vector<int64_t>{2, 1, 1}));
  EXPECT_EQ(TaxesOf({-15, -15, -15}, kTaxable, RatesOf("per_document: true")), (std::vector<int64_t>{-2, -1, -1}));
  EXPECT_EQ(TaxesOf({15, -15}, kTaxable, RatesOf("per_document: true")), (std::vector<int64_t>{1, -1}));
}

TEST(TaxRatesOn, TakesTheLatestThatBegan) {
  const TaxRates old = Proto("country: 'KR' valid_from_on: '2020-01-01' vat_ppm: 1");
  const TaxRates later = Proto("country: 'KR' valid_from_on: '2026-07-01' vat_ppm: 2");
  EXPECT_EQ(TaxRatesOn({&later, &old}, "2019-12-31").vat_ppm(), 100'000);
  EXPECT_EQ(TaxRatesOn({&later, &old}, "2026-06-30").vat_ppm(), 1);
  EXPECT_EQ(TaxRatesOn({&later, &old}, "2026-07-01").vat_ppm(), 2);
}

TEST(TaxDeadlines, FallOnBusinessDays) {
  EXPECT_EQ(IssueByOn("2026-03-31"), "2026-04-10");
  EXPECT_EQ(IssueByOn("2026-04-01"), "2026-05-11");  // the 10th is a Sunday
  EXPECT_EQ(IssueByOn("2025-12-15"), "2026-01-12");  // a Saturday
  EXPECT_EQ(IssueByOn("no day"), "");
  EXPECT_EQ(TransmitByOn("2026-04-13"), "2026-04-14");
  EXPECT_EQ(TransmitByOn("2026-04-10"), "2026-04-13");  // a Friday
  EXPECT_EQ(TransmitByOn("2026-02-13"), "2026-02-19");  // before Seollal
  EXPECT_EQ(TransmitByOn("2026-04-30"), "2026-05-04");  // Labour Day, then a weekend
  EXPECT_EQ(FinalReturnOn("2026-06-30"), "2026-07-27");
  // A public holiday at short notice moves them; the company's own, or its Saturdays, do not.
  const workforce::v1::CalendarDay declared[] = {
      Proto("date: '2026-04-10' kind: KIND_PUBLIC_HOLIDAY"), Proto("date: '2026-04-14' kind: KIND_HOLIDAY"),
      Proto("date: '2026-04-18' kind: KIND_WORKING_DAY"), Proto("date: '2026-07-27' kind: KIND_PUBLIC_HOLIDAY")};
  const kit::DeclaredDays holidays =
      kit::PublicIn<workforce::v1::CalendarDay>({&declared[0], &declared[1], &declared[2], &declared[3]});
  EXPECT_EQ(IssueByOn("2026-03-31", holidays), "2026-04-13");
  EXPECT_EQ(TransmitByOn("2026-04-13", holidays), "2026-04-14");
  EXPECT_EQ(TransmitByOn("2026-04-17", holidays), "2026-04-20");
  EXPECT_EQ(FinalReturnOn("2026-06-30", holidays), "2026-07-28");
  EXPECT_EQ(IssuePenalty(1'000'000, "2026-03-31", "2026-04-13", "2026-04-30", RatesOf(""), holidays), 0);
  EXPECT_GT(IssuePenalty(1'000'000, "2026-03-31", "2026-04-13", "2026-04-30", RatesOf("")), 0);
  EXPECT_EQ(FinalReturnOn("2026-07-01"), "2027-01-25");
}

TEST(TaxPenalty, GrowsWithTime) {
  const TaxRates rates = RatesOf("");
  const auto issue = [&](const char* issued, const char* as_of) {
    return IssuePenalty(1'000'000, "2026-03-31", issued, as_of, rates);
  };
  EXPECT_EQ(issue("2026-04-10", "2026-12-31"), 0);
  EXPECT_EQ(issue("2026-04-11", "2026-12-31"), 10'000);
  EXPECT_EQ(issue("2026-07-27", "2026-12-31"), 10'000);
  EXPECT_EQ(issue("2026-07-28", "2026-12-31"), 20'000);
  EXPECT_EQ(issue("", "2026-04-10"), 0);
  EXPECT_EQ(issue("", "2026-04-11"), 10'000);
  EXPECT_EQ(issue("", "2026-08-01"), 20'000);
  EXPECT_EQ(TransmissionPenalty(-1'000'000, "2026-03-31", "2026-04-10", "2026-04-13", "2026-12-31", rates), 0);
  EXPECT_EQ(TransmissionPenalty(-1'000'000, "2026-03-31", "2026-04-10", "2026-04-14", "2026-12-31", rates), 3'000);
  EXPECT_EQ(TransmissionPenalty(-1'000'000, "2026-03-31", "2026-04-10", "", "2026-12-31", rates), 5'000);
}

// The paths of all elements of a document: `TaxInvoice/ExchangedDocument/ID`.
std::set<std::string> PathsOf(const std::string& xml) {
  std::set<std::string> paths;
  std::vector<std::string> open;
  for (size_t at = xml.find('<'); at != std::string::npos; at = xml.find('<', at + 1)) {
    if (xml[at + 1] == '?') continue;
    if (xml[at + 1] == '/') {
      open.pop_back();
      continue;
    }
    open.push_back(xml.substr(at + 1, xml.find_first_of(" >", at) - at - 1));
    std::string path;
    for (const auto& name : open) path += (path.empty() ? "" : "/") + name;
    paths.insert(path);
  }
  EXPECT_TRUE(open.empty()) << "every element is closed";
  return paths;
}

TEST(TaxInvoiceXml, HasTheElementsOfTheStandardAndNoOthers) {
  const char* data = std::getenv("SONGSANG_DATA");
  std::ifstream in(std::string(data == nullptr ? "../shared/data" : data) + "/korea/tax_invoice_unsigned.xml");
  if (!in) GTEST_SKIP() << "the sample is not here";
  const std::string sample{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const TaxInvoice invoice = Proto(
      "number: 'TAX-2026-000001' approval_no: '202603314100000100000001' document: DOCUMENT_TAX_INVOICE rate: "
      "RATE_GENERAL purpose: PURPOSE_CLAIMED written_on: '2026-03-31' supplier { brn: '2208162517' sub_place_no: "
      "'0001' "
      "name: '송상 & <물산>' representative: '왕건' address: '개성' business_type: '도매' business_item: '인삼' email: "
      "'a@b.kr' } buyer { brn: '1248100998' name: '한빛' email: 'c@d.kr' address: '서울' } supply { minor: 1000 } tax "
      "{ "
      "minor: 100 } total { minor: 1100 }");
  const std::vector<TaxInvoiceLine> lines = {Proto(
      "number: 1 name: '인삼' supplied_on: '2026-03-31' quantity { units: 25 scale: 1 } unit_price { units: 40000 "
      "scale: 2 } supply { minor: 1000 } tax { minor: 100 }")};
  const std::string xml = TaxInvoiceXml(invoice, lines, {*ParseInstant("2026-03-31T15:00:01Z"), ""});
  const auto known = PathsOf(sample);
  for (const auto& path : PathsOf(xml)) EXPECT_TRUE(known.contains(path)) << path;
  for (const char* part : {"<TypeCode>0101</TypeCode>", "<IssueDateTime>20260401000001</IssueDateTime>",
                           "<IssueDateTime>20260331</IssueDateTime>", "<PurposeCode>02</PurposeCode>",
                           "<NameText>송상 &amp; &lt;물산&gt;</NameText>", "<GrandTotalAmount>1100</GrandTotalAmount>",
                           "<ChargeableUnitQuantity>2.5</ChargeableUnitQuantity>", "<UnitAmount>400</UnitAmount>",
                           "<BusinessTypeCode>01</BusinessTypeCode>", "<TaxRegistrationID>0001</TaxRegistrationID>"})
    EXPECT_THAT(xml, ::testing::HasSubstr(part));
}

TEST(DraftReturnTaxInvoice, TakesBackExactlyWhatWasCharged) {
  const Invoice invoice = Proto("id: 'I' issued_on: '2026-11-10' total { minor: 366668 currency: 'KRW' }");
  const InvoiceLine line = Proto(
      "id: 'L' description: '책상' tax_kind: TAX_KIND_TAXABLE quantity { units: 1 } supply { "
      "minor: 333335 currency: 'KRW' } tax { minor: 33333 currency: 'KRW' }");
  const BusinessPlace place = Proto("id: 'P' brn: '2208162517' name: '송상'");
  const accounts::v1::Account buyer = Proto("id: 'A' kind: KIND_BUSINESS brn: '1248100998' name: '한빛'");
  const auto first = DraftTaxInvoice(invoice, {line}, place, buyer, 7, {}, ContextOf());
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->tax_invoice.approval_no(), "202611222208162500000007");
  EXPECT_EQ(first->tax_invoice.number(), "TAX-2026-000007");
  EXPECT_EQ(first->tax_invoice.transmission().state(), CallState::STATE_DUE);
  Context later = ContextOf();
  later.seed = Sha256("the return");
  const SalesReturn back = Proto("id: 'R' invoice_id: 'I' returned_on: '2026-11-20' total { currency: 'KRW' }");
  const SalesReturnLine returned = Proto(
      "invoice_line_id: 'L' quantity { units: 1 } supply { minor: 333335 currency: "
      "'KRW' } tax { minor: 33333 currency: 'KRW' }");
  const TaxDraft amended = DraftReturnTaxInvoice(back, {returned}, {line}, first->tax_invoice, 8, {}, later);
  EXPECT_THAT(
      amended.tax_invoice,
      ContainsProto("document: DOCUMENT_AMENDED_TAX_INVOICE amendment: AMENDMENT_RETURN written_on: '2026-11-20' "
                    "supply { minor: -333335 } tax { minor: -33333 } total { minor: -366668 } remark: '당초 작성일자 "
                    "2026-11-10'"));
  EXPECT_EQ(amended.tax_invoice.original_id(), first->tax_invoice.id());
  EXPECT_NE(amended.tax_invoice.id(), first->tax_invoice.id());
  const TaxDocument document = DocumentOf(amended.tax_invoice, amended.lines, first->tax_invoice.approval_no());
  EXPECT_EQ(CheckTaxDocument(document, RatesOf(""), "2026-11-22").violations_size(), 0);
  // Of mixed kinds there is none.
  InvoiceLine exempt = line;
  exempt.set_tax_kind(SalesOrderLine::TAX_KIND_EXEMPT);
  EXPECT_THAT(DraftTaxInvoice(invoice, {line, exempt}, place, buyer, 7, {}, ContextOf()),
              RefusedWith(kTaxKindsMustNotMix));
  // What an importer dates in the past was transmitted by whoever issued it then.
  EXPECT_FALSE(DraftTaxInvoice(invoice, {line}, place, buyer, 7, {}, ContextOf({songsang::v1::ROLE_IMPORTER}, 30))
                   ->tax_invoice.has_transmission());
}

TEST(Transmission, GoesItsWay) {
  struct {
    const char* state;
    const char* outcome;
    const char* after;  // null: refused
    int in_seconds;     // until it is acted on again; -1: never
  } const rows[] = {
      {"STATE_STARTED", "OUTCOME_DONE", "STATE_DONE", -1},
      {"STATE_STARTED", "OUTCOME_REFUSED", "STATE_REFUSED", -1},
      {"STATE_STARTED", "OUTCOME_UNKNOWN", "STATE_UNKNOWN", 5},
      {"STATE_UNKNOWN", "OUTCOME_UNKNOWN", "STATE_UNKNOWN", 60},
      {"STATE_UNKNOWN", "OUTCOME_DONE", "STATE_DONE", -1},
      {"STATE_UNKNOWN", "OUTCOME_NOT_THERE", "STATE_DUE", 60},
      {"STATE_DONE", "OUTCOME_NOT_THERE", "STATE_DONE", -1},
      {"STATE_DONE", "OUTCOME_REFUSED", "STATE_DONE", -1},
      {"STATE_DUE", "OUTCOME_DONE", nullptr, 0},
      {"STATE_REFUSED", "OUTCOME_DONE", nullptr, 0},
  };
  const Context context = ContextOf();
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.state) + " " + row.outcome);
    const TaxInvoice invoice = Proto(std::string("id: 'T' transmission { state: ") + row.state + " }");
    const auto settled =
        SettleTransmission(invoice, Proto(std::string("outcome: ") + row.outcome + " reference: 'NTS-1'"), context);
    if (row.after == nullptr) {
      EXPECT_THAT(settled, RefusedWith(kTransmissionMustBeUnderWay));
      continue;
    }
    ASSERT_THAT(settled, IsOk());
    EXPECT_EQ(CallState::State_Name(settled->tax_invoice().transmission().state()), row.after);
    EXPECT_EQ(settled->tax_invoice().has_transmit_at(), row.in_seconds >= 0);
    if (row.in_seconds < 0) continue;
    EXPECT_EQ(FromTimestamp(settled->tax_invoice().transmit_at()).micros,
              context.now.micros + row.in_seconds * int64_t{1'000'000});
  }
  const TaxInvoice due = Proto("transmission { state: STATE_DUE attempt: 1 }");
  EXPECT_THAT(StartTransmission(due, Proto(""), context),
              Answers(ContainsProto("tax_invoice { transmission { state: STATE_STARTED attempt: 2 } }")));
  const TaxInvoice started = Proto("transmission { state: STATE_STARTED attempt: 1 }");
  EXPECT_THAT(StartTransmission(started, Proto(""), context), RefusedWith(kTransmissionMustBeDue));
}

}  // namespace
}  // namespace songsang::billing
