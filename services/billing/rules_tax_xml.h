// The unsigned tax invoice document (KEC / NTS standard). Element names: korea.md section 5.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/dates.h"
#include "songsang/billing/v1/tax.pb.h"

namespace songsang::billing {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

// What the document says beyond the tax invoice itself.
struct XmlFacts {
  Instant issued_at;                 // written in Korean time
  std::string original_approval_no;  // of an amended one
};

std::string TaxInvoiceXml(const TaxInvoice& invoice, const std::vector<TaxInvoiceLine>& lines, const XmlFacts& facts);

// `0101`, `0202`, …: korea.md section 5.
std::string TypeCodeOf(const TaxInvoice& invoice);

// `12.5` for 125 / 10^1; zeros at the end are left out.
std::string DecimalText(const common::v1::Decimal& decimal);

}  // namespace songsang::billing
