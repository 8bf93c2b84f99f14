#include "unit/billing/book.h"

#include "songsang/v1/options.pb.h"

namespace songsang::billing {
namespace {

using google::protobuf::Message;

bool IsEntity(const google::protobuf::Descriptor* type) {
  return type != nullptr && type->options().HasExtension(songsang::v1::table);
}

std::vector<Message*> EntitiesIn(Message* event) {
  std::vector<Message*> entities;
  const auto* reflection = event->GetReflection();
  for (int i = 0; i < event->GetDescriptor()->field_count(); ++i) {
    const auto* field = event->GetDescriptor()->field(i);
    if (!IsEntity(field->message_type())) continue;
    if (!field->is_repeated()) {
      if (reflection->HasField(*event, field)) entities.push_back(reflection->MutableMessage(event, field));
      continue;
    }
    for (int n = 0; n < reflection->FieldSize(*event, field); ++n)
      entities.push_back(reflection->MutableRepeatedMessage(event, field, n));
  }
  return entities;
}

std::string IdOf(const Message& entity) {
  return entity.GetReflection()->GetString(entity, entity.GetDescriptor()->FindFieldByName("id"));
}

// What an entity is found by: its kind, and the fields that name something.
std::vector<std::string> NamesIn(const Message& entity) {
  const auto* type = entity.GetDescriptor();
  std::vector<std::string> names = {type->name() + ".="};
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    if (field->name().ends_with("_id") || field->name() == "series")
      names.push_back(type->name() + "." + field->name() + "=" + entity.GetReflection()->GetString(entity, field));
  }
  return names;
}

}  // namespace

Context Book::Next(std::initializer_list<songsang::v1::Role> roles, int days_ago) {
  Context context = ContextOf(roles, days_ago);
  context.seed = Sha256("command " + std::to_string(++commands_));
  return context;
}

std::string Book::Record(Message* event) {
  Steps steps;
  for (Message* entity : EntitiesIn(event)) {
    const auto* version = entity->GetDescriptor()->FindFieldByName("version");
    const int64_t loaded = entity->GetReflection()->GetInt64(*entity, version);
    const auto before = entities_.find(IdOf(*entity));
    if (IdOf(*entity).empty()) return "an entity has no id: " + entity->ShortDebugString();
    if ((before == entities_.end()) != (loaded == 0)) return "not changed from what was loaded: " + IdOf(*entity);
    if (before != entities_.end() && before->second->GetReflection()->GetInt64(*before->second, version) != loaded)
      return "another version was loaded: " + IdOf(*entity);
    if (before != entities_.end() && before->second->SerializeAsString() == entity->SerializeAsString()) continue;
    entity->GetReflection()->SetInt64(entity, version, loaded + 1);
    steps.push_back({before == entities_.end() ? nullptr : before->second.get(), entity});
  }
  for (const auto& holds : {EntriesBalance, OpenItemsFollowPostings, ExposureFollowsDocuments, OrdersFollowLines,
                            CreditsAreWhole, ReceiptsAddUp})
    if (const std::string wrong = holds(steps); !wrong.empty()) return wrong;
  for (const Step& step : steps) {
    std::unique_ptr<Message> kept(step.after->New());
    kept->CopyFrom(*step.after);
    const std::string id = IdOf(*kept);
    if (step.before == nullptr)
      for (const std::string& name : NamesIn(*kept)) index_[name].insert(id);
    entities_[id] = std::move(kept);
  }
  return {};
}

void Book::Open(const std::string& account, int64_t limit, const std::string& currency) {
  accounts::v1::Account& opened = accounts_[account];
  opened.set_id(account);
  opened.set_name(account);
  opened.set_kind(accounts::v1::Account::KIND_BUSINESS);
  opened.set_brn("1248100998");
  opened.set_state(accounts::v1::Account::STATE_OPEN);
  OpenCreditLineRequest request;
  request.set_account_id(account);
  *request.mutable_limit() = MoneyOf(limit, currency);
  EXPECT_THAT(Keep(OpenCreditLine(&opened, {}, request, Next())), IsOk());
}

