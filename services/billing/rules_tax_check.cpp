#include "billing/rules_tax_check.h"

#include <cstdlib>

#include "billing/rules_tax_xml.h"
#include "core/decimal.h"
#include "kit/brn.h"
#include "kit/calendar_kr.h"

namespace songsang::billing {
namespace {

constexpr int kReturnDay = 25;

bool IsDay(const std::string& text) { return Date::Parse(text).has_value(); }
bool IsDigits(const std::string& text, size_t count) {
  return text.size() == count && text.find_first_not_of("0123456789") == std::string::npos;
}
bool IsBrn(const std::string& text) {
  const auto normal = kit::NormalBrn(text, "brn");
  return normal.ok() && !normal->empty();
}
int SignOf(int64_t number) { return number < 0 ? -1 : number > 0 ? 1 : 0; }
int64_t Share(int64_t supply, int32_t ppm) { return PartOf(std::abs(supply), ppm, Rounding::kDown).value_or(0); }

// Reads a document from top to bottom and notes what is wrong.
class Check {
 public:
  Check(const TaxDocument& document, const TaxRates& rates, const std::string& as_of, const kit::DeclaredDays& holidays)
      : document_(document), rates_(rates), as_of_(as_of), holidays_(holidays) {}

  CheckTaxInvoiceResponse Run() {
    Codes();
    Parties();
    Days();
    Lines();
    Sums();
    Rate();
    Signs();
    Deadlines();
    return std::move(response_);
  }

 private:
  void Wrong(const char* rule, std::string field, const char* english, const char* korean, int64_t penalty = 0) {
    TaxViolation& violation = *response_.add_violations();
    violation.set_rule(rule);
    violation.set_field(std::move(field));
    violation.set_english(english);
    violation.set_korean(korean);
    violation.set_penalty(penalty);
  }

  bool amended() const { return document_.type_code().starts_with("02") || document_.type_code().starts_with("04"); }
  bool exempt() const { return document_.type_code().starts_with("03") || document_.type_code().starts_with("04"); }
  bool zero_rated() const { return document_.type_code().ends_with("02") || document_.type_code().ends_with("05"); }

  void Codes() {
    const std::string& type = document_.type_code();
    if (!IsDigits(type, 4) || type.substr(0, 2) < "01" || type.substr(0, 2) > "04" || type.substr(2) < "01" ||
        type.substr(2) > "06")
      Wrong("TYPE_CODE_UNKNOWN", "type_code", "The type is no code of 01 to 04 followed by 01 to 06.",
            "종류 코드가 01~04와 01~06의 조합이 아닙니다.");
    if (document_.purpose_code() != "01" && document_.purpose_code() != "02")
      Wrong("PURPOSE_CODE_UNKNOWN", "purpose_code", "The purpose is neither 01 (received) nor 02 (claimed).",
            "영수/청구 구분이 01(영수) 또는 02(청구)가 아닙니다.");
    const std::string& reason = document_.amendment_code();
    if (amended() && (!IsDigits(reason, 2) || reason < "01" || reason > "06"))
      Wrong("AMENDMENT_CODE_MISSING", "amendment_code", "An amended document names one of the reasons 01 to 06.",
            "수정세금계산서에는 수정 사유 01~06이 필요합니다.");
    if (!amended() && !reason.empty())
      Wrong("AMENDMENT_CODE_UNEXPECTED", "amendment_code", "Only an amended document names a reason.",
            "수정이 아닌 세금계산서에 수정 사유가 있습니다.");
    if (amended() && !IsDigits(document_.original_approval_no(), 24))
      Wrong("ORIGINAL_APPROVAL_NO_MISSING", "original_approval_no",
            "An amended document names the 24 digits of the one it amends.",
            "수정세금계산서에는 당초 승인번호 24자리가 필요합니다.");
    if (!document_.approval_no().empty() && !IsDigits(document_.approval_no(), 24))
      Wrong("APPROVAL_NO_MALFORMED", "approval_no", "An approval number has 24 digits.",
            "승인번호는 숫자 24자리입니다.");
  }

  void Parties() {
    if (!IsBrn(document_.supplier().brn()))
      Wrong("SUPPLIER_BRN_INVALID", "supplier.brn", "The supplier's registration number is not valid.",
            "공급자 사업자등록번호가 올바르지 않습니다.");
    if (document_.supplier().name().empty())
      Wrong("SUPPLIER_NAME_MISSING", "supplier.name", "The supplier has no name.", "공급자 상호가 없습니다.");
    if (!IsBrn(document_.buyer().brn()))
      Wrong("BUYER_BRN_INVALID", "buyer.brn", "The buyer's registration number is not valid.",
            "공급받는자 사업자등록번호가 올바르지 않습니다.");
    if (document_.buyer().name().empty())
      Wrong("BUYER_NAME_MISSING", "buyer.name", "The buyer has no name.", "공급받는자 상호가 없습니다.");
    if (document_.buyer_closed())
      Wrong("BUYER_CLOSED", "buyer", "The buyer had closed its business by the day it is written on.",
            "작성일자 현재 폐업한 공급받는자입니다.");
  }

