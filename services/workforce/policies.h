// What workforce does by itself: it hears what is sold, returned and handed over elsewhere.
#pragma once

#include "core/commands.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/sale.pb.h"

namespace songsang::workforce {

// One share a person: the sum of their sales credits of the document. Credits of nobody earn nothing.
Commands RecordSaleOf(const billing::v1::InvoiceIssued& event, const Cause& cause);
Commands RecordReturnOf(const billing::v1::ReturnAccepted& event, const Cause& cause);

v1::BeginEmploymentRequest BeginEmploymentOf(const v1::Employment& employment);

}  // namespace songsang::workforce
