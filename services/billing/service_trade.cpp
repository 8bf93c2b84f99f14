// The lines of orders, credit, invoices and returns: what each of these commands reads.
#include <string>
#include <tuple>
#include <vector>

#include "billing/billing.h"
#include "billing/holidays.h"
#include "billing/policies.h"
#include "billing/rules_return.h"
#include "billing/rules_take_over.h"
#include "core/text.h"
#include "songsang/workforce/v1/calendar.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang::billing {
namespace {

using engine::Find;
using engine::Named;
using engine::Tx;

constexpr char kTaxCountry[] = "KR";
constexpr int kMostLevels = 20;

Named LinesNamed(const std::string& order_id) { return {SalesOrderLine::descriptor(), {"order_id"}, {order_id}}; }
Named RatesNamed() { return {TaxRates::descriptor(), {"country"}, {kTaxCountry}}; }
Named SeriesNamed(const std::string& series) { return {Sequence::descriptor(), {"series"}, {series}}; }

template <class Entity>
const Entity* First(const std::vector<const Entity*>& list) {
  return list.empty() ? nullptr : list.front();
}

template <class Entity>
const Entity* GetIf(Tx& tx, const std::string& id) {
  return id.empty() ? nullptr : tx.Get<Entity>(id);
}

const Sequence* Series(Tx& tx, const std::string& series) { return First(tx.List<Sequence>({"series"}, {series})); }

// The entity that each element names, null where one names none. Refused where there is no such entity.
template <class Entity, class List, class IdOf>
Result<std::vector<const Entity*>> EachOf(Tx& tx, const List& list, const char* name, IdOf id_of) {
  std::vector<const Entity*> named;
  for (int i = 0; i < list.size(); ++i) {
    named.push_back(nullptr);
    if (id_of(list[i]).empty()) continue;
    const std::string field = "lines[" + std::to_string(i) + "]." + name;
    const auto entity = Find<Entity>(tx, field.c_str(), id_of(list[i]));
    if (!entity.ok()) return entity.refusal();
    named.back() = *entity;
  }
  return named;
}
template <class List>
auto ProductsOf(Tx& tx, const List& list) {
  return EachOf<Product>(tx, list, "product_id", [](const auto& line) { return line.product_id(); });
}
template <class List>
auto OrderLinesOf(Tx& tx, const List& list) {
  return EachOf<SalesOrderLine>(tx, list, "order_line_id", [](const auto& line) { return line.order_line_id(); });
}

// Who buys: the account, and its credit line or that of the head of its group.
Buyer BuyerOf(Tx& tx, const std::string& account_id) {
  Buyer buyer;
  buyer.account = GetIf<accounts::v1::Account>(tx, account_id);
  const bool member = buyer.account != nullptr && !buyer.account->group_id().empty();
  buyer.line = First(tx.List<CreditLine>({"account_id"}, {member ? buyer.account->group_id() : account_id}));
  return buyer;
}

// Who supplies: the place named, else that of the unit, else that of the unit it is part of, and so on up.
const BusinessPlace* PlaceOf(Tx& tx, const std::string& named, const std::string& unit_id) {
  if (!named.empty()) return tx.Get<BusinessPlace>(named);
  std::string id = unit_id;
  for (int level = 0; level < kMostLevels && !id.empty(); ++level) {
    if (const BusinessPlace* own = First(tx.List<BusinessPlace>({"unit_id"}, {id}))) return own;
    const auto* unit = tx.Get<workforce::v1::Unit>(id);
    id = unit == nullptr ? "" : unit->parent_id();
  }
  return nullptr;
}

// What each rule takes before its request.
using PlaceFacts =
    std::tuple<Buyer, const SalesOrder*, std::vector<const Product*>, HoldingPrices, std::vector<const TaxRates*>>;
using ProposalFacts = std::tuple<Buyer, const SalesOrder*>;
using ReleaseFacts = std::tuple<const SalesOrder&, Lines, Buyer>;
using CancelFacts = std::tuple<const SalesOrder&, Lines, const CreditLine*>;
using DeliverFacts = std::tuple<const SalesOrder&, Lines>;
using OpenLineFacts = std::tuple<const accounts::v1::Account*, std::vector<const CreditLine*>>;
using TakeOverFacts = std::tuple<const Product*, const Invoice*, const SalesReturn*>;

// The prices that hold for the lines that name none.
HoldingPrices PricesFor(Tx& tx, const accounts::v1::Account& account, const std::vector<const Product*>& products,
                        const PlaceOrderRequest& request, const std::string& day) {
  HoldingPrices holding(products.size());
  for (size_t i = 0; i < products.size(); ++i) {
    const Product* product = products[i];
    if (product == nullptr || !product->active() || request.lines(static_cast<int>(i)).has_unit_price()) continue;
    for (const Price* price : tx.List<Price>({"product_id"}, {product->id()}))
      if (const auto* list = tx.Get<PriceList>(price->price_list_id());
          list != nullptr && Holds(*price, *list, account.id(), account.tier(), day))
        holding[i].push_back(QuoteOf(*price, *list, *product));
  }
  return holding;
}

Result<PlaceFacts> ReadToPlace(Tx& tx, const PlaceOrderRequest& request, const Context& context) {
  const auto account = Find<accounts::v1::Account>(tx, "account_id", request.account_id());
  if (!account.ok()) return account.refusal();
  const auto products = ProductsOf(tx, request.lines());
  if (!products.ok()) return products.refusal();
  const auto* same_key =
      First(tx.List<SalesOrder>({"account_id", "client_key"}, {request.account_id(), request.client_key()}));
  return PlaceFacts(BuyerOf(tx, request.account_id()), same_key, *products,
                    PricesFor(tx, **account, *products, request, OrderedOn(request, context)),
                    tx.List<TaxRates>({"country"}, {kTaxCountry}));
}

std::vector<Named> NamesToPlace(const PlaceOrderRequest& request, const Context&) {
  std::vector<Named> reads = {
      {CreditLine::descriptor(), {"account_id"}, {request.account_id()}},
      {SalesOrder::descriptor(), {"account_id", "client_key"}, {request.account_id(), request.client_key()}},
      RatesNamed()};
  for (const OrderedLine& line : request.lines())
    if (!line.product_id().empty()) {
      reads.push_back({Product::descriptor(), {"id"}, {line.product_id()}});
      if (!line.has_unit_price()) reads.push_back({Price::descriptor(), {"product_id"}, {line.product_id()}});
    }
  return reads;
}

Result<ProposalFacts> ReadToPlaceFromProposal(Tx& tx, const PlaceOrderFromProposalRequest& request, const Context&) {
  if (const auto products = ProductsOf(tx, request.lines()); !products.ok()) return products.refusal();
  return ProposalFacts(BuyerOf(tx, request.account_id()),
                       First(tx.List<SalesOrder>({"proposal_id"}, {request.proposal_id()})));
}

std::vector<Named> NamesToPlaceFromProposal(const PlaceOrderFromProposalRequest& request, const Context&) {
  return {{CreditLine::descriptor(), {"account_id"}, {request.account_id()}},
          {SalesOrder::descriptor(), {"proposal_id"}, {request.proposal_id()}}};
}

Result<ReleaseFacts> ReadToRelease(Tx& tx, const ReleaseOrderRequest& request, const Context&) {
  const auto order = Find<SalesOrder>(tx, "order_id", request.order_id());
  if (!order.ok()) return order.refusal();
  return ReleaseFacts(**order, tx.List<SalesOrderLine>({"order_id"}, {(*order)->id()}),
                      BuyerOf(tx, (*order)->account_id()));
}

Result<CancelFacts> ReadToCancel(Tx& tx, const CancelOrderRequest& request, const Context&) {
  const auto order = Find<SalesOrder>(tx, "order_id", request.order_id());
  if (!order.ok()) return order.refusal();
  return CancelFacts(**order, tx.List<SalesOrderLine>({"order_id"}, {(*order)->id()}),
                     GetIf<CreditLine>(tx, (*order)->credit_line_id()));
}

std::vector<Named> ReadAccount(const SaveLedgerAccountRequest& request, const Context&) {
  const std::string purpose = LedgerAccount::Purpose_Name(request.purpose()).substr(sizeof("PURPOSE_") - 1);
  return {{LedgerAccount::descriptor(), {"purpose"}, {Lower(purpose)}}};
}

Result<DeliverFacts> ReadToDeliver(Tx& tx, const DeliverOrderRequest& request, const Context&) {
  const auto order = Find<SalesOrder>(tx, "order_id", request.order_id());
  if (!order.ok()) return order.refusal();
  const auto lines = tx.List<SalesOrderLine>({"order_id"}, {(*order)->id()});
  if (const auto named = OrderLinesOf(tx, request.lines()); !named.ok()) return named.refusal();
  return DeliverFacts(**order, lines);
}

template <class Request>
std::vector<Named> NamesLines(const Request& request, const Context&) {
  return {LinesNamed(request.order_id())};
}

Result<OpenLineFacts> ReadToOpenLine(Tx& tx, const OpenCreditLineRequest& request, const Context&) {
  return OpenLineFacts(GetIf<accounts::v1::Account>(tx, request.account_id()),
                       tx.List<CreditLine>({"account_id"}, {request.account_id()}));
}

Result<std::tuple<InvoiceFacts>> ReadToIssue(Tx& tx, const IssueInvoiceRequest& request, const Context& context) {
  const auto order = Find<SalesOrder>(tx, "order_id", request.order_id());
  if (!order.ok()) return order.refusal();
  InvoiceFacts facts(**order);
  facts.lines = tx.List<SalesOrderLine>({"order_id"}, {facts.order.id()});
  if (const auto named = OrderLinesOf(tx, request.lines()); !named.ok()) return named.refusal();
  if (!request.business_place_id().empty()) {
    const auto place = Find<BusinessPlace>(tx, "business_place_id", request.business_place_id());
    if (!place.ok()) return place.refusal();
  }
  facts.credit_line = GetIf<CreditLine>(tx, facts.order.credit_line_id());
  facts.account = GetIf<accounts::v1::Account>(tx, facts.order.account_id());
  facts.place = PlaceOf(tx, request.business_place_id(), facts.order.unit_id());
  facts.rates = tx.List<TaxRates>({"country"}, {kTaxCountry});
  facts.periods = tx.List<Period>({"books"}, {BooksOf(facts.order.unit_id())});
  facts.numbers = Series(tx, SeriesOf("invoice", IssuedOn(request, context)));
  facts.tax_numbers = Series(tx, TaxInvoiceSeries(context));
  facts.holidays = HolidaysFrom(tx, {IssuedOn(request, context), context.today.ToIso()});
  return std::tuple(facts);
}

std::vector<Named> NamesToIssue(const IssueInvoiceRequest& request, const Context& context) {
  return {LinesNamed(request.order_id()), RatesNamed(), SeriesNamed(SeriesOf("invoice", IssuedOn(request, context))),
          SeriesNamed(TaxInvoiceSeries(context))};
}

Result<std::tuple<ReturnFacts>> ReadToReturn(Tx& tx, const AcceptReturnRequest& request, const Context& context) {
  const auto invoice = Find<Invoice>(tx, "invoice_id", request.invoice_id());
  if (!invoice.ok()) return invoice.refusal();
  ReturnFacts facts(**invoice);
  const std::string& id = facts.invoice.id();
  facts.lines = tx.List<InvoiceLine>({"invoice_id"}, {id});
  const auto named = EachOf<InvoiceLine>(tx, request.lines(), "invoice_line_id",
                                         [](const auto& line) { return line.invoice_line_id(); });
  if (!named.ok()) return named.refusal();
  facts.order_lines = tx.List<SalesOrderLine>({"order_id"}, {facts.invoice.order_id()});
  facts.receivable = GetIf<Receivable>(tx, facts.invoice.receivable_id());
  facts.credit_line = GetIf<CreditLine>(tx, facts.invoice.credit_line_id());
  facts.credits = tx.List<SalesCredit>({"invoice_id"}, {id});
  facts.tax_invoices = tx.List<TaxInvoice>({"invoice_id"}, {id});
  facts.periods = tx.List<Period>({"books"}, {BooksOf(facts.invoice.unit_id())});
  facts.numbers = Series(tx, SeriesOf("return", ReturnedOn(request, context)));
  facts.tax_numbers = Series(tx, TaxInvoiceSeries(context));
  facts.holidays = HolidaysFrom(tx, {ReturnedOn(request, context), context.today.ToIso()});
  return std::tuple(facts);
}

std::vector<Named> NamesToReturn(const AcceptReturnRequest& request, const Context& context) {
  const std::string& id = request.invoice_id();
  return {{InvoiceLine::descriptor(), {"invoice_id"}, {id}},
          {SalesCredit::descriptor(), {"invoice_id"}, {id}},
          {TaxInvoice::descriptor(), {"invoice_id"}, {id}},
          SeriesNamed(SeriesOf("return", ReturnedOn(request, context))),
          SeriesNamed(TaxInvoiceSeries(context))};
}

Result<TakeOverFacts> ReadToTakeOver(Tx& tx, const TakeOverLineRequest& request, const Context& context) {
  const Product* product = nullptr;
  if (!request.product_id().empty()) {
    const auto found = Find<Product>(tx, "product_id", request.product_id());
    if (!found.ok()) return found.refusal();
    product = *found;
  }
  return TakeOverFacts(product, tx.Get<Invoice>(InvoiceIdOf(request, context)),
                       tx.Get<SalesReturn>(ReturnIdOf(request, context)));
}

std::vector<Named> NamesToTakeOver(const TakeOverLineRequest& request, const Context& context) {
  return {{Invoice::descriptor(), {"id"}, {InvoiceIdOf(request, context)}},
          {SalesReturn::descriptor(), {"id"}, {ReturnIdOf(request, context)}}};
}

engine::Invariant HeldBy(std::string (*holds)(const Steps&)) {
  return [holds](const google::protobuf::Message&, const std::vector<engine::Change>& changes) {
    Steps steps;
    for (const engine::Change& change : changes) steps.push_back({change.before, change.after});
    return holds(steps);
  };
}

}  // namespace