Buyer Book::BuyerOf(const std::string& account) const {
  const auto known = accounts_.find(account);
  const auto lines = Named<CreditLine>("account_id", account);
  return {known == accounts_.end() ? nullptr : &known->second, lines.empty() ? nullptr : lines.front()};
}

Lines Book::LinesOf(const std::string& order) const { return InOrder(Named<SalesOrderLine>("order_id", order)); }

const Sequence* Book::SeriesNamed(const std::string& series) const {
  const auto found = Named<Sequence>("series", series);
  return found.empty() ? nullptr : found.front();
}

Result<OrderPlaced> Book::Place(const PlaceOrderRequest& request, const Context& context) {
  const std::vector<const Product*> products(static_cast<size_t>(request.lines_size()));
  return Keep(PlaceOrder(BuyerOf(request.account_id()), nullptr, products, HoldingPrices(products.size()), {}, request,
                         context));
}

Result<OrderDelivered> Book::Deliver(const DeliverOrderRequest& request, const Context& context) {
  return Keep(DeliverOrder(*Get<SalesOrder>(request.order_id()), LinesOf(request.order_id()), request, context));
}

Result<OrderCancelled> Book::Cancel(const CancelOrderRequest& request, const Context& context) {
  const auto& order = *Get<SalesOrder>(request.order_id());
  return Keep(CancelOrder(order, LinesOf(order.id()), Get<CreditLine>(order.credit_line_id()), request, context));
}

Result<InvoiceIssued> Book::Issue(const IssueInvoiceRequest& request, const Context& context) {
  const auto& order = *Get<SalesOrder>(request.order_id());
  InvoiceFacts facts(order);
  facts.lines = LinesOf(order.id());
  facts.credit_line = Get<CreditLine>(order.credit_line_id());
  facts.account = BuyerOf(order.account_id()).account;
  facts.place = &place;
  facts.numbers = SeriesNamed(SeriesOf("invoice", IssuedOn(request, context)));
  facts.tax_numbers = SeriesNamed(TaxInvoiceSeries(context));
  return Keep(IssueInvoice(facts, request, context));
}

Result<ReturnAccepted> Book::Return(const AcceptReturnRequest& request, const Context& context) {
  const auto& invoice = *Get<Invoice>(request.invoice_id());
  ReturnFacts facts(invoice);
  facts.lines = Named<InvoiceLine>("invoice_id", invoice.id());
  facts.order_lines = LinesOf(invoice.order_id());
  facts.receivable = Get<Receivable>(invoice.receivable_id());
  facts.credit_line = Get<CreditLine>(invoice.credit_line_id());
  facts.credits = Named<SalesCredit>("invoice_id", invoice.id());
  facts.tax_invoices = Named<TaxInvoice>("invoice_id", invoice.id());
  facts.numbers = SeriesNamed(SeriesOf("return", ReturnedOn(request, context)));
  facts.tax_numbers = SeriesNamed(TaxInvoiceSeries(context));
  return Keep(AcceptReturn(facts, request, context));
}

Result<ReceiptRecorded> Book::Receive(const RecordReceiptRequest& request, const Context& context) {
  return Keep(RecordReceipt({}, SeriesNamed(SeriesOf("receipt", context.today.ToIso())), request, context));
}

Result<ReceiptAllocated> Book::Apply(const CommitAllocationRequest& request, const Context& context) {
  const auto& receipt = *Get<Receipt>(request.receipt_id());
  AllocationFacts facts{receipt, {}, {}, {}, {}};
  for (const Receivable* receivable : Named<Receivable>("account_id", receipt.account_id()))
    if (!receivable->settled()) facts.open.push_back(receivable);
  facts.credit_lines = Named<CreditLine>("account_id", receipt.account_id());
  return Keep(CommitAllocation(facts, request, context));
}

Result<AllocationUndone> Book::Undo(const UndoAllocationRequest& request, const Context& context) {
  const auto& allocation = *Get<Allocation>(request.allocation_id());
  const auto& receivable = *Get<Receivable>(allocation.receivable_id());
  const Undoing undoing{allocation, Get<Receipt>(allocation.receipt_id()),        nullptr,
                        receivable, Get<CreditLine>(receivable.credit_line_id()), {}};
  return Keep(UndoAllocation(undoing, request, context));
}

}  // namespace songsang::billing
