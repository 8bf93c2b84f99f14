#include "workforce/policies.h"

#include <array>
#include <cstdlib>
#include <map>
#include <string>

namespace songsang::workforce {
namespace {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

template <class Credits, class Request>
void AddShares(const Credits& credits, Request* request) {
  std::map<std::string, SalesShare> shares;
  for (const auto& credit : credits) {
    if (credit.person_id().empty()) continue;
    SalesShare& share = shares[credit.person_id()];
    share.set_person_id(credit.person_id());
    share.set_unit_id(credit.unit_id());
    share.set_amount_minor(share.amount_minor() + std::llabs(credit.basis().minor()));
  }
  for (const auto& [person, share] : shares) *request->add_shares() = share;
}

// The payment of an invoice by an allocation, or what of it turned out to be none; nothing where no invoice is paid.
template <class Receivables>
void AddCollection(const billing::v1::Allocation& allocation, const Receivables& receivables, const std::string& number,
                   const std::string& day, Commands* commands) {
  for (const auto& receivable : receivables) {
    if (receivable.id() != allocation.receivable_id() || receivable.invoice_id().empty()) continue;
    RecordCollectionRequest record;
    record.set_document_id(allocation.id() + (allocation.undone() ? "/undone" : ""));
    record.set_number(number);
    record.set_invoice_id(receivable.invoice_id());
    record.set_collected_on(day);
    record.set_amount_minor(allocation.undone() ? -allocation.amount().minor() : allocation.amount().minor());
    commands->Add(record);
  }
}

template <class Work>
Commands NoteDone(const Work& work, const char* service) {
  if (work.state() != Work::STATE_DONE) return {};
  NoteHandedOverRequest note;
  note.set_hand_over_id(work.hand_over_id());
  note.set_service(service);
  note.set_moved(work.moved());
  return Commands().Add(note);
}

}  // namespace

Commands RecordSaleOf(const billing::v1::InvoiceIssued& event, const Cause&) {
  const auto& invoice = event.invoice();
  RecordSaleRequest record;
  record.set_invoice_id(invoice.id());
  record.set_number(invoice.number());
  record.set_account_id(invoice.account_id());
  record.set_issued_on(invoice.issued_on());
  *record.mutable_supply() = invoice.supply();
  record.set_total_minor(invoice.total().minor());
  AddShares(event.sales_credits(), &record);
  return Commands().Add(record);
}

Commands RecordReturnOf(const billing::v1::ReturnAccepted& event, const Cause&) {
  const auto& sales_return = event.sales_return();
  RecordReturnRequest record;
  record.set_return_id(sales_return.id());
  record.set_number(sales_return.number());
  record.set_invoice_id(sales_return.invoice_id());
  record.set_returned_on(sales_return.returned_on());
  record.set_total_minor(sales_return.total().minor());
  AddShares(event.sales_credits(), &record);
  return Commands().Add(record);
}

Commands RecordCollectionsOf(const billing::v1::ReceiptAllocated& event, const Cause&) {
  Commands commands;
  for (const auto& allocation : event.allocations())
    AddCollection(allocation, event.receivables(), event.receipt().number(), allocation.allocated_on(), &commands);
  return commands;
}

Commands RecordCreditOf(const billing::v1::CreditApplied& event, const Cause&) {
  Commands commands;
  AddCollection(event.allocation(), std::array{event.receivable()}, event.credit().number(),
                event.allocation().allocated_on(), &commands);
  return commands;
}

Commands RecordUndoneOf(const billing::v1::AllocationUndone& event, const Cause&) {
  Commands commands;
  AddCollection(event.allocation(), event.receivables(), event.receipt().number(), event.entry().posted_on(),
                &commands);
  return commands;
}

Commands NoteAccountsHandedOver(const accounts::v1::WorkHandedOver& event, const Cause&) {
  return NoteDone(event.work_hand_over(), "accounts");
}

Commands NoteLeadsHandedOver(const leads::v1::WorkHandedOver& event, const Cause&) {
  return NoteDone(event.work_hand_over(), "leads");
}

BeginEmploymentRequest BeginEmploymentOf(const Employment& employment) {
  BeginEmploymentRequest begin;
  begin.set_employment_id(employment.id());
  return begin;
}

}  // namespace songsang::workforce