  void Days() {
    written_ = IsDay(document_.written_on());
    issued_ = IsDay(document_.issued_on());
    if (!written_)
      Wrong("WRITTEN_ON_INVALID", "written_on", "The day it is written on is no day.", "작성일자가 올바르지 않습니다.");
    if (!document_.issued_on().empty() && !issued_)
      Wrong("ISSUED_ON_INVALID", "issued_on", "The day of issue is no day.", "발급일이 올바르지 않습니다.");
    if (!document_.transmitted_on().empty() && !IsDay(document_.transmitted_on()))
      Wrong("TRANSMITTED_ON_INVALID", "transmitted_on", "The day of transmission is no day.",
            "전송일이 올바르지 않습니다.");
    if (written_ && issued_ && document_.issued_on() < document_.written_on())
      Wrong("ISSUED_BEFORE_WRITTEN", "issued_on", "It was issued before the day it is written on.",
            "발급일이 작성일자보다 빠릅니다.");
    if (issued_ && IsDay(document_.transmitted_on()) && document_.transmitted_on() < document_.issued_on())
      Wrong("TRANSMITTED_BEFORE_ISSUED", "transmitted_on", "It was transmitted before it was issued.",
            "전송일이 발급일보다 빠릅니다.");
  }

  void Lines() {
    if (document_.lines().empty()) Wrong("LINES_MISSING", "lines", "It has no lines.", "품목이 없습니다.");
    for (int i = 0; i < document_.lines_size(); ++i) {
      const TaxDocumentLine& line = document_.lines(i);
      const std::string at = "lines[" + std::to_string(i) + "]";
      if (line.name().empty()) Wrong("LINE_NAME_MISSING", at + ".name", "A line has no name.", "품목명이 없습니다.");
      if (!IsDay(line.supplied_on()))
        Wrong("LINE_SUPPLIED_ON_INVALID", at + ".supplied_on", "A line's day of supply is no day.",
              "품목의 공급일이 올바르지 않습니다.");
      else if (written_ && line.supplied_on().substr(0, 7) != document_.written_on().substr(0, 7))
        Wrong("LINE_SUPPLIED_IN_OTHER_MONTH", at + ".supplied_on",
              "A line was supplied in another month than the document is written in.",
              "품목의 공급월이 작성월과 다릅니다.");
      if (SignOf(line.tax()) * SignOf(line.supply()) < 0)
        Wrong("TAX_SIGN_MISMATCH", at + ".tax", "Supply and tax of a line have opposite signs.",
              "품목의 공급가액과 세액의 부호가 다릅니다.");
    }
  }

  void Sums() {
    __int128 supply = 0;
    __int128 tax = 0;
    for (const TaxDocumentLine& line : document_.lines()) {
      supply += line.supply();
      tax += line.tax();
    }
    if (supply != document_.supply())
      Wrong("SUPPLY_SUM_MISMATCH", "supply", "The supply value is not the sum of the lines.",
            "공급가액이 품목 합계와 다릅니다.");
    if (tax != document_.tax())
      Wrong("TAX_SUM_MISMATCH", "tax", "The tax is not the sum of the lines.", "세액이 품목 합계와 다릅니다.");
    if (static_cast<__int128>(document_.supply()) + document_.tax() != document_.total())
      Wrong("TOTAL_MISMATCH", "total", "The total is not supply value and tax together.",
            "합계금액이 공급가액과 세액의 합과 다릅니다.");
  }

  // The tax of each line may be cut, rounded or raised, as its issuer likes: up to a won a line.
  void Rate() {
    if (exempt() || zero_rated()) {
      if (document_.tax() != 0)
        Wrong("TAX_MUST_BE_ZERO", "tax", "Exempt and zero-rated supply bears no tax.",
              "면세·영세율 공급에는 세액이 없어야 합니다.");
      return;
    }
    const int64_t exact = TaxOn(document_.supply(), SalesOrderLine::TAX_KIND_TAXABLE, rates_);
    const int64_t tolerance = std::max(document_.lines_size(), 1);
    if (std::abs(exact - document_.tax()) > tolerance)
      Wrong("TAX_RATE_MISMATCH", "tax", "The tax is not the supply value at the rate of the day.",
            "세액이 공급가액에 세율을 곱한 금액과 다릅니다.");
  }

  void Signs() {
    if (!amended() && document_.supply() < 0)
      Wrong("NEGATIVE_WITHOUT_AMENDMENT", "supply", "Only an amended document may be negative.",
            "음수 금액은 수정세금계산서로만 발급할 수 있습니다.");
    if (amended() && (document_.amendment_code() == "03" || document_.amendment_code() == "04") &&
        document_.supply() >= 0)
      Wrong("AMENDMENT_MUST_BE_NEGATIVE", "supply", "A return or a cancelled contract is negative.",
            "환입·계약 해제 수정세금계산서의 금액은 음수여야 합니다.");
  }

