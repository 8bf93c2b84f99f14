// What workforce does by itself: it hears what is sold, returned and handed over elsewhere.
#pragma once

#include "core/commands.h"
#include "songsang/accounts/v1/hand_over.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/receipt.pb.h"
#include "songsang/leads/v1/hand_over.pb.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/sale.pb.h"

namespace songsang::workforce {

// One share a person: the sum of their sales credits of the document. Credits of nobody earn nothing.
Commands RecordSaleOf(const billing::v1::InvoiceIssued& event, const Cause& cause);
Commands RecordReturnOf(const billing::v1::ReturnAccepted& event, const Cause& cause);

// What pays an invoice, one payment an allocation: a receipt, or what a return of another invoice had left. What is written
// off as a residue is not collected.
Commands RecordCollectionsOf(const billing::v1::ReceiptAllocated& event, const Cause& cause);
Commands RecordCreditOf(const billing::v1::CreditApplied& event, const Cause& cause);
Commands RecordUndoneOf(const billing::v1::AllocationUndone& event, const Cause& cause);

// The last step of a service's part of a hand-over.
Commands NoteAccountsHandedOver(const accounts::v1::WorkHandedOver& event, const Cause& cause);
Commands NoteLeadsHandedOver(const leads::v1::WorkHandedOver& event, const Cause& cause);

v1::BeginEmploymentRequest BeginEmploymentOf(const v1::Employment& employment);

}  // namespace songsang::workforce
