#include "workforce/rules_explain.h"

#include <utility>

#include "core/dates.h"
#include "core/money.h"
#include "workforce/rules_goal.h"

namespace songsang::workforce {
namespace {

template <class T>
const T& Known(const std::map<std::string, T>& known, const std::string& id) {
  static const T kNone;
  const auto place = known.find(id);
  return place == known.end() ? kNone : place->second;
}

// What a sentence is made of, in both languages.
struct Words {
  std::string ko, en;
  Words& Add(const std::string& korean, const std::string& english) {
    ko += korean;
    en += english;
    return *this;
  }
  Words& Both(const std::string& text) { return Add(text, text); }
};

Words DocumentOf(const SalesFact& fact) {
  const std::string name =
      " " + (fact.document_number().empty() ? fact.document_id() : fact.document_number()) + " (" + fact.date() + ") ";
  switch (fact.kind()) {
    case SalesFact::KIND_RETURN:
      return {"반품" + name, "Return" + name};
    case SalesFact::KIND_COLLECTION:
      return {"수금" + name, "Receipt" + name};
    default:
      return {"송장" + name, "Invoice" + name};
  }
}

Words RuleOf(const StatementLine& line, const CompensationPlan& plan) {
  const bool accelerator = line.kind() == StatementLine::KIND_ACCELERATOR;
  const std::string version = plan.name() + " v" + std::to_string(plan.number()) + ", ";
  const std::string rule = std::to_string(line.rule());
  return {" [" + version + (accelerator ? "목표 초과 가속 " : "구간 ") + rule + "]",
          " [" + version + (accelerator ? "accelerator " : "tier ") + rule + "]"};
}

Words BaseWords(const StatementLine& line, const std::string& month, const std::string& currency) {
  const Days days = DaysOf(month).value_or(Days{});
  const std::string of_month = std::to_string(days.last - days.first + 1);
  const std::string part = Won(line.basis_minor(), currency) + " × " + std::to_string(line.days()) + "/" + of_month;
  return Words{"기본급 " + part + "일", "Base pay " + part + " days"}.Both(" = " +
                                                                           Won(line.amount().minor(), currency));
}

Words WordsOf(const StatementLine& line, const SalesFact& fact, const Explained& known, const std::string& month) {
  const std::string& currency = line.amount().currency();
  if (line.kind() == StatementLine::KIND_BASE) return BaseWords(line, month, currency);
  Words words = DocumentOf(fact);
  const Sale& sale = Known(known.sales, fact.sale_id());
  const bool of_sale = fact.kind() == SalesFact::KIND_SALE;
  if (!of_sale && !sale.number().empty()) words.Add("송장 " + sale.number() + " ", "of invoice " + sale.number() + " ");
  if (of_sale && sale.supply().minor() != fact.amount().minor() && sale.supply().minor() != 0)
    words.Add("공급가액 " + Won(sale.supply().minor(), currency) + " 중 본인 몫 ",
              "share of " + Won(sale.supply().minor(), currency) + ": ");
  words.Both(Won(line.basis_minor(), currency) + " × " + Percent(line.rate()) + " = " +
             Won(line.amount().minor() + line.cut_minor(), currency));
  if (line.cut_minor() != 0)
    words.Add(", 월 상한 초과 " + Won(line.cut_minor(), currency) + " 제외 " + Won(line.amount().minor(), currency),
              ", " + Won(line.cut_minor(), currency) + " over the cap, leaves " + Won(line.amount().minor(), currency));
  if (line.kind() == StatementLine::KIND_CLAW_BACK) {
    const std::string& of_month = Known(known.months, line.claws_back_id());
    words.Add(" 환수(" + (of_month.empty() ? month : of_month) + " 명세에서 지급)",
              " taken back (paid in " + (of_month.empty() ? month : of_month) + ")");
    return words;
  }
  const Words rule = RuleOf(line, Known(known.plans, line.plan_id()));
  return words.Add(rule.ko, rule.en);
}

}  // namespace

std::string Percent(const common::v1::Decimal& rate) {
  // Two digits of the scale are the percent sign's.
  int64_t units = rate.units();
  int32_t scale = rate.scale() - 2;
  for (; scale < 0; ++scale) units *= 10;
  for (; scale > 0 && units % 10 == 0; --scale) units /= 10;
  std::string digits = std::to_string(units);
  while (static_cast<int32_t>(digits.size()) <= scale) digits.insert(digits.begin(), '0');
  if (scale > 0) digits.insert(digits.end() - scale, '.');
  return digits + "%";
}

std::string Won(int64_t minor, const std::string& currency) {
  std::string digits = FormatMinor(minor, currency);
  const size_t point = digits.find('.');
  const size_t sign = digits[0] == '-' ? 1 : 0;
  for (size_t at = (point == std::string::npos ? digits.size() : point); at > sign + 3;) digits.insert(at -= 3, ",");
  return currency == "KRW" ? digits + "원" : currency + " " + digits;
}

StatementExplained Explain(const StatementSettled& statement, const Explained& known) {
  StatementExplained explained;
  const Statement& head = statement.statement();
  explained.set_person_id(head.person_id());
  explained.set_month(head.month());
  *explained.mutable_base() = head.base();
  *explained.mutable_commission() = head.commission();
  *explained.mutable_claw_back() = head.claw_back();
  *explained.mutable_total() = head.total();
  explained.set_goal_minor(head.goal_minor());
  for (const StatementLine& line : statement.lines()) {
    const SalesFact& fact = Known(known.facts, line.fact_id());
    const Sale& sale = Known(known.sales, fact.sale_id());
    Words words = WordsOf(line, fact, known, head.month());
    StatementExplained::Line& shown = *explained.add_lines();
    shown.set_kind(line.kind());
    *shown.mutable_amount() = line.amount();
    shown.set_ko(std::move(words.ko));
    shown.set_en(std::move(words.en));
    shown.set_document_id(fact.document_id());
    shown.set_document_number(fact.document_number());
    shown.set_date(fact.date());
    shown.set_invoice_id(sale.invoice_id());
    shown.set_invoice_number(sale.number());
    shown.set_unit_id(fact.unit_id());
    shown.set_unit_name(Known(known.units, fact.unit_id()));
    shown.set_plan_id(line.plan_id());
    shown.set_rule(line.rule());
    shown.set_fact_id(line.fact_id());
    shown.set_claws_back_id(line.claws_back_id());
  }
  return explained;
}

}  // namespace songsang::workforce