  void Deadlines() {
    if (!written_) return;
    response_.set_issue_by_on(IssueByOn(document_.written_on(), holidays_));
    const std::string issued = issued_ ? document_.issued_on() : "";
    const std::string end = issued.empty() ? as_of_ : issued;
    if (end > response_.issue_by_on())
      Wrong(issued.empty() ? "NOT_ISSUED" : "LATE_ISSUE", "issued_on",
            "It was to be issued by the 10th of the month after supply, or the next business day.",
            "공급월 다음 달 10일(휴일이면 다음 영업일)까지 발급해야 합니다.",
            IssuePenalty(document_.supply(), document_.written_on(), issued, as_of_, rates_, holidays_));
    if (issued.empty()) return;
    response_.set_transmit_by_on(TransmitByOn(issued, holidays_));
    const std::string sent = IsDay(document_.transmitted_on()) ? document_.transmitted_on() : "";
    if ((sent.empty() ? as_of_ : sent) > response_.transmit_by_on())
      Wrong(sent.empty() ? "NOT_TRANSMITTED" : "LATE_TRANSMISSION", "transmitted_on",
            "It was to be transmitted by the day after issue, or the next business day.",
            "발급일 다음 날(휴일이면 다음 영업일)까지 전송해야 합니다.",
            TransmissionPenalty(document_.supply(), document_.written_on(), issued, sent, as_of_, rates_, holidays_));
  }

  const TaxDocument& document_;
  const TaxRates& rates_;
  const std::string& as_of_;
  const kit::DeclaredDays& holidays_;
  bool written_ = false, issued_ = false;
  CheckTaxInvoiceResponse response_;
};

}  // namespace

TaxDocument DocumentOf(const TaxInvoice& invoice, const std::vector<TaxInvoiceLine>& lines,
                       const std::string& original_approval_no) {
  TaxDocument document;
  document.set_type_code(TypeCodeOf(invoice));
  document.set_purpose_code("0" + std::to_string(invoice.purpose()));
  if (invoice.amendment() != TaxInvoice::AMENDMENT_UNSPECIFIED)
    document.set_amendment_code("0" + std::to_string(invoice.amendment()));
  document.set_approval_no(invoice.approval_no());
  document.set_original_approval_no(original_approval_no);
  *document.mutable_supplier() = invoice.supplier();
  *document.mutable_buyer() = invoice.buyer();
  document.set_written_on(invoice.written_on());
  document.set_issued_on(invoice.issued_on());
  document.set_transmitted_on(invoice.transmitted_on());
  document.set_supply(invoice.supply().minor());
  document.set_tax(invoice.tax().minor());
  document.set_total(invoice.total().minor());
  for (const TaxInvoiceLine& line : lines) {
    TaxDocumentLine& written = *document.add_lines();
    written.set_name(line.name());
    written.set_supplied_on(line.supplied_on());
    written.set_supply(line.supply().minor());
    written.set_tax(line.tax().minor());
  }
  return document;
}

CheckTaxInvoiceResponse CheckTaxDocument(const TaxDocument& document, const TaxRates& rates, const std::string& as_of,
                                         const kit::DeclaredDays& holidays) {
  return Check(document, rates, as_of, holidays).Run();
}

std::string FinalReturnOn(const std::string& written_on, const kit::DeclaredDays& holidays) {
  const auto day = Date::Parse(written_on);
  if (!day) return "";
  const Date due = day->month() <= 6 ? Date::Of(day->year(), 7, kReturnDay) : Date::Of(day->year() + 1, 1, kReturnDay);
  return kit::BusinessDayFrom(due, holidays).ToIso();
}

int64_t IssuePenalty(int64_t supply, const std::string& written_on, const std::string& issued_on,
                     const std::string& as_of, const TaxRates& rates, const kit::DeclaredDays& holidays) {
  const std::string& end = issued_on.empty() ? as_of : issued_on;
  if (end <= IssueByOn(written_on, holidays)) return 0;
  return Share(supply, end > FinalReturnOn(written_on, holidays) ? rates.not_issued_ppm() : rates.late_issue_ppm());
}

int64_t TransmissionPenalty(int64_t supply, const std::string& written_on, const std::string& issued_on,
                            const std::string& transmitted_on, const std::string& as_of, const TaxRates& rates,
                            const kit::DeclaredDays& holidays) {
  const std::string& end = transmitted_on.empty() ? as_of : transmitted_on;
  if (end <= TransmitByOn(issued_on, holidays)) return 0;
  return Share(supply,
               end > FinalReturnOn(written_on, holidays) ? rates.not_transmitted_ppm() : rates.late_transmission_ppm());
}

}  // namespace songsang::billing
