#include "billing/rules_tax_xml.h"

namespace songsang::billing {
namespace {

constexpr char kNamespace[] = "urn:kr:or:kec:standard:Tax:ReusableAggregateBusinessInformationEntitySchemaModule:1:0";
constexpr char kSchema[] = "http://www.kec.or.kr/standard/Tax/TaxInvoiceSchemaModule_1.0.xsd";
constexpr int64_t kKoreanOffsetMicros = int64_t{9} * 3600 * 1'000'000;

// Elements, nested as they are opened and closed. Empty ones of optional content are left out by the caller.
class Writer {
 public:
  Writer& Open(std::string_view name) {
    text_ += "<" + std::string(name) + ">";
    return *this;
  }
  Writer& Close(std::string_view name) {
    text_ += "</" + std::string(name) + ">";
    return *this;
  }
  Writer& Element(std::string_view name, std::string_view content) {
    Open(name);
    Escape(content);
    return Close(name);
  }
  Writer& Element(std::string_view name, int64_t content) { return Element(name, std::to_string(content)); }
  // Only if there is something to say.
  Writer& Optional(std::string_view name, std::string_view content) {
    return content.empty() ? *this : Element(name, content);
  }
  std::string text_;

 private:
  void Escape(std::string_view content) {
    for (const char c : content) {
      if (c == '&')
        text_ += "&amp;";
      else if (c == '<')
        text_ += "&lt;";
      else if (c == '>')
        text_ += "&gt;";
      else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')
        text_ += c;  // other control characters do not exist in XML
    }
  }
};

// `2026-03-31` -> `20260331`.
std::string Compact(const std::string& day) {
  std::string digits;
  for (const char c : day)
    if (c != '-') digits += c;
  return digits;
}

// `20260331142500`, Korean time.
std::string KoreanTime(Instant instant) {
  std::string digits;
  for (const char c : ToIso(Instant{instant.micros + kKoreanOffsetMicros}).substr(0, 19))
    if (c >= '0' && c <= '9') digits += c;
  return digits;
}

std::string TwoDigits(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

void WriteParty(const TaxParty& party, bool supplier, Writer* out) {
  out->Element("ID", party.brn());
  out->Optional("TypeCode", party.business_type());
  out->Element("NameText", party.name());
  out->Optional("ClassificationCode", party.business_item());
  out->Open("SpecifiedOrganization").Optional("TaxRegistrationID", party.sub_place_no());
  if (!supplier) out->Element("BusinessTypeCode", "01");
  out->Close("SpecifiedOrganization");
  out->Open("SpecifiedPerson").Element("NameText", party.representative()).Close("SpecifiedPerson");
  const char* contact = supplier ? "DefinedContact" : "PrimaryDefinedContact";
  if (!party.email().empty()) out->Open(contact).Element("URICommunication", party.email()).Close(contact);
  if (!party.address().empty())
    out->Open("SpecifiedAddress").Element("LineOneText", party.address()).Close("SpecifiedAddress");
}

void WriteDocument(const TaxInvoice& invoice, const XmlFacts& facts, Writer* out) {
  out->Open("ExchangedDocument")
      .Element("ID", invoice.number())
      .Element("IssueDateTime", KoreanTime(facts.issued_at))
      .Open("ReferencedDocument")
      .Element("ID", invoice.number())
      .Close("ReferencedDocument")
      .Close("ExchangedDocument");
  out->Open("TaxInvoiceDocument")
      .Element("IssueID", invoice.approval_no())
      .Element("TypeCode", TypeCodeOf(invoice))
      .Optional("DescriptionText", invoice.remark())
      .Element("IssueDateTime", Compact(invoice.written_on()));
  if (invoice.amendment() != TaxInvoice::AMENDMENT_UNSPECIFIED)
    out->Element("AmendmentStatusCode", TwoDigits(invoice.amendment()));
  out->Element("PurposeCode", TwoDigits(invoice.purpose()))
      .Optional("OriginalIssueID", facts.original_approval_no)
      .Close("TaxInvoiceDocument");
}

void WriteSettlement(const TaxInvoice& invoice, Writer* out) {
  out->Open("TaxInvoiceTradeSettlement").Open("InvoicerParty");
  WriteParty(invoice.supplier(), true, out);
  out->Close("InvoicerParty").Open("InvoiceeParty");
  WriteParty(invoice.buyer(), false, out);
  out->Close("InvoiceeParty");
  // 10 cash where it was paid, 40 credit where it is claimed.
  out->Open("SpecifiedPaymentMeans")
      .Element("TypeCode", invoice.purpose() == TaxInvoice::PURPOSE_RECEIVED ? "10" : "40")
      .Element("PaidAmount", invoice.total().minor())
      .Close("SpecifiedPaymentMeans");
  out->Open("SpecifiedMonetarySummation")
      .Element("ChargeTotalAmount", invoice.supply().minor())
      .Element("TaxTotalAmount", invoice.tax().minor())
      .Element("GrandTotalAmount", invoice.total().minor())
      .Close("SpecifiedMonetarySummation")
      .Close("TaxInvoiceTradeSettlement");
}

void WriteLine(const TaxInvoiceLine& line, Writer* out) {
  out->Open("TaxInvoiceTradeLineItem")
      .Element("SequenceNumeric", line.number())
      .Element("InvoiceAmount", line.supply().minor());
  if (line.has_quantity()) out->Element("ChargeableUnitQuantity", DecimalText(line.quantity()));
  out->Element("NameText", line.name())
      .Element("PurchaseExpiryDateTime", Compact(line.supplied_on()))
      .Open("TotalTax")
      .Element("CalculatedAmount", line.tax().minor())
      .Close("TotalTax");
  if (line.has_unit_price())
    out->Open("UnitPrice").Element("UnitAmount", DecimalText(line.unit_price())).Close("UnitPrice");
  out->Close("TaxInvoiceTradeLineItem");
}

}  // namespace

std::string TypeCodeOf(const TaxInvoice& invoice) { return TwoDigits(invoice.document()) + TwoDigits(invoice.rate()); }

std::string DecimalText(const common::v1::Decimal& decimal) {
  std::string digits = std::to_string(decimal.units() < 0 ? -decimal.units() : decimal.units());
  const auto scale = static_cast<size_t>(decimal.scale());
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) {
    digits.insert(digits.size() - scale, ".");
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return (decimal.units() < 0 ? "-" : "") + digits;
}

std::string TaxInvoiceXml(const TaxInvoice& invoice, const std::vector<TaxInvoiceLine>& lines, const XmlFacts& facts) {
  Writer out;
  out.text_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TaxInvoice xmlns=\"" + std::string(kNamespace) +
              "\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"" + kNamespace + " " +
              kSchema + "\">";
  WriteDocument(invoice, facts, &out);
  WriteSettlement(invoice, &out);
  for (const TaxInvoiceLine& line : lines) WriteLine(line, &out);
  out.Close("TaxInvoice");
  return std::move(out.text_);
}

}  // namespace songsang::billing
