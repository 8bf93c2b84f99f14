#include "billing/rules_credit.h"

#include <map>

#include "core/money.h"

namespace songsang::billing {
namespace {

std::string Shown(int64_t minor, const std::string& currency) { return FormatMinor(minor, currency) + " " + currency; }

// What the documents of an event did to a credit line.
struct Moved {
  int64_t orders = 0;
  int64_t receivables = 0;
  bool operator==(const Moved&) const = default;
};

template <class Entity>
const Entity* As(const google::protobuf::Message* message) {
  return message != nullptr && message->GetDescriptor() == Entity::descriptor() ? static_cast<const Entity*>(message)
                                                                                : nullptr;
}

}  // namespace

int64_t ExposureOf(const CreditLine& line) { return line.orders().minor() + line.receivables().minor(); }

std::vector<SalesOrder::HoldReason> ObstaclesTo(const common::v1::Money& total, const Buyer& buyer) {
  std::vector<SalesOrder::HoldReason> obstacles;
  if (buyer.account == nullptr || buyer.account->state() != accounts::v1::Account::STATE_OPEN)
    obstacles.push_back(SalesOrder::HOLD_REASON_ACCOUNT_NOT_OPEN);
  if (buyer.line == nullptr) {
    obstacles.push_back(SalesOrder::HOLD_REASON_NO_CREDIT_LINE);
    return obstacles;
  }
  if (buyer.line->held()) obstacles.push_back(SalesOrder::HOLD_REASON_CREDIT_HELD);
  if (buyer.line->limit().currency() != total.currency())
    obstacles.push_back(SalesOrder::HOLD_REASON_CREDIT_CURRENCY);
  else if (total.minor() > 0 && total.minor() > buyer.line->limit().minor() - ExposureOf(*buyer.line))
    obstacles.push_back(SalesOrder::HOLD_REASON_CREDIT_LIMIT);
  return obstacles;
}

Refusal ToRefusal(SalesOrder::HoldReason reason, const common::v1::Money& total, const Buyer& buyer) {
  if (reason == SalesOrder::HOLD_REASON_ACCOUNT_NOT_OPEN) return kAccountMustBeOpen;
  if (buyer.line == nullptr) return kCreditLineMustExist;
  const CreditLine& line = *buyer.line;
  const std::string& currency = line.limit().currency();
  if (reason == SalesOrder::HOLD_REASON_CREDIT_HELD) return kCreditMustNotBeHeld.With("why", line.hold_reason());
  if (reason == SalesOrder::HOLD_REASON_CREDIT_CURRENCY)
    return kCreditCurrencyMustFit.With("currency", currency).With("given", total.currency());
  return kCreditLimitMustSuffice.With("total", Shown(total.minor(), currency))
      .With("limit", Shown(line.limit().minor(), currency))
      .With("exposure", Shown(ExposureOf(line), currency))
      .With("available", Shown(line.limit().minor() - ExposureOf(line), currency));
}

void MoveOrders(int64_t minor, CreditLine* line) { line->mutable_orders()->set_minor(line->orders().minor() + minor); }
void MoveReceivables(int64_t minor, CreditLine* line) {
  line->mutable_receivables()->set_minor(line->receivables().minor() + minor);
}

Result<CreditLineOpened> OpenCreditLine(const accounts::v1::Account* account,
                                        const std::vector<const CreditLine*>& lines,
                                        const OpenCreditLineRequest& request, const Context& context) {
  if (request.limit().minor() < 0) return kLimitMustNotBeNegative.At("limit");
  if (account != nullptr && !account->group_id().empty())
    return kCreditLineMustBeOfGroupHead.With("head", account->group_id());
  if (!lines.empty()) return kCreditLineTaken;
  // From here on the opening must succeed.
  CreditLineOpened event;
  CreditLine& line = *event.mutable_credit_line();
  line.set_id(context.NewId());
  line.set_account_id(request.account_id());
  *line.mutable_limit() = request.limit();
  *line.mutable_orders() = MoneyOf(0, request.limit().currency());
  *line.mutable_receivables() = MoneyOf(0, request.limit().currency());
  line.set_opened_on(context.today.ToIso());
  return event;
}

Result<CreditLimitSet> SetCreditLimit(const CreditLine& line, const SetCreditLimitRequest& request, const Context&) {
  if (request.limit().minor() < 0) return kLimitMustNotBeNegative.At("limit");
  if (request.limit().currency() != line.limit().currency())
    return kCreditCurrencyMustFit.With("currency", line.limit().currency())
        .With("given", request.limit().currency())
        .At("limit.currency");
  // From here on the limit must be set.
  CreditLimitSet event;
  *event.mutable_credit_line() = line;
  *event.mutable_credit_line()->mutable_limit() = request.limit();
  event.set_reason(request.reason());
  return event;
}

Result<CreditHeld> HoldCredit(const CreditLine& line, const HoldCreditRequest& request, const Context&) {
  CreditHeld event;
  *event.mutable_credit_line() = line;
  event.mutable_credit_line()->set_held(true);
  event.mutable_credit_line()->set_hold_reason(request.reason());
  return event;
}

Result<CreditHoldLifted> LiftCreditHold(const CreditLine& line, const LiftCreditHoldRequest&, const Context&) {
  CreditHoldLifted event;
  *event.mutable_credit_line() = line;
  event.mutable_credit_line()->set_held(false);
  event.mutable_credit_line()->clear_hold_reason();
  return event;
}

std::string ExposureFollowsDocuments(const Steps& steps) {
  std::map<std::string, Moved> documents, lines;
  for (const Step& step : steps) {
    if (const auto* order = As<SalesOrder>(step.after)) {
      const auto* before = As<SalesOrder>(step.before);
      if (before != nullptr && before->credit_line_id() != order->credit_line_id() && before->reserved().minor() != 0)
        return "order " + order->id() + " changed its credit line while it reserved";
      documents[order->credit_line_id()].orders +=
          order->reserved().minor() - (before == nullptr ? 0 : before->reserved().minor());
    } else if (const auto* receivable = As<Receivable>(step.after)) {
      const auto* was = As<Receivable>(step.before);
      documents[receivable->credit_line_id()].receivables +=
          receivable->open().minor() - (was == nullptr ? 0 : was->open().minor());
    } else if (const auto* line = As<CreditLine>(step.after)) {
      const auto* old = As<CreditLine>(step.before);
      Moved& moved = lines[line->id()];
      moved.orders = line->orders().minor() - (old == nullptr ? 0 : old->orders().minor());
      moved.receivables = line->receivables().minor() - (old == nullptr ? 0 : old->receivables().minor());
      if (moved.orders > 0 && moved.orders + moved.receivables > 0 && ExposureOf(*line) > line->limit().minor())
        return "credit line " + line->id() + " is over its limit by " +
               std::to_string(ExposureOf(*line) - line->limit().minor());
    }
  }
  // What is on no line (imported history) counts nowhere.
  documents.erase("");
  for (const auto& [id, moved] : lines) documents.try_emplace(id);
  for (const auto& [id, moved] : documents) {
    const auto line = lines.find(id);
    if (!(moved == (line == lines.end() ? Moved{} : line->second)))
      return "credit line " + id + " did not move as its documents did";
  }
  return {};
}

}  // namespace songsang::billing