void AddTrade(engine::Service* service) {
  service->Mirror<accounts::v1::Account>();
  service->Mirror<workforce::v1::Unit>();
  service->Mirror<workforce::v1::CalendarDay>();
  service->Command(ReadToPlace, PlaceOrder);
  service->Reads<PlaceOrderRequest>(NamesToPlace);
  service->Command(ReadToPlaceFromProposal, PlaceOrderFromProposal);
  service->Reads<PlaceOrderFromProposalRequest>(NamesToPlaceFromProposal);
  service->Command(ReadToRelease, ReleaseOrder);
  service->Reads<ReleaseOrderRequest>(NamesLines<ReleaseOrderRequest>);
  service->Command(ReadToCancel, CancelOrder);
  service->Reads<CancelOrderRequest>(NamesLines<CancelOrderRequest>);
  service->Command(ReadToDeliver, DeliverOrder);
  service->Reads<DeliverOrderRequest>(NamesLines<DeliverOrderRequest>);
  service->Command(ReadToOpenLine, OpenCreditLine);
  service->Command(SetCreditLimit);
  service->Command(HoldCredit);
  service->Command(LiftCreditHold);
  service->Command(ReadToIssue, IssueInvoice);
  service->Reads<IssueInvoiceRequest>(NamesToIssue);
  service->Command(ReadToReturn, AcceptReturn);
  service->Reads<AcceptReturnRequest>(NamesToReturn);
  service->Command(ReadToTakeOver, TakeOverLine);
  service->Reads<TakeOverLineRequest>(NamesToTakeOver);
  service->Command(SaveLedgerAccount);
  service->Reads<SaveLedgerAccountRequest>(ReadAccount);
  service->Owns<SalesCredit>();
  service->Owns<TaxInvoice>();
  service->Owns<Period>();
  service->Policy("order_of_proposal", OrderOfProposal);
  AddTradeQueries(service);
  AddSalesQueries(service);
  service->Always("entries balance", HeldBy(EntriesBalance));
  service->Always("open items follow postings", HeldBy(OpenItemsFollowPostings));
  service->Always("exposure follows documents", HeldBy(ExposureFollowsDocuments));
  service->Always("orders follow their lines", HeldBy(OrdersFollowLines));
  service->Always("sales credits are whole", HeldBy(CreditsAreWhole));
}

}  // namespace songsang::billing
